"""What a portal says is told with what to do about it: each row of the tables, against the texts of the replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyturn.secret_format import make
from pages.components.advice import SIGN_IN_SERVICE, Advice, advised
from pages.entra.advice import ADVICE as ENTRA
from pages.ma_portal.advice import ADVICE as MA_PORTAL
from pages.sophos_central.advice import ADVICE as SOPHOS
from rehearsal import FAULTS, Replicas
from rehearsal.entra import changes
from rehearsal.ma_portal import refusals as ma
from rehearsal.sign_in import REFUSALS, error
from rehearsal.sophos import app as sophos

if TYPE_CHECKING:
    from collections.abc import Iterable

REGISTRATION = "00000000-1111-2222-3333-444444444444"


def tokens() -> Iterable[str]:
    """Give what the token endpoint says to everything that can be wrong with a request."""
    with Replicas(make_secret=make, faults=["app-deactivated"]) as off, Replicas(make_secret=make) as on:
        directory, application = on.world.directory.directory_id, on.world.application_id
        expired = on.world.vendor_secret.value
        asked = [
            on.world.tokens.check("no identifier", application, "x"),
            on.world.tokens.check(REGISTRATION, application, "x"),
            on.world.tokens.check(directory, REGISTRATION, "x"),
            on.world.tokens.check(directory, application, "x"),
            on.world.tokens.check(directory, application, expired),
            off.world.tokens.check(directory, off.world.application_id, "x"),
        ]
    return [refused["error_description"] for refused in asked if refused]


TOKENS = list(tokens())
TEXTS: dict[str, tuple[tuple[Advice, ...], list[str]]] = {
    "sign-in": ((SIGN_IN_SERVICE,), [*REFUSALS.values(), *TOKENS]),
    "entra": (
        (ENTRA, SIGN_IN_SERVICE),
        [
            *(f"Failed to update application App credentials. Error detail: {text} [{code}]"
              for code, text in changes.REFUSALS.values()),
            f"Application '{REGISTRATION}' does not exist.",
            "Unable to update application credentials: the credential does not exist.",
            "401", "Content closed", "Dashboard not found",
            "An unexpected error occurred. Please try again later.",
        ],
    ),
    "ma": (
        (MA_PORTAL, SIGN_IN_SERVICE),
        [
            *ma.SAID.values(), ma.REFUSED_VALUE, ma.NO_PRIVILEGES, ma.DATE_PASSED, ma.NO_GUID, ma.SERVER_ERROR,
            *(ma.refusal_of_token({"error_description": text}, REGISTRATION) for text in TOKENS),
            "You are no longer an active user of the Managed Awareness program.",
            "The credentials could not be saved. Test the connection and try again.",
            "No group is selected. Select a group before you synchronize.",
        ],
    ),
    "sophos": (
        (SOPHOS, SIGN_IN_SERVICE),
        [
            *sophos.SAID.values(), *(f"Connection failed. {text}" for text in TOKENS),
            "The Application Key Expiration must be a date in the future.",
            "The settings could not be saved. Test the connection and try again.",
            "The synchronization failed. Check the settings and try again.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("portal", TEXTS)
def test_whatever_a_replica_says_is_told_with_what_to_do(portal: str) -> None:
    tables, texts = TEXTS[portal]
    assert len(texts) > 5
    assert [text for text in texts if not advised(text, *tables)] == []


@pytest.mark.parametrize("portal", TEXTS)
def test_every_row_is_what_some_text_of_the_replica_leads_to(portal: str) -> None:
    tables, texts = TEXTS[portal]
    reached = {advised(text, *tables) for text in texts}
    assert [row.says for row in tables[0] if row.to_do not in reached] == []


def test_two_causes_that_read_alike_are_told_apart() -> None:
    gone = advised("Unable to update application credentials: the credential does not exist.", ENTRA)
    missing = advised(f"Application '{REGISTRATION}' does not exist.", ENTRA)
    assert "somebody else has deleted it" in gone
    assert "check the application ID" in missing
    assert "Secret ID" in advised(ma.REFUSED_VALUE, MA_PORTAL)
    assert "no such directory" in advised("AADSTS90002: Tenant not found.", SIGN_IN_SERVICE)
    assert advised("All is well", ENTRA, SIGN_IN_SERVICE) == ""


@pytest.mark.parametrize("fault", REFUSALS)
def test_every_refusal_of_the_sign_in_service_can_be_rehearsed(fault: str) -> None:
    assert fault in FAULTS
    with Replicas(make_secret=make, faults=[fault]) as replicas:
        assert error(replicas.world).startswith(REFUSALS[fault].partition(":")[0])
        assert "{" not in error(replicas.world)


@pytest.mark.parametrize("table", [SIGN_IN_SERVICE, ENTRA, MA_PORTAL, SOPHOS])
def test_what_to_do_is_one_plain_sentence(table: Advice) -> None:
    for row in table:
        assert not row.to_do.endswith(".")
        assert 20 < len(row.to_do) < 230
