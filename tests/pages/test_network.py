"""A portal that is not reached is told as such, in an operator's words and none of the browser library's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect

from pages import network
from pages.entra import AppRegistrationsPage, SignInPage, shell
from pages.errors import ClockWrong, ScreenNotReached, Unreachable
from pages.ma_portal.sign_in import SignInPage as MaSignInPage
from pages.network import clock_difference, worded
from pages.sophos_central.sign_in import SignInPage as SophosSignInPage
from pages.surroundings import Surroundings
from tests.pages.conftest import IMPATIENCE, in_both_renderings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from pages.errors import PageError
    from tests.pages.conftest import Opening

KINDS = {
    "net-refused": r"nobody answers at the server's address \(ERR_CONNECTION_REFUSED\)",
    "net-dns": r"the name of the server is not known \(ERR_NAME_NOT_RESOLVED\)",
    "net-tls": r"the server does not speak TLS as it should \(ERR_SSL_PROTOCOL_ERROR\)",
    "net-certificate": r"the server's certificate is not trusted \(ERR_CERT_AUTHORITY_INVALID\)",
}
PAGES: dict[str, type[SignInPage | MaSignInPage | SophosSignInPage]] = {
    "": SignInPage,
    "ma-": MaSignInPage,
    "sophos-": SophosSignInPage,
}


def plain(error: PageError) -> bool:
    """Return whether nothing of the browser library is in the error."""
    words = f"{error} {error.seen} {error.expected}"
    return error.__context__ is None and not re.search(r"net::|Page\.|Locator|Timeout|chrome-error|http", words)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prefix", ["", "ma-"])
def test_a_server_that_is_not_reached_is_told_with_the_reason(sign_in_waits: Opening, prefix: str, kind: str) -> None:
    portal = sign_in_waits(prefix + kind)
    url = portal.replicas.ma_portal_url if prefix else portal.url
    page = PAGES[prefix](portal.tab, url)
    with pytest.raises(Unreachable, match=f"the browser's own error page: {KINDS[kind]}") as caught:
        page.open()
    assert plain(caught.value)
    assert "network" in caught.value.advice
    assert re.search(KINDS[kind], page.seen())


@pytest.mark.parametrize(
    ("kind", "words"), [("net-500", r"it failed by itself \(500\)"), ("net-429", r"asked too often .* \(429\)")]
)
@pytest.mark.parametrize("prefix", ["ma-", "sophos-"])
def test_an_error_page_of_the_server_is_told_by_its_number(
    sign_in_waits: Opening, prefix: str, kind: str, words: str
) -> None:
    portal = sign_in_waits(prefix + kind)
    expect.set_options(timeout=IMPATIENCE)
    page = PAGES[prefix](portal.tab, portal.replicas.ma_portal_url if prefix == "ma-" else portal.replicas.sophos_url)
    with pytest.raises(Unreachable, match=f"the server's own error page: .*{words}") as caught:
        page.open()
    assert plain(caught.value)


@pytest.mark.parametrize("kind", ["net-500", "net-429"])
def test_an_error_page_in_place_of_the_shell_is_loaded_again_once(
    sign_in_waits: Opening, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "BLANK", 2_500)
    portal = sign_in_waits(kind)
    page = SignInPage(portal.tab, portal.url)
    page.open()
    assert page.screen()


def test_a_page_that_breaks_off_while_it_loads_is_told(sign_in_waits: Opening, context: BrowserContext) -> None:
    portal = sign_in_waits("ma-net-cut")
    context.set_default_timeout(IMPATIENCE)
    words = r"a page that broke off while it loaded: the connection broke off \(ERR_CONTENT_LENGTH_MISMATCH\)"
    with pytest.raises(Unreachable, match=words) as caught:
        MaSignInPage(portal.tab, portal.replicas.ma_portal_url).open()
    assert plain(caught.value)


@pytest.mark.parametrize(
    ("kind", "rendering"), [("net-refused", "classic"), ("net-refused", "react"), ("net-cut", "classic")]
)
def test_what_the_portal_cannot_fetch_is_told_though_it_says_nothing_itself(
    admin_center: Opening, kind: str, rendering: str
) -> None:
    portal = admin_center(f"{kind}@list", rendering=rendering)
    tab = portal.tab  # at home, before anything fails
    portal.replicas.at_step("list")
    expect.set_options(timeout=IMPATIENCE)
    tab.goto(f"{portal.url}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
    with pytest.raises(Unreachable, match=r"ERR_|error page") as caught:
        AppRegistrationsPage(portal.tab, portal.url).arrive()
    assert plain(caught.value)


@in_both_renderings
def test_a_request_of_the_page_that_is_put_off_is_told_by_its_number(admin_center: Opening, rendering: str) -> None:
    portal = admin_center("net-429@open", rendering=rendering)
    portal.tab.goto(f"{portal.url}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
    page = AppRegistrationsPage(portal.tab, portal.url).arrive()
    portal.replicas.at_step("open")
    expect.set_options(timeout=IMPATIENCE)
    with pytest.raises(Unreachable, match=r"asked too often .* \(429\)") as caught:
        page.open_registration(portal.application_id)
    assert plain(caught.value)


@pytest.mark.parametrize(("fault", "words"), [("clock-ahead", "20 days ahead"), ("clock-behind", "20 days behind")])
@pytest.mark.parametrize("prefix", PAGES)
def test_a_clock_that_is_not_the_portals_stops_before_anything_is_decided_by_a_date(
    sign_in_waits: Opening, prefix: str, fault: str, words: str
) -> None:
    portal = sign_in_waits(fault)
    urls = {"": portal.url, "ma-": portal.replicas.ma_portal_url, "sophos-": portal.replicas.sophos_url}
    with pytest.raises(ClockWrong, match=words) as caught:
        PAGES[prefix](portal.tab, urls[prefix]).open()
    assert "set the clock" in caught.value.advice


def test_an_answer_out_of_a_cache_tells_nothing_about_clocks() -> None:
    class Answer:
        from_service_worker = False

        def __init__(self, **headers: str) -> None:
            self.headers = headers

    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    day = "Mon, 23 Nov 2026 12:00:00 GMT"
    assert clock_difference(Answer(date=day), now.timestamp()) == timedelta(days=-1)  # type: ignore[arg-type]
    assert clock_difference(Answer(date=day, age="86400"), now.timestamp()) is None  # type: ignore[arg-type]
    assert clock_difference(Answer(date="soon"), now.timestamp()) is None  # type: ignore[arg-type]
    assert clock_difference(Answer(), now.timestamp()) is None  # type: ignore[arg-type]
    assert clock_difference(None, now.timestamp()) is None


class FakeTab:
    """A tab whose requests fail when the test says so, and whose server's clock is what it says."""

    url = "https://portal.example/#view"

    def __init__(self, off: timedelta = timedelta()) -> None:
        self.heard: list[Any] = []
        self._date = format_datetime(datetime.now(UTC) + off, usegmt=True)

    def on(self, _event: str, note: Any) -> None:
        self.heard.append(note)

    def goto(self, _address: str, **_: str) -> Any:
        return SimpleNamespace(from_service_worker=False, headers={"date": self._date})

    def locator(self, _css: str) -> Any:
        """Have no document, as between a page and the next."""
        raise BrowserError("gone")

    def fails(self, why: str, kind: str = "fetch", url: str = url, first: str = "") -> str:
        """Have a request fail, and return what is told of parts of the portal's pages since."""
        before = SimpleNamespace(url=first, redirected_from=None) if first else None
        for note in self.heard:
            note(SimpleNamespace(failure=f"net::{why}", resource_type=kind, url=url, redirected_from=before))
        return self.told(whole=kind == "document")

    def told(self, *, whole: bool = False) -> str:
        tab: Any = self
        return network.failed_request(tab, ["https://portal.example"], whole=whole)


@pytest.fixture
def tab() -> Any:
    return FakeTab()


@pytest.mark.parametrize("why", ["ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT", "ERR_CACHE_MISS", "no code at all"])
def test_what_no_network_is_to_blame_for_is_not_told_as_its_failure(tab: Any, why: str) -> None:
    network.watch(tab)
    assert tab.fails(why) == ""


def test_of_what_fails_only_what_the_page_is_made_of_tells_and_only_from_the_portals_server(tab: Any) -> None:
    network.watch(tab)
    network.watch(tab)
    assert len(tab.heard) == 1
    assert tab.fails("ERR_CONNECTION_RESET", kind="image") == ""
    assert tab.fails("ERR_CONNECTION_RESET", url="https://statistics.example/") == ""
    assert tab.fails("ERR_CONNECTION_RESET", kind="document") == "the browser's own error page: " + network.worded(
        "CONNECTION_RESET"
    )
    assert tab.told() == ""  # That was a whole page, and no part of one.
    elsewhere = {"url": "https://elsewhere.example/", "first": "https://portal.example/api"}
    assert tab.fails("ERR_CONNECTION_RESET", **elsewhere).startswith("a request of the page failed")


def test_what_failed_is_known_while_a_page_takes_anothers_place(tab: Any) -> None:
    around = Surroundings(tab)
    tab.fails("ERR_CONNECTION_RESET", kind="document")
    assert around.unreached("https://portal.example").endswith("(ERR_CONNECTION_RESET)")


@pytest.mark.parametrize("since", [network.begin, network.forget])
def test_what_failed_before_an_action_or_a_page_is_not_the_reason_for_what_it_meets(tab: Any, since: Any) -> None:
    network.watch(tab)
    assert tab.fails("ERR_CONNECTION_RESET")
    since(tab)
    assert tab.told() == ""


@pytest.mark.parametrize(
    ("off", "told"),
    [(timedelta(minutes=50), ""), (timedelta(minutes=70), "behind"), (timedelta(minutes=-70), "ahead")],
)
def test_two_clocks_may_differ_by_less_than_an_hour(off: timedelta, told: str) -> None:
    tab: Any = FakeTab(off)
    if not told:
        Surroundings(tab).load(tab.url)
        return
    with pytest.raises(ClockWrong, match=f"it is 1 hours {told}"):
        Surroundings(tab).load(tab.url)


def test_an_unknown_code_is_told_as_it_is() -> None:
    assert worded("SOMETHING_NEW") == "the portal was not reached (ERR_SOMETHING_NEW)"
    assert worded("") == "the portal could not be reached"


def test_requests_to_other_servers_are_not_the_portals(admin_center: Opening) -> None:
    portal = admin_center()
    portal.tab.evaluate("fetch('http://statistics.invalid/').catch(() => {})")
    expect.set_options(timeout=IMPATIENCE)
    with pytest.raises(ScreenNotReached) as caught:
        AppRegistrationsPage(portal.tab, portal.url).arrive()
    assert not isinstance(caught.value, Unreachable)
