from __future__ import annotations

import re
import urllib.error
from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest

from keyturn.secret_format import make
from rehearsal import Replicas

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse

    Fetch = Callable[..., HTTPResponse]


def test_every_portal_listens_on_this_machine_only_and_on_a_port_of_its_own(serve: Callable[..., Replicas]) -> None:
    replicas = serve()
    hosts = {server.socket.getsockname()[0] for server in replicas._servers}
    assert hosts == {"127.0.0.1"}
    ports = [urlparse(url).port for url in replicas.world.urls.values()]
    assert len(set(ports)) == len(ports) == len(replicas._servers) > 4


def test_nothing_serves_after_the_end(fetch: Fetch) -> None:
    with Replicas(make_secret=make) as replicas:
        url = replicas.operator_url
        assert fetch(f"{url}/_operator/waiting").status == 200
    with pytest.raises(urllib.error.URLError):
        fetch(f"{url}/_operator/waiting")


def test_the_inputs_lead_to_the_portals(serve: Callable[..., Replicas], fetch: Fetch) -> None:
    replicas = serve()
    assert replicas.inputs == {
        "entra_url": replicas.entra_url,
        "ma_portal_url": replicas.ma_portal_url,
        "ma_organisation": replicas.world.directory.name,
        "application_id": replicas.world.application_id,
        "sophos_url": replicas.sophos_url,
        "sophos_application_id": replicas.state()["sophos"]["settings"]["client_id"],
    }
    for url in (replicas.entra_url, replicas.ma_portal_url, replicas.sophos_url):
        assert fetch(url).status == 200


def test_pages_may_fetch_from_nowhere_else_and_are_not_kept(serve: Callable[..., Replicas], fetch: Fetch) -> None:
    replicas = serve()
    for url in (
        replicas.entra_url,
        replicas.ma_portal_url,
        f"{replicas.sign_in_url}/organizations/oauth2/v2.0/authorize",
    ):
        answer = fetch(url)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        others = re.findall(rb'(?:src|href)="(https?:)?//', answer.read())
        assert others == []


def test_the_state_is_a_snapshot_that_the_portals_do_not_share(serve: Callable[..., Replicas]) -> None:
    replicas = serve()
    replicas.state()["registrations"].clear()
    replicas.state()["presses"]["add_secret"] = 9
    assert replicas.world.registrations
    assert not replicas.world.presses


def test_the_vendor_holds_the_old_value_to_begin_with(serve: Callable[..., Replicas]) -> None:
    replicas = serve()
    state = replicas.state()
    old = state["registrations"][replicas.inputs["application_id"]]["secrets"][0]
    assert state["ma_portal"]["integration"]["value"] == old["value"]


def test_an_unknown_fault_or_scenario_is_refused_before_anything_serves() -> None:
    with pytest.raises(ValueError, match="no fault called"):
        Replicas(make_secret=make, faults=["nonsense"])
    with pytest.raises(ValueError, match="no scenario called"):
        Replicas(make_secret=make, scenario="nonsense")
