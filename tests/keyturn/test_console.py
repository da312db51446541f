"""What a person reads at the terminal: plain lines, the live table, questions, the last word."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from keyturn import events
from keyturn.console import LiveSteps, PlainSteps, Terminal, print_summary
from keyturn.console.words import duration, instructions
from keyturn.document import load
from keyturn.gates import Question
from keyturn.model import Gate
from keyturn.outcome import Summary
from keyturn.settings import shipped_runbooks

if TYPE_CHECKING:
    from keyturn.model import Runbook


@pytest.fixture(scope="module")
def book() -> Runbook:
    return load(shipped_runbooks() / "update-entra-client-secret.yaml")


def console(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, height=24, force_terminal=False, highlight=False)


def text(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


def started(book: Runbook, number: int) -> events.StepStarted:
    step = book.steps[number - 1]
    return events.StepStarted(step.id, number, len(book.steps), step.title, step.covers, step.effect.value, step.note)


def test_plain_lines_tell_what_was_done_with_its_instructions_and_time(book: Runbook) -> None:
    out = console()
    view = PlainSteps(out)
    view(started(book, 13))
    view(events.Retrying("add-secret", "not replicated", 104.0))
    view(events.SecretSealed("add-secret", "client_secret", "the-id", "2028-11-23", "entry", "f" * 64))
    view(events.StepEnded("add-secret", "done", "", {}, 2.04))
    view(started(book, 5))
    view(events.StepEnded("open-registration-by-link", "skipped", "the menu was used", {}, 0.0))
    told = text(out)
    assert "[13/32] ✓ add-secret: Click Add" in told
    assert "(P09–P11): done, 2.0 s" in told
    assert "not yet: not replicated; asking again for up to 1 min 44 s" in told
    assert "Secret ID the-id, expires 2028-11-23" in told
    assert "[ 5/32] – open-registration-by-link: Open the registration by its direct link (P02–P03): skipped" in told
    assert "skipped, the menu was used" in told


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("number", [1, 16, 32])
def test_the_live_table_fits_and_shows_the_step_that_is_being_done(book: Runbook, number: int, width: int) -> None:
    out = console(width)
    live = LiveSteps(out, book)
    for done in range(1, number):
        live(started(book, done))
        live(events.StepEnded(book.steps[done - 1].id, "done", "", {}, 1.0))
    live(started(book, number))
    out.print(live.get_renderable())
    lines = text(out).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= width
    assert any(book.steps[number - 1].title[:30] in line for line in lines)
    assert any(f"{number - 1} of 32" in line for line in lines)


def asked(monkeypatch: pytest.MonkeyPatch, answer: str | None) -> bool:
    def read(*_: Any, **__: Any) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", read)
    return (
        Terminal(console(), None)
        .ask(Question("step", "Delete the secret", Gate.CONFIRM, "It is gone then."), lambda: True)
        .yes
    )


@pytest.mark.parametrize(("answer", "yes"), [("y", True), ("n", False), ("", False), (None, False)])
def test_only_a_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, answer: str | None, yes: bool) -> None:
    assert asked(monkeypatch, answer) is yes


def test_a_sign_in_is_not_asked_for_with_yes_or_no() -> None:
    assert Terminal(console(), None).ask(Question("step", "Sign in", Gate.SIGN_IN, ""), lambda: True).yes


def summary(**more: Any) -> Summary:
    made = Summary("run", "recordings/run", seconds=31.0)
    made.steps = [
        {"id": "a", "title": "A step", "covers": [1, 2], "result": "done", "reason": "", "seconds": 1, "outputs": {}}
    ]
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_the_last_word_tells_what_changed_and_where_the_recording_is() -> None:
    out = console()
    secret = {"name": "Arctic Wolf Secret", "secret_id": "the-id", "expires_on": "2028-11-23"}
    print_summary(out, summary(changed=["portal: a secret was created"], secrets=[secret]), "Title", None)
    told = text(out)
    for words in (
        "A step",
        "P01–P02",
        "Arctic Wolf Secret, ID the-id",
        "a secret was created",
        "recordings/run",
        "done in 31 s",
    ):
        assert words in told


def test_a_step_that_carries_out_no_instruction_is_told_without_any(book: Runbook) -> None:
    out = console()
    view = PlainSteps(out)
    view(replace(started(book, 1), covers=()))
    view(events.StepEnded("open-admin-center", "done", "", {}, 2.0))
    assert "open-admin-center: Open the Microsoft Entra admin center: done, 2.0 s" in text(out)


def test_a_failure_is_told_whole() -> None:
    out = console()
    failed = events.Failed("add", "Click Add", "a new row", "a toast", ("portal: pressed",), "look in the portal")
    print_summary(out, summary(status="failed", exit=1, changed=["portal: pressed"]), "Title", failed)
    told = text(out)
    for words in ("stopped at", "Click Add (add)", "a new row", "a toast", "look in the portal", "failed in 31 s"):
        assert words in told


def test_a_run_that_changed_nothing_tells_what_it_found() -> None:
    out = console()
    first = summary().steps[0]
    steps = [{**first, "outputs": {"expiring_secrets": "one of them"}}, {**first, "id": "b"}]
    print_summary(out, summary(steps=steps), "Title", None)
    assert "expiring secrets" in text(out)
    assert "one of them" in text(out)


def test_instructions_and_times_are_worded_for_people() -> None:
    assert instructions([11, 9, 10]) == "P09–P11"
    assert instructions([4, 20, 21]) == "P04 P20–P21"
    assert [duration(seconds) for seconds in (0.44, 12.3, 125)] == ["0.4 s", "12 s", "2 min 05 s"]
