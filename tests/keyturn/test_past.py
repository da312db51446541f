"""What a journal tells of a run so far, and which runs can go on."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import ChainBroken, package
from evidence.chain import ChainedLog
from keyturn import events, keeper
from keyturn.errors import CannotStart, NotVerified
from keyturn.events import Result
from keyturn.gates import Nobody
from keyturn.run import past, past_reading, resumable, resume, rollback, runs
from keyturn.run.journal import Journal
from keyturn.run.state import Intended
from tests.keyturn.recorded import (
    ACTING,
    FACTS,
    INTENDED,
    SEALED,
    ended,
    prepared,
    recorded,
    run_ended,
    sealed,
    started,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyturn.run.past import Past


def read(home: Path, *told: events.Event) -> Past:
    return past_reading.read(recorded(home, *told))


def test_what_ended_well_counts_and_gives_what_it_gave(tmp_path: Path) -> None:
    so_far = read(tmp_path, started("one"), ended("one", "done", name="x"), started("two"), ended("two", "failed"))
    assert so_far.results == {"one": Result.DONE}
    assert so_far.outputs == {"steps.one.name": "x"}
    assert (so_far.last_step, so_far.status) == ("two", past.KILLED)


def test_what_was_announced_and_never_confirmed_is_unfinished(tmp_path: Path) -> None:
    acting = [events.Acting(step, "p.page", "act", {}) for step in ("one", "two", "three")]
    so_far = read(tmp_path, acting[0], ended("one", "already"), acting[1], ended("two", "failed"), acting[2])
    assert so_far.unfinished.announced == {"two", "three"}


def test_a_secret_is_intended_until_it_is_sealed_or_known_not_to_be_made(tmp_path: Path) -> None:
    so_far = read(tmp_path, INTENDED, ACTING)
    assert so_far.unfinished.intended == {"add": Intended("secret", "intent", ("old",))}
    assert so_far.value_may_be_open
    not_made = events.SecretNotMade("add", "secret", "intent", "the button was not pressed")
    assert past_reading.read(recorded(tmp_path, INTENDED, not_made, name="b")).unfinished.intended == {}
    sealed = past_reading.read(recorded(tmp_path, INTENDED, ACTING, SEALED, name="c"))
    assert sealed.unfinished.intended == {}
    assert sealed.unfinished.sealed["add"].secret_id == "new"
    assert not sealed.value_may_be_open
    whole = past_reading.read(recorded(tmp_path, INTENDED, ACTING, SEALED, ended("add", "done"), name="d"))
    assert whole.unfinished.sealed == {}


def test_a_lost_value_is_on_no_page_any_more(tmp_path: Path) -> None:
    so_far = read(tmp_path, INTENDED, ACTING, events.ValueLost("add", "secret", "intent", "new", "why"))
    assert so_far.unfinished.intended["add"].lost
    assert not so_far.value_may_be_open


def test_a_step_passed_over_with_its_secret_unsettled_has_no_end(tmp_path: Path) -> None:
    so_far = read(tmp_path, INTENDED, ACTING, ended("add", "skipped"))
    assert so_far.results == {}
    assert "add" in so_far.unfinished.intended


def test_a_button_that_was_not_pressed_for_the_last_intent_is_known_as_that(tmp_path: Path) -> None:
    so_far = read(tmp_path, INTENDED, ACTING, ended("add", "failed"), INTENDED)
    assert so_far.unfinished.announced == set()


def test_the_browser_in_a_person_s_hands_is_theirs_until_they_give_it_back(tmp_path: Path) -> None:
    taken = events.TakenOver("one", "somebody")
    assert read(tmp_path, taken).unfinished.taken_over == {"one": "somebody"}
    assert (
        past_reading.read(recorded(tmp_path, taken, events.GivenBack("one", ()), name="b")).unfinished.taken_over == {}
    )


@pytest.mark.parametrize("file", ["run.json", "journal.jsonl"])
def test_where_nothing_began_nothing_goes_on(tmp_path: Path, file: str) -> None:
    folder = recorded(tmp_path, started("one"))
    (folder / "data" / file).unlink()
    with pytest.raises(CannotStart, match="no run began"):
        past_reading.read(folder)


def test_a_journal_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    folder = recorded(tmp_path, started("one"), ended("one", "failed"), started("two"))
    path = folder / "data" / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"failed", b"done--"))
    with pytest.raises(ChainBroken):
        past_reading.read(folder)


def test_a_sealed_recording_is_checked_first_and_must_be_the_operator_s_own(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    folder = recorded(tmp_path, started("one"), run_ended("stopped"))
    sealed(folder, key, "stopped")
    resumable.check_whole(past_reading.read(folder), key)
    with pytest.raises(NotVerified, match="another key"):
        resumable.check_whole(past_reading.read(folder), Ed25519PrivateKey.generate())
    run_json = folder / "data" / "run.json"
    run_json.chmod(0o600)
    run_json.write_text(json.dumps({**FACTS, "more": 1}))
    with pytest.raises(NotVerified, match=r"run\.json"):
        resumable.check_whole(past_reading.read(folder), key)


def test_only_a_run_that_has_something_left_to_do_goes_on(tmp_path: Path) -> None:
    done = recorded(tmp_path, run_ended("done"), name="done")
    resumable.check_resumable(past_reading.read(done))  # It was killed while it was packaged.
    sealed(done, Ed25519PrivateKey.generate(), "done")
    hidden = recorded(tmp_path / "quarantine", started("one"))
    practice = recorded(tmp_path, started("one"), name="practice", kind="rehearsal")
    undone = recorded(tmp_path, started("one"), events.Undone("one", "say"), name="undone")
    for folder, why in ((done, "end"), (hidden, "secret was found"), (practice, "rehearsal"), (undone, "rolled back")):
        with pytest.raises(CannotStart, match=why):
            resumable.check_resumable(past_reading.read(folder))


def test_a_run_that_ended_with_a_secret_in_doubt_goes_on_to_settle_it(tmp_path: Path) -> None:
    folder = recorded(tmp_path, INTENDED, ACTING, ended("add", "skipped"), run_ended("done"))
    sealed(folder, Ed25519PrivateKey.generate(), "done")
    resumable.check_resumable(past_reading.read(folder))


@pytest.mark.parametrize(("kind", "said"), [("rehearsal", "was a rehearsal"), ("unknown", "is not known")])
def test_what_is_no_run_is_told_as_what_it_is_known_to_be(tmp_path: Path, kind: str, said: str) -> None:
    so_far = past_reading.read(recorded(tmp_path, started("one"), kind=kind))
    for check in (resumable.check_resumable, resumable.check_undoable):
        with pytest.raises(CannotStart, match=said):
            check(so_far)


@pytest.mark.parametrize("goes_on", [resume.resume, rollback.roll_back])
def test_a_run_that_went_on_since_it_was_read_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_on: Any
) -> None:
    so_far = read(tmp_path, started("one"))

    @contextmanager
    def attending(_run: str) -> Iterator[None]:  # Another keyturn had the run until now.
        with ChainedLog(so_far.folder / package.JOURNAL) as log:
            Journal(log)(ended("one", "done"))
        yield

    monkeypatch.setattr(keeper, "attending", attending)
    facts = (so_far.folder / "data" / "run.json").read_bytes()
    with pytest.raises(CannotStart, match="went on meanwhile") as refused:
        goes_on(prepared(), SimpleNamespace(gatekeeper=Nobody()), resume.Again(past=so_far, identities=()))
    assert "again" in refused.value.hint
    assert (so_far.folder / "data" / "run.json").read_bytes() == facts
    shutil.move(so_far.folder, tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match="went on meanwhile"):
        past.refuse_stale(so_far)


@pytest.mark.parametrize(
    "told",
    [
        [INTENDED, ACTING, ended("add", "failed")],
        [INTENDED, ACTING, SEALED],
        [events.StepStarted("add", 1, 2, "A step", (), "change", ""), ACTING],
    ],
    ids=["a secret in doubt", "one that is sealed", "a change in doubt"],
)
def test_a_step_in_doubt_that_the_runbook_lost_is_not_passed_over(tmp_path: Path, told: list[events.Event]) -> None:
    so_far, again = read(tmp_path, *told), prepared(runbook_sha256="another")
    again.runbook.steps = ()
    around: Any = SimpleNamespace(gatekeeper=Nobody())
    with pytest.raises(CannotStart, match=r"does not have this step any more.*: add"):
        resume.resume(again, around, resume.Again(past=so_far, identities=(), accepts=True))


def test_a_look_that_the_runbook_lost_is_nothing_to_look_for(tmp_path: Path) -> None:
    looked = [events.StepStarted("add", 1, 2, "A step", (), "read", ""), ACTING]
    resumable.check_known(read(tmp_path, *looked), SimpleNamespace(steps=()))  # type: ignore[arg-type]  # all it is asked for


def test_a_run_is_found_by_its_folder_or_by_its_name(tmp_path: Path) -> None:
    folder = recorded(tmp_path, started("one"))
    assert runs.find("a-run", tmp_path) == runs.find(str(folder), tmp_path / "elsewhere") == folder
    with pytest.raises(CannotStart, match="no recording"):
        runs.find("another", tmp_path)


def test_those_that_can_go_on_are_listed_and_say_where_they_stopped(tmp_path: Path) -> None:
    recorded(tmp_path, started("one"), INTENDED, ACTING)
    recorded(tmp_path, started("one"), name="practice", kind="rehearsal")
    (tmp_path / "empty" / "data").mkdir(parents=True)
    (listed,) = runs.listed(tmp_path)
    assert (listed.run, listed.step, listed.status) == ("a-run", "one", past.KILLED)
    assert listed.resumable
    assert listed.value_may_be_open
    assert not listed.browser_open
    assert json.loads(json.dumps(listed.as_json()))["runbook"] == "a-book"
