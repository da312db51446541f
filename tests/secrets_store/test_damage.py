"""Damage to the files, by chance or behind an intact hash: it is named, and costs no more than what it hit."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from secrets_store import CannotUnlock, NotVerified, Secret, Store, journal, verify
from secrets_store.age import AgeError, X25519Identity, open_sealed, seal
from secrets_store.entry import to_sealed_text
from secrets_store.reading import unseal
from tests.secrets_store.conftest import VALUE, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from secrets_store import Entry


def damage(whole: bytes, kind: str, draw: random.Random) -> bytes:
    """Return `whole` with one bit flipped or one block of 4 KiB zeroed."""
    damaged, at = bytearray(whole), draw.randrange(len(whole))
    if kind == "bit":
        damaged[at] ^= 1 << draw.randrange(8)
    else:
        start = at // 4096 * 4096
        damaged[start : start + 4096] = bytes(len(damaged[start : start + 4096]))
    return bytes(damaged)


def opened(folder: Path, identity: X25519Identity) -> set[str]:
    """Return all values that a key opens in a folder of which nothing else is known, as the recovery page has it."""
    values = set()
    for path in (folder / "v").glob("*.age"):
        with suppress(AgeError):
            values.add(json.loads(open_sealed(path.read_bytes(), [identity]))["value"])
    return values


@pytest.mark.parametrize("kind", ["bit", "block"])
@pytest.mark.parametrize("trials", [20, pytest.param(1000, marks=pytest.mark.soak)])
def test_one_flipped_bit_or_zeroed_block_costs_at_most_one_secret_and_is_named(
    guarded: Store, break_glass: X25519Identity, kind: str, trials: int, figure: Callable[[str], None]
) -> None:
    for number in range(20):
        sealed(guarded, f"{VALUE}{number}")
    files = sorted(path for path in guarded.folder.rglob("*") if path.suffix in {".age", ".jsonl", ".txt"})
    draw, losses, named = random.Random(6), [0] * trials, 0  # noqa: S311  # the same damage each time
    for trial in range(trials):
        path = draw.choice(files)
        whole = path.read_bytes()
        damaged = damage(whole, kind, draw)
        path.chmod(0o600)
        path.write_bytes(damaged)
        losses[trial] = 20 - len(opened(guarded.folder, break_glass))
        # Only the reserved room after the journal's last line says nothing: blanks and zeros are the same there.
        harmless = damaged.rstrip(b" \0") == whole.rstrip(b" \0")
        assert bool(verify(guarded.folder)) is not harmless
        named += not harmless
        path.write_bytes(whole)
    figure(f"{trials} trials, at most {max(losses)} of 20 lost, {sum(losses) / trials:.2f} on average, {named} named")
    assert max(losses) == 1


def test_damage_inside_an_intact_hash_is_refused_too(store: Store, operator: X25519Identity) -> None:
    """Whoever has the signing key can make the journal vouch for anything; the sealed text still tells."""
    from dataclasses import replace  # noqa: PLC0415  # only here

    one, two = sealed(store), sealed(store, name="other")
    path = store.folder / one.file
    path.chmod(0o600)

    def vouched(data: bytes) -> Entry:
        path.write_bytes(data)
        return replace(one, sha256=journal.digest(data))

    keys = [key.key for key in store.recipients()]
    with pytest.raises(NotVerified, match="another entry"):
        unseal(store, vouched((store.folder / two.file).read_bytes()), [operator])
    for text in (
        b"[]",
        b"{}",
        b"hello",
        to_sealed_text(one.id, one.metadata, Secret("x", "x")).replace(b": 1,", b": 2,"),
    ):
        with pytest.raises(NotVerified, match="not an entry"):
            unseal(store, vouched(seal(text, keys)), [operator])
    with pytest.raises(NotVerified, match="damaged"):
        unseal(store, vouched(seal(b"x", keys)[:-1]), [operator])
    with pytest.raises(CannotUnlock):
        unseal(store, two, [X25519Identity.generate()])
