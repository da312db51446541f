"""Times of the store beside those of `age` and KeePassXC: one durable write, a read, a list of many entries, a check.

Run from the checkout: `python -m benchmarks.store [ENTRIES]` (100000 unless told). Prints one line a figure.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secrets_store import Intent, Metadata, Secret, Store
from secrets_store.age import X25519Identity
from secrets_store.export import to_kdbx
from secrets_store.journal import digest, signed, split
from secrets_store.reading import unseal

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.results import Row

_ENTRIES = 100_000
_WRITE, _LIST = 0.010, 1.0  # seconds
_TIMES = 50
_KNOWN = Metadata("vendor-secret", "1" * 36, "2" * 36, "Vendor Secret", "20261124-rotate")


def median(act: Callable[[], object], times: int = _TIMES) -> float:
    """Return the median seconds that `act` takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def run(command: list[str], given: bytes = b"", env: dict[str, str] | None = None) -> None:
    """Run a program to its end."""
    subprocess.run(command, input=given, capture_output=True, check=True, env=env)  # noqa: S603  # the commands below


def seal_one(store: Store, intent: Intent) -> None:
    """Store one announced value, as a rotation does."""
    store.seal(intent, Secret("v" * 40, "v"), secret_id="3" * 36, expires_on=date(2028, 11, 23))


def grow(store: Store, entries: int, key: Ed25519PrivateKey) -> None:
    """Give the journal so many entries, without their files, which listing does not open."""
    path = store.folder / "journal.jsonl"
    lines = split(path.read_bytes())[0]
    for number in range(entries):
        name = f"20261124T021355Z-{number:016x}"
        sealed = {"secret_id": "3" * 36, "expires_on": "2028-11-23", "file": f"v/{name}.age", "sha256": "0" * 64}
        for fields in (
            {"op": "intent", "meta": _KNOWN.to_json()},
            {"op": "sealed", **sealed, "bytes": 1500, "read_back": True},
        ):
            start = {"v": 1, "seq": len(lines), "prev": digest(lines[-1]), "at": "2026-11-24T02:13:55Z", "id": name}
            lines.append(signed({**start, **fields}, key))
    path.write_bytes(b"\n".join(lines) + b"\n")


def rows(entries: int = _ENTRIES) -> list[Row]:
    """Measure, and return what, how much, its unit, and the budget where there is one."""
    key = Ed25519PrivateKey.generate()
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as temporary:
        folder = Path(temporary)
        store, text = Store.throw_away(folder / "store", key)
        intents: list[Intent] = []
        measured = [
            ("store: announce a value, durable", median(lambda: intents.append(store.intend(_KNOWN))), _WRITE),
            ("store: store a value, durable and read back", median(lambda: seal_one(store, intents.pop())), _WRITE),
            *reading(store, text, folder),
            (f"store: verify {len(store.entries())} entries, every signature", median(store.verify, 3), None),
        ]
        found: list[Row] = [
            (what, 1000 * seconds, "ms", budget and 1000 * budget) for what, seconds, budget in measured
        ]
        grow(store, entries, key)
        listing = lambda: Store.open(store.folder, signing_key=None).entries()  # noqa: E731  # timed twice
        found.append((f"store: list {entries} entries, every line read", median(listing, 3), "s", None))
        Store.open(store.folder, signing_key=key)  # whoever writes next leaves a checkpoint
        found.append((f"store: list {entries} entries", median(listing, 3), "s", _LIST))
        command = [sys.executable, "-m", "keyturn", "secrets", "list", "--store", str(store.folder)]
        home = {**os.environ, "XDG_STATE_HOME": temporary, "XDG_DATA_HOME": temporary, "XDG_CONFIG_HOME": temporary}
        whole = median(lambda: run(command, env=home), 3)
        return [*found, (f"keyturn secrets list, {entries} entries, as a process", whole, "s", None)]


def reading(store: Store, text: str, folder: Path) -> list[tuple[str, float, float | None]]:
    """Time a read and a write of one value with the store and with the other programs that are installed."""
    one, identity = store.entries()[0], X25519Identity.from_text(text)
    found: list[tuple[str, float, float | None]] = [
        ("store: open a value", median(lambda: unseal(store, one, [identity])), None)
    ]
    if shutil.which("age"):
        opening = ["age", "-d", "-i", f"{store.folder}-operator.key", str(store.folder / one.file)]
        found.append(("age: open the same (a process, nothing checked)", median(lambda: run(opening)), None))
        sealing = ["age", "-R", str(store.folder / "recipients.txt"), "-o", f"{folder}/x.age"]
        plain = json.dumps(_KNOWN.to_json()).encode()
        found.append(("age: seal as much (a process, nothing flushed)", median(lambda: run(sealing, plain)), None))
    if shutil.which("keepassxc-cli"):
        file, words = folder / "x.kdbx", b"words\n"
        to_kdbx(store, [one], [identity], file, "words")
        quiet = {**os.environ, "HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"}
        shown = ["keepassxc-cli", "show", "-q", "-s", str(file), f"{one.metadata.name} {one.id}"]
        added = ["keepassxc-cli", "add", "-q", "-g", str(file)]
        names = iter(range(1000))
        opened = median(lambda: run(shown, words, quiet), 3)
        stored = median(lambda: run([*added, f"secret {next(names)}"], words, quiet), 3)
        found.append(("KeePassXC: open a value (a process, from its passphrase)", opened, None))
        found.append(("KeePassXC: store a value (a process, from its passphrase)", stored, None))
    return found


def main() -> None:
    """Print all figures."""
    for what, measured, unit, budget in rows(int(sys.argv[1]) if len(sys.argv) > 1 else _ENTRIES):
        print(f"{what:60} {measured:9.2f} {unit:3}" + (f" budget {budget:g} {unit}" if budget else ""))


if __name__ == "__main__":
    main()
