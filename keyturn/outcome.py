"""How a run ended, as an exit code, a status word and the object that `--json` prints."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from keyturn.errors import Exit, KeyturnError

_STATUS = {
    Exit.DONE: "done",
    Exit.STEP_FAILED: "failed",
    Exit.CANNOT_START: "not started",
    Exit.INVALID: "invalid",
    Exit.STOPPED: "stopped",
    Exit.NOBODY_THERE: "nobody there",
    Exit.GUARD_REFUSED: "guard refused",
    Exit.LEAK_FOUND: "leak found",
    Exit.NOT_VERIFIED: "not verified",
    Exit.BUG: "bug",
    Exit.INTERRUPTED: "interrupted",
}


def exit_of(error: BaseException | None) -> int:
    """Return the exit code for `error`; the one table from each room's root to its code."""
    from evidence import error as evidence  # noqa: PLC0415  # loaded when something went wrong, not at every start
    from pages.errors import PageError  # noqa: PLC0415  # the same
    from secrets_store import StoreError  # noqa: PLC0415  # the same

    if error is None:
        return Exit.DONE
    if isinstance(error, KeyturnError):
        return error.exit
    if isinstance(error, StoreError):
        return error.exit_code
    if isinstance(error, PageError):
        return Exit.STEP_FAILED
    if isinstance(error, evidence.EvidenceError):
        kinds = {
            evidence.ConcealmentFailed: Exit.LEAK_FOUND,
            evidence.NotARecording: Exit.CANNOT_START,
            evidence.WrongFile: Exit.INVALID,
            evidence.NotServed: Exit.STEP_FAILED,
        }
        return next((code for kind, code in kinds.items() if isinstance(error, kind)), Exit.NOT_VERIFIED)
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED
    return Exit.BUG


def status_of(code: int) -> str:
    """Return the status word for an exit code."""
    return _STATUS[Exit(code)] if code in set(_STATUS) else "store refused"


@dataclass(slots=True)
class Summary:
    """What a run came to."""

    run: str
    recording: str
    status: str = "done"
    exit: int = 0
    seconds: float = 0.0
    steps: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[dict[str, str]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    search: dict[str, Any] = field(default_factory=dict)  # the leak search: seconds, pictures_read, how many values
    asked: dict[str, str] = field(default_factory=dict)  # `from` and `until` which step; empty for the ends
    timestamp: str = ""  # what came of asking for one
    browser_open: bool = False  # it was left open, to be looked at or to go on with

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return asdict(self)
