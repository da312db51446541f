"""pyrage, another implementation, judges damaged and made-up files with us; what we judge differently has a name.

Named: **a stanza without its short last line.** The format ends a stanza's body with a line of fewer than 64 columns,
empty if need be. Early files of rage left that line out, so that it still reads them without; we do not, and the
vectors `stanza_missing_body` and `stanza_missing_final_line` say that a reader should not.
"""

from __future__ import annotations

import os
import random
import re
from typing import TYPE_CHECKING

import pyrage  # type: ignore[import-untyped]
import pytest

from secrets_store.age import AgeError, X25519Identity, open_sealed, seal
from secrets_store.age.encoding import to_base64
from secrets_store.age.header import VERSION_LINE, Stanza, mac_of
from secrets_store.age.payload import write_payload

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = b"made-up value"
WITHOUT_LAST_LINE = re.compile(rb"^(-> [^\n]*|[A-Za-z0-9+/]{64})\n(?=->|---)", re.MULTILINE)
TYPES = ["X25519", "scrypt", "mlkem768x25519", "ssh-ed25519", "piv-p256", "x-grease", "a", "-->", "~!{}"]
BODIES = [0, 1, 15, 31, 32, 33, 47, 48, 49, 95, 96, 97, 200]


def disagree(sealed: bytes, identity: X25519Identity, judge: pyrage.x25519.Identity) -> bool:
    """Return whether pyrage and we say different things of a file."""
    try:
        ours: bytes | None = open_sealed(sealed, [identity])
    except AgeError:
        ours = None
    try:
        theirs: bytes | None = pyrage.decrypt(sealed, [judge])
    except (pyrage.DecryptError, UnicodeDecodeError):
        theirs = None
    return ours != theirs


def damaged(whole: bytes, draw: random.Random) -> bytes:
    """Return `whole` with some bytes changed, cut out, put in or repeated."""
    changed, at = bytearray(whole), draw.randrange(len(whole))
    match draw.randrange(4):
        case 0:
            changed[at] = draw.randrange(256)
        case 1:
            del changed[at : at + 1 + draw.randrange(8)]
        case 2:
            changed[at:at] = draw.randbytes(1 + draw.randrange(8))
        case _:
            changed[at:at] = changed[at : at + 64]
    return bytes(changed)


def made_up(identity: X25519Identity, draw: random.Random) -> bytes:
    """Return a file whose header nobody would write, with a MAC that is right all the same."""
    file_key = draw.randbytes(16)
    stanzas = [identity.recipient.wrap(file_key).to_bytes() for _ in range(draw.choice([1, 1, 1, 2]))]
    stanzas += [_stanza(draw) for _ in range(draw.randrange(4))]
    draw.shuffle(stanzas)
    covered = VERSION_LINE + b"".join(stanzas) + b"---"
    mac = to_base64(mac_of(covered, file_key).finalize())
    end = draw.choice([b" " + mac + b"\n"] * 9 + [b"  " + mac + b"\n", b" " + mac + b"=\n", b" " + mac + b"\r\n"])
    return covered + end + write_payload(PLAIN, file_key)


def _stanza(draw: random.Random) -> bytes:
    arguments = tuple(
        draw.choice(["x", "18", "!~", to_base64(draw.randbytes(draw.choice([16, 31, 32]))).decode()])
        for _ in range(draw.randrange(3))
    )
    body = draw.randbytes(draw.choice(BODIES))
    text = Stanza(draw.choice(TYPES), arguments, body).to_bytes()
    first, *lines = text.split(b"\n")[:-1]
    match draw.randrange(12):
        case 0:
            lines = lines[:-1]
        case 1:
            lines = [*lines, b""]
        case 2:
            lines[-1] += b"="
        case 3:
            lines[-1] = lines[-1][:-1] + b"/"
        case 4:
            whole = b"".join(lines)
            lines = [whole[start : start + 63] for start in range(0, len(whole) + 1, 63)]
        case 5:
            lines = [line + b"\r" for line in lines]
        case 6:
            first += draw.choice([b" ", b"  x", b"\t", "é".encode(), b"\x7f"])
        case 7:
            first = first.replace(b"-> ", draw.choice([b"->", b"->  ", b"-> \t", b"> "]), 1)
        case _:
            pass
    return b"\n".join([first, *lines]) + b"\n"


@pytest.fixture(scope="module")
def judge(operator: X25519Identity) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(operator.text())


QUICK, SOAK = 1_000, pytest.param(300_000, marks=pytest.mark.soak)


@pytest.mark.parametrize("trials", [QUICK, SOAK])
def test_pyrage_and_we_judge_damaged_files_alike(
    operator: X25519Identity, judge: pyrage.x25519.Identity, trials: int, figure: Callable[[str], None]
) -> None:
    seed = trials if trials == QUICK else os.urandom(8).hex()
    draw = random.Random(seed)  # noqa: S311  # damage, not keys
    whole = seal(PLAIN, [X25519Identity.generate().recipient, operator.recipient])
    found = [file for file in (damaged(whole, draw) for _ in range(trials)) if disagree(file, operator, judge)]
    figure(f"{trials} files from seed {seed}, {len(found)} judged differently")
    assert [file for file in found if not WITHOUT_LAST_LINE.search(file)] == []


@pytest.mark.parametrize("trials", [QUICK, SOAK])
def test_pyrage_and_we_judge_made_up_headers_alike_but_for_what_has_a_name(
    operator: X25519Identity, judge: pyrage.x25519.Identity, trials: int, figure: Callable[[str], None]
) -> None:
    seed = trials if trials == QUICK else os.urandom(8).hex()
    draw = random.Random(seed)  # noqa: S311  # damage, not keys
    found = [file for file in (made_up(operator, draw) for _ in range(trials)) if disagree(file, operator, judge)]
    named = [file for file in found if WITHOUT_LAST_LINE.search(file)]
    figure(
        f"{trials} files from seed {seed}, {len(found)} judged differently, {len(named)} of them without a last line"
    )
    assert len(named) > trials // 100, "so many have that fault that pyrage would tell if it did not"
    assert [file for file in found if file not in named] == []
