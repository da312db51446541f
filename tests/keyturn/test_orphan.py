"""What becomes of a secret that an interruption caught: every case, with a real store and pages that only remember."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn.catalogue import Parameter
from keyturn.errors import GuardRefused, NobodyThere, Stopped
from keyturn.events import Event, OrphanFound, Result, SecretNotMade, SecretSealed, ValueLost
from keyturn.gates import About, Beforehand, Choice, Nobody
from keyturn.model import Fact, FactKind, Undo
from keyturn.run import orphan
from keyturn.run.capture import create_and_capture
from keyturn.run.orphan import recover
from keyturn.run.stages import Skip, carry_out
from keyturn.run.state import Held, Intended, Sealed
from pages.errors import NoEffect
from secrets_store import Metadata, Secret, Store
from tests.keyturn.orphan_portal import OURS, STEP, THEIRS, UNDO, Portal
from tests.keyturn.stage import VALUE, build, says

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.gates import Gatekeeper
    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from secrets_store import Intent


@dataclass
class Scene:
    """An interrupted run at the step that makes a secret."""

    engine: Engine
    events: list[Event]
    portal: Portal
    store: Store
    intent: Intent

    def recover(self, step: Step = STEP) -> Any:
        return recover(self.engine, step)

    def kinds(self) -> list[type[Event]]:
        return [type(event) for event in self.events]

    @property
    def intended(self) -> dict[str, Intended]:
        return self.engine.state.unfinished.intended


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.throw_away(tmp_path / "store", Ed25519PrivateKey.generate())[0]


def scene(
    store: Store,
    portal: Portal,
    monkeypatch: pytest.MonkeyPatch,
    *,
    pressed: bool = True,
    says: Gatekeeper | None = None,
) -> Scene:
    monkeypatch.setattr(orphan, "SETTLING", 0.0)
    takes = {"description": Parameter(name="description", type=str, required=True)}
    engine, events = build(portal, STEP, gatekeeper=says or Nobody(), parameters=takes)
    engine.store = store
    engine.reload = lambda step: portal.log.append(f"reload {step.id}")  # type: ignore[method-assign]
    engine.bring = lambda where: portal.log.append(f"bring {where}") or portal.page(where)  # type: ignore[method-assign,func-returns-value]
    intent = store.intend(Metadata("client_secret", "app", "dir", "Ours", "run"))
    engine.state.unfinished.intended["step"] = Intended("client_secret", intent.id, ("old",))
    if pressed:
        engine.state.unfinished.announced.add("step")
    return Scene(engine, events, portal, store, intent)


def test_a_step_that_no_interruption_caught_is_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    it = scene(store, Portal(), monkeypatch)
    it.intended.clear()
    assert it.recover() is None
    assert it.portal.log == []


def test_a_value_that_the_page_still_shows_is_sealed_under_the_same_intent(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(rows=[OURS], copyable=["new"]), monkeypatch)
    found = it.recover()
    assert found.result is Result.DONE
    assert found.outputs == {"secret_id": "new", "expires_on": "2028-11-24"}
    (entry,) = store.entries()
    assert entry.id == it.intent.id
    assert entry.metadata.secret_id == "new"
    assert "reload step" not in it.portal.log
    concealed, told, copied = (it.portal.log.index(what) for what in ("conceal", "! acting", "copy new again"))
    assert concealed < told < copied
    assert it.intended == {}
    assert it.engine.state.held["client_secret"].secret.reveal() == VALUE


NONE_LEFT = Fact(kind=FactKind.SAME, of=("a", "b"), negated=False, say="there is none to replace")


def test_a_step_that_may_have_made_a_secret_is_not_passed_over_for_an_input_that_was_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(rows=[OURS]), monkeypatch)
    with pytest.raises(GuardRefused, match=r"may have made a secret .* there is none to replace"):
        carry_out(it.engine, replace(STEP, when=(NONE_LEFT,)))
    assert it.portal.log == []


def test_a_step_whose_value_was_sealed_already_is_not_passed_over_either(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(rows=[OURS]), monkeypatch)
    it.engine.state.unfinished.seal("step", Sealed("client_secret", it.intent.id, "new", "2028-11-24"))
    with pytest.raises(GuardRefused, match="would be passed over now"):
        carry_out(it.engine, replace(STEP, when=(NONE_LEFT,)))


def test_a_step_whose_button_was_not_pressed_is_passed_over_where_it_does_not_apply(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(), monkeypatch, pressed=False)
    with pytest.raises(Skip):
        carry_out(it.engine, replace(STEP, when=(NONE_LEFT,)))


def test_an_intent_whose_button_was_not_pressed_is_given_up_without_a_look(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(rows=[THEIRS]), monkeypatch, pressed=False)
    assert it.recover() is None
    assert store.open_intents() == []
    assert it.kinds() == [SecretNotMade]
    assert it.portal.log == ["! secret-not-made"]


def test_where_no_new_secret_is_listed_the_intent_is_given_up_and_the_step_done_afresh(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(gone=True), monkeypatch)
    assert it.recover() is None
    assert store.open_intents() == []
    assert it.kinds() == [SecretNotMade]
    assert store.ledger.closed == {it.intent.id: "abandoned"}


@pytest.mark.parametrize("approved", ["step", "all"])
def test_no_approval_given_beforehand_deletes_what_somebody_may_have_made_by_hand(
    store: Store, monkeypatch: pytest.MonkeyPatch, approved: str
) -> None:
    it = scene(store, Portal(rows=[OURS], gone=True), monkeypatch, says=Beforehand([approved], Nobody()))
    with pytest.raises(NobodyThere) as nobody:
        it.recover()
    assert "--approve" not in nobody.value.hint
    assert it.portal.rows == [OURS]
    assert not [line for line in it.portal.log if line.startswith("delete")]
    assert OrphanFound in it.kinds()  # It is told,
    assert any("ID new" in change for change in it.engine.state.changed)
    assert ValueLost not in it.kinds()  # and not called lost.
    assert store.open_intents() == [it.intent]
    assert not it.intended["step"].lost


def test_after_a_yes_exactly_the_orphan_is_deleted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    portal = Portal(rows=[THEIRS, OURS], gone=True)
    person = says(Choice.GO_ON)
    it = scene(store, portal, monkeypatch, says=person)
    assert it.recover() is None
    assert [line for line in portal.log if line.startswith(("delete", "bring"))] == ["bring p.list", "delete new"]
    assert portal.rows == [THEIRS]
    (found,) = [event for event in it.events if isinstance(event, OrphanFound)]
    assert found.beside == ("theirs",)
    asked, lost, acting = (portal.log.index(f"! {kind}") for kind in ("gate-answered", "value-lost", "acting"))
    assert asked < lost < acting < portal.log.index("delete new") < portal.log.index("! orphan-deleted")
    assert store.ledger.closed == {it.intent.id: "lost"}
    assert it.intended == {}
    assert "steps.step.secret_id" not in it.engine.state.outputs


def test_the_question_says_since_when_it_is_there_and_what_to_do_if_it_is_somebody_s(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = says(Choice.STOP)
    it = scene(store, Portal(rows=[OURS], gone=True), monkeypatch, says=person)
    with pytest.raises(Stopped) as stopped:
        it.recover()
    (question,) = person.asked
    assert question.about is About.ORPHAN
    assert f"since {it.intent.at:%Y-%m-%d %H:%M} UTC" in question.title
    assert "If anybody made it by hand, stop" in question.warning
    for words in (question.warning, stopped.value.hint):
        assert "keyturn resume run --spare new" in words
    assert it.portal.rows == [OURS]
    assert ValueLost not in it.kinds()


def test_a_value_that_is_known_as_lost_is_told_as_that_only_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    it = scene(store, Portal(rows=[OURS], gone=True), monkeypatch, says=says(Choice.GO_ON))
    it.engine.state.unfinished.lose("step")
    store.lost(it.intent, "a copied value was refused", secret_id="new")
    assert it.recover() is None
    assert ValueLost not in it.kinds()
    assert it.portal.rows == []


@pytest.mark.parametrize(("rows", "told"), [([], "abandon"), ([OURS], "lost")])
def test_no_signal_cuts_in_two_what_the_store_is_told_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, rows: list[Any], told: str
) -> None:
    it = scene(store, Portal(rows=rows, gone=True), monkeypatch, says=says(Choice.GO_ON))
    tell, within = getattr(store, told), []

    def telling(*args: Any, **kwargs: Any) -> None:
        within.append(it.portal.within)
        tell(*args, **kwargs)

    monkeypatch.setattr(store, told, telling)
    assert it.recover() is None
    assert within == [1]


@pytest.mark.parametrize(
    ("undo", "says_why"),
    [
        (None, "this run may have made the secret new, and cannot delete it"),
        (Undo(say="delete it by hand"), "this run may have made the secret new, and cannot delete it"),
        (replace(UNDO, args={"secret_id": "old"}), "way to delete new does not name it"),
    ],
    ids=["no way back", "one in words only", "one that names another"],
)
def test_without_a_way_to_delete_exactly_this_one_nobody_is_asked_and_nothing_is_touched(
    store: Store, monkeypatch: pytest.MonkeyPatch, undo: Undo | None, says_why: str
) -> None:
    person = says(Choice.GO_ON)
    it = scene(store, Portal(rows=[OURS], gone=True), monkeypatch, says=person)
    with pytest.raises(GuardRefused, match=says_why):
        it.recover(replace(STEP, undo=undo))
    assert person.asked == []
    assert it.portal.rows == [OURS]
    assert store.open_intents() == [it.intent]


TWIN = SimpleNamespace(secret_id="twin", expires_on=date(2028, 11, 24), description="Ours")


@pytest.mark.parametrize("rows", [[OURS, TWIN], [THEIRS]], ids=["two of ours", "one of another name"])
def test_where_it_cannot_be_told_which_is_ours_all_are_named_and_none_is_touched(
    store: Store, monkeypatch: pytest.MonkeyPatch, rows: list[Any]
) -> None:
    it = scene(store, Portal(rows=rows, gone=True), monkeypatch, says=says(Choice.GO_ON))
    with pytest.raises(GuardRefused) as refused:
        it.recover()
    assert all(row.secret_id in refused.value.message for row in rows)
    assert it.portal.rows == rows
    assert [intent.id for intent in store.open_intents()] == [it.intent.id]


def test_what_the_operator_names_as_somebody_else_s_is_no_orphan(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    it = scene(store, Portal(rows=[THEIRS], gone=True), monkeypatch)
    it.engine.state.spared = ("theirs",)
    assert it.recover() is None
    assert it.kinds() == [SecretNotMade]


def test_what_is_somebody_else_s_does_not_stand_in_the_way_of_the_value_that_the_page_still_shows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(rows=[OURS, TWIN], copyable=["new", "twin"]), monkeypatch)
    with pytest.raises(GuardRefused) as refused:
        it.recover()
    assert "--spare" in refused.value.hint
    it.engine.state.spared = ("twin",)
    assert it.recover().outputs["secret_id"] == "new"
    assert not store.open_intents()


def test_a_secret_whose_value_the_store_has_is_no_orphan(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = store.intend(Metadata("client_secret", "app", "dir", "Ours", "another-run"))
    store.seal(other, Secret(VALUE, "label"), secret_id="twin", expires_on=date(2028, 11, 24))
    it = scene(store, Portal(rows=[TWIN, OURS], gone=True), monkeypatch, says=says(Choice.GO_ON))
    assert it.recover() is None
    assert it.portal.rows == [TWIN]


@pytest.mark.parametrize("trouble", [{"rows": [OURS, TWIN], "copyable": ["new", "twin"]}, {"unreadable": True}])
def test_a_page_that_may_show_the_value_is_not_left_in_doubt(
    store: Store, monkeypatch: pytest.MonkeyPatch, trouble: dict[str, Any]
) -> None:
    it = scene(store, Portal(**trouble), monkeypatch)
    with pytest.raises((GuardRefused, NoEffect)):
        it.recover()
    assert "reload step" not in it.portal.log
    assert len(store.open_intents()) == 1


def held(it: Scene, value: str = VALUE) -> None:
    """Seal the value as the killed part did, and hold it as the next part does."""
    entry = it.store.seal(it.intent, Secret(value, "label"), secret_id="new", expires_on=date(2028, 11, 24))
    it.engine.state.held["client_secret"] = Held(Secret(value, "label"), entry, "new", "2028-11-24")


def test_a_value_that_only_the_store_knows_of_is_journalled(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    it = scene(store, Portal(rows=[OURS]), monkeypatch)
    held(it)
    found = it.recover()
    assert found.outputs == {"secret_id": "new", "expires_on": "2028-11-24"}
    (sealed,) = it.events
    assert isinstance(sealed, SecretSealed)
    assert (sealed.entry, sealed.secret_id) == (it.intent.id, "new")
    assert len(it.engine.state.changed) == 2


def test_a_sealed_value_of_an_unknown_shape_is_asked_about_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    it = scene(store, Portal(), monkeypatch, says=says(Choice.STOP, Choice.GO_ON))
    held(it)
    it.intended.clear()
    it.engine.state.unfinished.sealed["step"] = Sealed("client_secret", "entry", "new", "2028-11-24", "it is odd")
    with pytest.raises(Stopped):
        it.recover()
    found = it.recover()
    assert found.result is Result.DONE
    assert it.recover() is None


def test_a_value_of_an_unknown_shape_that_only_the_store_knows_of_is_asked_about(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = says(Choice.STOP)
    it = scene(store, Portal(), monkeypatch, says=person)
    held(it, "a-value-of-no-shape-that-is-known")
    with pytest.raises(Stopped):
        it.recover()
    assert "format is not one that is known" in person.asked[0].title


def test_what_a_later_step_on_the_same_page_is_given_need_not_be_known_to_find_an_orphan(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(rows=[OURS], gone=True), monkeypatch, says=says(Choice.GO_ON))
    later = replace(STEP, id="later", copies="", args={"date": "{{ steps.step.expires_on }}"})
    monkeypatch.setattr(it.engine.state.runbook, "steps", (STEP, later))
    assert it.recover() is None
    assert it.portal.rows == []


def test_a_secret_that_is_listed_late_stops_before_another_is_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = scene(store, Portal(gone=True), monkeypatch)
    assert it.recover() is None
    it.portal.rows = [OURS]
    with pytest.raises(GuardRefused, match="new"):
        create_and_capture(it.engine, STEP, it.portal.page(""), {"description": "Ours"})
    assert "act" not in it.portal.log
    assert store.open_intents() == []
