"""What a person is told to do next when a step fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyturn.document import load
from keyturn.run.failure import told
from keyturn.settings import shipped_runbooks
from pages.errors import NoEffect, PageError, PortalRefused

if TYPE_CHECKING:
    from keyturn.model import Step

ADVICE = "ask an administrator"


@pytest.fixture(scope="module")
def create() -> Step:
    book = load(shipped_runbooks() / "update-entra-client-secret.yaml")
    return next(step for step in book.steps if step.id == "add-secret")


def failed(kind: type[PageError], *, pressed: bool, advice: str = ADVICE) -> PageError:
    return kind("a page", "add", expected="a row", seen="none", pressed=pressed, advice=advice)


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (failed(PortalRefused, pressed=False), f"{ADVICE}; `keyturn resume`"),
        (failed(PortalRefused, pressed=True), f"{ADVICE}; `keyturn resume`"),
        (failed(NoEffect, pressed=False), f"{ADVICE}; `keyturn resume`"),
        (failed(NoEffect, pressed=True), "`keyturn resume` finds the secret that was made"),
        (failed(PortalRefused, pressed=False, advice=""), "put right what was seen"),
    ],
    ids=["refused", "refused after the press", "without effect", "pressed and not seen", "no advice"],
)
def test_what_the_page_advises_is_told_unless_something_may_have_been_done(
    create: Step, error: PageError, begins: str
) -> None:
    assert told(create, error) == ("a row", "none", told(create, error)[2])
    assert told(create, error)[2].startswith(begins)
