"""What is not as it was when a run began, and the yes without which it does not go on with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.errors import NobodyThere, Stopped
from keyturn.gates import About, Choice, Question
from keyturn.model import Gate
from keyturn.run.provenance import facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyturn.gates import Gatekeeper
    from keyturn.run.conduct import Prepared
    from keyturn.run.past import Past


def changes(past: Past, prepared: Prepared) -> tuple[str, ...]:
    """Return what is not as it was when the run began, or when somebody last said yes to a change.

    What the inputs were, the journal says: nothing but its chain tells whether somebody has changed a word since.
    """
    was, now = past.facts, facts_of(prepared.runbook)
    found = []
    if was["runbook_sha256"] != now["runbook_sha256"]:
        found.append(f"the runbook {prepared.runbook.path} was changed")
    included, includes = was["included_sha256"], now["included_sha256"]
    other = [file for file in sorted({*included, *includes}) if included.get(file) != includes.get(file)]
    found += [f"the runbook {file}, which it takes in, was changed" for file in other]
    began_with = past.inputs or was["inputs"]  # A run that was killed before it began told none.
    found += _different(began_with, prepared.inputs)
    found += [f"{one}, in its run.json" for one in _different(began_with, was["inputs"]) if one not in found]
    return tuple(found)


def accepted(changed: tuple[str, ...], gatekeeper: Gatekeeper, *, beforehand: bool) -> str:
    """Return who says yes to what was changed, empty when nothing was. Raises `Stopped`, or `NobodyThere`.

    `beforehand`: the operator has said yes with the command.
    """
    if not changed:
        return ""
    if beforehand:
        return "--accept-changes"
    question = Question(
        "", "Go on all the same?", Gate.CONFIRM, "\n".join(changed), About.RUN, (Choice.GO_ON, Choice.STOP)
    )
    try:
        answer = gatekeeper.ask(question, lambda: False)
    except NobodyThere:
        answer = None
    if answer is None:
        raise NobodyThere(
            f"this is not as it was when the run began: {'; '.join(changed)}",
            hint="put it back, or add --accept-changes; nothing was touched",
        )
    if not answer.yes:
        raise Stopped("it was changed since the run began", hint="nothing was touched; put it back, then resume")
    return answer.by


def _different(was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    names = sorted({*was, *now})
    return [
        f"the input {name} was {was.get(name, 'not there')}, and is now {now.get(name, 'not there')}"
        for name in names
        if was.get(name) != now.get(name)
    ]
