from __future__ import annotations

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidTag
from playwright.sync_api import expect

from keyturn import secret_format, system
from keyturn.clipboard import BrowserClipboard, ClipboardFailed
from keyturn.clipboard.browser_clipboard import DESK
from keyturn.clipboard.sealed import Half
from secrets_store import Secret
from tests.processes import until
from tests.secrets_store.test_secret import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

VALUE = secret_format.make()
PORTAL = f"""<!doctype html><title>portal</title><input aria-label="field">
<button onclick="navigator.clipboard.writeText('{VALUE}').then(() => this.title = 'Copied')">Copy</button>
<button>Broken</button>
<button onclick="navigator.clipboard.writeText('')">Nothing</button>"""


class Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PORTAL.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def clipboard(context: BrowserContext) -> Iterator[BrowserClipboard]:
    with BrowserClipboard(context, None) as clipboard:
        yield clipboard


@pytest.fixture
def tab(context: BrowserContext, clipboard: BrowserClipboard, portal: str) -> Tab:  # noqa: ARG001  # opened first
    tab = context.new_page()
    tab.goto(portal)
    return tab


def test_what_a_page_copies_arrives(tab: Tab, clipboard: BrowserClipboard) -> None:
    clipboard.await_copy()
    tab.get_by_role("button", name="Copy").click()
    assert clipboard.take("value").matches(Secret(VALUE, "value"))


def test_a_copy_button_that_does_nothing_is_noticed(tab: Tab, clipboard: BrowserClipboard) -> None:
    clipboard.await_copy()
    tab.get_by_role("button", name="Broken").click()
    with pytest.raises(ClipboardFailed, match="did not change"):
        clipboard.take("value")


def test_a_copy_button_that_copies_nothing_is_noticed(tab: Tab, clipboard: BrowserClipboard) -> None:
    clipboard.await_copy()
    tab.get_by_role("button", name="Nothing").click()
    with pytest.raises(ClipboardFailed, match="emptied"):
        clipboard.take("value")


def test_what_is_put_can_be_pasted_and_is_cleared_after(tab: Tab, clipboard: BrowserClipboard) -> None:
    field = tab.get_by_label("field")
    clipboard.put(Secret(VALUE, "value"))
    field.press("ControlOrMeta+V")
    assert field.input_value() == VALUE
    assert clipboard.clear() == "cleared"
    field.fill("")
    field.press("ControlOrMeta+V")
    assert field.input_value() == ""


def test_what_someone_else_copied_is_left_alone(tab: Tab, clipboard: BrowserClipboard) -> None:
    clipboard.put(Secret("ours and nobody else's", "value"))
    tab.get_by_role("button", name="Copy").click()
    expect(tab.get_by_title("Copied")).to_be_visible()
    assert clipboard.clear() == "not ours"
    tab.get_by_label("field").press("ControlOrMeta+V")
    assert tab.get_by_label("field").input_value() == VALUE


def test_where_there_is_one_clipboard_what_someone_else_copied_is_not_written_anew(
    tab: Tab, clipboard: BrowserClipboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "has_primary_selection", lambda: False)
    clipboard.put(Secret("ours and nobody else's", "value"))
    copied(tab)
    monkeypatch.setattr(clipboard, "_write", pytest.fail)  # A picture, or words with their form, would be lost.
    assert clipboard.clear() == "not ours"


def pasted(tab: Tab) -> str:
    field = tab.get_by_label("field")
    field.fill("")
    field.press("ControlOrMeta+V")
    return field.input_value()


def copied(tab: Tab) -> None:
    tab.get_by_role("button", name="Copy").click()
    expect(tab.get_by_title("Copied")).to_be_visible()


def test_a_value_that_comes_too_late_does_not_stay(
    tab: Tab, clipboard: BrowserClipboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyturn.clipboard.browser_clipboard._COPYING", 0.1)
    clipboard.await_copy()
    with pytest.raises(ClipboardFailed, match="did not change"):
        clipboard.take("value")
    assert clipboard.clear() == "cleared"  # by whoever waited for it
    copied(tab)
    assert clipboard.clear() == "cleared"  # at the end of the run
    assert pasted(tab) == ""


def test_a_value_that_was_copied_and_never_taken_does_not_stay(context: BrowserContext, portal: str) -> None:
    with BrowserClipboard(context, None) as clipboard:
        tab = context.new_page()
        tab.goto(portal)
        clipboard.await_copy()
        copied(tab)
    assert pasted(tab) == ""


@pytest.mark.parametrize("how", ["taken", "put"])
def test_what_is_copied_when_nothing_is_awaited_any_more_is_left_alone(
    tab: Tab, clipboard: BrowserClipboard, how: str
) -> None:
    clipboard.await_copy()
    if how == "taken":
        copied(tab)
        clipboard.take("value")
    else:
        clipboard.put(Secret("ours and nobody else's", "value"))
    assert clipboard.clear() == "cleared"
    copied(tab)
    assert clipboard.clear() == "not ours"
    assert pasted(tab) == VALUE


def test_what_another_run_does_with_the_clipboard_is_not_cleared_away(
    context: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyturn.clipboard.browser_clipboard._TURN", 0.1)
    monkeypatch.setattr("keyturn.clipboard.browser_clipboard._COPYING", 0.1)
    with BrowserClipboard(context, tmp_path / "lock") as one:
        other = BrowserClipboard(context, tmp_path / "lock")
        one.await_copy()
        with other.turn(), pytest.raises(ClipboardFailed, match="may still hold"):
            one.clear()
        with pytest.raises(ClipboardFailed, match="did not change"):  # What waits for a copy is still there.
            one.take("nothing")


def close_desk(context: BrowserContext) -> None:
    (desk,) = [tab for tab in context.pages if tab.url.startswith("https://clipboard.keyturn.invalid")]
    desk.close()


@pytest.mark.parametrize("what", ["holding", "awaiting"])
def test_where_the_clipboard_cannot_be_asked_it_is_said_that_the_value_may_be_there(
    context: BrowserContext, what: str
) -> None:
    clipboard = BrowserClipboard(context, None).__enter__()
    if what == "holding":
        clipboard.put(Secret(VALUE, "value"))
    else:
        clipboard.await_copy()
    close_desk(context)
    with pytest.raises(ClipboardFailed, match="may still hold the value") as caught:
        clipboard.__exit__(None)
    assert "copy any other text" in caught.value.hint
    assert caught.value.__context__ is None


def test_what_broke_before_is_hidden_only_by_what_nobody_was_told(context: BrowserContext) -> None:
    clipboard = BrowserClipboard(context, None).__enter__()
    clipboard.put(Secret(VALUE, "value"))
    close_desk(context)
    with pytest.raises(ClipboardFailed):
        clipboard.__exit__(ZeroDivisionError)
    clipboard.__exit__(ZeroDivisionError)


def test_no_portal_is_granted_the_clipboard(tab: Tab, clipboard: BrowserClipboard) -> None:
    clipboard.put(Secret(VALUE, "value"))
    refused = tab.evaluate("navigator.clipboard.readText().then(() => 'read', error => error.name)")
    assert refused == "NotAllowedError"


def test_a_refused_clipboard_says_so_without_the_library_s_text(context: BrowserContext) -> None:
    with BrowserClipboard(context, None) as clipboard:
        clipboard.put(Secret(VALUE, "value"))
        context.clear_permissions()
        with pytest.raises(ClipboardFailed, match="refused the clipboard") as caught:
            clipboard.await_copy()
        assert caught.value.__context__ is None
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin="https://clipboard.keyturn.invalid")


def test_a_refused_clipboard_leaves_no_value_in_a_traceback(context: BrowserContext) -> None:
    with pytest.raises(ClipboardFailed) as caught:
        BrowserClipboard(context, None).put(Secret(VALUE, "value"))
    assert VALUE not in told(caught.value)


def test_runs_on_one_desktop_take_turns(
    context: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyturn.clipboard.browser_clipboard._TURN", 0.1)
    one, other = (BrowserClipboard(context, tmp_path / "lock") for _ in range(2))
    with one.turn(), pytest.raises(ClipboardFailed, match="another run"), other.turn():
        pass
    with other.turn():
        pass


def test_only_sealed_bytes_pass_between_page_and_program() -> None:
    ours, theirs = Half.fresh(), Half.fresh()
    sealed = ours.seal(theirs.public, VALUE)
    assert VALUE not in sealed
    assert theirs.open(ours.public, sealed) == VALUE
    with pytest.raises(InvalidTag):
        Half.fresh().open(ours.public, sealed)


def selection(display: dict[str, str], name: str) -> str:
    command = ["xclip", "-o", "-selection", name]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=display, timeout=10).stdout


@pytest.mark.headed
@pytest.mark.skipif(not shutil.which("xclip"), reason="xclip looks at the desktop's clipboard from outside")
def test_on_a_desktop_both_selections_are_cleared(
    headed_context: BrowserContext, portal: str, display: dict[str, str]
) -> None:
    with BrowserClipboard(headed_context, None) as clipboard:
        tab = headed_context.new_page()
        tab.goto(portal)
        clipboard.await_copy()
        tab.get_by_role("button", name="Copy").click()
        clipboard.take("value")
        assert (selection(display, "clipboard"), selection(display, "primary")) == (VALUE, VALUE)
        clipboard.clear()
        assert VALUE not in selection(display, "clipboard") + selection(display, "primary")


@pytest.mark.headed
@pytest.mark.skipif(not shutil.which("xclip"), reason="xclip looks at the desktop's clipboard from outside")
@pytest.mark.parametrize("theirs", ["a note", ""])
def test_on_a_desktop_a_value_stays_in_neither_selection_when_another_program_took_one_over(
    headed_context: BrowserContext, display: dict[str, str], theirs: str
) -> None:
    with BrowserClipboard(headed_context, None) as clipboard:
        clipboard.put(Secret(VALUE, "value"))
        assert selection(display, "primary") == VALUE
        copy = ["xclip", "-i", "-selection", "clipboard"]
        quiet = subprocess.DEVNULL
        subprocess.run(copy, check=True, input=theirs.encode(), stdout=quiet, stderr=quiet, env=display, timeout=10)
        # The program goes to the background before the display has heard of it, and the browser hears it from there.
        (desk,) = (tab for tab in headed_context.pages if tab.url.startswith(DESK))
        until(lambda: desk.evaluate("navigator.clipboard.readText()") == theirs)
        assert clipboard.clear() == "not ours"
        assert selection(display, "clipboard") == theirs  # It is somebody's, and stays.
        assert VALUE not in selection(display, "primary")
