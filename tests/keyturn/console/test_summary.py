"""The last word of a run: what was done, by whom, what changed, and where the recording is."""

from __future__ import annotations

from typing import Any

import pytest
from inline_snapshot import snapshot

from keyturn.console import print_summary
from keyturn.console.words import duration, instructions
from keyturn.events import Failed
from keyturn.outcome import Summary
from tests.keyturn.console.scenery import BOOK, console, text

SECRET = {"name": "Arctic Wolf Secret", "secret_id": "595938ec-0121-4e29-9109-a1fbb71e5db4", "expires_on": "2028-11-24"}


def step(number: int, result: str = "done", reason: str = "", **outputs: str) -> dict[str, Any]:
    one = BOOK.steps[number - 1]
    covers = list(one.covers)
    named = {"id": one.id, "title": one.title, "covers": covers, "result": result, "reason": reason}
    return {**named, "outputs": outputs, "seconds": 2.04}


def summary(*steps: dict[str, Any], **more: Any) -> Summary:
    made = Summary("run", "recordings/run", seconds=31.0, steps=list(steps) or [step(1)])
    for name, value in more.items():
        setattr(made, name, value)
    return made


def told(made: Summary, failed: Failed | None = None, *, width: int = 80, plain: bool = False) -> str:
    out = console(width)
    print_summary(out, made, BOOK, failed, plain=plain)
    return text(out)


FAILED = Failed("reset-integration", "Reset the integration", "a form", "a toast", ("portal: pressed",), "look there")


def test_a_run_that_is_done() -> None:
    made = summary(
        step(12),
        step(13),
        step(32, "skipped", BOOK.steps[31].when[0].say),
        secrets=[SECRET],
        changed=["portal: a secret was created", "store: its value was sealed"],
        search={"seconds": 0.4, "pictures_read": False, "values": 1},
    )
    assert told(made) == snapshot("""\
╭─ Update an Entra ID client secret that Arctic Wolf uses ─────────────────────╮
│     step                                          procedure  result    time  │
│  ✓  Select when it expires                        P08        done     2.0 s  │
│  ✓  Click Add, verify that the new secret is      P09–P11    done     2.0 s  │
│     listed, copy its value and seal it into the                              │
│     store                                                                    │
│  –  Delete the old secret, now that the MA        P12–P13    skipped         │
│     Portal has the new one                                                   │
│     the old secret had expired and went before,                              │
│     or there was none to replace                                             │
│                                                                              │
│ new secret  Arctic Wolf Secret, ID 595938ec-0121-4e29-9109-a1fbb71e5db4,     │
│             expires 2028-11-24                                               │
│ changed     portal: a secret was created                                     │
│             store: its value was sealed                                      │
│ recording   recordings/run                                                   │
│ searched    for the value in 0.4 s, not the pictures                         │
╰──────────────────────────────────────────────────────────────────────────────╯
done in 31 s\
""")


def test_a_run_that_captured_no_value_does_not_say_that_it_was_searched_for() -> None:
    made = summary(search={"seconds": 0.4, "pictures_read": False, "values": 0})
    assert "for anything of a client secret's shape in 0.4 s, not the pictures" in told(made, width=120)


def test_a_run_in_which_the_person_passed_steps_over_says_so() -> None:
    made = summary(
        step(13, "by-operator"),
        step(14, "skipped", "still needed by a colleague (mira at the terminal)"),
        step(26, "overridden", "seen in the vendor's log (mira at the terminal)"),
        changed=["portal: a secret was created"],
    )
    assert told(made) == snapshot("""\
╭─ Update an Entra ID client secret that Arctic Wolf uses ─────────────────────╮
│     step                                      procedure  result        time  │
│  ✓  Click Add, verify that the new secret is  P09–P11    by-operator  2.0 s  │
│     listed, copy its value and seal it into                                  │
│     the store                                                                │
│  –  Delete the expired secret                 P12–P13    skipped             │
│     still needed by a colleague (mira at the                                 │
│     terminal)                                                                │
│  !  Test the connection                       P24        overridden   2.0 s  │
│     seen in the vendor's log (mira at the                                    │
│     terminal)                                                                │
│                                                                              │
│ your word  Delete the expired secret – skipped: still needed by a colleague  │
│            (mira at the terminal)                                            │
│            Test the connection – overridden: seen in the vendor's log (mira  │
│            at the terminal)                                                  │
│ changed    portal: a secret was created                                      │
│ recording  recordings/run                                                    │
╰──────────────────────────────────────────────────────────────────────────────╯
done in 31 s, but with 1 overridden and 1 skipped steps\
""")


def test_a_failure_is_told_whole_in_plain_lines_too() -> None:
    made = summary(step(19, "failed", "a toast"), status="failed", exit=1, changed=["portal: pressed"])
    assert told(made, FAILED, plain=True) == snapshot("""\

Stopped at: Reset the integration (reset-integration)
Expected: a form
Seen: a toast
Do next: look there
Changed: portal: pressed
Recording: recordings/run

Failed in 31 s.\
""")
    drawn = told(made, FAILED)
    for words in ("stopped at", "Reset the integration (reset-integration)", "a form", "look there", "failed in 31 s"):
        assert words in drawn


def test_a_step_that_the_runbook_skips_is_no_remark() -> None:
    assert "but with" not in told(summary(step(32, "skipped", BOOK.steps[31].when[0].say)))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (
            "add-secret",
            "test-connection",
            "only the steps from add-secret to test-connection were asked for, the others",
        ),
        ("add-secret", "", "only the steps from add-secret on were asked for, the others were not part of this run"),
        ("", "add-secret", "only the steps to add-secret were asked for, the others were not part of this run"),
        ("add-secret", "add-secret", "only the step add-secret was asked for, the others were not part of this run"),
    ],
)
@pytest.mark.parametrize("end", [{}, {"status": "failed", "exit": 1}])
def test_a_run_of_some_steps_says_that_the_others_were_no_part_of_it(
    first: str, last: str, words: str, end: dict[str, Any]
) -> None:
    made = summary(step(13), asked={"from": first, "until": last}, **end)
    assert f"in 31 s; {words}" in " ".join(told(made).split())
    assert "asked for" not in told(summary(step(13), asked={"from": "", "until": ""}, **end))


def test_a_list_that_was_found_is_told_line_by_line() -> None:
    lines = told(summary(step(1, listing="the first\nthe second", none="")), plain=True).splitlines()
    at = lines.index("Listing: the first")
    assert lines[at + 1 : at + 3] == ["    the second", "None:"]


def test_a_run_that_changed_nothing_tells_what_it_found() -> None:
    lines = told(summary(step(1, expiring_secrets="one of them"), step(3)))
    assert "expiring secrets" in lines
    assert "one of them" in lines


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_summary_keeps_to_the_width(width: int) -> None:
    made = summary(step(13), step(14, "skipped", "a long reason that has to be broken somewhere"), secrets=[SECRET])
    lines = told(made, width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_plain_lines_draw_nothing() -> None:
    lines = told(summary(step(13), secrets=[SECRET]), plain=True)
    assert not set(lines) & set("─│╭╮╰╯━✓✗")


def test_instructions_and_times_are_worded_for_people() -> None:
    assert instructions([11, 9, 10]) == "P09–P11"
    assert instructions([4, 20, 21]) == "P04 P20–P21"
    assert [duration(seconds) for seconds in (0.44, 12.3, 125)] == ["0.4 s", "12 s", "2 min 05 s"]
