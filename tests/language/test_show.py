from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from keyturn.document import load
from keyturn.show import html, markdown

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.catalogue import Catalogue
    from keyturn.model import Runbook


@pytest.fixture
def book(folder: Path) -> Runbook:
    return load(folder / "practice.yaml")


def test_every_step_is_a_numbered_instruction_with_a_tick_box(book: Runbook, catalogue: Catalogue) -> None:
    text = markdown(book, catalogue)
    assert [f"## {number}. {step.title}" in text for number, step in enumerate(book.steps, 1)] == [True] * 5
    assert text.count("- [ ] done at ________") == 5
    page = html(book, catalogue)
    assert page.count("<section>") == page.count('class="done"') == 5


def test_a_person_is_told_what_to_do_to_see_and_to_beware_of(book: Runbook, catalogue: Catalogue) -> None:
    text = markdown(book, catalogue)
    for part in (
        "- **Warning:** This creates something in the portal. To take it back: delete it.",
        "It cannot be taken back: it cannot be brought back.",
        "- [ ] **Stop unless the secret “Key of ‹Which application?›” is in the encrypted store:",
        "- [ ] See on “Keys”: it is not so that the key is listed (secret id ‹Which application?›)",
        "- Only when it is not so that “kind” (short unless given) is none; otherwise no kind is wanted.",
        "do not type it, do not write it down",
        "Keep the secret “Key of ‹Which application?›” in the encrypted store and nowhere else.",
        "- [ ] **Before you press it: confirmed by ____________**",
        "- Description: no ‹this run›",
        "Write down: expires on ____________",
    ):
        assert part in text


def test_no_name_in_braces_is_left_and_nothing_is_loaded_from_elsewhere(book: Runbook, catalogue: Catalogue) -> None:
    assert "{{" not in markdown(book, catalogue)
    page = html(book, catalogue)
    assert "{{" not in page
    assert not re.search(r"(src|href)=|@import|url\(", page)


def test_what_a_runbook_says_cannot_break_the_page(folder: Path, catalogue: Catalogue) -> None:
    path = folder / "practice.yaml"
    path.write_text(path.read_text("utf-8").replace("title: Add a key", "title: <b>Add</b> *a* & key"), "utf-8")
    book = load(path)
    assert "&lt;b&gt;Add&lt;/b&gt; *a* &amp; key" in html(book, catalogue)
    assert r"\<b\>Add\</b\> \*a\* & key" in markdown(book, catalogue)
