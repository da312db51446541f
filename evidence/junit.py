"""A recording as JUnit XML, for the dashboards that read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evidence import standing as standings
from evidence import story as stories
from evidence import story_reading

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.standing import Standing
    from evidence.story import Act, Story

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def write(folder: Path, to: Path, *, allowed_signers: Path | None = None, tsa_root: Path | None = None) -> Path:
    """Write a test case for the run, one for each step and one for each instruction left to the file `to`; return it.

    The run fails unless it is done, nothing was found in it and it verifies, where it is sealed. A step that was
    carried out is a pass, a failed or unfinished one a failure; one that was skipped, or counted as done by a person,
    is a skip with its reason, and so is an instruction that was not reached, or carried out in part.
    """
    data = folder / "data" if (folder / "data").is_dir() else folder
    story = story_reading.read(data)
    standing = standings.of(data.parent, story, allowed_signers=allowed_signers, tsa_root=tsa_root)
    acts = stories.last_times(story.acts)
    name = story.fact("runbook") or "run"
    suite = ET.Element(
        "testsuite",
        name=_text(name if standing.kind == "run" else f"{name} ({standing.kind})"),
        time=f"{sum(act.seconds for act in acts):.3f}",
        timestamp=_text(story.began.partition(".")[0]),
    )
    properties = ET.SubElement(suite, "properties")
    for word, value in (("kind", standing.kind), ("status", story.status), ("verdict", standing.verdict)):
        ET.SubElement(properties, "property", name=word, value=_text(value))
    _run(suite, standing)
    for act in acts:
        _step(suite, story, act)
    for one in story.instructions:
        if one.result in {"not reached", "in part"}:
            words = f"{one.result}: {standings.why_not(story, one)}"
            ET.SubElement(_case(suite, f"P{one.number:02d}"), "skipped", message=_text(words))
    counts = {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}
    for attribute, path in counts.items():
        suite.set(attribute, str(len(suite.findall(path))))
    suite.set("errors", "0")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    ET.ElementTree(root).write(to, encoding="utf-8", xml_declaration=True)
    return to


def _run(suite: ET.Element, standing: Standing) -> None:
    case = _case(suite, "the whole run")
    if standing.against:
        ET.SubElement(case, "failure", message=_text("; ".join(standing.against)), type="run")


def _step(suite: ET.Element, story: Story, act: Act) -> None:
    case = _case(suite, act.id, act.seconds)
    if act.result in {"skipped", "overridden"}:
        words = act.reason if act.result == "skipped" else f"counted as done by a person: {act.reason}"
        ET.SubElement(case, "skipped", message=_text(words))
    elif act.result not in stories.CARRIED_OUT:
        failure = story.failure if story.failure.get("step") == act.id else {}
        words = f"expected {failure.get('expected')}; saw {failure.get('seen')}" if failure else "it did not end"
        ET.SubElement(case, "failure", message=_text(words), type=_text(act.result or "unfinished"))


def _case(suite: ET.Element, name: str, seconds: float = 0.0) -> ET.Element:
    return ET.SubElement(suite, "testcase", name=_text(name), classname=suite.get("name", ""), time=f"{seconds:.3f}")


def _text(words: str) -> str:
    """Return `words` with a mark in place of whatever XML does not take; a parser would refuse all of it."""
    return _NOT_IN_XML.sub("\ufffd", words)
