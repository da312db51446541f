"""Words drawn for banners and cards: without the page where that can be, whole, and never larger than the room."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from evidence import letters, sight
from evidence.error import EvidenceError

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDTH, HEIGHT = 900, 22
ENGLISH = "2026-11-30T14:22:45.123Z · step 3/9 add-secret · before"
NOBODY: Any = None  # no page: it would be an error to ask it


@pytest.fixture
def tab(browser: Browser) -> Any:
    page = browser.new_page()
    yield page
    page.close()


def _picture(grey: bytes, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    return Image.frombytes("L", (width, height), grey)


def _read(picture: Image.Image, folder: Path) -> str:
    path = folder / "line.png"
    picture.resize((picture.width * 3, picture.height * 3)).save(path)
    return sight.read([path])[path]


def test_english_words_are_drawn_without_the_page(tmp_path: Path) -> None:
    line = _picture(letters.line(NOBODY, ENGLISH, WIDTH, HEIGHT))
    if sight.can_read():
        assert "add-secret" in _read(line, tmp_path)
    assert line.getextrema() == (0, 255)


@pytest.mark.parametrize("text", ["Müller GmbH", "株式会社 コントソ", "Контосо"])
def test_other_words_are_drawn_by_the_page(tab: Page, text: str) -> None:
    line = _picture(letters.line(tab, text, WIDTH, HEIGHT))
    left, _, right, _ = line.getbbox() or (0, 0, 0, 0)
    assert 0 < left < right < WIDTH // 2
    assert tab.evaluate("document.querySelector('canvas')") is None


def test_letters_that_pillow_has_not_can_be_told_apart(tab: Page) -> None:
    first, second = (letters.line(tab, text, WIDTH, HEIGHT) for text in ("Müller", "Möller"))
    assert first != second


@pytest.mark.parametrize("text", [ENGLISH, "Müller · " * 7])
def test_a_line_that_is_too_long_is_made_smaller_and_none_of_it_is_cut(tab: Page, text: str) -> None:
    width = 240
    line = _picture(letters.line(tab, text, width, HEIGHT), width)
    left, _, right, _ = line.getbbox() or (0, 0, 0, 0)
    assert 0 < left < width // 10
    assert width * 0.8 < right < width - 3


def test_a_card_is_a_jpeg_of_its_size_that_says_why(tmp_path: Path) -> None:
    card = Image.open(io.BytesIO(letters.card(NOBODY, "not recorded: Sign in", 640, 400)))
    assert (card.format, card.size) == ("JPEG", (640, 400))
    if sight.can_read():
        assert "not recorded: Sign in" in _read(card, tmp_path)


def test_a_page_that_was_just_left_is_asked_again_and_a_closed_one_is_told(tab: Page) -> None:
    tab.evaluate("setTimeout(() => { location.reload() })")
    assert letters.ask(tab, "() => new Promise(done => setTimeout(() => done(7), 200))") == 7
    tab.close()
    with pytest.raises(EvidenceError, match="did not help"):
        letters.ask(tab, "1")
