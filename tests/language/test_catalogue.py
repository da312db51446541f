from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.catalogue import Catalogue, OfNoUse, described
from keyturn.cli.output import report
from keyturn.errors import Exit
from pages import REGISTRY
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from elsewhere import NextPage  # type: ignore[import-not-found]


@dataclass(frozen=True)
class Found:
    group: str
    users: int


class Sample(Page):
    name = "sample"
    title = "Sample"

    @action()
    def read(self) -> Found | None:
        """Read it.

        More about it.
        """
        return None

    @action()
    def move(self) -> NextPage:
        """Move on. Raises what a runbook cannot name."""


def test_an_action_is_described_from_its_signature(catalogue: Catalogue) -> None:
    add = catalogue.page("practice", "keys").actions["add_and_copy"]
    assert (add.doc, add.secret, add.anywhere) == ("Add a key and copy its value", "copies", False)
    assert add.outputs == ("secret_id", "expires_on")
    assert add.returns == "A key just made. `expires_on` is the date that the list shows, in ISO form."
    leading = catalogue.page("practice", "sign-in").actions["open_keys"]
    assert leading.leads_to is catalogue.page("practice", "keys").cls
    assert (leading.outputs, leading.returns) == ((), "")
    assert {name: (spec.type, spec.required, spec.choices) for name, spec in add.parameters.items()} == {
        "description": (str, True, ()),
        "days": (int, False, ()),
        "kind": (str, False, ("short", "long")),
    }
    assert catalogue.page("practice", "sign-in").actions["open"].anywhere
    assert catalogue.page("practice", "keys") is catalogue.page("practice", "keys")


def test_what_an_action_returns_is_told_by_its_fields() -> None:
    actions = described(Sample).actions
    assert actions["read"].outputs == ("group", "users")
    assert actions["read"].doc == "Read it"
    assert actions["move"].doc == "Move on"
    assert (actions["move"].outputs, actions["move"].returns, actions["move"].leads_to) == ((), "", None)


def test_an_annotation_may_be_a_type_instead_of_its_name() -> None:
    class Plain(Page):
        @action()
        def take(self, count: int) -> None:
            """Take some."""

    method = Plain.take
    method.__wrapped__.__annotations__["count"] = int  # type: ignore[attr-defined]
    assert described(Plain).actions["take"].parameters["count"].type is int


def test_the_opposite_of_a_probe_is_known(catalogue: Catalogue) -> None:
    keys = catalogue.page("practice", "keys")
    assert keys.probe("has_no_key") is keys.probe("has_key") is not None
    assert keys.probe("has_no_kye") is None


@pytest.mark.parametrize(
    ("parameter", "given", "bound"),
    [("days", "30", 30), ("days", 30, 30), ("kind", "long", "long"), ("description", "30", "30")],
)
def test_a_text_filled_in_is_bound_to_the_type_of_the_argument(
    catalogue: Catalogue, parameter: str, given: Any, bound: object
) -> None:
    spec = catalogue.page("practice", "keys").actions["add_and_copy"].parameters[parameter]
    assert spec.bind(given) == bound


@pytest.mark.parametrize(
    ("parameter", "given"), [("days", "soon"), ("days", True), ("days", "３"), ("kind", "shirt"), ("description", 7)]
)
def test_a_value_that_does_not_fit_the_argument_is_refused(catalogue: Catalogue, parameter: str, given: Any) -> None:
    spec = catalogue.page("practice", "keys").actions["add_and_copy"].parameters[parameter]
    with pytest.raises(ValueError, match=r"a text|a whole number|one of short, long"):
        spec.bind(given)


def test_truth_values_are_bound_from_their_words(catalogue: Catalogue) -> None:
    quietly = catalogue.page("practice", "keys").actions["delete_key"].parameters["quietly"]
    assert quietly.bind("true") is True
    assert quietly.bind("false") is False
    with pytest.raises(ValueError, match="true or false"):
        quietly.bind("yes")


class _List(Page):
    @action()
    def take(self, things: list[str]) -> None:
        """Take things."""


class _Many(Page):
    @action()
    def take(self, *things: str) -> None:
        """Take things."""


class _Secret(Page):
    @action()
    def take(self, secret: str) -> None:
        """Take a secret."""


class _Question(Page):
    @probe
    def has_no_name(self) -> bool:
        """Return whether it has no name."""
        return True


class _Answer(Page):
    @action()
    def read(self) -> tuple[str, str]:
        """Give two texts without names."""
        return "", ""


@pytest.mark.parametrize("page", [_List, _Many, _Secret, _Question, _Answer])
def test_a_page_that_no_runbook_could_use_is_our_own_mistake(page: type[Page]) -> None:
    with pytest.raises(OfNoUse, match=r"no argument|is not str|is called has_|neither nothing"):
        described(page)


def test_a_page_that_no_runbook_could_use_is_told_to_its_author_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(OfNoUse) as caught:
        described(_List)
    assert report(caught.value) == Exit.BUG
    assert "_List.take: things is not str, int, bool or a Literal of texts" in capsys.readouterr().err


def test_only_the_packages_that_are_asked_for_are_there() -> None:
    registry = {"one": {"sample": Sample}, "two": {"sample": Sample}}
    catalogue = Catalogue.of(["one", "none"], registry)
    assert catalogue.packages() == ("one",)
    assert catalogue.known() == ("one", "two")
    assert catalogue.pages("one") == ("sample",)
    with pytest.raises(KeyError):
        catalogue.page("two", "sample")


def test_every_page_that_ships_can_be_described() -> None:
    for package in REGISTRY:
        catalogue = Catalogue.of([package])
        for page in catalogue.pages(package):
            spec = catalogue.page(package, page)
            assert spec.cls.name == page
            assert all(action.doc for action in spec.actions.values())
