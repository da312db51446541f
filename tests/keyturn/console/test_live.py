"""The live screen: it shows the instruction in full, and the keys."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from inline_snapshot import snapshot
from rich.console import Console

from keyturn import events
from keyturn.console.telling import at_length
from keyturn.gates import About, Choice, Question
from keyturn.model import Gate
from tests.keyturn.console.live_stage import Stage
from tests.keyturn.console.scenery import BOOK, asked, failed, started

if TYPE_CHECKING:
    import pytest


def test_a_gate_shows_the_instruction_in_full_and_the_keys() -> None:
    stage = Stage(14)
    stage.ask(asked(14))
    assert stage.drawn() == snapshot("""\
╭─ Update an Entra ID client secret that Arctic Wolf uses ─────────────────────╮
│  ✓   1  Open the Microsoft Entra admin center         P01             1.1 s  │
│  ✓   2  Sign in to the Microsoft Entra admin center   P01             1.2 s  │
│  ✓   3  In the menu, open App registrations           P02             1.3 s  │
│  ✓   4  Open the registration                         P03             1.4 s  │
│  –   5  Open the registration by its direct link      P02–P03       skipped  │
│  ✓   6  See which message is shown                    P04 P20–P21     1.6 s  │
│  ✓   7  Follow the message's link to create a new o…  P05             1.7 s  │
│  –   8  Open Certificates & secrets by the menu       P05           skipped  │
│  ✓   9  Find the secret to replace, and leave it al…  P06             1.9 s  │
│  ✓  10  Click New client secret                       P06             2.0 s  │
│  ✓  11  Enter the description                         P07             2.1 s  │
│  ✓  12  Select when it expires                        P08             2.2 s  │
│  ✓  13  Click Add, verify that the new secret is li…  P09–P11         2.3 s  │
│  ▸  14  Delete the expired secret                     P12–P13       deletes  │
│     15  Open the MA Portal in a new tab               P14                    │
│     16  Sign in to the MA Portal                      P14                    │
│     17  Open Settings > User Management               P15                    │
│     18  See which group is synchronised               P15                    │
│     19  Reset the integration                         P16–P17       changes  │
│     20  Select the integration type                   P18                    │
│     21  Enter the integration's nickname              P19                    │
│     22  Enter the Application ID                      P20                    │
│     23  Enter the Directory ID                        P21                    │
│     24  Paste the value of the new secret             P22                    │
│     25  Enter the expiration date, as the Entra adm…  P23                    │
│                                                                              │
│ ━━━━━━━━━━━━━━━━                         13 of 32 · 1 min 33 s · guided mode │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Step 14 of 32 · P12–P13 · delete-expired-secret ────────────────────────────╮
│ Delete the expired secret                                                    │
│ secret id  661c667d-0b80-45d5-bba6-eebae3f1166a                              │
│ does       This cannot be undone.                                            │
│ no undo    a deleted secret cannot be brought back; this one had expired     │
│ where      Certificates & secrets                                            │
│                                                                              │
│ Go on?                                                                       │
│ y yes, go on   h I do it by hand   t take over the browser                   │
│ m change the mode   s skip it, with a reason   q stop the run   l list       │
╰──────────────────────────────────────────────────────────────────────────────╯\
""")


def test_on_a_low_terminal_the_instruction_goes_before_the_list() -> None:
    stage = Stage(13, height=20)
    stage.face.tell(None, stage.ask(asked(13)).note)
    assert stage.drawn() == snapshot("""\
Next: Delete the expired secret
━━━━━━━━━━━━━━━━╸                            12 of 32 · 1 min 33 s · guided mode
╭─ Step 13 of 32 · P09–P11 · add-secret ───────────────────────────────────────╮
│ Click Add, verify that the new secret is listed, copy its value and seal it  │
│ into the store                                                               │
│ does   This creates something that only its own deletion takes back.         │
│ undo   delete the secret that this run made; but not when the MA Portal has  │
│        saved the new value; without this secret its users no longer          │
│        synchronise                                                           │
│ where  Add a client secret                                                   │
│ One act. The value is shown once; it is in the encrypted store before        │
│ anything else happens.                                                       │
│ Go on?                                                                       │
│ y yes, go on   h I do it by hand   t take over the browser                   │
│ m change the mode   s skip it, with a reason   q stop the run   l list       │
╰──────────────────────────────────────────────────────────────────────────────╯\
""")


def test_a_failure_shows_what_was_expected_seen_and_changed() -> None:
    stage = Stage(19, height=24)
    stage.ask(failed())
    assert stage.drawn() == snapshot("""\
╭─ Update an Entra ID client secret that Arctic Wolf uses ─────────────────────╮
│  ✓  15  Open the MA Portal in a new tab                  P14          2.5 s  │
│  ✓  16  Sign in to the MA Portal                         P14          2.6 s  │
│  ✓  17  Open Settings > User Management                  P15          2.7 s  │
│  ✓  18  See which group is synchronised                  P15          2.8 s  │
│  ▸  19  Reset the integration                            P16–P17    changes  │
│     20  Select the integration type                      P18                 │
│     21  Enter the integration's nickname                 P19                 │
│                                                                              │
│ ━━━━━━━━━━━━━━━━━━━━━━╸                  18 of 32 · 1 min 33 s · guided mode │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Step 19 of 32 · P16–P17 · reset-integration ────────────────────────────────╮
│ Reset the integration                                                        │
│ expected  “New Integration” to answer has form                               │
│ seen      the page “Saved Credentials”                                       │
│ do next   look in the portal whether it happened                             │
│ changed   portal: a secret was created, ID 595938ec, expires 2028-11-24      │
│           store: its value was sealed                                        │
│ picture   /recordings/run/data/pictures/19-reset-integration-after.png       │
│                                                                              │
│ This did not go as it should. What now?                                      │
│ a try again   h I do it by hand   o it is as it should be, with a reason     │
│ t take over the browser   s skip it, with a reason   q stop the run   l list │
╰──────────────────────────────────────────────────────────────────────────────╯\
""")


def test_between_questions_the_screen_says_what_is_waited_for_and_why() -> None:
    stage = Stage(26, height=24)
    stage.scene(events.Retrying("test-connection", "the secret is not known yet", 104.0, BOOK.steps[25].note))
    stage.clock.now += 30
    assert stage.drawn() == snapshot("""\
╭─ Update an Entra ID client secret that Arctic Wolf uses ─────────────────────╮
│  ✓  20  Select the integration type                      P18          3.0 s  │
│  ✓  21  Enter the integration's nickname                 P19          3.1 s  │
│  ✓  22  Enter the Application ID                         P20          3.2 s  │
│  ✓  23  Enter the Directory ID                           P21          3.3 s  │
│  ✓  24  Paste the value of the new secret                P22          3.4 s  │
│  ✓  25  Enter the expiration date, as the Entra admin …  P23          3.5 s  │
│  ⠋  26  Test the connection                              P24                 │
│     27  Acknowledge the result                           P25                 │
│     28  Save the credentials                             P26        changes  │
│     29  Open Settings > User Management again            P27                 │
│                                                                              │
│ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━          25 of 32 · 2 min 03 s · guided mode │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Step 26 of 32 · P24 · test-connection ──────────────────────────────────────╮
│ Test the connection                                                          │
│ A secret made a moment ago may be refused until it has replicated; keyturn   │
│ asks again for up to two minutes.                                            │
│ does  This changes nothing that the portal holds.                            │
│ Asking again for up to 1 min 14 s; the portal says: the secret is not known  │
│ yet                                                                          │
│                                                                              │
│ t take over   m change mode   q stop   l list                                │
╰──────────────────────────────────────────────────────────────────────────────╯\
""")


def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage(14)
    stage.ask(asked(14))
    plain = stage.drawn()
    colourful = Console(file=io.StringIO(), width=80, height=40, force_terminal=True, color_system="truecolor")
    colourful.print(stage.face._screen.get_renderable())
    assert isinstance(colourful.file, io.StringIO)
    assert "\x1b[3" not in colourful.file.getvalue()
    for words in ("deletes", "This cannot be undone.", "no undo", "Go on?", "y yes, go on", "▸", "✓", "skipped"):
        assert words in plain


def test_the_whole_list_can_be_looked_through_and_left() -> None:
    stage = Stage(32, height=20)
    stage.face.browse("l")
    assert BOOK.steps[31].title[:30] in stage.drawn()
    for _ in range(10):
        stage.face.browse("up")
    drawn = stage.drawn()
    assert BOOK.steps[0].title[:30] in drawn
    assert "l goes back" in drawn
    stage.face.browse("down")
    assert BOOK.steps[0].title[:30] not in stage.drawn()
    assert stage.face.browse("y")  # It only goes back.
    assert "l goes back" not in stage.drawn()
    assert not stage.face.browse("y")


def test_the_picture_of_a_failure_is_named_with_its_whole_path() -> None:
    stage = Stage(19, width=120)
    stage.ask(failed())
    assert "/recordings/run/data/pictures/19-reset-integration-after.png" in stage.drawn()


def test_words_of_a_portal_are_shown_and_never_obeyed_by_the_terminal() -> None:
    stage = Stage(19)
    stage.ask(replace(failed(), seen="\x1b[2Jnothing\x07 to see", changed=("\x1b]0;title\x07",)))
    stage.scene(events.SessionLost("x", "\x1b[2J a page"))
    assert "\x1b" not in stage.drawn()
    assert "nothing" in stage.drawn()


def test_a_new_step_begins_without_what_was_said_about_the_one_before() -> None:
    stage = Stage(13)
    stage.scene(events.SecretSealed("add-secret", "client_secret", "595938ec", "2028-11-24", "entry", "f" * 64))
    assert "Secret ID 595938ec" in stage.drawn()
    stage.scene(events.StepEnded("add-secret", "done", "", {}, 1.0))
    stage.scene(started(14))
    assert "Secret ID 595938ec" not in stage.drawn()


def test_a_step_that_was_done_otherwise_says_so_in_the_list() -> None:
    stage = Stage(12)
    stage.scene(events.StepEnded(BOOK.steps[11].id, "by-operator", "", {}, 1.0))
    stage.scene(started(13))
    stage.scene(events.StepEnded(BOOK.steps[12].id, "overridden", "seen", {}, 1.0))
    drawn = stage.drawn()
    assert "by-operator" in drawn
    assert "overridden" in drawn


def test_what_a_step_was_given_is_shown_while_it_is_done() -> None:
    stage = Stage(11)
    stage.scene(events.Acting("describe-secret", "p.p", "enter", {"description": "Arctic Wolf Secret", "empty": ""}))
    drawn = stage.drawn()
    assert "description  Arctic Wolf Secret" in drawn
    assert "empty" not in drawn


def test_who_is_signed_in_is_shown_in_the_steps_of_that_portal() -> None:
    stage = Stage(2)
    outputs = {"account": "mira@example.org", "directory": "Cedar Ridge"}
    stage.scene(events.StepEnded("sign-in", "done", "", outputs, 1.0))
    stage.scene(started(3))
    assert "signed in  account mira@example.org, directory Cedar Ridge" in stage.drawn()
    stage.scene(started(15))
    assert "mira@example.org" not in stage.drawn()


def test_a_change_of_mode_is_seen_at_once() -> None:
    stage = Stage(13)
    stage.scene(events.ModeChanged("add-secret", "manual", "mira at the terminal"))
    drawn = stage.drawn()
    assert "manual mode" in drawn
    assert "you do it, keyturn looks and records" in drawn


def test_a_paste_by_hand_says_where_the_value_is() -> None:
    stage = Stage(24)
    stage.ask(asked(24, About.BY_HAND, (Choice.GO_ON, Choice.STOP)))
    assert "on the clipboard now" in stage.drawn()


def test_where_nobody_can_press_keys_none_are_shown() -> None:
    stage = Stage(13)
    assert "q stop" in stage.drawn()
    stage.scene.attended = False
    assert "q stop" not in stage.drawn()


def test_a_question_about_the_whole_run_needs_no_step() -> None:
    stage = Stage(0)
    stage.ask(Question("", "The runbook has changed since", Gate.NONE, "It says more.", About.RUN, (Choice.GO_ON,)))
    drawn = stage.drawn()
    for words in ("The runbook has changed since", "It says more.", "y yes"):
        assert words in drawn


def test_how_a_run_that_goes_on_stands_is_shown_until_its_first_step_has_ended() -> None:
    stage = Stage(0, width=100)
    results = {step.id: "done" for step in BOOK.steps[:12]}
    resumed = events.Resumed(
        "run", "T", "auto", "m@h", {}, len(BOOK.steps), (), (), False, results, ("the browser is still open",)
    )
    stage.scene(resumed)
    stage.scene.found = at_length(resumed)
    assert "The browser is still open." in stage.drawn()
    stage.scene(started(13))
    drawn = stage.drawn()
    assert "Run run goes on, in auto mode." in drawn
    assert "12 of 32" in drawn
    stage.scene(events.StepEnded("add-secret", "done", "", {}, 1.0))
    assert "The browser is still open." not in stage.drawn()


def test_after_the_last_step_the_search_is_told() -> None:
    stage = Stage(32, width=120)
    stage.scene(events.SearchBegan(pictures_read=True))
    assert "This takes a minute or two" in stage.drawn()
    stage.scene(events.PicturesRead(20, 124))
    stage.scene(events.PicturesRead(30, 124))
    assert "30 of 124 pictures have been read." in " ".join(stage.drawn().replace("│", "").split())
    assert "20 of" not in stage.drawn()
