"""Which steps lead back to a page, shown on the rotation itself."""

from __future__ import annotations

import pytest

from keyturn.document import load
from keyturn.model import Effect
from keyturn.run.way_back import way_back
from keyturn.settings import shipped_runbooks

BOOK = load(shipped_runbooks() / "update-entra-client-secret.yaml")
STEPS = {step.id: step for step in BOOK.steps}
TO_ENTRA = [
    "open-admin-center",
    "sign-in",
    "open-app-registrations",
    "open-registration",
    "open-registration-by-link",
    "read-message",
    "create-a-new-one",
    "open-certificates-and-secrets",
]
TO_MA = ["open-ma-portal", "sign-in-to-ma-portal"]
TO_FORM = [*TO_MA, "open-user-management", "read-integration"]
FORM = ["choose-integration-type", "enter-nickname", "enter-application-id", "enter-directory-id", "paste-secret-value"]


@pytest.mark.parametrize(
    ("to", "way"),
    [
        ("sign-in", ["open-admin-center"]),
        ("find-old-secret", TO_ENTRA),
        ("choose-expiry", [*TO_ENTRA, "find-old-secret", "new-client-secret", "describe-secret"]),
        ("add-secret", [*TO_ENTRA, "find-old-secret", "new-client-secret", "describe-secret", "choose-expiry"]),
        ("delete-expired-secret", TO_ENTRA),  # The pane stays shut: its secret is made.
        ("delete-valid-secret", TO_ENTRA),
        ("open-ma-portal", []),
        ("reset-integration", TO_FORM),
        ("enter-expiration-date", [*TO_FORM, *FORM]),  # The reset is not done again.
        ("open-user-management-again", TO_MA),
        ("synchronise", [*TO_MA, "open-user-management"]),
    ],
)
def test_the_way_back_leads_to_the_page_and_fills_in_what_is_gone(to: str, way: list[str]) -> None:
    assert [step.id for step in way_back(BOOK, STEPS[to])] == way


def test_nothing_is_changed_on_the_way_back() -> None:
    assert all(step.effect is Effect.READ for to in BOOK.steps for step in way_back(BOOK, to))
