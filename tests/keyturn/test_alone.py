"""One run at a time for each registration, and an interrupted one before another."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn import events
from keyturn.errors import CannotStart
from keyturn.model import SecretSpec
from keyturn.run import alone, elsewhere
from keyturn.run.own_profile import OwnProfile
from secrets_store import Metadata, Store
from tests.keyturn.recorded import recorded, run_ended, sealed, started

if TYPE_CHECKING:
    from pathlib import Path

APP = "3f1c2f6e-0000-4000-8000-000000000001"
HOLDER = """
import sys
from keyturn.run.alone import holding
with holding([sys.argv[1]]) as tell:
    tell("the-first-run")
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def test_a_second_run_is_told_who_has_the_registration_and_since_when() -> None:
    command = [sys.executable, "-c", HOLDER, APP]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        with (
            pytest.raises(CannotStart, match=rf"the-first-run, process {first.pid}, since 20\d\d-"),
            alone.holding([APP]),
        ):
            pass
        with alone.holding(["another-application"]):
            pass
        first.kill()
    with alone.holding([APP]):  # The system freed it.
        pass


def test_a_disk_that_is_full_before_the_run_begins_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "profile").mkdir()
    with alone.holding([APP]) as tell, elsewhere.holding(tmp_path, [APP]) as held:
        monkeypatch.setattr("pathlib.Path.write_text", full)
        for note in (
            lambda: tell("a-run"),
            lambda: held.tell("a-run"),
            lambda: OwnProfile.of("a-run", tmp_path / "profile", anew=True),
        ):
            with pytest.raises(CannotStart, match="no space left on device"):
                note()


def test_what_the_inputs_tell_of_an_application_is_held_and_nothing_else() -> None:
    texts = ("{{ inputs.app }}", "{{ steps.read.app }}", "", "{{ inputs.app }}")
    secrets = {str(at): SecretSpec(label="x", format="any", application=text) for at, text in enumerate(texts)}
    runbook: Any = SimpleNamespace(secrets=secrets)
    assert alone.applications_of(runbook, {"app": APP.upper()}) == (APP,)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.throw_away(tmp_path / "store", Ed25519PrivateKey.generate())[0]


def test_an_open_intent_or_a_run_that_was_cut_short_comes_first(tmp_path: Path, store: Store) -> None:
    home = tmp_path / "recordings"
    assert alone.interrupted([APP], store, home) == ()
    store.intend(Metadata("client_secret", APP, "", "x", "run-of-the-intent"))
    recorded(home, started("one"), name="cut-short", applications=[APP])
    recorded(home, started("one"), name="another-app", applications=["other"])
    recorded(home, started("one"), run_ended("stopped"), name="stopped-early", applications=[APP])
    changed = (started("one"), events.Changed("portal: it"), run_ended("failed"))
    recorded(home, *changed, name="stopped-late", applications=[APP])
    recorded(home, *changed, name="practice", applications=[APP], kind="rehearsal")
    done = recorded(home, *changed[:-1], run_ended("done"), name="whole", applications=[APP])
    sealed(done, Ed25519PrivateKey.generate(), "done")
    found = alone.interrupted([APP], store, home)
    assert found == ("cut-short", "run-of-the-intent", "stopped-late")
    with pytest.raises(CannotStart, match="cut-short") as refused:
        alone.refuse_interrupted(found, home)
    assert "keyturn resume cut-short" in refused.value.hint
    assert "--despite-interrupted" in refused.value.hint
    alone.refuse_interrupted((), home)


def test_a_run_that_is_being_taken_back_comes_first_too(tmp_path: Path, store: Store) -> None:
    acting = events.Acting("one", "p.page", "act", {})
    began = events.RollbackBegan((("one", "it"),), ())
    recorded(tmp_path, started("one"), began, acting, name="killed", applications=[APP])
    whole = (started("one"), began, acting, events.Undone("one", "it"), run_ended("rolled back"))
    sealed(recorded(tmp_path, *whole, name="whole", applications=[APP]), Ed25519PrivateKey.generate(), "rolled back")
    assert alone.interrupted([APP], store, tmp_path) == ("killed",)
    with pytest.raises(CannotStart) as refused:
        alone.refuse_interrupted(["killed"], tmp_path)
    assert "keyturn rollback killed" in refused.value.hint
