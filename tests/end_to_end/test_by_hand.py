"""A person who does it themselves, in the browser: what they did is seen, captured, checked and recorded as theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence import verify
from keyturn.document import load
from tests.end_to_end.conftest import ROTATION
from tests.end_to_end.hands import MANUAL, Hands

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Rehearse, Rehearsed

CREATING = ("new-client-secret", "describe-secret", "choose-expiry", "add-secret")


def rotated(run: Rehearsed) -> None:
    """Assert that the rotation came out as one by keyturn does."""
    assert run.error is None
    known = {secret["secret_id"] for secret in run.old}
    (new,) = [secret for secret in run.secrets if secret["secret_id"] not in known]
    assert len(run.secrets) == 1  # The expired one is gone.
    assert run.sealed in {new["value"], ""}
    assert run.token == 200 or not run.sealed
    (entry,) = run.store.entries()
    assert entry.metadata.secret_id == new["secret_id"]
    assert run.store.open_intents() == []
    assert verify.verify(run.recording).faults == []


@pytest.fixture(scope="module")
def manual(rehearse: Rehearse) -> Rehearsed:
    return rehearse(person=Hands(load(ROTATION)), mode=MANUAL)


def test_a_rotation_wholly_by_hand_comes_out_as_one_by_keyturn(manual: Rehearsed) -> None:
    rotated(manual)


def test_what_was_done_by_hand_is_recorded_as_the_operators(manual: Rehearsed) -> None:
    by_operator = {step for step, result in manual.results.items() if result == "by-operator"}
    assert {"add-secret", "delete-expired-secret", "reset-integration", "paste-secret-value", "save-credentials"} <= (
        by_operator
    )
    by_keyturn = {step for step, result in manual.results.items() if result == "done"}
    # It opens addresses, reads, and waits for a sign-in.
    assert by_keyturn <= {
        "open-admin-center", "sign-in", "read-message", "find-old-secret", "open-ma-portal", "sign-in-to-ma-portal",
        "read-integration",
    }  # fmt: skip


@pytest.mark.soak
def test_whatever_was_done_while_taken_over_is_seen_when_it_is_given_back(rehearse: Rehearse) -> None:
    person = Hands(
        load(ROTATION),
        {
            "new-client-secret": CREATING,
            "delete-expired-secret": ("delete-expired-secret",),
            "reset-integration": ("reset-integration",),
            "acknowledge-test": ("acknowledge-test", "save-credentials"),
        },
    )
    run = rehearse(person=person)
    rotated(run)
    theirs = {"add-secret", "delete-expired-secret", "reset-integration", "acknowledge-test", "save-credentials"}
    assert theirs <= {step for step, result in run.results.items() if result == "by-operator"}
    # Of a pane that is gone, nothing can be claimed.
    assert {run.results[step] for step in CREATING[:-1]} == {"skipped"}
    assert run.results["test-connection"] == "done"
    pressed = {name: run.state["presses"][name] for name in ("add_secret", "delete_secret", "ma-reset", "ma-save")}
    assert set(pressed.values()) == {1}
