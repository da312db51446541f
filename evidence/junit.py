"""The steps of a recording as JUnit XML, for the dashboards that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evidence import story as stories
from evidence import story_reading

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, to: Path) -> Path:
    """Write one test case for each step of the recording in `folder` to the file `to`; return it.

    A step that carried out is a pass, a skipped one a skip with its reason, a failed or unfinished one a failure.
    """
    story = story_reading.read(folder / "data" if (folder / "data").is_dir() else folder)
    acts = stories.last_times(story.acts)
    failed = [act for act in acts if act.result not in {*stories.CARRIED_OUT, "skipped"}]
    skipped = [act for act in acts if act.result == "skipped"]
    suite = ET.Element(
        "testsuite",
        name=story.fact("runbook") or "run",
        tests=str(len(acts)),
        failures=str(len(failed)),
        skipped=str(len(skipped)),
        errors="0",
        time=f"{sum(act.seconds for act in acts):.3f}",
        timestamp=story.began.partition(".")[0],
    )
    for act in acts:
        case = ET.SubElement(suite, "testcase", name=act.id, classname=suite.get("name", ""), time=f"{act.seconds:.3f}")
        if act in skipped:
            ET.SubElement(case, "skipped", message=act.reason)
        elif act in failed:
            failure = story.failure if story.failure.get("step") == act.id else {}
            words = f"expected {failure['expected']}; saw {failure['seen']}" if failure else "it did not end"
            ET.SubElement(case, "failure", message=words, type=act.result or "unfinished")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    ET.ElementTree(root).write(to, encoding="utf-8", xml_declaration=True)
    return to
