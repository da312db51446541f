from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from evidence import NotARecording, report, story_reading
from evidence.chain import ChainedLog
from tests.evidence.conftest import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def test_it_tells_who_when_what_and_each_instruction(recording: Path) -> None:
    path = report.write(recording)
    html = path.read_text()
    text = text_of(html)
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
        "Took 5.0 s, the start of the browser and the search of the recording included",
    ):
        assert words in text
    assert "data:image/png;base64," in html


def test_it_tells_who_was_asked_and_what_they_answered(recording: Path) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="change")
        log.append("gate-asked", step="bye", gate="by_hand")
        log.append("gate-answered", step="bye", answer="override", by="bob", reason="I waved myself")
        log.append("gate-answered", step="bye", answer="change mode", by="bob")
        log.append("step-ended", step="bye", result="overridden", reason="I waved", outputs={}, seconds=1.0)
        log.append("step-started", step="late", number=5, title="Late", covers=[], effect="read")
        log.append("gate-asked", step="late", gate="confirm")
    text = text_of(report.write(recording).read_text())
    assert "1. Sign in sign in signed in me@example.test" in text
    assert "4. Bye by hand override : I waved myself bob" in text
    assert "4. Bye said unasked change mode bob" in text
    assert "5. Late confirm no answer" in text
    assert "Overrides, and steps done by hand or passed over Step Result Reason 4. Bye overridden I waved" in text
    assert "1 override" in text


def test_a_step_without_pictures_says_so_and_why(recording: Path) -> None:
    text = text_of(report.write(recording).read_text())
    assert "No pictures were taken during this step: while a person signs in, nothing is recorded." in text
    (recording / "data" / "recorded.json").unlink()
    assert "No pictures were taken during this step." in text_of(report.write(recording).read_text())


def test_a_run_of_some_steps_says_that_the_others_were_no_part_of_it(recording: Path) -> None:
    facts = recording / "data" / "run.json"
    ended = {"status": "done", "exit": 0, "changed": [], "seconds": 4.2}
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("run-ended", **ended)
    facts.write_text('{"asked": {"mode": "auto", "from": "", "until": ""}}')
    text = text_of(report.write(recording).read_text())
    assert "The run was carried out to its end" in text
    assert "asked for" not in text
    facts.write_text('{"asked": {"mode": "auto", "from": "greet", "until": "bye"}}')
    text = text_of(report.write(recording).read_text())
    assert "carried out to its end" not in text
    assert "What was asked for was carried out" in text
    assert "Only the steps from greet to bye were asked for, the others were not part of this run." in text


def test_it_tells_clock_accounts_and_controls(recording: Path) -> None:
    clock = {"at_the_beginning": "not synchronised", "at_the_end": "synchronised", "set_in_between_by_seconds": -12.5}
    facts = {
        "clock": clock,
        "signed_in": {"entra": {"account": "ann@x", "directory": "X (X.EXAMPLE)"}},
        "controls": ["ia-5"],
    }
    (recording / "data" / "run.json").write_text(json.dumps(facts))
    text = text_of(report.write(recording).read_text())
    assert "in UTC: not synchronised, then synchronised; set by -12.5 s during the run" in text
    assert "Signed in, entra ann@x · X (X.EXAMPLE)" in text
    assert "Evidence for ia-5" in text


def test_it_tells_of_the_profile_that_the_browser_was_started_with(recording: Path) -> None:
    assert "profile" not in text_of(report.write(recording).read_text())
    (recording / "data" / "run.json").write_text('{"profile": "signed-in"}')
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("leak-gate", findings=[], values=1, pictures_read=False, seconds=2.0)
    text = text_of(report.write(recording).read_text())
    assert "Browser profile signed-in" in text
    assert "and what the run wrote into the browser’s profile, was searched for the secret’s value" in text


def test_a_run_that_was_cut_short_says_where_and_what_may_have_happened(recording: Path) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("resumed")
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="change")
    assert "Where it was cut short Step 4. Bye Known its action had not begun" in text_of(
        report.write(recording).read_text()
    )
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("acting", step="bye", page="p.q", action="wave", args={"hand": "left"})
        log.append("changed", what="portal: a hand was waved")
    text = text_of(report.write(recording).read_text())
    assert "its action was announced and never confirmed" in text
    assert "wave on p.q (hand: left)" in text
    assert "portal: a hand was waved" in text
    assert "interrupted" in text


def test_a_run_that_went_on_is_as_good_as_its_last_time(recording: Path) -> None:
    journal = recording / "data" / "journal.jsonl"
    with ChainedLog(journal) as log:
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="read")
        log.append("failed", step="bye", title="Bye", expected="a wave", seen="nothing", changed=[], next="resume")
        log.append("step-ended", step="bye", result="failed", reason="", outputs={}, seconds=1.0)
        log.append("run-ended", status="failed", exit=1, changed=["a secret was created"], seconds=1.0)
        log.append("resumed")
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="read")
        log.append("step-ended", step="bye", result="done", reason="", outputs={}, seconds=1.0)
        log.append("run-ended", status="done", exit=0, changed=["a secret was created", "y"], seconds=62.0)
    html = report.write(recording).read_text()
    text = text_of(html)
    assert "Where it stopped" not in text
    assert re.search(
        r"Part 1 [-0-9]+ [:0-9]+ UTC by me: failed, after 1.0 s Part 2 [-0-9]+ [:0-9]+ UTC: done, after 1 min 2 s", text
    )
    assert "Took" not in text  # The last part alone is not all of it.
    assert text.count("a secret was created") == 1
    anchors = re.findall(r'<article id="([^"]*)"', html)
    assert len(set(anchors)) == len(anchors) == 5
    told = story_reading.read(recording / "data")
    assert [one.result for one in told.instructions if one.number == 4] == ["done"]


def test_a_run_that_went_on_says_how_things_stood_and_what_was_taken_back(recording: Path) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append(
            "resumed", operator="ann@host", found=["2 of 4 steps have an end"], changes=["the runbook was changed"],
            accepted_by="bob",
        )  # fmt: skip
        log.append("rollback-began", can=[["add-secret", "delete it"]], cannot=[["sign-in", "nothing to undo"]])
        log.append("undone", step="add-secret", say="deleted the secret")
        log.append("run-ended", status="rolled back", exit=0, changed=[], seconds=1.0)
    text = text_of(report.write(recording).read_text())
    assert "found: 2 of 4 steps have an end accepted by bob: the runbook was changed" in text
    assert "Not taken back: 1. Sign in: nothing to undo" in text
    assert "taken back: deleted the secret" in text
    assert "What the run did was taken back" in text
    told = story_reading.read(recording / "data")
    assert [one.result for one in told.instructions] == ["done", "undone", "skipped", "not reached"]


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


def test_nothing_of_it_is_beyond_the_edge_of_a_narrow_window(recording: Path, browser: Browser) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("gate-asked", step="delete", gate="confirm")
        log.append("gate-answered", step="delete", gate="confirm", answer="yes", by="the operator of the rehearsal")
    tab = browser.new_page(viewport={"width": 380, "height": 700})
    tab.goto(report.write(recording).as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") == 380
    tab.close()


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
    text = text_of(report.write(recording).read_text())
    assert "Where it stopped Step bye Expected a wave Seen nothing Next resume" in text
    assert "did not come to its end" in text


@pytest.mark.parametrize(("result", "stopped"), [("done", False), ("skipped", False), ("failed", True)])
def test_a_failure_that_was_put_right_is_not_where_the_run_stopped(recording: Path, result: str, stopped: bool) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="read")
        log.append("failed", step="bye", title="Bye", expected="a wave", seen="no wave", changed=[], next="look")
        log.append("step-ended", step="bye", result=result, reason="", outputs={}, seconds=1.0)
    text = text_of(report.write(recording).read_text())
    assert ("Where it stopped" in text) is stopped
    assert "expected a wave; saw no wave" in text


def test_a_journal_that_ends_in_the_middle_is_still_told(recording: Path) -> None:
    journal = recording / "data" / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:6]) + b'{"torn')
    text = text_of(report.write(recording).read_text())
    assert "interrupted" in text
    assert "2 Add unfinished" in text


def test_a_broken_chain_is_told_and_what_stands_before_it_shown(recording: Path) -> None:
    journal = recording / "data" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"seconds":2.0', b'"seconds":9.0'))
    text = text_of(report.write(recording).read_text())
    assert "journal.jsonl line 11: does not continue the line before it" in text
    assert "P01 Sign in" in text


def test_only_what_the_journal_holds_is_needed(recording: Path) -> None:
    for name in ("run.json", "recorded.json", "procedure.md"):
        (recording / "data" / name).unlink()
    assert "P02" in report.write(recording).read_text()
    (recording / "data" / "journal.jsonl").unlink()
    for place in (recording, recording / "data"):
        with pytest.raises(NotARecording, match=f"{recording.name}: there is no journal"):
            report.write(place)
