from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal import Operator
from rehearsal.operator_desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse

    from rehearsal import Replicas


@pytest.fixture
def call(fetch: Callable[..., HTTPResponse]) -> Callable[..., Any]:
    def of(url: str, data: dict[str, str] | None = None) -> Any:
        with fetch(url, data) as answer:
            return json.load(answer)

    return of


def wait_for(what: Callable[[], Any]) -> Any:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.01)
    return what()


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_operator_answers_a_question_at_a_gate(
    serve: Callable[..., Replicas], call: Callable[..., Any], answer: str
) -> None:
    replicas = serve()
    gates = f"{replicas.operator_url}/_operator/gates"
    number = call(gates, {"id": "add-secret", "title": "Click Add"})["n"]
    assert call(f"{gates}/{number}") == {"answer": None}
    with Operator(replicas, pace=0.01, answer=answer):
        assert wait_for(lambda: call(f"{gates}/{number}")["answer"]) == answer


def test_the_operator_deals_with_every_screen_of_a_sign_in(
    serve: Callable[..., Replicas], call: Callable[..., Any], fetch: Callable[..., HTTPResponse]
) -> None:
    replicas = serve("more-information-required", "number-match-timeout")
    fetch(f"{replicas.sign_in_url}/organizations/oauth2/v2.0/authorize").close()
    (key,) = replicas.world.desk.sign_ins
    with Operator(replicas, pace=0.01):
        found = wait_for(lambda: call(f"{replicas.sign_in_url}/attempt/{key}").get("go"))
    assert str(found).startswith(f"{replicas.entra_url}/signed-in?code=")


def test_without_an_operator_a_sign_in_waits(
    serve: Callable[..., Replicas], call: Callable[..., Any], fetch: Callable[..., HTTPResponse]
) -> None:
    replicas = serve()
    fetch(f"{replicas.sign_in_url}/organizations/oauth2/v2.0/authorize").close()
    (key,) = replicas.world.desk.sign_ins
    with Operator(replicas, pace=0.01, signs_in=False):
        time.sleep(0.1)
        assert call(f"{replicas.sign_in_url}/attempt/{key}")["screen"] == "picker"


def test_without_an_operator_a_sign_in_at_a_vendor_waits_too(
    serve: Callable[..., Replicas], fetch: Callable[..., HTTPResponse]
) -> None:
    replicas = serve()
    fetch(f"{replicas.ma_portal_url}/u/login").close()
    portal: Any = replicas.world.portals["ma_portal"]
    asked = dict(portal.sessions)
    with Operator(replicas, pace=0.01, signs_in=False):
        time.sleep(0.1)
        assert portal.sessions == asked
    with Operator(replicas, pace=0.01):
        assert wait_for(lambda: portal.sessions != asked)


def test_an_operator_whose_replicas_are_gone_says_so(serve: Callable[..., Replicas]) -> None:
    replicas = serve()
    operator = Operator(replicas, pace=0.01)
    replicas.__exit__()
    with pytest.raises(OSError, match="refused"), operator:
        time.sleep(0.2)


def test_a_blocked_sign_in_leads_nowhere() -> None:
    desk = Desk()
    key = desk.begin(["picker"], error="AADSTS53003: no")
    assert desk.waiting() == []
    assert not desk.pass_screen(key, "picker")
    assert desk.code(key) == ""


def test_screens_are_dealt_with_in_their_order_only() -> None:
    desk = Desk()
    key = desk.begin(["password", "kmsi"])
    assert not desk.pass_screen(key, "kmsi")
    assert desk.code(key) == ""
    assert desk.pass_screen(key, "password")
    assert desk.pass_screen(key, "kmsi")
    assert desk.code(key)


def test_a_code_opens_one_session() -> None:
    desk = Desk()
    key = desk.begin([])
    code = desk.code(key)
    assert desk.redeem(code) in desk.sessions
    assert desk.redeem(code) == ""
    assert desk.redeem("made up") == ""


def test_a_question_is_answered_once() -> None:
    desk = Desk()
    number = desk.ask("add-secret", "Click Add")
    assert not desk.answer(number, "perhaps")
    assert desk.answer(number, "no")
    assert not desk.answer(number, "yes")
    assert not desk.answer(number + 1, "yes")
    gate = desk.gate(number)
    assert gate
    assert gate.answer == "no"
