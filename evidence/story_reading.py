"""A recording's payload read into its story: `journal.jsonl`, `run.json`, `recorded.json`.

The instructions are the journal's: the procedure's own grammar is the engine's, and it may have been changed since.
Each may be missing or cut short, because a run may have stopped anywhere. Judges nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evidence.chain import Chain, read_chain
from evidence.error import ChainBroken, NotARecording
from evidence.package import PAYLOAD
from evidence.story import Act, Asked, Instruction, Part, Picture, Planned, Story
from evidence.story_words import remark
from evidence.tolerant import amount, numbers, rows, table, texts, whole, words

if TYPE_CHECKING:
    from pathlib import Path


def read(data: Path) -> Story:
    """Read the payload folder of a recording. Raises `NotARecording` when there is no journal in it."""
    chain, fault = _journal(data / "journal.jsonl")
    facts, unreadable = _object(data / "run.json")
    recorded, broken = _object(data / "recorded.json", needed=False)
    faults = [one for one in (fault, unreadable, broken) if one]
    story = Story(facts, [], [], recorded, head=chain.head, fault="; ".join(faults))
    for entry in chain.entries:
        _tell(story, entry)
    if chain.entries:
        story.began, last = chain.entries[0]["at"], chain.entries[-1]["at"]
        story.ended = story.ended or last
    story.status = story.status or "interrupted"
    story.changed = list(dict.fromkeys(story.changed))
    story.instructions = _instructions(story)
    return story


def _tell(story: Story, entry: dict[str, Any]) -> None:
    """Let one journal entry add what it says."""
    kind, at = entry["kind"], entry["at"]
    if kind in {"run-started", "resumed"}:
        story.facts = {**entry, **story.facts}
        found, changes = texts(entry.get("found")), texts(entry.get("changes"))
        found += _instructed(story, entry)
        story.parts.append(Part(at, words(entry.get("operator")), found, changes, words(entry.get("accepted_by"))))
        story.status, story.ended, story.failure = "", "", {}
        if not story.gate.get("findings"):  # Nobody has searched what comes now.
            story.gate = {}
        if planned := rows(entry.get("steps"), of=3):
            story.planned = [Planned(words(step), words(title), numbers(covers)) for step, title, covers in planned]
    elif kind == "step-started":
        story.acts.append(
            Act(
                words(entry.get("step")),
                whole(entry.get("number"), len(story.acts) + 1),
                words(entry.get("title")),
                numbers(entry.get("covers")),
                words(entry.get("effect", "read")),
                words(entry.get("note")),
                at,
            )
        )
    elif kind == "rollback-began":
        story.kept = [(words(step), words(why)) for step, why in rows(entry.get("cannot"), of=2)]
    elif kind in {"run-ended", "failed", "leak-gate", "secret-sealed", "concealment-proven", "changed"}:
        _tell_run(story, kind, entry)
    elif kind == "step-ended" and entry.get("result") != "failed":
        story.failure = {}  # Whatever failed in it was put right, or passed over, and stands among its remarks.
    act = next((act for act in reversed(story.acts) if act.id == entry.get("step")), None)
    if act:
        _tell_step(act, kind, at, entry)
        _tell_question(story, act, kind, at, entry)
    elif kind == "clipboard-left" and story.acts and not story.acts[-1].result:
        story.acts[-1].remarks.append((at, *remark(kind, entry)))


def _tell_run(story: Story, kind: str, entry: dict[str, Any]) -> None:
    if kind == "run-ended":
        story.status, story.ended = words(entry.get("status")), entry["at"]
        story.changed += texts(entry.get("changed"))
        if story.parts:
            story.parts[-1].ended = story.status
            story.parts[-1].seconds = amount(entry.get("seconds"))
    elif kind == "failed":
        story.failure = entry
        story.changed += texts(entry.get("changed"))
    elif kind == "changed":
        story.changed.append(words(entry.get("what")))
    elif kind == "leak-gate":
        story.gate = entry
    elif kind == "concealment-proven":
        story.frames_proven += whole(entry.get("frames"))
    else:
        story.secrets.append(entry)


def _tell_step(act: Act, kind: str, at: str, entry: dict[str, Any]) -> None:
    if kind == "step-ended":
        act.result, act.reason = words(entry.get("result")), words(entry.get("reason"))
        said = entry.get("applies")
        act.applies = said if isinstance(said, bool) else None
        act.seconds = amount(entry.get("seconds"))
        act.outputs = {name: words(value) for name, value in table(entry.get("outputs")).items()}
    elif kind == "undone":
        act.result = "undone"
        act.remarks.append((at, "undone", f"taken back: {words(entry.get('say'))}"))
    elif kind == "pictured":
        act.pictures.append(Picture(words(entry.get("moment")), words(entry.get("path")), at))
    else:
        act.announced = act.announced or kind == "acting"
        kind_of_remark, said = remark(kind, entry)
        if said:
            act.remarks.append((at, kind_of_remark, said))


def _tell_question(story: Story, act: Act, kind: str, at: str, entry: dict[str, Any]) -> None:
    if kind == "gate-asked":
        story.asked.append(Asked(at, act, words(entry.get("gate")).replace("_", " ")))
    elif kind == "gate-answered":
        answer, by, reason = (words(entry.get(name)) for name in ("answer", "by", "reason"))
        waiting = story.asked and story.asked[-1].act is act and not story.asked[-1].answer
        about = story.asked.pop().about if waiting else "said unasked"
        story.asked.append(Asked(at, act, about, answer, by, reason))


def _instructed(story: Story, entry: dict[str, Any]) -> tuple[str, ...]:
    """Take in the procedure that a part was carried out by; return what is to be said where it is another one."""
    told = {whole(number): (words(text), words(where)) for number, text, where in rows(entry.get("instructions"), of=3)}
    if not told:
        return ()
    was, story.procedure = story.procedure, told
    other = sorted(number for number in told.keys() | was.keys() if told.get(number) != was.get(number))
    names = ", ".join(f"P{number:02d}" for number in other)
    return (f"the procedure was changed, in {names}; the report shows it as it is now",) if was and other else ()


def _instructions(story: Story) -> list[Instruction]:
    """Return the procedure's instructions, and the numbers that steps name beside them."""
    acts, told = story.acts, dict(story.procedure)
    named = {number for act in acts for number in act.covers} | {n for step in story.planned for n in step.covers}
    for number in sorted(named - told.keys()):
        told[number] = ("", "")
    begun = {act.id for act in acts}
    missing = [step for step in story.planned if step.id not in begun]
    return [
        Instruction(
            number,
            text,
            where,
            tuple(act for act in acts if number in act.covers),
            tuple(step for step in missing if number in step.covers),
        )
        for number, (text, where) in told.items()
    ]


def _journal(path: Path) -> tuple[Chain, str]:
    """Read the journal; when its chain is broken, what stands before the break, and what is wrong."""
    try:
        return read_chain(path), ""
    except FileNotFoundError:
        pass
    except ChainBroken as broken:
        lines = path.read_bytes().split(b"\n")[: broken.line - 1]
        return Chain(tuple(json.loads(line) for line in lines), ""), broken.message
    place = path.parent.resolve()
    name = (place.parent if place.name == PAYLOAD else place).name
    raise NotARecording(f"{name}: there is no journal in it", hint="name a folder that has data/journal.jsonl in it")


def _object(path: Path, *, needed: bool = True) -> tuple[dict[str, Any], str]:
    """Return what a file holds, and what is wrong with it; one that is not `needed` may be missing."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(held, ensure_ascii=False).encode()  # Half a character may stand in it, that nothing can write.
    except FileNotFoundError:
        return {}, f"{path.name} is missing" if needed else ""
    except (OSError, ValueError, RecursionError):
        held = None
    return (held, "") if isinstance(held, dict) else ({}, f"{path.name} cannot be read")
