from __future__ import annotations

import inspect

import pytest

from pages import REGISTRY


def test_the_registry_holds_the_portals_and_nothing_else() -> None:
    assert {"entra", "ma_portal"} <= set(REGISTRY)
    assert "components" not in REGISTRY
    assert len(REGISTRY) == len(list(REGISTRY))
    with pytest.raises(KeyError):
        REGISTRY["components"]


def test_an_action_that_presses_what_cannot_be_taken_back_tells_its_effect() -> None:
    presses = ("press_once(", "self.pressed = True")
    found = [
        (page.name, name, act.keyturn_effect)
        for pages in map(REGISTRY.__getitem__, REGISTRY)
        for page in pages.values()
        for name, act in vars(page).items()
        if getattr(act, "keyturn_kind", "") == "action"
        and any(words in inspect.getsource(inspect.unwrap(act)) for words in presses)
    ]
    assert len(found) > 7
    assert [one for one in found if not one[2]] == []


def test_what_shows_an_act_takes_the_same_arguments_as_the_act() -> None:
    acts = [
        (page, act)
        for pages in map(REGISTRY.__getitem__, REGISTRY)
        for page in pages.values()
        for act in vars(page).values()
        if getattr(act, "keyturn_shown_by", "") and act.keyturn_secret != "copies"  # a role, no secret
    ]
    assert len(acts) > 2
    for page, act in acts:
        shows = getattr(page, act.keyturn_shown_by)
        assert inspect.signature(shows).parameters == inspect.signature(act).parameters
