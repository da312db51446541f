"""The value is illegible in every way in which a page can show it, and the page goes on working."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from evidence import ConcealmentFailed, LeakGate, sight
from evidence.concealment import Concealment
from evidence.film import now
from tests.evidence.stage import await_shown, stage
from tests.evidence.variants import COPIES, FEW, VARIANTS
from tests.processes import until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page

    from tests.evidence.stage import Stage

pytestmark = pytest.mark.skipif(not sight.can_read(), reason="reading pictures needs tesseract")


def _play(
    browser: Browser, folder: Path, value: str, *, prove: bool = True, names: tuple[str, ...] = tuple(VARIANTS)
) -> set[str]:
    """Show the value in each way, recorded; return the parts of the recording where it can be read afterwards."""
    with stage(browser, folder, value, video=True) as play:
        tabs = {name: play.open(name) for name in names}
        if prove:
            play.recorder.prove(tabs.values())
        for tab in tabs.values():
            tab.evaluate("reveal()")
        for name, tab in tabs.items():
            tab.bring_to_front()
            _hold(play, tab, name)
            play.recorder.picture(tab, name, "after")
        play.recorder.close()
    return {finding.path for finding in LeakGate([value.encode()]).search(folder)}


def _hold(play: Stage, tab: Page, name: str) -> None:
    """Wait until `tab` shows the value, and its film has a frame that was painted since: that may take a while."""
    (film,) = (film for film in play.recorder._films if film.tab is tab)
    until = time.monotonic() + 60

    await_shown(tab, name)
    since = now()
    while max(film._last, film._pending[0] if film._pending else 0) < since:
        assert time.monotonic() < until, f"{name}: no frame of the film came"
        tab.evaluate("tick()")
        tab.wait_for_timeout(50)


def _shown(found: set[str], part: str) -> set[str]:
    """Return the names of the pages of which such a part of the recording shows the value."""
    return {
        name for name in VARIANTS for path in found if path.startswith((f"{part}/{name}.", f"{part}/00-{name}-after"))
    }


ways = pytest.mark.parametrize(
    "names", [FEW, pytest.param(tuple(VARIANTS), marks=pytest.mark.soak)], ids=["a few ways", "every way"]
)


@ways
def test_no_picture_film_or_trace_of_any_page_shows_the_value(
    browser: Browser, tmp_path: Path, value: str, names: tuple[str, ...]
) -> None:
    assert _play(browser, tmp_path, value, names=names) == set()


@ways
def test_without_concealment_every_page_is_caught_in_picture_and_film(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Concealment, "attach", lambda _self, _context: None)
    found = _play(browser, tmp_path, value, prove=False, names=names)
    assert _shown(found, "pictures") == set(names)
    assert _shown(found, "video") == set(names)


# What is no text, or is out of reach, needs the style; everything else is covered by the shape alone.
NEED_STYLE = {"declared-shadow-root", "one-span-a-character", "canvas"}


@pytest.mark.soak
def test_the_shape_alone_covers_every_page_of_plain_text(browser: Browser, tmp_path: Path, value: str) -> None:
    assert _shown(_play(browser, tmp_path, value, prove=False), "pictures") == NEED_STYLE


@pytest.mark.soak
def test_the_style_alone_covers_every_page(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Concealment._script

    def shapeless(self: Concealment, *, concealing: bool) -> str:
        return script(self, concealing=concealing).replace("[78]Q~", "[78]Q~~~")

    monkeypatch.setattr(Concealment, "_script", shapeless)
    monkeypatch.setattr(Concealment, "prove", lambda self, _tabs: self.conceal())
    assert _play(browser, tmp_path, value) == set()


@pytest.mark.parametrize("copy", COPIES)
def test_the_copy_button_copies_the_value_and_not_the_bullets(
    browser: Browser, tmp_path: Path, value: str, copy: str
) -> None:
    with stage(browser, tmp_path, value, "text", copy) as play:
        play.recorder.prove([play.tab])
        play.reveal()
        assert value not in play.tab.inner_text("#box")
        play.tab.click("#copy")
        until(lambda: play.tab.evaluate("copied()"), 5)  # A page's write to the clipboard takes its time.


def test_a_form_sends_what_its_field_holds(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, "field-attribute") as play:
        play.reveal()
        assert value not in play.tab.inner_html("#box")
        assert play.tab.eval_on_selector("#box input", "async (f) => f.value === await (await fetch('/value')).text()")


def test_all_text_is_disguised_only_from_prove_to_uncover(browser: Browser, tmp_path: Path, value: str) -> None:
    style = "getComputedStyle(document.querySelector('p')).webkitTextSecurity"
    with stage(browser, tmp_path, value) as play:
        assert play.tab.evaluate(style) == "none"
        assert play.recorder.prove([play.tab]) == 1
        assert (play.recorder.concealed, play.tab.evaluate(style)) == (True, "disc")
        play.tab.reload()
        assert play.tab.evaluate(style) == "disc"
        assert play.recorder.uncover()
        assert (play.recorder.concealed, play.tab.evaluate(style)) == (False, "none")
        play.tab.reload()
        assert play.tab.evaluate(style) == "none"


@pytest.mark.parametrize("name", ["one-span-a-character", "declared-shadow-root", "canvas"])
def test_what_cannot_be_disguised_in_its_place_stays_under_the_style_until_the_page_is_left(
    browser: Browser, tmp_path: Path, value: str, name: str
) -> None:
    copy = "what-the-page-knows"
    with stage(browser, tmp_path, value, name, copy) as play:
        play.recorder.prove([play.tab])
        play.reveal()
        play.tab.click("#copy")
        assert not play.recorder.uncover()
        play.tab.reload()
        assert play.recorder.uncover()


def test_a_pasted_value_of_any_shape_stays_disguised_in_its_field(browser: Browser, tmp_path: Path) -> None:
    odd = "correct horse battery staple 42"
    with stage(browser, tmp_path, odd, "text", "what-the-page-knows") as play:
        play.recorder.prove([play.tab])
        play.reveal()
        play.tab.click("#copy")
        play.tab.focus("#field")
        play.tab.keyboard.press("Control+V")
        assert play.tab.eval_on_selector("#field", "async (f) => f.value === await (await fetch('/value')).text()")
        assert play.recorder.uncover()
        assert odd not in play.tab.inner_text("#box")
        look = "(f) => getComputedStyle(f).webkitTextSecurity"
        assert play.tab.eval_on_selector("#field", look) == "disc"
        play.recorder.picture(play.tab, "pasted", "after")
        play.recorder.close()
        assert LeakGate([odd.encode()]).search(tmp_path) == []
        play.tab.fill("#field", "something else")
        play.tab.wait_for_timeout(50)
        assert play.tab.eval_on_selector("#field", look) == "none"


def test_what_was_copied_before_concealing_and_identifiers_are_left_alone(browser: Browser, tmp_path: Path) -> None:
    guid = "0b5f2c1e-9d1b-4a8e-8d57-3f0d6a1c2b3e"
    with stage(browser, tmp_path, guid, "text", "what-is-displayed") as play:
        play.reveal()
        play.recorder.prove([play.tab])
        play.tab.click("#copy")
        assert play.recorder.uncover()
        assert play.tab.inner_text("#box") == guid


def test_a_frame_that_shows_the_value_split_keeps_only_its_own_tab_disguised(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value, "one-span-a-character") as play:
        other = play.context.new_page()
        other.goto(f"{play.portal.blade}/nested")
        play.recorder.prove([play.tab, other])
        play.reveal()
        assert not play.recorder.uncover()
        style = "getComputedStyle(document.documentElement).webkitTextSecurity"
        assert (play.tab.evaluate(style), other.evaluate(style)) == ("disc", "none")


def test_every_frame_is_asked_for_proof(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, "nested-frames") as play:
        play.reveal()
        play.tab.frame_locator("iframe").frame_locator("iframe").locator("#box").wait_for()
        assert play.recorder.prove([play.tab]) == 3


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (("node.data = disguised(node.data);", ""), "stays legible: text, shadow root"),
        (("attribute.value = disguised(attribute.value);", ""), "stays legible: attribute"),
        (("if (!root.adoptedStyleSheets.includes(sheet))", "if (false)"), "stays legible: style"),
        (("watch(root); // closed", "// closed"), "stays legible: shadow root"),
        (("disc !important; text-shadow", "disc; text-shadow"), "stays legible: style"),
        (("position: fixed; inset", "display: none !important; inset"), "cannot be seen at work"),
    ],
)
def test_proof_fails_when_a_part_of_concealment_does(  # noqa: PLR0913  # fixtures and parameters
    browser: Browser,
    tmp_path: Path,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    harm: tuple[str, str],
    fault: str,
) -> None:
    script = Concealment._script

    def harmed(self: Concealment, *, concealing: bool) -> str:
        whole = script(self, concealing=concealing)
        assert harm[0] in whole
        return whole.replace(*harm)

    monkeypatch.setattr(Concealment, "_script", harmed)
    with stage(browser, tmp_path, value) as play:
        if "disc;" in harm[1]:
            play.tab.evaluate("document.body.style.setProperty('-webkit-text-security', 'none', 'important')")
            play.tab.evaluate(
                "(() => { const s = new CSSStyleSheet();"
                " s.replaceSync('div { -webkit-text-security: none !important }');"
                " document.adoptedStyleSheets = [s]; })()"
            )
        with pytest.raises(ConcealmentFailed, match=fault):
            play.recorder.prove([play.tab])
        assert play.recorder.concealed


def test_proof_fails_when_two_texts_look_different(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Concealment._script

    def harmed(self: Concealment, *, concealing: bool) -> str:
        return (
            script(self, concealing=concealing)
            .replace("white-space: pre;", "white-space: pre; width: 40em;")
            .replace(
                "plate.textContent = String",
                "plate.style.background = `rgb(${codes.slice(0, 3)})`; plate.textContent = String",
            )
        )

    monkeypatch.setattr(Concealment, "_script", harmed)
    with (
        stage(browser, tmp_path, value) as play,
        pytest.raises(ConcealmentFailed, match="told apart on the screen"),
    ):
        play.recorder.prove([play.tab])


def test_the_proof_leaves_no_shaped_text_in_the_trace(browser: Browser, tmp_path: Path, value: str) -> None:
    from evidence import shape_search  # noqa: PLC0415  # beside its one use

    with stage(browser, tmp_path, value) as play:
        play.recorder.prove([play.tab])
        play.recorder.close()
    assert (tmp_path / "trace" / "trace-1.zip").is_file()
    assert shape_search(tmp_path) == []


def test_native_dialogs_show_no_value(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VARIANTS, "native-dialog", "alert('the value is ' + v);")
    with stage(browser, tmp_path, value, "native-dialog") as play:
        said: list[str] = []

        def close(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        play.tab.on("dialog", close)
        play.reveal()
        assert said
        assert value not in said[0]
        assert "•" in said[0]


def test_nothing_can_be_proven_without_a_page(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play, pytest.raises(ConcealmentFailed, match="no page"):
        play.recorder.prove([])
