"""The replica of the MA Portal as a server: what it keeps, refuses and counts, and what it never tells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import secret_format
from rehearsal.faults import FaultPlan
from rehearsal.ma_portal import MaPortal, Stage, make_app
from rehearsal.ma_portal.app import COOKIE
from rehearsal.ma_portal.people import EVERYBODY
from rehearsal.scenarios import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from rehearsal.state import World


class Visit:
    """A signed-in visitor of one replica."""

    def __init__(self, scenario: str, *faults: str) -> None:
        self.world: World = build(scenario, secret_format.make, FaultPlan.read(list(faults)), 0.0)
        self.client: FlaskClient = make_app(self.world).test_client()
        portal = self.world.portals["ma_portal"]
        assert isinstance(portal, MaPortal)
        self.portal = portal
        self.portal.sessions["test"] = Stage.IN
        self.client.set_cookie(COOKIE, "test")
        self.status = 0

    def post(self, what: str, **body: str) -> dict[str, Any]:
        answer = self.client.post(f"/api/{what}", json=body)
        self.status = answer.status_code
        found: dict[str, Any] = answer.get_json()
        return found

    def form(self, **changed: str) -> dict[str, str]:
        """Give the form as it should be filled in, with a new secret, and what is `changed` in it."""
        registration = self.world.registration(self.world.application_id)
        assert registration is not None
        now = self.world.clock()
        secret = self.world.new_secret(registration, "new", now, now + timedelta(days=730))
        right = {
            "integration_type": "Entra ID",
            "nickname": "Arctic Wolf Secret",
            "application_id": self.world.application_id,
            "directory_id": self.world.directory.directory_id,
            "value": secret.value,
            "expires_on": f"{secret.end:%m/%d/%Y}",
        }
        return right | changed


@pytest.fixture
def visit() -> Callable[..., Visit]:
    return lambda *faults, scenario="expired": Visit(scenario, *faults)


def test_the_portal_begins_with_the_old_secret_saved(visit: Callable[..., Visit]) -> None:
    here = visit()
    held = here.portal.snapshot()["integration"]
    assert held["value"] == here.world.vendor_secret.value
    assert (held["group"], held["users"]) == (EVERYBODY.name, 13)


@pytest.mark.parametrize(("scenario", "told"), [("expired", True), ("expiring", False)])
def test_the_banner_tells_of_an_expired_secret_only(scenario: str, told: bool, visit: Callable[..., Visit]) -> None:
    text = visit(scenario=scenario).client.get("/settings/user-management").get_data(as_text=True)
    assert ("The Client Secret for your Managed Awareness Program has expired" in text) is told


def test_no_screen_and_no_answer_holds_a_value(visit: Callable[..., Visit]) -> None:
    here = visit()
    form = here.form()
    screens = ["/", "/settings/user-management", "/section/reports", "/u/login", "/u/login/stage"]
    told = [here.client.get(screen, follow_redirects=True).get_data(as_text=True) for screen in screens]
    here.post("integration/reset")
    told += [str(here.post("integration/test", **form)), str(here.post("integration/save", **form))]
    told += [here.client.get(screen, follow_redirects=True).get_data(as_text=True) for screen in screens]
    assert here.portal.snapshot()["integration"]["value"] == form["value"]
    assert not [text for text in told if form["value"] in text or here.world.vendor_secret.value in text]


def test_nothing_is_shown_or_done_without_a_session(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.portal.sessions.clear()
    assert here.client.get("/settings/user-management").location == "/u/login"
    here.post("integration/reset")
    assert here.status == 401
    assert here.portal.integration is not None
    assert not here.portal.pressed


def test_signing_in_takes_a_password_and_a_code(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.portal.sessions.clear()
    here.client.get("/u/login")
    assert (here.portal.move_on(), list(here.portal.sessions.values())) == (1, [Stage.CODE])
    assert here.portal.move_on() == 0  # The page does not ask for the code yet.
    here.client.get("/u/login")
    assert (here.portal.move_on(), list(here.portal.sessions.values())) == (1, [Stage.IN])
    assert here.portal.move_on() == 0


def test_a_person_moves_on_only_their_own_sign_in(visit: Callable[..., Visit]) -> None:
    portal = visit().portal
    portal.sessions.update(mine=Stage.PASSWORD, theirs=Stage.PASSWORD)
    portal.shown.update(portal.sessions)
    portal.move_on("mine")
    assert (portal.sessions["mine"], portal.sessions["theirs"]) == (Stage.CODE, Stage.PASSWORD)


def test_only_what_was_tested_is_saved(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.post("integration/reset")
    form = here.form()
    assert here.post("integration/test", **form)["passed"]
    for changed in ({"value": "another"}, {"nickname": "another"}, {"expires_on": "01/08/2030"}):
        here.post("integration/save", **(form | changed))
        assert here.status == 422
        assert here.portal.integration is None
    here.post("integration/save", **form)
    assert here.status == 200


def test_nothing_untested_is_saved(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.post("integration/reset")
    here.post("integration/save", **here.form())
    assert (here.status, here.portal.integration) == (422, None)


def test_a_bad_test_takes_back_a_good_one(visit: Callable[..., Visit]) -> None:
    here = visit()
    form = here.form()
    here.post("integration/test", **form)
    here.post("integration/test", **(form | {"value": "wrong"}))
    here.post("integration/save", **form)
    assert here.status == 422


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"value": "wrong"}, "Have you entered a Client Secret ID?"),
        ({"value": "5a1d0f7e-3c1b-4b0e-9d7a-6a2f4f0c1e11"}, "Have you entered a Client Secret ID?"),
        ({"application_id": "x"}, "Value is not a valid GUID."),
        ({"application_id": "5a1d0f7e-3c1b-4b0e-9d7a-6a2f4f0c1e11"}, "AADSTS700016"),
        ({"directory_id": "x"}, "Connection Failed: x not found."),
        ({"directory_id": "5a1d0f7e-3c1b-4b0e-9d7a-6a2f4f0c1e11"}, "Check to make sure you have the correct tenant ID"),
        ({"expires_on": "01/08/2020"}, "must not have already occurred"),
        ({"expires_on": "soon"}, "must not have already occurred"),
    ],
)
def test_each_mistake_has_its_text(changed: dict[str, str], words: str, visit: Callable[..., Visit]) -> None:
    here = visit()
    told = here.post("integration/test", **here.form(**changed))
    assert not told["passed"]
    assert words in told["text"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ma-secret-id-entered", "Have you entered a Client Secret ID?"),
        ("ma-insufficient-privileges", "Connection Failed: Insufficient Privileges"),
        ("ma-date-passed", "must not have already occurred"),
        ("ma-no-guid", "Value is not a valid GUID."),
        ("ma-directory-unknown", "Check to make sure you have the correct tenant ID"),
    ],
)
def test_each_text_comes_by_its_fault_whatever_was_entered(fault: str, words: str, visit: Callable[..., Visit]) -> None:
    here = visit(fault)
    form = here.form()
    for _ in range(2):
        told = here.post("integration/test", **form)
        assert (told["passed"], words in told["text"]) == (False, True)


def test_another_customers_portal_holds_another_applications_integration(visit: Callable[..., Visit]) -> None:
    here = visit("ma-wrong-customer")
    assert here.portal.organisation != here.world.directory.name
    assert here.portal.snapshot()["integration"]["application_id"] != here.world.application_id


def test_a_group_can_be_blank_while_users_are_synchronised(visit: Callable[..., Visit]) -> None:
    held = visit("ma-group-blank").portal.snapshot()["integration"]
    assert (held["group"], held["users"]) == ("", 13)


def test_a_group_can_be_lost_before_a_synchronisation(visit: Callable[..., Visit]) -> None:
    here = visit("ma-group-lost")
    assert "No group is selected" in here.post("sync")["text"]
    assert here.status == 422


def test_a_fault_bound_to_a_step_waits_for_it_though_the_page_was_drawn_before(visit: Callable[..., Visit]) -> None:
    here = visit("ma-no-dialog@test-connection", "ma-save-disabled@test-connection")
    form = here.form()
    here.client.get("/settings/user-management")
    assert here.post("integration/test", **form)["dialog"] == "now"
    here.world.faults.step = "test-connection"
    told = here.post("integration/test", **form)
    assert (told["dialog"], told["saveDisabled"]) == ("none", True)


def test_an_expired_value_is_refused_by_microsofts_code(visit: Callable[..., Visit]) -> None:
    here = visit()
    told = here.post("integration/test", **here.form(value=here.world.vendor_secret.value))
    assert "AADSTS7000222" in told["text"]


def test_a_reset_clears_credentials_and_users(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.post("integration/reset")
    assert here.portal.snapshot()["integration"] is None
    assert "No users are synchronized." in here.client.get("/").get_data(as_text=True)


def test_presses_are_counted_even_when_they_are_refused(visit: Callable[..., Visit]) -> None:
    here = visit("ma-server-error")
    for what in ("integration/test", "integration/save", "integration/reset", "group/save", "sync"):
        here.post(what)
        assert here.status == 500
    assert dict(here.portal.pressed) == {"test": 1, "save": 1, "reset": 1, "save_group": 1, "sync": 1}
    assert here.portal.integration is not None


def test_a_group_must_exist_and_be_selected_before_a_synchronisation(visit: Callable[..., Visit]) -> None:
    here = visit()
    assert here.portal.integration is not None
    here.portal.integration.group_id = ""
    before = here.portal.integration.last_sync
    here.post("sync")
    assert (here.status, here.portal.integration.last_sync) == (422, before)
    here.post("group/save", group="nobody")
    assert here.status == 422
    here.post("group/save", group=EVERYBODY.group_id)
    here.post("sync")
    assert (here.status, here.portal.integration.users) == (200, 13)
    assert here.portal.integration.last_sync != before


def test_nothing_may_be_kept_by_the_browser(visit: Callable[..., Visit]) -> None:
    assert visit().client.get("/settings/user-management").headers["Cache-Control"] == "no-store"
