"""What a finished step means for stored values is noted in the store, once, and stops nothing."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn.events import Result
from keyturn.model import Effect
from keyturn.run.became import note_what_became
from keyturn.run.state import Held, RunState
from secrets_store import NotStored, Secret, Store
from tests.keyturn.stage import STEP
from tests.secrets_store.conftest import EXPIRES, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyturn.model import Step
    from secrets_store import Entry

PASTE = replace(STEP, id="paste", page="ma.page", pastes="vendor-secret")
TEST = replace(STEP, id="test", page="ma.page", do="test")
DELETE = replace(STEP, id="delete", page="entra.page", effect=Effect.DELETE, args={"secret_id": "{{ steps.find.old }}"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.throw_away(tmp_path / "store", Ed25519PrivateKey.generate())[0]


def sealed(store: Store, secret_id: str, **other: str) -> Entry:
    known: Any = {"application_id": "app", **other}
    intent = store.intend(replace(metadata(), **known))
    return store.seal(intent, Secret("value", "v"), secret_id=secret_id, expires_on=EXPIRES)


def engine(store: Store, held: Entry | None = None) -> Any:
    runbook: Any = SimpleNamespace(steps=(PASTE, TEST, DELETE))
    state = RunState("run", runbook, {})
    state.outputs["steps.find.old"] = "old"
    if held:
        state.held["vendor-secret"] = Held(Secret("value", "v"), held, "new", "2028-11-23")
        state.results["paste"] = Result.DONE

    def action(step: Step) -> Any:
        return SimpleNamespace(secret="proves" if step is TEST else None)

    return SimpleNamespace(store=store, state=state, action=action, whole=nullcontext)


def test_a_value_that_was_shown_to_work_is_tested_and_those_before_it_superseded(store: Store) -> None:
    gone, old, other = sealed(store, "gone"), sealed(store, "old"), sealed(store, "x", application_id="another")
    store.note(gone.id, "portal-deleted")
    named = sealed(store, "y", name="another")
    new = sealed(store, "new")
    for _ in range(2):
        note_what_became(engine(store, new), TEST)
    notes = {entry.id: entry.notes for entry in store.entries()}
    assert notes == {
        gone.id: ("portal-deleted",), old.id: ("superseded",), other.id: (), named.id: (), new.id: ("tested",)
    }  # fmt: skip


def test_what_was_not_pasted_is_not_tested(store: Store) -> None:
    new = sealed(store, "new")
    unpasted = engine(store, new)
    unpasted.state.results["paste"] = Result.FAILED
    note_what_became(unpasted, TEST)
    note_what_became(engine(store), TEST)
    note_what_became(engine(store, new), PASTE)
    assert store.entry(new.id).notes == ()


def test_a_stored_secret_that_was_deleted_in_the_portal_is_noted_so(store: Store) -> None:
    old, new = sealed(store, "old"), sealed(store, "new")
    note_what_became(engine(store), DELETE)
    assert (store.entry(old.id).notes, store.entry(new.id).notes) == (("portal-deleted",), ())
    unknown = engine(store)
    unknown.state.outputs.clear()
    note_what_became(unknown, DELETE)
    note_what_became(engine(store), replace(DELETE, args={}))
    assert unknown.state.changed == []


def test_no_signal_cuts_a_note_in_two(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(store, "old")
    told: list[str] = []

    @contextmanager
    def whole() -> Iterator[None]:
        told.append("from here on")
        yield
        told.append("up to here")

    monkeypatch.setattr(store, "note", lambda _, op: told.append(op))
    whole_engine = engine(store)
    whole_engine.whole = whole
    note_what_became(whole_engine, DELETE)
    assert told == ["from here on", "portal-deleted", "up to here"]


def test_a_store_that_cannot_take_the_note_stops_nothing_and_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(store, "old")

    def refuse(*_: object) -> None:
        raise NotStored("the note could not be written: No space left on device")

    monkeypatch.setattr(store, "note", refuse)
    full = engine(store)
    note_what_became(full, DELETE)
    assert len(full.state.changed) == 1
    assert "No space left" in full.state.changed[0]
