"""The replica of the MA Portal with a browser in front of it, already signed in."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from playwright.sync_api import expect

from keyturn import secret_format
from pages.ma_portal import PAGES
from pages.ma_portal.new_integration import NewIntegrationPage
from pages.ma_portal.user_management import UserManagementPage
from rehearsal import Replicas
from rehearsal.ma_portal.app import COOKIE
from rehearsal.vendor_sign_in import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

    from pages.page import Page
    from rehearsal.ma_portal.state import MaPortal
    from rehearsal.state import Secret

PATIENCE = 8_000  # ms for what is to happen; many tests share the machine
IMPATIENCE = 800  # ms for what is not to happen
STAFF = "Awareness - All Staff"


@dataclass
class Bench:
    """One replica and one tab."""

    replicas: Replicas
    tab: Tab

    @property
    def portal(self) -> MaPortal:
        return cast("MaPortal", self.replicas.world.portals["ma_portal"])

    def page(self, name: str) -> Page:
        return PAGES[name](self.tab, self.replicas.ma_portal_url)

    def be_patient(self, milliseconds: float = PATIENCE) -> None:
        expect.set_options(timeout=milliseconds)
        self.tab.context.set_default_timeout(milliseconds)

    def sign_in(self) -> None:
        self.portal.sessions["test"] = Stage.IN
        self.tab.context.add_cookies([{"name": COOKIE, "value": "test", "url": self.replicas.ma_portal_url}])

    def go(self) -> None:
        self.tab.goto(f"{self.replicas.ma_portal_url}/settings/user-management")

    def new_secret(self) -> Secret:
        world = self.replicas.world
        registration = world.registration(world.application_id)
        assert registration is not None
        now = world.clock()
        return world.new_secret(registration, "Arctic Wolf Secret", now, now + timedelta(days=730))

    def put_on_clipboard(self, text: str) -> None:
        self.tab.evaluate("text => navigator.clipboard.writeText(text)", text)

    def new_integration(self, value: str = "") -> NewIntegrationPage:
        """Open the form with everything entered; `value` is what the field for the secret gets."""
        self.portal.reset()
        self.go()
        page = NewIntegrationPage(self.tab, self.replicas.ma_portal_url).arrive()
        page.select_integration_type("Microsoft Entra ID")
        page.enter_nickname("Arctic Wolf Secret")
        page.enter_application_id(self.replicas.world.application_id)
        page.enter_directory_id(self.replicas.world.directory.directory_id)
        if value:
            self.put_on_clipboard(value)
            page.paste_client_secret_value()
        return page

    def ready_to_test(self, value: str = "") -> NewIntegrationPage:
        form = self.new_integration(value or self.new_secret().value)
        form.enter_expiration_date("2028-01-08")
        return form

    def management(self) -> UserManagementPage:
        return UserManagementPage(self.tab, self.replicas.ma_portal_url).arrive()

    def without_group(self) -> UserManagementPage:
        """Bring up the page as it is after new credentials have been saved: no group, never synchronised."""
        assert self.portal.integration is not None
        self.portal.integration.group_id, self.portal.integration.last_sync = "", None
        self.go()
        return self.management()


@pytest.fixture
def bench(context: BrowserContext) -> Iterator[Callable[..., Bench]]:
    """Make a bench with the faults given, signed in and on User Management unless `signed_in=False`."""
    with ExitStack() as stack:

        def make(*faults: str, signed_in: bool = True, **options: object) -> Bench:
            replicas = Replicas(make_secret=secret_format.make, faults=faults, **options)  # type: ignore[arg-type]
            stack.enter_context(replicas)
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=replicas.ma_portal_url)
            bench = Bench(replicas, context.new_page())
            bench.be_patient()
            if signed_in:
                bench.sign_in()
                bench.go()
            return bench

        yield make
    expect.set_options(timeout=5_000)
