"""A profile of the operator's own: which folders are refused, and what the browser and the run leave in it."""

from __future__ import annotations

import gzip
import json
import os
import socket
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from evidence import LeakGate, ScanError
from keyturn import profile
from keyturn.browser import find_browser, open_browser
from keyturn.errors import CannotStart
from keyturn.run.own_profile import OwnProfile, forget

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALUE = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"
PAGE = """<!doctype html><form method=post action=/sent><input id=text name=text><input id=password type=password
name=password><button>Send</button></form><textarea></textarea><p></p><script>fetch("/data").then((one) => one.json())
.then((all) => document.querySelector("p").textContent = all.value)</script>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "profile"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    profile.check(tmp_path / "new" / "profile")
    assert (tmp_path / "new" / "profile").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("part", [".", "Default"])
def test_the_browsers_own_profile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(CannotStart, match="browser's own profile"):
        profile.check(tmp_path / "microsoft-edge" / part)
    assert not (tmp_path / "microsoft-edge").exists()
    profile.check(tmp_path / "keyturn-profile")


def test_a_link_a_file_and_a_part_of_a_profile_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(CannotStart, match="symbolic link"):
        profile.check(tmp_path / "link")
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="there can be no profile"):
        profile.check(tmp_path / "file")
    (folder / "Default").mkdir(mode=0o700)
    (folder / "Default" / "Preferences").write_text("{}")
    profile.check(folder)
    with pytest.raises(CannotStart, match="part of a profile") as refused:
        profile.check(folder / "Default")
    assert str(folder) in refused.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are those of POSIX")
def test_a_profile_that_others_can_read_or_own_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o750)
    with pytest.raises(CannotStart, match=r"open to others \(mode 0750\)"):
        profile.check(folder)
    folder.chmod(0o700)
    profile.check(folder)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(CannotStart, match="not to you"):
        profile.check(folder)


def test_a_profile_is_in_use_while_its_browser_listens_or_is_on_another_machine(folder: Path) -> None:
    assert not profile.is_in_use(folder)
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as browser:
        (folder / "SingletonLock").symlink_to(f"{socket.gethostname()}-4711")
        (folder / "SingletonSocket").symlink_to(f"{short}/socket")
        assert not profile.is_in_use(folder)  # left by one that was killed
        browser.bind(f"{short}/socket")
        browser.listen()
        with pytest.raises(CannotStart, match="a browser is open with the profile"):
            profile.refuse_in_use(folder)
    (folder / "SingletonLock").unlink()
    (folder / "SingletonLock").symlink_to("another-machine-4711")
    assert profile.is_in_use(folder)


def test_on_windows_a_browser_holds_a_file_of_another_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not profile.is_in_use(folder)
    (folder / "lockfile").touch()
    assert profile.is_in_use(folder)


def test_the_browsers_settings_say_that_nothing_typed_is_saved_and_stay_otherwise_as_they_were(folder: Path) -> None:
    settings = folder / "Profile 1" / "Preferences"
    (folder / "Profile 1" / "Sessions").mkdir(parents=True)
    settings.write_text('{"autofill": {"profile_enabled": true, "other": 1}, "homepage": "https://home.example"}')
    profile.make_ready(folder)
    found = json.loads(settings.read_text())
    assert found["autofill"] == {"profile_enabled": False, "credit_card_enabled": False, "other": 1}
    assert found["homepage"] == "https://home.example"
    assert json.loads((folder / "Default" / "Preferences").read_text())["credentials_enable_service"] is False
    assert not (folder / "Profile 1" / "Sessions").exists()


@pytest.fixture
def address() -> Iterator[str]:
    """Serve a page that shows a value, takes it in three kinds of field, and may be kept by a browser."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(
                gzip.compress(json.dumps({"value": VALUE}).encode())
            ) if self.path == "/data" else self._answer(gzip.compress(PAGE.encode()), "text/html")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(gzip.compress(b"thanks"), "text/html")

        def _answer(self, body: bytes, kind: str = "application/json") -> None:
            self.send_response(200)
            for name, said in (("Content-Encoding", "gzip"), ("Content-Type", kind), ("Cache-Control", "max-age=999")):
                self.send_header(name, said)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _typed(folder: Path, address: str) -> None:
    with open_browser(find_browser("auto"), headed=False, profile=folder) as context:
        (tab,) = context.pages
        tab.goto(address)
        tab.locator("p", has_text=VALUE).wait_for()
        for field in ("#text", "#password", "textarea"):
            tab.locator(field).fill(VALUE)
        tab.get_by_role("button").click()
        tab.wait_for_url("**/sent")
        tab.go_back()
        tab.locator("textarea").fill(VALUE)


def test_what_was_typed_and_shown_is_nowhere_in_the_profile_afterwards(folder: Path, address: str) -> None:
    with ThreadPoolExecutor(1) as apart:  # This thread may belong to the suite's browser already.
        apart.submit(_typed, folder, address).result()
    assert (folder / "Default" / "Preferences").is_file()
    assert not profile.is_in_use(folder)
    assert LeakGate([VALUE.encode()], optical=False).search(folder) == []


def test_only_what_the_run_wrote_counts_as_its_own(folder: Path) -> None:
    for name in ("old", "changed"):
        (folder / name).write_text(name)
    own = OwnProfile.of("run-1", folder, anew=True)
    assert own.written() == []
    (folder / "changed").write_text("more than before")
    (folder / "new").write_text("new")
    assert [path.name for path in own.written()] == ["changed", "new"]
    assert OwnProfile.of("run-1", folder, anew=False) == own
    assert own.name == "profile"


def test_a_run_that_goes_on_without_knowing_what_was_there_counts_all_as_its_own(folder: Path) -> None:
    (folder / "old").write_text("old")
    assert OwnProfile.remembered("run-2") is None
    assert [path.name for path in OwnProfile.of("run-2", folder, anew=False).written()] == ["old"]
    forget("run-2")
    assert OwnProfile.remembered("run-2") is None


@pytest.mark.parametrize("gone", [True, False])
def test_a_part_that_cannot_be_looked_into_is_not_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, gone: bool
) -> None:
    (folder / "Default").mkdir()
    scan = os.scandir

    def refuses(path: str) -> object:
        if str(path).endswith("Default"):
            raise FileNotFoundError(2, "gone", path) if gone else PermissionError(13, "denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuses)
    if gone:  # The browser removed it just now.
        assert profile.files(folder) == {}
        return
    with pytest.raises(ScanError, match="Default cannot be read"):
        OwnProfile(folder).written()
    with pytest.raises(CannotStart, match="Default cannot be read"):
        OwnProfile.of("run", folder, anew=True)
