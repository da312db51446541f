"""The run in plain lines: a log that can be read afterwards, and questions that a screen reader can speak."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from keyturn import events
from keyturn.console import Person, PlainLines
from keyturn.console.dialogue import Dialogue
from keyturn.gates import About, Choice, Question
from tests.keyturn.console.scenery import BOOK, PLACES, asked, console, failed, started, text

BY_HAND = (Choice.GO_ON, Choice.GIVE_BACK, Choice.CHANGE_MODE, Choice.SKIP, Choice.STOP)


def lines(*told: events.Event) -> str:
    out = console()
    view = PlainLines(out, BOOK)
    for event in told:
        view(event)
    return text(out)


def answered(question: Question, *typed: str) -> str:
    """Return what stands on the screen when a person has typed this in answer to `question`."""
    out = console()
    view = PlainLines(out, BOOK, PLACES, "recordings/run/data/")
    person = Person(view, "mira at the terminal")
    left = list(typed)

    def pump() -> bool:
        person.take(left.pop(0))
        return False

    person.ask(question, pump)
    return screen(out.file)


def screen(file: object) -> str:
    """Return the text as it looks: what was rubbed out is gone."""
    assert isinstance(file, io.StringIO)
    shown = ""
    for char in file.getvalue():
        shown = shown[:-1] if char == "\b" else shown + char
    return "\n".join(line.rstrip() for line in shown.splitlines())


def test_a_whole_run_as_a_log() -> None:
    told = lines(
        events.RunStarted(
            "20261125T084000Z-update",
            "u",
            2,
            BOOK.title,
            "guided",
            "m@h",
            {},
            {},
            len(BOOK.steps),
            (),
            (),
            rehearsal=False,
        ),
        started(2),
        events.GateAsked("sign-in", "sign_in"),
        events.SignInScreen("sign-in", "the sign-in page: approve the request; the number to match is 42"),
        events.SignInScreen("sign-in", ""),
        events.GateAnswered("sign-in", "seen", "the page"),
        events.StepEnded("sign-in", "done", "", {"account": "mira@example.org"}, 63.0),
        started(5),
        events.StepEnded("open-registration-by-link", "skipped", "the menu was used", {}, 0.0),
        started(13),
        events.HandedOver("add-secret", "“Click Add” to be seen on the page"),
        events.SecretSealed("add-secret", "client_secret", "595938ec", "2028-11-24", "entry", "f" * 64),
        events.StepEnded("add-secret", "by-operator", "", {}, 2.04),
        events.ModeChanged("delete-expired-secret", "auto", "mira at the terminal"),
        started(14),
        events.TakenOver("delete-expired-secret", "mira at the terminal"),
        events.GivenBack("delete-expired-secret", ()),
        events.GuardRefused("delete-expired-secret", "expired", "the secret has not expired"),
        events.Failed("delete-expired-secret", "Delete the expired secret", "a row less", "the same rows", (), "look"),
        events.StepEnded("delete-expired-secret", "overridden", "seen (mira at the terminal)", {}, 9.9),
        started(18),
        events.SessionLost("read-integration", "the sign-in page"),
        events.WalkedAgain("open-user-management", "Open Settings > User Management"),
        started(26),
        events.Retrying("test-connection", "the secret is not known yet", 104.0, BOOK.steps[25].note),
        events.SearchBegan(pictures_read=False),
    )
    assert told == snapshot("""\
Update an Entra ID client secret that Arctic Wolf uses.
Run 20261125T084000Z-update, in guided mode, 32 steps.

    Waiting for a person to sign in, in the browser.
    The sign-in page: approve the request; the number to match is 42.
Step 2 of 32, sign-in: Sign in to the Microsoft Entra admin center (P01): done, 1 min 03 s.
    Signed in: account mira@example.org.
Step 5 of 32, open-registration-by-link: Open the registration by its direct link (P02–P03): skipped, the menu was used.
    By hand; keyturn waits for “Click Add” to be seen on the page.
    The value is sealed into the store: Secret ID 595938ec, expires 2028-11-24.
Step 13 of 32, add-secret: Click Add, verify that the new secret is listed, copy its value and seal it into the store (P09–P11): by-operator, 2.0 s.
    From here on in auto mode: it stops at gates only.
    The browser was taken over, by mira at the terminal.
    keyturn has the browser again. Nothing more was seen to be done.
    Refused, because the secret has not expired.
    Delete the expired secret: expected a row less; saw the same rows.
Step 14 of 32, delete-expired-secret: Delete the expired secret (P12–P13): overridden, seen (mira at the terminal), 9.9 s.
    The portal asks to sign in again: the sign-in page.
    Gone through once more, on the way back: Open Settings > User Management.
    Not yet: the secret is not known yet. Asking again for up to 1 min 44 s.
    Searching everything that was recorded for a secret.\
""")


def test_a_step_that_carries_out_no_instruction_is_told_without_any() -> None:
    bare = replace(BOOK, steps=(replace(BOOK.steps[0], covers=()),))
    out = console()
    PlainLines(out, bare)(events.StepEnded("open-admin-center", "done", "", {}, 2.0))
    assert "open-admin-center: Open the Microsoft Entra admin center: done, 2.0 s" in text(out)


def test_a_gate_is_a_list_of_letters() -> None:
    assert answered(asked(13), "x\r", "y", "\r") == snapshot("""\

Step 13 of 32, add-secret, instructions P09–P11.
Click Add, verify that the new secret is listed, copy its value and seal it into the store.
One act. The value is shown once; it is in the encrypted store before anything else happens.
Where: Add a client secret.
This creates something that only its own deletion takes back.
Undo: delete the secret that this run made; but not when the MA Portal has saved the new value; without this secret its users no longer synchronise.
Go on? Type a letter, then Enter.
  y: yes, go on
  h: I do it by hand
  t: take over the browser
  m: change the mode
  s: skip it, with a reason
  q: stop the run
Your answer: x
“x” is none of the keys here: y, h, t, m, s, q.
Your answer: y
Answered: go on.\
""")


def test_a_reason_is_a_line_of_its_own() -> None:
    assert answered(asked(14), "s\r", "not mk", "\x7f", "ine\r") == snapshot("""\

Step 14 of 32, delete-expired-secret, instructions P12–P13.
Delete the expired secret.
Where: Certificates & secrets.
Secret id: 661c667d-0b80-45d5-bba6-eebae3f1166a
This cannot be undone.
No undo: a deleted secret cannot be brought back; this one had expired.
Go on? Type a letter, then Enter.
  y: yes, go on
  h: I do it by hand
  t: take over the browser
  m: change the mode
  s: skip it, with a reason
  q: stop the run
Your answer: s
Why do you skip this step? The reason goes into the recording. Write it, then Enter; Enter alone goes back.
Your answer: not mine
Answered: skip: not mine.\
""")


def test_what_happens_while_a_question_is_open_does_not_break_into_it() -> None:
    out = console()
    view = PlainLines(out, BOOK, PLACES)
    view.open(Dialogue(asked(2, offers=(Choice.STOP,)), "mira at the terminal"))
    view.typed("q")
    view(events.SignInScreen("sign-in", "the sign-in page: enter the code"))
    assert screen(out.file).splitlines()[-3:] == [
        "Your answer: q",
        "    The sign-in page: enter the code.",
        "Your answer: q",
    ]


def test_a_step_by_hand_says_what_is_looked_for() -> None:
    question = replace(asked(24, About.BY_HAND, BY_HAND), expected="“Paste the value” to be seen on the page")
    assert answered(question, "m\r", "a\r") == snapshot("""\

Step 24 of 32, paste-secret-value, instructions P22.
Paste the value of the new secret.
The value is on the clipboard now; it is cleared when it is in the field.
This changes nothing that the portal holds.
Do this in the browser. keyturn waits for “Paste the value” to be seen on the page, and then goes on by itself. Type a letter, then Enter.
  y: it is done
  g: give back to keyturn
  m: change the mode
  s: skip it, with a reason
  q: stop the run
Your answer: m
Which mode from here on? Type a letter, then Enter.
  g: guided: every change waits for your yes
  a: auto: it stops at gates only
  m: manual: you do it, keyturn looks and records
  b: back
Your answer: a
Answered: change mode: auto.\
""")


def test_a_failure_tells_what_was_expected_seen_and_changed() -> None:
    assert answered(failed(), "o\r", "seen in the portal\r") == snapshot("""\

Step 19 of 32, reset-integration, instructions P16–P17.
Reset the integration.
Expected: “New Integration” to answer has form.
Seen: the page “Saved Credentials”.
Picture: recordings/run/data/pictures/19-reset-integration-after.png
Changed already: portal: a secret was created, ID 595938ec, expires 2028-11-24; store: its value was sealed.
Do next: look in the portal whether it happened.
This did not go as it should. What now? Type a letter, then Enter.
  a: try again
  h: I do it by hand
  o: it is as it should be, with a reason
  t: take over the browser
  s: skip it, with a reason
  q: stop the run
Your answer: o
Why do you let it count as done? The reason goes into the recording. Write it, then Enter; Enter alone goes back.
Your answer: seen in the portal
Answered: override: seen in the portal.\
""")


def test_a_sign_in_says_that_it_ends_by_itself() -> None:
    assert answered(asked(2, offers=(Choice.CHANGE_MODE, Choice.STOP)), "q\r") == snapshot("""\

Step 2 of 32, sign-in, instructions P01.
Sign in to the Microsoft Entra admin center.
You sign in yourself, on the portal's own pages. keyturn neither types nor sees a password.
This changes nothing that the portal holds.
Sign in, in the browser. keyturn neither types nor sees a password, and goes on by itself. Type a letter, then Enter.
  m: change the mode
  q: stop the run
Your answer: q
Answered: stop.\
""")


@pytest.mark.parametrize("question", [asked(13), asked(14), failed()])
def test_plain_lines_draw_nothing(question: Question) -> None:
    assert not set(answered(question, "q\r")) & set("─│╭╮╰╯━✓✗▸")
