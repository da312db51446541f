"""What a recording comes to for whoever counts on it: what it was, whether it verifies, and what speaks against it.

For the forms that machines read, which have no reader who would see a warning beside a good result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import listing, package, verify
from evidence.story import CARRIED_OUT
from evidence.story_words import asked_for
from evidence.tolerant import table

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.story import Instruction, Story


@dataclass(frozen=True, slots=True)
class Standing:
    """A recording's `kind` (`run`, `rehearsal`, `unknown`), its `verdict` as the list of recordings words it.

    `against`: why it does not show a run that ended well. `short`: why it does not show either that the whole procedure
    was carried out. All in words for people.
    """

    kind: str
    verdict: str
    against: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)


def of(folder: Path, story: Story, *, allowed_signers: Path | None = None, tsa_root: Path | None = None) -> Standing:
    """Return how the recording in `folder` stands, whose story is `story`; a sealed one is verified.

    The others: as of `verify.verify`.
    """
    verdict, faults = listing.OPEN, []
    if package.is_bag(folder):
        faults = verify.verify(folder, allowed_signers=allowed_signers, tsa_root=tsa_root).faults
        verdict = listing.FAULTY if faults else listing.VERIFIES
    against = [f"it does not verify: {fault}" for fault in faults]
    against += [story.fault] if story.fault else []
    against += [] if story.status == "done" else [f"the run ended as “{story.status}”"]
    against += ["the leak search found something in it"] if story.gate.get("findings") else []
    return Standing(story.kind, verdict, against, [*against, *_short(verdict, story)])


def _short(verdict: str, story: Story) -> list[str]:
    """Return why the recording is no evidence that the procedure was carried out, however the run ended."""
    why = {
        "rehearsal": ["it was a rehearsal: nothing in a real portal was touched"],
        "unknown": ["the recording does not say whether it was a rehearsal"],
    }.get(story.kind, [])
    why += ["the recording is not sealed"] if verdict == listing.OPEN else []
    why += [] if story.procedure else ["the recording does not tell the instructions of the procedure"]
    return why + [f"P{one.number:02d}: {one.result}" for one in story.instructions if one.result not in CARRIED_OUT]


def why_not(story: Story, one: Instruction) -> str:
    """Return why an instruction was not carried out, or only in part, as far as the recording tells."""
    if one.result == "in part":
        passed_over = [
            f"{act.title} was skipped: {act.reason}"
            for act in one.acts
            if act.result == "skipped" and act.applies is not False
        ]
        return "; ".join([*passed_over, *(f"{step.title} was not begun" for step in one.missing)])
    return asked_for(table(story.facts.get("asked"))) or f"the run ended as “{story.status}”"
