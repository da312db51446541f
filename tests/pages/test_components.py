"""The parts that portals share: what is read of an element, put into a field, and put away, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.components.interruption import Interruption, decline_interruptions
from pages.components.shown_text import shown_text
from pages.components.vendor_field import DateField, SecretField, is_at_or_after
from pages.errors import NoEffect
from pages.page import Page

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p title='the whole of it'>the wh…</p>", "the whole of it"),
        ("<p><span title='the whole of it'>the wh…</span></p>", "the whole of it"),
        ("<p><input value='the whole of it'></p>", "the whole of it"),
        ("<p>the whole<button title='Copy to clipboard'></button></p>", "the whole"),
        ("<p>the whole<i role='button'><b title='Copy to clipboard'></b></i></p>", "the whole"),
        ("<p>the whole<i hidden>the whole</i></p>", "the whole"),
    ],
)
def test_what_is_read_is_the_whole_text_and_no_buttons(page: Tab, html: str, shown: str) -> None:
    page.set_content(html)
    assert shown_text(page.locator("p")) == shown


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<div role=alertdialog>{}</div>", 1),
        ("<div class=ms-TeachingBubble>{}</div>", 1),
        ("<div class=ms-TeachingBubble hidden>{}</div>", 0),
        ("<div role=dialog>{}</div>", 0),
        ("<section>{}</section>", 0),
    ],
)
def test_only_a_survey_or_a_tour_is_put_away_and_no_pane_that_offers_the_same_words(
    page: Tab, html: str, found: int
) -> None:
    page.set_content(html.format("<button>Not now</button>"))
    assert Interruption(page, page).survey_dialog.count() == found


def test_what_lies_over_a_page_is_put_away_by_one_handler_however_many_pages_are_made(
    page: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers: list[object] = []
    monkeypatch.setattr(page, "add_locator_handler", lambda *handler: handlers.append(handler))
    decline_interruptions(page)
    decline_interruptions(page)
    assert len(handlers) == 1


def test_only_what_was_put_into_a_field_counts_as_put_in(page: Tab) -> None:
    page.set_content("<input value='a mask'>")
    field = SecretField(page.locator("input"))
    assert field.put_in() == 0  # The portal's own.
    field.root.press("End")
    field.root.press("Backspace")
    assert field.put_in() == 0
    field.root.press_sequentially("x")
    assert field.put_in() == 1
    field.root.fill("")
    assert field.put_in() == 0


def test_a_date_is_written_as_the_field_takes_it_or_not_at_all(page: Tab) -> None:
    for html, written in (("type=date", "2028-01-08"), ("placeholder=' mm/dd/yyyy '", "01/08/2028")):
        page.set_content(f"<input {html}>")
        assert DateField(page.locator("input")).dated("2028-01-08", "A form", "enter") == written
    for html in ("", "placeholder='DD/MM/YYYY'"):
        page.set_content(f"<input {html}>")
        with pytest.raises(NoEffect, match="a field that takes MM/DD/YYYY or YYYY-MM-DD"):
            DateField(page.locator("input")).dated("2028-01-08", "A form", "enter")


def test_a_field_that_does_not_keep_what_is_entered_is_noticed(page: Tab) -> None:
    page.set_content("<input maxlength=4 oninput='this.value = this.value.slice(0, 4)'>")
    form = Page(page, "https://form.example")
    form.enter(page.locator("input"), "2028")
    expect.set_options(timeout=300)
    try:
        with pytest.raises(AssertionError):
            form.enter(page.locator("input"), "2028-01-08")
    finally:
        expect.set_options(timeout=5_000)


@pytest.mark.parametrize(
    ("shown", "asked", "so"),
    [
        ("2026-11-24T07:05:00+00:00", "2026-11-24T07:05:00+00:00", True),
        ("2026-11-24T07:04:59+00:00", "2026-11-24T07:05:00+00:00", False),
        ("2026-11-24T08:05:00+02:00", "2026-11-24T07:05:00+00:00", False),
        ("2026-11-24T07:05:00", "2026-11-24T07:05:00+00:00", True),
        ("", "2026-11-24T07:05:00+00:00", False),
        ("2026-11-24T07:05:00+00:00", "", False),
    ],
)
def test_a_moment_is_compared_with_its_zone_where_it_has_one(shown: str, asked: str, so: bool) -> None:
    assert is_at_or_after(shown, asked) is so
