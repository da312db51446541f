"""`keyturn secrets` as processes of their own: at a terminal and without one, under any umask, on a changed store."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from secrets_store import Store
from secrets_store.age import X25519Identity
from tests.secrets_store.conftest import VALUE, piped, sealed
from tests.secrets_store.session import ROOT, Session

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals and modes of Unix")

WORDS = "correct-horse-battery-staple"
_PATIENCE = 60  # seconds; a busy machine takes long to derive a key


class Command:
    """Runs `keyturn secrets` for a user whose whole home is a folder of the test."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.store = home / "store"
        here = {"HOME": str(home), "PYTHONPATH": str(ROOT), "TERM": "dumb"}
        names = ("CONFIG", "DATA", "STATE", "CACHE")
        around = {name: text for name, text in os.environ.items() if not name.startswith(("XDG_", "DBUS_"))}
        self.env = {**around, **here, **{f"XDG_{name}_HOME": str(home / name.lower()) for name in names}}

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "keyturn", "secrets", words[0], "--store", str(self.store), *words[1:]]

    def __call__(self, *words: str, fds: tuple[int, ...] = (), **more: Any) -> subprocess.CompletedProcess[str]:
        """Run it without a terminal."""
        alone = {"env": self.env, "cwd": ROOT, "start_new_session": True, "pass_fds": fds, "timeout": _PATIENCE}
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, **alone, **more}
        return subprocess.run(self.words(*words), check=False, **options)

    def session(self, *words: str) -> Session:
        """Run it at a terminal."""
        return Session(self.words(*words), self.env)

    def made(self, *, umask: int = -1) -> None:
        """Make a store whose passphrase is `WORDS`."""
        public, passphrase = str(X25519Identity.generate().recipient), piped(f"{WORDS}\n".encode())
        words = ["init", "--break-glass", public, "--passphrase-fd", str(passphrase)]
        done = self(*words, fds=(passphrase,), umask=umask)
        os.close(passphrase)
        assert done.returncode == 0, done.stderr

    def signing_key(self) -> Ed25519PrivateKey:
        file = self.home / "config" / "keyturn" / "signing_key"
        return load_ssh_private_key(file.read_bytes(), None)  # type: ignore[return-value]  # keyturn makes no other

    def opened(self) -> Store:
        return Store.open(self.store, signing_key=self.signing_key())


@pytest.fixture
def keyturn(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_under_umask_000_nothing_is_readable_by_others(keyturn: Command) -> None:
    keyturn.made(umask=0)
    sealed(keyturn.opened())
    passphrase = piped(f"{WORDS}\n".encode())
    words = ["copy", "vendor-secret", "--out", str(keyturn.home / "out"), "--passphrase-fd", str(passphrase)]
    assert keyturn(*words, fds=(passphrase,), umask=0).returncode == 0
    assert (keyturn.home / "out").read_text() == VALUE
    keyturn("due", "--ics", str(keyturn.home / "due.ics"), umask=0)
    files = [path for path in keyturn.home.rglob("*") if path.name not in {"config", "state", "data", "cache"}]
    assert len(files) > 10
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_without_a_terminal_it_ends_and_never_reads_standard_input(keyturn: Command) -> None:
    keyturn.made()
    sealed(keyturn.opened())
    reader, writer = os.pipe()
    os.write(writer, f"{WORDS}\n".encode())
    for words in (["copy", "vendor-secret", "--fd", "1"], ["drill"], ["export", "--env", str(keyturn.home / "env")]):
        done = keyturn(*words, stdin=reader)
        assert (done.returncode, done.stdout) == (10, "")
        assert "there is no terminal to ask on" in done.stderr
    assert os.read(reader, 100) == f"{WORDS}\n".encode()
    os.close(reader)
    os.close(writer)


def test_init_without_a_terminal_makes_nothing(keyturn: Command) -> None:
    done = keyturn("init", stdin=None)
    assert (done.returncode, keyturn.store.exists()) == (10, False)


def test_a_person_makes_a_store_opens_it_and_proves_both_keys(keyturn: Command) -> None:
    making = keyturn.session("init")
    words = making.see(r"press Enter for\r?\n\s+([a-z]+(?:-[a-z]+){9})\s+or type your own: ")[1]
    making.type("")
    making.see("Type it once more: ")
    making.type(words)
    making.see(r"or Enter to make a pair now: ")
    making.type("")
    private = making.see(r"(AGE-SECRET-KEY-1[0-9A-Z]+)")[1]
    making.see("Its last 6 characters: ")
    making.type(private[-6:])
    assert making.end() == 0
    assert words not in making.shown, "what is typed hidden is not shown"

    sealed(keyturn.opened())
    proving = keyturn.session("drill")
    proving.see("Passphrase of the store: ")
    proving.type("wrong words")
    proving.see("does not fit")
    proving.see("Passphrase of the store: ")
    proving.type(words)
    proving.see("the key of operator opens everything: 1 secret")
    proving.see("never proven: break-glass")
    assert proving.end() == 0
    key = piped(private.encode())
    assert json.loads(keyturn("drill", "--json", "--identity-fd", str(key), fds=(key,)).stdout) == {
        "opened": {"break-glass": 1},
        "never": [],
    }

    showing = keyturn.session("copy", "vendor-secret", "--reveal")
    showing.see("Passphrase of the store: ")
    showing.type(words)
    showing.see(re.escape(VALUE))
    assert showing.end() == 0
    assert VALUE.encode() not in b"".join(path.read_bytes() for path in keyturn.home.rglob("*") if path.is_file())


IN_A_DESKTOP_SESSION = """
printf login | gnome-keyring-daemon --unlock --components=secrets
for part in "$@"; do "$KEYTURN_PYTHON" -m keyturn secrets $part || exit; done
"""


@pytest.mark.soak
@pytest.mark.skipif(
    not shutil.which("dbus-run-session") or not shutil.which("gnome-keyring-daemon"), reason="the desktop's keychain"
)
def test_the_desktops_keychain_unlocks_the_store_where_nobody_can_be_asked(keyturn: Command) -> None:
    public, passphrase = str(X25519Identity.generate().recipient), piped(f"{WORDS}\n".encode())
    parts = [
        f"init --store {keyturn.store} --break-glass {public} --passphrase-fd {passphrase} --remember",
        f"drill --store {keyturn.store} --json",
    ]
    session = ["dbus-run-session", "--", "sh", "-c", IN_A_DESKTOP_SESSION, "sh", *parts]
    done = subprocess.run(
        session, env={**keyturn.env, "KEYTURN_PYTHON": sys.executable}, cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True, check=True, start_new_session=True, pass_fds=[passphrase], timeout=_PATIENCE,
    )  # fmt: skip
    os.close(passphrase)
    assert json.loads(done.stdout.splitlines()[-1])["opened"] == {"operator": 0}


def test_a_value_is_revealed_to_a_terminal_only(keyturn: Command) -> None:
    keyturn.made()
    sealed(keyturn.opened())
    passphrase = piped(f"{WORDS}\n".encode())
    done = keyturn("copy", "vendor-secret", "--reveal", "--passphrase-fd", str(passphrase), fds=(passphrase,))
    assert (done.returncode, done.stdout) == (3, "")
    assert "on a terminal only" in done.stderr


def edited(store: Path) -> None:
    path = store / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"2028-11-23", b"2038-11-23", 1))


def swapped(store: Path) -> None:
    one, two, *_ = sorted((store / "v").glob("*.age"))
    one.rename(store / "x")
    two.rename(one)
    (store / "x").rename(two)


def planted(store: Path) -> None:
    some = next((store / "v").glob("*.age"))
    shutil.copy(some, store / "v" / "20260101T000000Z-0123456789abcdef.age")


def deleted(store: Path) -> None:
    next((store / "v").glob("*.age")).unlink()


def line_deleted(store: Path) -> None:
    path = store / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))


def truncated(store: Path) -> None:
    """Cut the last entry off without a trace: its two lines and its file."""
    path = store / "journal.jsonl"
    lines = path.read_bytes().rstrip(b" ").splitlines(keepends=True)
    (store / json.loads(lines[-1])["file"]).unlink()
    path.write_bytes(b"".join(lines[:-2]))


@pytest.fixture
def three(keyturn: Command) -> Command:
    """A store of three secrets that `keyturn` has seen."""
    keyturn.made()
    for _ in range(3):
        sealed(keyturn.opened())
    assert keyturn("verify").returncode == 0
    return keyturn


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        (edited, r"journal line 3 \(sealed \S+\): is not signed by the store's key"),
        (swapped, r"v/\S+\.age: is not the file that was sealed \(vendor-secret\)"),
        (planted, r"v/20260101T000000Z-0123456789abcdef\.age: is named by no journal line"),
        (deleted, r"v/\S+\.age: is missing or cannot be read \(vendor-secret\)"),
        (line_deleted, r"journal line 4 \(sealed \S+\): does not follow the line before it"),
        (truncated, r"journal\.jsonl: does not contain the noted head [0-9a-f]{64}: lines were cut or rolled back"),
    ],
)
def test_verify_names_what_was_changed_without_a_key(three: Command, attack: Any, named: str) -> None:
    attack(three.store)
    done = three("verify")
    assert done.returncode == 16
    assert re.search(named, done.stderr), done.stderr


def test_verify_names_a_folder_that_was_rolled_back(keyturn: Command) -> None:
    keyturn.made()
    sealed(keyturn.opened())
    shutil.copytree(keyturn.store, keyturn.home / "old")
    sealed(keyturn.opened())
    assert keyturn("list").returncode == 0
    shutil.rmtree(keyturn.store)
    shutil.copytree(keyturn.home / "old", keyturn.store)
    for word in ("verify", "list"):
        done = keyturn(word)
        assert (done.returncode, "noted head" in done.stderr) == (16, True)
    head = Store.open(keyturn.store, signing_key=None).head()
    assert keyturn("verify", "--head", head).returncode == 0, "a head that the operator names is believed instead"
    assert keyturn("list").returncode == 0
