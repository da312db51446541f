from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from evidence import NotARecording, junit, oscal, report, story
from evidence.chain import ChainedLog

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL))


def test_it_tells_who_when_what_and_each_instruction(recording: Path) -> None:
    path = report.write(recording)
    html = path.read_text()
    text = _text(html)
    assert path == recording / "data" / "report.html"
    for words in (
        "2 of 4 instructions carried out",
        "me@example.test",
        "ann@x",
        "id-1",
        "2028-11-24",
        "P01 Sign in",
        "P04 Say good-bye everywhere no step was reached not reached",
        "(skipped: nothing has expired)",
        "“signed in”, answered by me@example.test",
        "held: stored: client_secret",
        "a secret was created",
        "video of the window: there is no display",
        "sha256sum --strict",
    ):
        assert words in text
    assert "data:image/png;base64," in html


def test_it_needs_no_network_and_no_script(recording: Path, browser: Browser) -> None:
    html = report.write(recording).read_text()
    assert "<script" not in html
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", html)
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((recording / "data" / "report.html").as_uri())
    tab.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_page_text_cannot_become_markup(recording: Path) -> None:
    assert "Rotate &lt;a&gt; secret" in report.write(recording).read_text()


def test_a_picture_outside_the_recording_is_not_taken_in(recording: Path) -> None:
    (recording.parent / "secret.png").write_bytes(b"outside")
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("pictured", step="delete", moment="after", path="../../secret.png")
    assert "secret.png is missing" in report.write(recording).read_text()


def test_it_prints_to_a_pdf(recording: Path, browser: Browser) -> None:
    pdf = report.print_pdf(browser, report.write(recording))
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_a_run_that_stopped_says_where_and_what_next(recording: Path) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="read")
        log.append("failed", step="bye", title="Bye", expected="a wave", seen="nothing", changed=["x"], next="resume")
        log.append("step-ended", step="bye", result="failed", reason="", outputs={}, seconds=1.0)
        log.append("run-ended", status="failed", exit=1, changed=["x"], seconds=1.0)
    text = _text(report.write(recording).read_text())
    assert "Where it stopped Step bye Expected a wave Seen nothing Next resume" in text
    assert "did not come to its end" in text


def test_a_journal_that_ends_in_the_middle_is_still_told(recording: Path) -> None:
    journal = recording / "data" / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:6]) + b'{"torn')
    text = _text(report.write(recording).read_text())
    assert "interrupted" in text
    assert "2 Add unfinished" in text


def test_a_broken_chain_is_told_and_what_stands_before_it_shown(recording: Path) -> None:
    journal = recording / "data" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"seconds":2.0', b'"seconds":9.0'))
    text = _text(report.write(recording).read_text())
    assert "journal.jsonl line 11: does not continue the line before it" in text
    assert "P01 Sign in" in text


def test_only_what_the_journal_holds_is_needed(recording: Path) -> None:
    for name in ("run.json", "recorded.json", "procedure.md"):
        (recording / "data" / name).unlink()
    assert "P02" in report.write(recording).read_text()
    (recording / "data" / "journal.jsonl").unlink()
    with pytest.raises(NotARecording, match="no journal"):
        report.write(recording)


@pytest.mark.parametrize(
    ("results", "word"),
    [
        (("skipped", "done"), "done"),
        (("done", "failed"), "failed"),
        (("skipped", "skipped"), "skipped"),
        (("done", ""), "unfinished"),
        (("done", "overridden"), "overridden"),
        ((), "not reached"),
    ],
)
def test_an_instruction_is_as_good_as_its_steps(results: tuple[str, ...], word: str) -> None:
    acts = tuple(story.Act(f"s{n}", n, "S", result=result) for n, result in enumerate(results))
    assert story.Instruction(1, "text", "", acts).result == word


def test_junit_has_a_case_for_each_step(recording: Path) -> None:
    suite = ET.parse(junit.write(recording, recording / "junit.xml")).getroot().find("testsuite")  # noqa: S314  # our own
    assert suite is not None
    assert (suite.get("tests"), suite.get("skipped"), suite.get("failures")) == ("3", "1", "0")
    skipped = suite.find("testcase[@name='delete']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "nothing has expired"


def test_oscal_is_satisfied_only_when_every_instruction_was_carried_out(recording: Path) -> None:
    def findings() -> list[tuple[str, str]]:
        path = oscal.write(recording, recording / "oscal.json", controls=["ia-5", "ac-2"])
        (result,) = json.loads(path.read_text())["assessment-results"]["results"]
        assert [one["title"][:3] for one in result["observations"]] == ["P01", "P02", "P03", "P04"]
        return [(one["title"], one["target"]["status"]["state"]) for one in result["findings"]]

    assert findings() == [("ia-5", "not-satisfied"), ("ac-2", "not-satisfied")]
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        for step, number in (("delete-2", 3), ("bye", 4)):
            log.append("step-started", step=step, number=number, title=step, covers=[number], effect="read")
            log.append("step-ended", step=step, result="done", reason="", outputs={}, seconds=1.0)
    assert findings() == [("ia-5", "satisfied"), ("ac-2", "satisfied")]


def test_oscal_is_accepted_by_an_outside_judge(recording: Path) -> None:
    judge = pytest.importorskip("trestle.oscal.assessment_results", reason="needs compliance-trestle")
    path = oscal.write(recording, recording / "oscal.json")
    assert judge.AssessmentResults.oscal_read(path) is not None
