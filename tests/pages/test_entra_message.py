"""The portal's toasts, which come and go by themselves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.entra.message import Toasts

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

TOAST = '<div class="fxs-toast-item">Failed<button class="fxs-toast-close" onclick="this.parentNode.remove()">X</button></div>'
COVER = '<div style="position: fixed; inset: 0; background: white" id="cover"></div>'


def test_a_toast_that_goes_while_its_button_is_to_be_pressed_costs_no_patience(page: Tab) -> None:
    page.set_content(f"{TOAST}{TOAST}{COVER}")
    page.evaluate("setTimeout(() => document.querySelector('.fxs-toast-item').remove(), 400)")
    page.evaluate("setTimeout(() => document.querySelector('#cover').remove(), 400)")
    began = time.monotonic()
    Toasts(page).dismiss()
    assert time.monotonic() - began < 10.0  # The time that one press may take is three times as long.
    assert page.locator(".fxs-toast-item").count() == 0


def test_a_toast_that_cannot_be_closed_is_not_left_to_be_taken_for_a_new_one(page: Tab) -> None:
    page.set_content(f"{TOAST}{COVER}")
    expect.set_options(timeout=500)
    try:
        with pytest.raises(AssertionError):
            Toasts(page).dismiss()
    finally:
        expect.set_options(timeout=5_000)
