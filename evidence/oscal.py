"""A recording as OSCAL assessment results, for the tools that keep control evidence (NIST OSCAL 1.1).

One observation for each instruction of the procedure, and one finding for each control: satisfied when every
instruction was carried out by a run, not a rehearsal, that ended well and whose recording is sealed and verifies; else
the finding says why not. Which controls a procedure is evidence for is the
organisation's word: `controls`, or `controls` in `run.json`, else the default below, which is about the life cycle of
an authenticator (NIST SP 800-53, IA-5) and about records of what was done (AU-3, AU-10).
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from evidence import standing as standings
from evidence import story_reading
from evidence.error import NotARecording
from evidence.tolerant import texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evidence.standing import Standing
    from evidence.story import Instruction, Story

VERSION = "1.1.2"
CONTROLS = ("ia-5", "au-3", "au-10")
_SPACE = uuid.UUID("0f0e5b0a-6a0c-4f0e-9d0e-6b6579747572")  # ends in "keytur"; makes the identifiers repeatable
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_KINDS = {
    "run": "The procedure was carried out",
    "rehearsal": "The procedure was rehearsed, against replicas of the portals,",
    "unknown": "The procedure was carried out or rehearsed, the recording does not say which,",
}
_NAMES = "https://keyturn.invalid/ns/oscal"  # marks properties as ours; resolves nowhere


def write(  # each is a word of the auditor's, given by name
    folder: Path,
    to: Path,
    *,
    controls: Sequence[str] | None = None,
    allowed_signers: Path | None = None,
    tsa_root: Path | None = None,
) -> Path:
    """Write the assessment results of the recording in `folder` to `to`; return it.

    `controls`: identifiers of the controls that the procedure is evidence for. The others: as of
    `verify.verify`. Raises `NotARecording` where the journal tells no time: OSCAL asks for one.
    """
    data = folder / "data" if (folder / "data").is_dir() else folder
    story = story_reading.read(data)
    if not (_TIME.fullmatch(story.began) and _TIME.fullmatch(story.ended)):
        raise NotARecording(f"{folder.name}: its journal tells no time", hint="--format html shows what is in it")
    standing = standings.of(data.parent, story, allowed_signers=allowed_signers, tsa_root=tsa_root)
    asked = controls or texts(story.facts.get("controls")) or CONTROLS
    results = _results(story, standing, list(asked))
    text = json.dumps({"assessment-results": results}, indent=2, ensure_ascii=False)
    to.write_text(text + "\n", encoding="utf-8", newline="\n")
    return to


def _results(story: Story, standing: Standing, controls: list[str]) -> dict[str, Any]:
    run = story.fact("run") or "run"
    observations = [_observation(story, run, one) for one in story.instructions]
    result = {
        "uuid": _id(run, "result"),
        "title": story.fact("title") or run,
        "description": f"{_KINDS[standing.kind]} as run {run}; it ended as “{story.status}”.",
        "start": story.began,
        "end": story.ended,
        "props": _props(
            **{"journal-head": story.head, "kind": standing.kind, "status": story.status, "verdict": standing.verdict}
        ),
        "reviewed-controls": {"control-selections": [{"include-controls": [{"control-id": one} for one in controls]}]},
        "observations": observations,
        "findings": [_finding(standing, run, control, observations) for control in controls],
    }
    return {
        "uuid": _id(run, "results"),
        "metadata": {
            "title": f"Recording {run}",
            "last-modified": story.ended,
            "version": "1",
            "oscal-version": VERSION,
        },
        "import-ap": {"href": "#assessment-plan"},
        "results": [result if observations else {key: value for key, value in result.items() if key != "observations"}],
    }


def _observation(story: Story, run: str, one: Instruction) -> dict[str, Any]:
    pictures = [picture.path for act in one.acts for picture in act.pictures]
    observation: dict[str, Any] = {
        "uuid": _id(run, f"P{one.number:02d}"),
        "title": f"P{one.number:02d}: {one.text}"[:200],
        "description": f"{one.text or 'An instruction of the procedure'}: {one.result}",
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "collected": max((act.began for act in one.acts if _TIME.fullmatch(act.began)), default=story.ended),
        "props": _props(result=one.result),
    }
    if pictures:
        observation["relevant-evidence"] = [
            {"href": f"data/{quote(path.removeprefix('data/'))}", "description": "picture of the step"}
            for path in pictures
        ]
    return observation


def _finding(standing: Standing, run: str, control: str, observations: list[dict[str, Any]]) -> dict[str, Any]:
    good = not standing.short
    why = f"Not shown to be so: {'; '.join(standing.short)}."
    finding: dict[str, Any] = {
        "uuid": _id(run, f"finding {control}"),
        "title": control,
        "description": "Every instruction was carried out, and the recording verifies." if good else why,
        "target": {
            "type": "objective-id",
            "target-id": f"{control}_obj",
            "status": {"state": "satisfied" if good else "not-satisfied"},
        },
    }
    if observations:
        finding["related-observations"] = [{"observation-uuid": one["uuid"]} for one in observations]
    return finding


def _props(**values: str) -> list[dict[str, str]]:
    """Return properties of ours, without those that say nothing: OSCAL takes no empty one, and no space in a word."""
    return [{"name": name, "value": value.replace(" ", "-"), "ns": _NAMES} for name, value in values.items() if value]


def _id(run: str, part: str) -> str:
    """Return an identifier that is the same for the same run and part, as OSCAL wants it: a UUID of version 5."""
    return str(uuid.uuid5(_SPACE, f"{run}/{part}"))
