"""Choosing a group and synchronising it, where it does not go as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages.errors import NoEffect, NotOne, PortalRefused
from tests.pages.ma_portal.conftest import IMPATIENCE, STAFF

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.errors import PageError
    from tests.pages.ma_portal.conftest import Bench


@pytest.mark.parametrize(
    ("fault", "group", "otherwise", "seen"),
    [
        (None, "", "", "set ad_group"),
        (None, "No such group", STAFF, "none of that name"),
        ("ma-no-groups", STAFF, "", "without groups"),
        ("ma-twin-groups", STAFF, "", "2 of that name"),
    ],
)
def test_a_group_that_is_not_exactly_one_is_not_chosen(
    fault: str | None, group: str, otherwise: str, seen: str, bench: Callable[..., Bench]
) -> None:
    here = bench(*filter(None, [fault]))
    page = here.without_group()
    with pytest.raises(NotOne, match=seen):
        page.select_group(group, otherwise)
    assert here.portal.pressed["save_group"] == 0


def test_a_group_without_users_is_not_saved(bench: Callable[..., Bench]) -> None:
    here = bench("ma-empty-group")
    page = here.without_group()
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="at least one user"):
        page.select_group(STAFF, "")
    assert here.portal.pressed["save_group"] == 0
    editor: Any = here.page("group-editor")  # It stays open, the group selected that was asked for.
    assert [editor.has_selected_group(group) for group in (STAFF, "Awareness - Pilot")] == [True, False]


@pytest.mark.parametrize(("fault", "error"), [("ma-group-not-kept", NoEffect), ("ma-server-error", PortalRefused)])
def test_a_group_that_is_not_kept_is_not_told_as_selected(
    fault: str, error: type[PageError], bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    page = here.without_group()
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(error) as caught:
        page.select_group(STAFF, "")
    assert caught.value.pressed
    assert here.portal.pressed["save_group"] == 1


@pytest.mark.parametrize(("fault", "error"), [("ma-sync-unchanged", NoEffect), ("ma-sync-refused", PortalRefused)])
def test_a_synchronisation_that_did_not_happen_is_not_told_as_done(
    fault: str, error: type[PageError], bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    page = here.management()
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(error) as caught:
        page.sync_now()
    assert caught.value.pressed
    assert here.portal.pressed["sync"] == 1


def test_a_group_that_is_blank_from_the_beginning_is_asked_for(bench: Callable[..., Bench]) -> None:
    here = bench("ma-group-blank")
    page = here.management()
    assert page.read_integration().group == ""
    with pytest.raises(NotOne, match="set ad_group"):
        page.select_group("", "")


def test_a_group_that_is_lost_before_the_synchronisation_is_told_in_the_portals_words(
    bench: Callable[..., Bench],
) -> None:
    page = bench("ma-group-lost").management()
    with pytest.raises(PortalRefused, match="No group is selected") as caught:
        page.sync_now()
    assert caught.value.pressed


def test_nothing_is_synchronised_without_a_group(bench: Callable[..., Bench]) -> None:
    here = bench()
    page = here.without_group()
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="a group to be selected"):
        page.sync_now()
    assert here.portal.pressed["sync"] == 0
