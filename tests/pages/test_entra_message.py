"""The portal's toasts, which come and go by themselves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.entra import shell
from pages.entra.message import BladeNotice, MessageBox, Toasts

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


@pytest.mark.parametrize(
    ("says", "refuses"),
    [
        ("Successfully updated application Error Reports credentials", False),
        ("Failed to update application Error Reports credentials", True),
        ("Unable to update application credentials: abc8Q~made.up", True),
    ],
)
def test_what_was_done_is_no_refusal_whatever_the_application_is_called(page: Tab, says: str, refuses: bool) -> None:
    page.set_content(f'<div class="fxs-toast-item"><b>Update application credentials</b> {says}</div>')
    told = Toasts(page).refusal()
    assert bool(told) is refuses
    assert "Q~" not in told


def test_only_what_is_to_be_seen_in_place_of_a_blade_explains_it(page: Tab) -> None:
    page.set_content("<section><p hidden>Content closed</p></section>")
    notice = BladeNotice(page.locator("section"))
    assert notice.refusal() == ""
    page.set_content("<section><p>Dashboard not found</p></section>")
    assert notice.refusal() == "Dashboard not found"


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<h2>Room 401 | Overview</h2>", ""),
        ("<div role=row><div role=gridcell>its server <b>does not exist</b></div></div>", ""),
        ("<div class=fxc-essentials-value><a>Room 401</a></div>", ""),
        ("<div class=essentialsValue-117>Room 401</div>", ""),
        ("<p>401 applications found</p>", ""),
        ("<h2>Dashboard not found</h2>", "Dashboard not found"),
        ("<div><h3>No access</h3><p>HTTP 401</p></div>", "HTTP 401"),
    ],
)
def test_what_people_called_their_applications_and_secrets_is_no_refusal(page: Tab, html: str, says: str) -> None:
    page.set_content(f"<section>{html}</section>")
    assert BladeNotice(page.locator("section")).refusal() == says


def test_a_question_that_does_not_go_when_it_is_answered_no_is_not_left_to_be_answered_yes(page: Tab) -> None:
    page.set_content("<div role=dialog>Delete?<button>Yes</button><button>No</button></div>")
    expect.set_options(timeout=500)
    try:
        with pytest.raises(AssertionError):
            MessageBox(page).decline()
    finally:
        expect.set_options(timeout=5_000)


def test_a_refusal_beside_the_frame_of_a_blade_ends_the_wait_for_its_answer_and_silence_does_not(
    page: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "LOOK", 200)
    monkeypatch.setattr(shell, "LOOKS", 2)
    frame = (
        '<section class="fxs-blade"><iframe class="fxs-reactview-frame-active" srcdoc="<p>A list"></iframe></section>'
    )
    page.set_content(frame)
    around = shell.Shell(page)
    around.wait_for_answer(around.blade.root.get_by_text("A list"))
    with pytest.raises(AssertionError):
        around.wait_for_answer(around.blade.root.get_by_text("A row"))
    page.set_content(f'{frame}<p class="fxs-toast-item">It failed</p>')
    around.wait_for_answer(around.blade.root.get_by_text("A row"))
