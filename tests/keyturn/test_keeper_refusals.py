"""What the keeper of a browser and its user refuse, and that the keeper is closed to others before it does anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError

from keyturn import browser, keeper, system
from keyturn.browser import Installed, open_browser
from keyturn.errors import CannotStart
from keyturn.keeper import Kept, client, process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEPT = Kept("run-1", "/nowhere", "/nowhere", headed=False)


def connect() -> None:
    with keeper.connected(lambda: KEPT):
        pass


def open_one() -> None:
    with open_browser(Installed("chromium", "/nowhere"), headed=False):
        pass


def all_the_same(*_: object, **__: object) -> Any:
    pytest.fail("it was started all the same")


@pytest.mark.parametrize("start", [keeper.Keeper, connect, open_one], ids=["keep", "connect", "open"])
def test_no_browser_is_started_or_driven_while_its_library_may_log_pages(
    monkeypatch: pytest.MonkeyPatch, start: Callable[[], object]
) -> None:
    monkeypatch.setenv("DEBUG", "pw:api")
    monkeypatch.setattr("subprocess.Popen", all_the_same)
    for module in (browser, client):
        monkeypatch.setattr(module, "sync_playwright", all_the_same)
    with pytest.raises(CannotStart, match="DEBUG is set"):
        start()


def _refuses(_endpoint: str) -> Any:
    raise BrowserError("connect ENOENT wss://…")


def _has_no_context(_endpoint: str) -> Any:
    return SimpleNamespace(contexts=[])


@pytest.mark.parametrize("answer", [_refuses, _has_no_context])
def test_a_kept_browser_that_does_not_answer_is_told_in_our_words(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], object]
) -> None:
    library = SimpleNamespace(chromium=SimpleNamespace(connect=answer))
    monkeypatch.setattr(client, "sync_playwright", lambda: nullcontext(library))
    with pytest.raises(CannotStart, match="no longer answers") as told:
        connect()
    assert told.value.__context__ is None  # The library's own text may hold page content.


def test_what_an_ending_keeper_of_the_run_left_is_not_taken_for_the_browser_that_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyturn.settings.kept_browsers", lambda: tmp_path)
    one: Any = object.__new__(keeper.Keeper)
    one._run, one._what, one._kept, one._folder = "run-1", "the browser", None, str(tmp_path)
    one._process = SimpleNamespace(poll=lambda: None)
    own = replace(KEPT, endpoint="/own", folder=str(tmp_path.resolve()))
    waits = iter([KEPT.write, own.write])
    KEPT.write()
    monkeypatch.setattr("keyturn.keeper.client.time.sleep", lambda seconds: next(waits)() if seconds else None)
    assert one.kept() == own


def test_a_keeper_is_closed_to_others_before_it_reads_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[str] = []

    async def keep(*_: object) -> None:
        did.append("keep")

    (own := tmp_path / "own").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(own))
    monkeypatch.setattr(system, "harden", lambda: did.append("harden"))
    monkeypatch.setattr(process, "keep", keep)
    with ThreadPoolExecutor(1) as apart:  # This thread may belong to the suite's browser already.
        apart.submit(process.main).result()
    assert did == ["harden", "keep"]
    assert not own.exists()
