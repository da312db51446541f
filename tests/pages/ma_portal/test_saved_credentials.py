"""Resetting the integration, where it does not go as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pages.errors import NoEffect, PortalRefused
from pages.ma_portal.saved_credentials import SavedCredentialsPage
from tests.pages.ma_portal.conftest import IMPATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pages.ma_portal.conftest import Bench


def test_a_reset_that_is_cancelled_resets_nothing(bench: Callable[..., Bench]) -> None:
    here = bench("ma-reset-cancelled")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="the question whether to reset the integration") as caught:
        page.reset_integration()
    assert not caught.value.pressed
    assert here.portal.pressed["reset"] == 0


def test_a_page_that_is_gone_after_the_reset_is_told_and_the_reset_found_done(bench: Callable[..., Bench]) -> None:
    here = bench("ma-reset-tab-lost")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="an empty tab") as caught:
        page.reset_integration()
    assert caught.value.pressed
    here.be_patient()
    here.go()
    assert here.management().read_integration().state == "none"


@pytest.mark.parametrize("fault", ["ma-reset-refused", "ma-server-error"])
def test_a_refused_reset_leaves_the_integration(fault: str, bench: Callable[..., Bench]) -> None:
    here = bench(fault)
    with pytest.raises(PortalRefused) as caught:
        SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    assert caught.value.pressed
    assert here.portal.integration is not None
    assert here.portal.pressed["reset"] == 1


def test_a_reset_whose_answer_never_comes_is_found_done_afterwards(bench: Callable[..., Bench]) -> None:
    here = bench("ma-reset-breaks")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.be_patient(4_000)  # The question is to be answered first, on a busy machine too.
    with pytest.raises(NoEffect) as caught:
        page.reset_integration()
    assert caught.value.pressed
    here.be_patient()
    here.go()
    assert here.management().read_integration().state == "none"
    assert here.portal.pressed["reset"] == 1
