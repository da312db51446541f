"""Times of the store beside those of `age`: one durable write, a read, a list of many entries, a check of all.

Run from the checkout: `python -m benchmarks.store [ENTRIES]` (100000 unless told). Prints one line a figure.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secrets_store import Metadata, Secret, Store
from secrets_store.age import X25519Identity
from secrets_store.journal import digest, signed, split
from secrets_store.reading import unseal

if TYPE_CHECKING:
    from collections.abc import Callable

_TIMES = 50
_KNOWN = Metadata("vendor-secret", "1" * 36, "2" * 36, "Vendor Secret", "20261124-rotate")


def say(what: str, seconds: float, unit: str = "ms") -> None:
    """Print one figure."""
    print(f"{what:56} {seconds * (1000 if unit == 'ms' else 1):9.2f} {unit}")


def median(act: Callable[[], object], times: int = _TIMES) -> float:
    """Return the median seconds that `act` takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def run(command: list[str], given: bytes = b"") -> None:
    """Run a program to its end."""
    subprocess.run(command, input=given, capture_output=True, check=True)  # noqa: S603  # the two commands below


def seal_one(store: Store) -> None:
    """Announce and store one value, as a rotation does."""
    intent = store.intend(_KNOWN)
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


def main() -> None:
    """Print all figures."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    key = Ed25519PrivateKey.generate()
    with tempfile.TemporaryDirectory() as folder:
        store, text = Store.throw_away(Path(folder) / "store", key)
        say("store: announce and store one value, durable", median(lambda: seal_one(store)))
        one, identity = store.entries()[0], X25519Identity.from_text(text)
        say("store: open one value", median(lambda: unseal(store, one, [identity])))
        file, private = store.folder / one.file, f"{store.folder}-operator.key"
        opening = ["age", "-d", "-i", private, str(file)]
        say("age: open the same (a process, nothing checked)", median(lambda: run(opening)))
        sealing = ["age", "-R", str(store.folder / "recipients.txt"), "-o", f"{folder}/x.age"]
        plain = json.dumps(_KNOWN.to_json()).encode()
        say("age: seal as much (a process, nothing flushed)", median(lambda: run(sealing, plain)))
        say(f"store: verify {len(store.entries())} entries, every signature", median(store.verify, 3))
        grow(store, entries, key)
        say(
            f"store: open and list {entries} entries",
            median(lambda: Store.open(store.folder, signing_key=None).entries(), 3),
            "s",
        )


if __name__ == "__main__":
    main()
