"""Worlds and served replicas with a clock of their own, and a browser that is already signed in."""

from __future__ import annotations

import json
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.secret_format import make
from rehearsal import Replicas
from rehearsal.faults import FaultPlan
from rehearsal.scenarios import build
from tests.rehearsal.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse

    from flask.testing import FlaskClient
    from playwright.sync_api import Page as Tab

    from rehearsal.state import World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fetch(url: str, data: dict[str, str] | None = None) -> HTTPResponse:
    """Ask a replica, with `data` as JSON in a POST."""
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # loopback
    answer: HTTPResponse = urllib.request.urlopen(request)  # the same
    return answer


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def a_world(clock: Clock) -> Callable[..., World]:
    def of(*faults: str, scenario: str = "expired", delay: float = 0.0) -> World:
        world = build(scenario, make, FaultPlan.read(list(faults)), delay, clock.now)
        world.clock = clock
        world.urls.update(entra="http://entra", sign_in="http://sign-in", sandbox="http://sandbox")
        return world

    return of


@pytest.fixture
def a_client() -> Callable[[World], FlaskClient]:
    """Give a client of the admin center that is signed in."""
    from rehearsal import entra  # noqa: PLC0415  # the fixture's own

    def of(world: World) -> FlaskClient:
        client = entra.make_app(world).test_client()
        world.desk.sessions.add("a-session")
        client.set_cookie("portal_session", "a-session")
        return client

    return of


@pytest.fixture
def serve() -> Iterator[Callable[..., Replicas]]:
    with ExitStack() as stack:

        def of(*faults: str, **options: Any) -> Replicas:
            return stack.enter_context(Replicas(make_secret=make, faults=list(faults), **options))

        yield of


@pytest.fixture(name="fetch")
def fetch_() -> Callable[..., HTTPResponse]:
    return fetch


@pytest.fixture
def sign_in(page: Tab) -> Callable[[Replicas], None]:
    """Give the browser an open session, as if somebody had signed in before."""

    def into(replicas: Replicas) -> None:
        replicas.world.desk.sessions.add("a-session")
        page.context.add_cookies([{"name": "portal_session", "value": "a-session", "url": replicas.entra_url}])
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    return into


@pytest.fixture
def a_portal(page: Tab, serve: Callable[..., Replicas], sign_in: Callable[[Replicas], None]) -> Callable[..., Portal]:
    def of(*faults: str, **options: str) -> Portal:
        replicas = serve(*faults, **options)
        sign_in(replicas)
        return Portal(page, replicas)

    return of
