"""The profile that a run's browser was started with: where it is, and what the run wrote in it.

The recording says no more of it than its name. The rest is remembered in the operator's own settings until the run has
come to its end, so that a part that goes on finds the same folder, and knows what was in it before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from evidence import ScanError
from keyturn import profile, settings
from keyturn.errors import FREE, CannotStart, cannot_start

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """A folder that a browser starts with. `before`: size and time of each file when the run began."""

    folder: Path
    before: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: str, folder: Path, *, anew: bool) -> Self:
        """Return the profile of `run`, which begins `anew` or goes on; remembered from now on.

        Where it goes on and nothing is remembered of the folder, all that is in it counts as written by the run.
        """
        known = cls.remembered(run)
        if known and known.folder == folder:
            return known
        try:
            fresh = cls(folder, profile.files(folder) if anew else {})
        except ScanError as error:
            raise CannotStart(error.message, hint="see to who may read it, or name another folder") from None
        place = _file(run)
        with cannot_start("it cannot be noted what the profile holds before the run", FREE):
            place.touch(mode=0o600)
            place.write_text(json.dumps({"folder": str(folder), "before": fresh.before}), encoding="utf-8")
        return fresh

    @classmethod
    def remembered(cls, run: str) -> Self | None:
        """Return what is remembered for `run`; None when nothing is."""
        try:
            known = json.loads(_file(run).read_text(encoding="utf-8"))
            before = {name: (int(size), int(time)) for name, (size, time) in known["before"].items()}
            return cls(Path(known["folder"]), before)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    @property
    def name(self) -> str:
        """The last part of its path, which is all that the recording says."""
        return self.folder.name

    def written(self) -> list[Path]:
        """Return the files that are not as they were when the run began."""
        now = profile.files(self.folder)
        return [self.folder / name for name, about in sorted(now.items()) if self.before.get(name) != about]


def forget(run: str) -> None:
    """Remember nothing more for `run`: it has come to its end."""
    _file(run).unlink(missing_ok=True)


def _file(run: str) -> Path:
    return settings.chosen_profiles() / f"{run}.json"
