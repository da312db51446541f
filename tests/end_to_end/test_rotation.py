"""The whole runbook in a real browser, and then the replicas' own word for what really happened."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from keyturn.cli import main
from keyturn.cli.rehearse import DEFAULT
from keyturn.console import PlainLines, print_summary
from keyturn.console.words import instructions
from keyturn.document import load
from keyturn.errors import Exit
from keyturn.settings import shipped_runbooks
from tests.end_to_end.strikes import ASKS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Rehearse, Rehearsed

VENDOR = "ma_portal"
ROTATION = shipped_runbooks() / DEFAULT
KEYTURN = [sys.executable, "-m", "keyturn"]


def made(run: Rehearsed) -> dict[str, str]:
    """Return the one secret that was not there before."""
    known = {secret["secret_id"] for secret in run.old}
    (new,) = [secret for secret in run.secrets if secret["secret_id"] not in known]
    return new


def presses(run: Rehearsed) -> dict[str, int]:
    """Return how often each button that counts was pressed, in both portals."""
    pressed: dict[str, int] = run.state["presses"]
    return pressed


def others(state: dict[str, Any]) -> dict[str, Any]:
    """Return every registration but the one of the run."""
    return {key: value for key, value in state["registrations"].items() if key != state["application_id"]}


def test_an_expired_secret_is_rotated_by_the_whole_procedure(expired: Rehearsed) -> None:
    run = expired
    assert run.error is None
    assert run.summary.exit == Exit.DONE

    new = made(run)
    assert [secret["secret_id"] for secret in run.secrets] == [new["secret_id"]]
    assert new["description"] == "Arctic Wolf Secret"
    start, end = datetime.fromisoformat(new["start"]), datetime.fromisoformat(new["end"])
    assert end - start == timedelta(days=730)
    assert others(run.state) == others(run.before)

    vendor = run.state[VENDOR]["integration"]
    assert vendor["value"] == new["value"]
    assert vendor["nickname"] == "Arctic Wolf Secret"
    assert vendor["application_id"] == run.state["application_id"]
    assert vendor["directory_id"] == run.state["directory_id"]
    assert vendor["expires_on"] == run.summary.secrets[0]["expires_on"]
    assert abs(date.fromisoformat(vendor["expires_on"]) - end.date()) <= timedelta(days=1)
    assert vendor["group"] == run.before[VENDOR]["integration"]["group"]
    assert vendor["users"] > 0

    pressed = presses(run)
    for button in ("add_secret", "delete_secret", "ma-reset", "ma-save", "ma-sync"):
        assert pressed.get(button) == 1, button
    assert "delete_registration" not in pressed

    assert run.summary.secrets == [
        {"name": "Arctic Wolf Secret", "secret_id": new["secret_id"], "expires_on": vendor["expires_on"]}
    ]


def test_ids_titles_and_covers_are_the_runbooks_own_in_console_journal_and_report(expired: Rehearsed) -> None:
    book = load(ROTATION)
    written = [(step.id, step.title, list(step.covers)) for step in book.steps]
    data = expired.recording / "data"
    journal = [json.loads(line) for line in (data / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    begun = [line for line in journal if line["kind"] == "step-started"]
    assert [(line["step"], line["title"], line["covers"]) for line in begun] == written

    out = Console(file=io.StringIO(), width=200, force_terminal=False)
    plain = PlainLines(out, book)
    for event in expired.events:
        plain(event)
    print_summary(out, expired.summary, book, None)
    report = (data / "report.html").read_text(encoding="utf-8")
    articles = dict(re.findall(r'<article id="step-(\d+)"[^>]*>(.*?)</article>', report, re.DOTALL))
    told = out.file.getvalue()  # type: ignore[attr-defined]  # a text in memory
    for number, step in enumerate(book.steps, 1):
        covers = instructions(step.covers)
        assert f"{step.id}: {step.title} ({covers}): " in told
        assert re.search(rf"{re.escape(step.title)} +{step.id} +{covers}", told)
        article = html.unescape(articles[str(number)])
        assert f"<h3>{step.title}</h3>" in article
        assert f'<p class="meta">{step.id} · ' in article
        told_covers = re.findall(r"\bP(\d+)\b", article.partition("</p>")[0])
        assert [int(number) for number in told_covers] == list(step.covers)


def test_every_instruction_of_the_procedure_was_carried_out(expired: Rehearsed) -> None:
    run = expired
    done = {number for step in run.summary.steps if step["result"] in {"done", "already"} for number in step["covers"]}
    assert done == set(range(1, 29))
    assert run.results["delete-expired-secret"] == "done"
    assert run.results["delete-valid-secret"] == "skipped"


def test_the_stock_age_program_opens_what_was_stored_and_the_token_endpoint_takes_it(expired: Rehearsed) -> None:
    if not shutil.which("age"):
        pytest.skip("the stock age program judges from outside")
    run = expired
    (entry,) = run.store.entries()
    new = made(run)
    assert run.sealed == new["value"]
    assert run.token == 200
    assert entry.metadata.secret_id == new["secret_id"]
    assert entry.notes == ("delivered", "tested")
    assert run.store.verify() == []


def test_a_secret_that_is_still_valid_lives_until_the_vendor_has_saved_the_new_one(expiring: Rehearsed) -> None:
    run = expiring
    assert run.error is None
    assert run.results["delete-expired-secret"] == "skipped"
    assert run.results["delete-valid-secret"] == "done"
    assert [secret["secret_id"] for secret in run.secrets] == [made(run)["secret_id"]]
    ended = [event.step for event in run.events if event.kind == "step-ended"]  # type: ignore[attr-defined]
    assert ended.index("delete-valid-secret") > ended.index("save-credentials") > ended.index("test-connection")


def test_beside_an_expired_secret_a_valid_one_of_somebody_else_is_left_alone(stopped: Rehearsed) -> None:
    run = stopped
    assert run.results["delete-expired-secret"] == "done"
    left = {secret["secret_id"] for secret in run.secrets}
    today = datetime.now().astimezone()
    valid = {secret["secret_id"] for secret in run.old if datetime.fromisoformat(secret["end"]) > today}
    assert left == valid | {made(run)["secret_id"]}


def test_without_the_message_the_menu_leads_to_the_same_page(rehearse: Rehearse) -> None:
    run = rehearse(scenario="no-banner", until="new-client-secret")
    assert run.error is None
    assert run.results["create-a-new-one"] == "skipped"
    assert run.results["open-certificates-and-secrets"] == "done"


def test_the_direct_link_reaches_the_registration_too(rehearse: Rehearse) -> None:
    run = rehearse(route="link", until="read-message")
    assert run.error is None
    assert run.results["open-registration-by-link"] == "done"
    assert run.results["open-registration"] == "skipped"


@pytest.mark.parametrize("fault", ["secret-id-copied"])  # the other wrong copies: in the fault matrix
def test_a_value_that_cannot_be_right_reaches_neither_the_store_nor_the_vendor(rehearse: Rehearse, fault: str) -> None:
    run = rehearse(fault)
    assert run.summary.exit == Exit.STEP_FAILED
    assert run.results["add-secret"] == "failed"
    assert run.store.entries() == []
    assert run.state[VENDOR]["integration"] == run.before[VENDOR]["integration"]
    assert {secret["secret_id"] for secret in run.old} < {secret["secret_id"] for secret in run.secrets}
    assert any(made(run)["secret_id"] in change for change in run.summary.changed)
    assert presses(run) == {"add_secret": 1}


@pytest.mark.soak
def test_a_secret_that_has_not_replicated_is_waited_for(rehearse: Rehearse) -> None:
    run = rehearse(replication_delay=20.0)  # longer than it takes from Add to Test Connection
    assert run.error is None
    assert "retrying" in [event.kind for event in run.events]
    assert presses(run)["ma-save"] == 1


def test_another_directory_than_the_one_asked_for_stops_before_anything_is_made(rehearse: Rehearse) -> None:
    run = rehearse(directory_id="00000000-0000-4000-8000-000000000000")
    assert run.summary.exit == Exit.GUARD_REFUSED
    assert run.secrets == run.old
    assert presses(run) == {}


@pytest.mark.parametrize(
    ("fault", "inputs"),
    [
        ("wrong-directory", {"directory_domain": "cedarridge.example", "route": "link"}),
        ("two-accounts", {"account": "somebody@cedarridge.example"}),
    ],
    ids=["directory, by link", "account"],
)
def test_the_wrong_tenant_or_account_stops_right_after_the_sign_in(
    rehearse: Rehearse, fault: str, inputs: dict[str, Any]
) -> None:
    run = rehearse(fault, **inputs)
    assert run.summary.exit == Exit.GUARD_REFUSED
    assert run.results["sign-in"] == "done"
    assert "done" not in {run.results.get(step) for step in ("open-registration", "open-registration-by-link")}
    assert "read-message" not in run.results
    assert presses(run) == {}
    assert run.summary.changed == []


def test_the_right_account_and_directory_let_the_run_go_on_and_the_wrong_one_at_the_vendor_does_not(
    stopped: Rehearsed,
) -> None:
    run = stopped
    assert run.summary.exit == Exit.GUARD_REFUSED
    assert run.results["add-secret"] == "done"
    assert run.results["open-user-management"] == "failed"
    assert run.state[VENDOR]["integration"] == run.before[VENDOR]["integration"]


def test_the_fault_matrix_knows_which_steps_ask_a_server(expired: Rehearsed, expiring: Rehearsed) -> None:
    asked = {step for run in (expired, expiring) for step in run.state["asked"]}
    skipped = {"open-registration-by-link", "open-certificates-and-secrets"}
    late = {
        "sign-in",
        "sign-in-to-ma-portal",
    }  # what a page fetches late falls into the step after the one that opened it
    assert (asked | skipped) - late == set(ASKS) - late


def test_the_secret_is_in_nothing_that_a_run_left(expired: Rehearsed, expiring: Rehearsed) -> None:
    for run in (expired, expiring):
        has_no_trace(run)


def has_no_trace(run: Rehearsed) -> None:
    """Search everything that `run` left for the value it made."""
    value = made(run)["value"]
    needles = [
        value.encode(),
        value.encode("utf-16-le"),
        value.encode("utf-16-be"),
        urllib.parse.quote(value, safe="").encode(),
        value.encode().hex().encode(),
        value[8:30].encode(),
    ]
    files = [path for path in run.home.rglob("*") if path.is_file() and not path.name.endswith(".key")]
    assert len(files) > 40
    for path in files:
        data = path.read_bytes()
        assert not any(needle in data for needle in needles), path.name
    assert value not in json.dumps(run.summary.as_json())
    assert value not in repr(run.events)


def test_a_rehearsal_leaves_a_recording_that_stock_tools_verify(expired: Rehearsed) -> None:
    run = expired
    folder = run.recording
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        command = ["sha256sum", "--strict", "--quiet", "-c", manifest]
        assert subprocess.run(command, check=False, cwd=folder).returncode == 0
    assert (folder / "data" / "report.html").is_file()
    assert len(list((folder / "data" / "pictures").glob("*.png"))) > 40
    assert list((folder / "data" / "video").glob("*")), "no video was recorded"
    assert main(["evidence", "verify", str(folder)]) == 0


def test_the_recording_names_clock_versions_and_the_accounts_that_the_headers_showed(expired: Rehearsed) -> None:
    facts = json.loads((expired.recording / "data" / "run.json").read_text())
    outputs = {step["id"]: step["outputs"] for step in expired.summary.steps}
    shown = {portal: outputs[step] for portal, step in (("entra", "sign-in"), ("ma", "sign-in-to-ma-portal"))}
    shown["entra"].pop("domain")  # It stands within the directory.
    assert facts["signed_in"] == shown
    assert all(shown[portal]["account"] for portal in shown)
    assert shown["entra"]["directory"]
    assert facts["clock"].keys() == {"at_the_beginning", "at_the_end", "set_in_between_by_seconds"}
    assert facts["versions"].keys() == {"keyturn", "playwright", "python", "system", "browser"}
    report = (expired.recording / "data" / "report.html").read_text()
    for words in (shown["entra"]["account"], shown["entra"]["directory"], shown["ma"]["organisation"]):
        assert words in report


@pytest.mark.headed
@pytest.mark.parametrize("until", ["add-secret", pytest.param("paste-secret-value", marks=pytest.mark.soak)])
def test_in_a_visible_browser_the_desktop_s_clipboard_is_used_and_left_empty(
    tmp_path: Path, display: dict[str, str], until: str
) -> None:
    folders = ["--recordings", str(tmp_path / "r"), "--store", str(tmp_path / "s")]
    command = [*KEYTURN, "rehearse", "--headed", "--json", "--until", until, *folders]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, env=display)
    assert finished.returncode == 0, finished.stderr
    for selection in ("clipboard", "primary"):
        look = subprocess.run(["xclip", "-o", "-selection", selection], check=False, capture_output=True, env=display)
        assert b"Q~" not in look.stdout
