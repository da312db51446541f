"""The replicas and a signed-in browser for the tests of page objects."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import expect

from keyturn.secret_format import make
from pages.entra import ClientSecretsPage, RegistrationOverviewPage, SignInPage, secrets_grid
from rehearsal import Replicas
from rehearsal.entra.app import COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

    from rehearsal.state import Registration

# The pages know both by the same names; the tests that make and delete a secret always look at both.
in_both_renderings = pytest.mark.parametrize("rendering", ["classic", pytest.param("react", marks=pytest.mark.soak)])
PATIENCE = 5_000  # ms: long enough for a busy machine, short enough for what is meant to fail
IMPATIENCE = 1_500  # ms for what is not to happen


class Portal:
    """The admin center of one rehearsal, in one tab, signed in.

    Its home is there when a test first looks at the tab; one that begins further in goes there at once.
    """

    def __init__(self, replicas: Replicas, tab: Tab, *, at_home: bool = False) -> None:
        self.replicas = replicas
        self._tab = tab
        self._at_home = at_home
        self.url = replicas.entra_url
        self.application_id = replicas.inputs["application_id"]

    @property
    def tab(self) -> Tab:
        """The tab."""
        if self._at_home:
            self._at_home = False
            page = SignInPage(self._tab, self.url)
            page.open()
            page.wait_until_signed_in()
        return self._tab

    def secrets(self) -> list[dict[str, Any]]:
        """Return the secrets of the registration as the server holds them."""
        found: list[dict[str, Any]] = self.replicas.state()["registrations"][self.application_id]["secrets"]
        return found

    def registration(self) -> Registration:
        """Return the registration in the server."""
        found = self.replicas.world.registration(self.application_id)
        assert found is not None
        return found

    def pressed(self, what: str) -> int:
        """Return how often an irreversible button was pressed."""
        return int(self.replicas.state()["presses"].get(what, 0))

    def clipboard(self) -> str:
        """Return what is on the browser's clipboard."""
        text: str = self.tab.evaluate("navigator.clipboard.readText()")
        return text

    def overview(self) -> RegistrationOverviewPage:
        """Return the registration's Overview, on screen."""
        self._at_home = False
        page = RegistrationOverviewPage(self._tab, self.url)
        page.open(self.application_id)
        return page

    def client_secrets(self) -> ClientSecretsPage:
        """Return the registration's client secrets, on screen."""
        return self.overview().open_certificates_and_secrets()


class Opening(Protocol):
    """Opens a rehearsal: scenario, faults, and how the portal looks."""

    def __call__(self, *faults: str, step: str = "", **options: Any) -> Portal: ...


@pytest.fixture
def short_patience(context: BrowserContext) -> Iterator[None]:
    """Wait less than in a run."""
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what a list shows at first for what it will show: a row that cannot be read stays so."""
    monkeypatch.setattr(secrets_grid, "_SETTLING", 0)


@pytest.fixture
def sign_in_waits(context: BrowserContext, short_patience: None) -> Iterator[Opening]:  # noqa: ARG001  # for its effect
    """Open rehearsals in which nobody signs in."""
    with ExitStack() as open_ones:

        def opened(*faults: str, step: str = "", **options: Any) -> Portal:
            replicas = open_ones.enter_context(Replicas(make_secret=make, faults=faults, **options))
            replicas.at_step(step)
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=replicas.entra_url)
            return Portal(replicas, context.new_page())

        yield opened


@pytest.fixture
def admin_center(sign_in_waits: Opening, context: BrowserContext) -> Opening:
    """Open rehearsals with a session that is open already; signing in has tests of its own."""

    def opened(*faults: str, step: str = "", **options: Any) -> Portal:
        portal = sign_in_waits(*faults, step=step, **options)
        desk = portal.replicas.world.desk
        desk.codes["code"] = False
        context.add_cookies([{"name": COOKIE, "value": desk.redeem("code"), "url": portal.url}])
        return Portal(portal.replicas, portal.tab, at_home=True)

    return opened
