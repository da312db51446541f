from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from keyturn.document import load
from keyturn.model import Gate
from keyturn.plan import plan_text, planned
from keyturn.show import html, instructions, markdown

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
    assert page.count("<section>") == page.count('<div class="done">') == 5


def test_a_person_is_told_what_to_do_to_see_and_to_beware_of(book: Runbook, catalogue: Catalogue) -> None:
    text = markdown(book, catalogue)
    for part in (
        "- **Warning:** Mind: this creates something in the portal. To take it back: delete it.",
        "- **Warning:** Point of no return: this deletes something in the portal. It cannot be brought back.",
        "- [ ] **Stop unless the secret “Key of ‹Which application?›” is in the encrypted store:",
        "- [ ] See on “Keys”: it is not so that the key is listed (secret ID ‹Which application?›)",
        "- Only when “kind” (short unless given) is not none; otherwise no kind is wanted.",
        "do not type it, do not write it down",
        "Keep the secret “Key of ‹Which application?›” in the encrypted store and nowhere else.",
        "- [ ] **Before you press it: confirmed by ____________**",
        "  - Description: no ‹this run›",
        "- Write down: Expires on ____________",
        "- Take it back only when step “Paste the value” is not done; otherwise it is in use.",
    ):
        assert part in text


def test_a_second_person_signs_beside_the_first(folder: Path, catalogue: Catalogue) -> None:
    path = folder / "practice.yaml"
    path.write_text(path.read_text("utf-8").replace("gate: confirm", "gate: second_person", 1), "utf-8")
    book = load(path)
    assert book.steps[2].gate is Gate.SECOND_PERSON
    assert "confirmed by ____________ and, as the second person, by ____________" in markdown(book, catalogue)
    assert "create, gate second_person, practice.keys" in plan_text(book, {}, [])


def test_the_controls_are_told(book: Runbook, catalogue: Catalogue) -> None:
    assert "Evidence for the controls ia-5, au-3." in markdown(book, catalogue)
    assert "Evidence for the controls ia-5, au-3." in html(book, catalogue)


def test_points_of_no_return_are_those_of_the_plan(book: Runbook, catalogue: Catalogue) -> None:
    marked = [any("Point of no return" in line.text for line in item.lines) for item in instructions(book, catalogue)]
    assert marked == [item.no_return for item in planned(book, {})]
    assert any(marked)


def test_a_person_is_told_what_to_have_at_hand(book: Runbook, catalogue: Catalogue) -> None:
    text = markdown(book, catalogue)
    for name, spec in book.inputs.items():
        assert f"| {spec.ask or name.replace('_', ' ')} |".casefold() in text.casefold()
        assert all(choice in text for choice in spec.choices)
    assert "| Which application? | for example 00000000-0000-4000-8000-000000000000 | |" in text


def test_at_a_sign_in_it_is_the_reader_who_signs_in(catalogue: Catalogue, book: Runbook) -> None:
    gated = [step.title for step in book.steps if step.gate is Gate.SIGN_IN]
    assert gated
    for item in instructions(book, catalogue):
        assert ("Sign in yourself." in [line.text for line in item.lines]) == (item.heading in gated)


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
