"""What goes wrong on the way to a portal really goes wrong: seen by a plain browser, and by a plain client."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as BrowserError

from rehearsal.ma_portal import MaPortal, Stage
from rehearsal.ma_portal.app import COOKIE
from rehearsal.network import NETWORK_FAULTS, RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page as Tab

    from rehearsal import Replicas

    Serve = Callable[..., Replicas]
    Fetch = Callable[..., http.client.HTTPResponse]

PORTALS = {"": "entra_url", "ma-": "ma_portal_url", "sophos-": "sophos_url"}


@pytest.mark.parametrize(
    ("prefix", "kind", "code"),
    [
        ("", "net-refused", "ERR_CONNECTION_REFUSED"),
        ("ma-", "net-dns", "ERR_NAME_NOT_RESOLVED"),
        ("sophos-", "net-tls", "ERR_SSL_PROTOCOL_ERROR"),
        ("", "net-certificate", "ERR_CERT_AUTHORITY_INVALID"),
    ],
)
def test_a_server_that_cannot_be_reached_is_not_reached(
    page: Tab, serve: Serve, prefix: str, kind: str, code: str
) -> None:
    replicas = serve(prefix + kind)
    for _ in range(2):
        with pytest.raises(BrowserError, match=code):
            page.goto(getattr(replicas, PORTALS[prefix]))
    assert set(replicas.state()["faults_struck"]) == {prefix + kind}


@pytest.mark.parametrize("kind", ["net-refused", "net-dns", "net-tls", "net-certificate"])
def test_a_script_s_request_fails_for_the_same_reason(page: Tab, serve: Serve, kind: str) -> None:
    replicas = serve(f"{kind}@later")
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.failure or ""))
    page.goto(f"{replicas.entra_url}/static/portal.css")
    replicas.at_step("later")
    assert page.evaluate("fetch('/api/session').then(() => 'answered', () => 'failed')") == "failed"
    codes = {"net-refused": "CONNECTION_REFUSED", "net-dns": "NAME_NOT_RESOLVED", "net-tls": "SSL_PROTOCOL_ERROR"}
    assert codes.get(kind, "CERT_AUTHORITY_INVALID") in failed[-1]
    replicas.at_step("after that")
    assert page.evaluate("fetch('/api/session').then(answer => answer.status, () => 0)") == 401


def status(url: str | urllib.request.Request) -> tuple[int, str]:
    """Return the status with which `url` answers, and when to come again; 0 when the answer is not whole."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            answer.read()
            return answer.status, ""
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers.get("Retry-After", "")
    except http.client.HTTPException:
        return 0, ""


def test_an_answer_breaks_off_in_the_middle_once(serve: Serve) -> None:
    replicas = serve("net-cut")
    assert status(replicas.entra_url) == (0, "")
    assert status(replicas.entra_url) == (200, "")


@pytest.mark.parametrize(("fault", "answers", "done"), [("ma-net-cut", 0, True), ("ma-net-500", 500, False)])
def test_what_is_cut_has_been_done_and_what_is_answered_with_500_has_not(
    serve: Serve, fault: str, answers: int, done: bool
) -> None:
    replicas = serve(fault)
    portal = replicas.world.portals["ma_portal"]
    assert isinstance(portal, MaPortal)
    portal.sessions["test"] = Stage.IN
    reset = urllib.request.Request(
        f"{replicas.ma_portal_url}/api/integration/reset", b"{}", {"Cookie": f"{COOKIE}=test"}
    )
    assert status(reset) == (answers, "")
    assert (portal.integration is None) is done
    assert portal.pressed["reset"] == int(done)


def test_too_many_requests_are_refused_until_the_time_that_is_told(serve: Serve) -> None:
    replicas = serve("net-429")
    for _ in range(2):
        assert status(replicas.entra_url) == (429, str(RETRY_AFTER))
    time.sleep(RETRY_AFTER + 0.1)
    assert status(replicas.entra_url) == (200, "")


def test_a_slow_answer_comes_whole(serve: Serve, fetch: Fetch) -> None:
    replicas = serve("net-slow")
    began = time.monotonic()
    assert fetch(replicas.entra_url).read().endswith(b"</html>")
    assert time.monotonic() - began > 1.9


def test_a_fault_of_one_portal_s_line_leaves_the_other_alone(serve: Serve, fetch: Fetch) -> None:
    replicas = serve("net-500", "net-cut", "net-429")
    assert fetch(replicas.ma_portal_url).status == 200


def test_what_pages_ask_by_themselves_uses_no_fault_up(serve: Serve, fetch: Fetch) -> None:
    replicas = serve("ma-net-cut")
    fetch(f"{replicas.ma_portal_url}/u/login/stage").read()
    fetch(f"{replicas.ma_portal_url}/assets/portal.css").read()
    assert replicas.state()["faults_struck"] == []


@pytest.mark.parametrize(("fault", "days"), [("clock-ahead", -20), ("clock-behind", 20), (None, 0)])
def test_every_answer_tells_the_portals_time(serve: Serve, fetch: Fetch, fault: str | None, days: int) -> None:
    replicas = serve(*filter(None, [fault]))
    for url in (replicas.entra_url, replicas.ma_portal_url, replicas.sophos_url):
        told = parsedate_to_datetime(fetch(url).headers["Date"])
        assert abs(told - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=1)


def test_what_each_step_asked_of_which_server_is_counted(serve: Serve, fetch: Fetch) -> None:
    replicas = serve()
    replicas.at_step("open")
    fetch(replicas.entra_url)
    fetch(f"{replicas.ma_portal_url}/u/login/stage")
    fetch(f"{replicas.sophos_url}/login/stage")
    assert replicas.state()["asked"] == {"open": {"entra": 1}}


def test_every_portal_has_every_fault_of_a_network() -> None:
    for prefix in PORTALS:
        assert sum(name.startswith(f"{prefix}net-") for name in NETWORK_FAULTS) == 8
