"""The runs of a folder of recordings: finding one, and listing those that can go on or whose browser is still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence import EvidenceError, package
from keyturn import keeper
from keyturn.errors import CannotStart
from keyturn.run import past_reading
from keyturn.run.resumable import check_resumable

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.run.past import Past


@dataclass(frozen=True, slots=True)
class Listed:
    """A run that can go on, or whose browser is still open. `since` is the time of the journal's last line."""

    run: str
    runbook: str
    status: str
    step: str
    since: str
    resumable: bool
    browser_open: bool
    under_way: bool
    value_may_be_open: bool

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def find(text: str, home: Path) -> Path:
    """Return the folder of the recording that `text` names: a folder, or a run in `home`. Raises `CannotStart`."""
    for folder in package.places(text, home):
        if (folder / package.PAYLOAD).is_dir():
            return folder.resolve()
    raise CannotStart(f"there is no recording {text} in {home}", hint="`keyturn runs` lists those that can go on")


def listed(home: Path) -> list[Listed]:
    """Return the runs in `home` that can go on, oldest first, and all others whose browser is open."""
    kept = keeper.kept_runs()
    found = []
    for folder in package.recordings(home):
        try:
            so_far = past_reading.read(folder)
        except (EvidenceError, CannotStart):
            continue  # Nothing began in it, or it does not hold: `keyturn evidence list` tells of those.
        one = _listed(so_far, is_open=folder.name in kept)
        if one.resumable or one.browser_open:
            found.append(one)
    elsewhere = sorted(kept.keys() - {one.run for one in found})
    return found + [_elsewhere(run) for run in elsewhere]


def value_may_be_open(run: str, home: Path) -> bool:
    """Return whether the browser of `run` may show a value that is nowhere else: so too where its recording is not."""
    try:
        return past_reading.read(find(run, home)).value_may_be_open
    except (EvidenceError, CannotStart):
        return True


def _listed(so_far: Past, *, is_open: bool) -> Listed:
    try:
        check_resumable(so_far)
    except CannotStart:
        resumable = False
    else:
        resumable = True
    return Listed(
        so_far.run,
        str(so_far.facts["runbook"]),
        so_far.status,
        so_far.last_step,
        so_far.since,
        resumable,
        is_open,
        keeper.is_attended(so_far.run),
        so_far.value_may_be_open,
    )


def _elsewhere(run: str) -> Listed:
    """Return a run whose browser is open and whose recording is in another folder."""
    status = "its recording is in another folder"
    return Listed(
        run,
        "",
        status,
        "",
        "",
        resumable=False,
        browser_open=True,
        under_way=keeper.is_attended(run),
        value_may_be_open=True,
    )
