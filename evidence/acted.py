"""What was done under a second person's approval: one step, in one part of the run, with exactly what was approved.

The engine asks for it once each time that the step is begun: what is tried again within that is still what was
approved. It does not ask before a value is copied again, an orphan is deleted, or something is taken back by
`keyturn rollback`: those are not the step's act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_GATE = "second_person"
_COPY_AGAIN = "copy_again"
_READ = "read"


class Acted:
    """Goes along with the journal, line by line."""

    def __init__(self) -> None:
        self._asked: set[str] = set()  # steps that want a second person
        self._approved: dict[str, Mapping[str, str]] = {}  # step -> what it was approved with
        self._effects: dict[str, str] = {}
        self._orphans: dict[str, str] = {}  # step -> the secret that is to be deleted before it is done again
        self._taken_back = False

    def approve(self, step: str, given: Mapping[str, str]) -> None:
        """Note that `step` is approved, with what it is `given`."""
        self._approved[step] = given

    def follow(self, entry: Mapping[str, Any]) -> str:
        """Take in a line of the journal; return what was done in it without an approval, empty when nothing was."""
        step = str(entry.get("step", ""))
        match entry["kind"]:
            case "gate-asked" if entry.get("gate") == _GATE:
                self._asked.add(step)
            case "step-started":
                self._effects[step] = str(entry.get("effect", ""))
                self._over(step)
            case "step-ended" if self._effects.get(step) != _READ:  # One that only reads may be gone through again.
                self._over(step)
            case "orphan-found":
                self._orphans[step] = str(entry.get("secret_id", ""))
            case "rollback-began":
                self._taken_back = True
            case "resumed":
                self._taken_back = False
            case "acting" if step in self._asked:
                return self._done(step, entry)
        return ""

    def _over(self, step: str) -> None:
        self._approved.pop(step, None)
        self._orphans.pop(step, None)

    def _done(self, step: str, entry: Mapping[str, Any]) -> str:
        args = entry.get("args")
        args = args if isinstance(args, dict) else {}
        if self._taken_back or entry.get("action") == _COPY_AGAIN or self._orphans.get(step) in [*args.values()]:
            return ""
        if step not in self._approved:
            return f"{step} was begun without a second person's approval"
        return "" if _fits(self._approved[step], args) else f"{step} was begun with something else than was approved"


def _fits(given: Mapping[str, str], args: Mapping[str, Any]) -> bool:
    """Return whether an action was called with what a person was shown: its arguments that are not empty, as text."""
    called = {name.replace("_", " "): value for name, value in args.items() if value != ""}
    return given.keys() == called.keys() and all(_same(given[name], value) for name, value in called.items())


def _same(text: str, value: object) -> bool:
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int):  # A text that stands for a number may begin with zeros.
        return (text.lstrip("0") or "0") == str(value)
    return text == value
