"""Our files in the hands of two other programs, and theirs in ours; and what must be refused."""

from __future__ import annotations

import base64
import copy
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pyrage  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secrets_store.age import (
    AgeError,
    ArmorError,
    HeaderError,
    HybridIdentity,
    NoMatch,
    PassphraseIdentity,
    PassphraseRecipient,
    PayloadError,
    X25519Identity,
    X25519Recipient,
    encoding,
    file,
    open_sealed,
    passphrase,
    seal,
)
from secrets_store.age.header import Stanza
from tests.secrets_store.conftest import with_age
from tests.secrets_store.session import Session

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [0, 1, 40, 700, 65535, 65536, 65537, 131072, 1 << 20]
PQ = "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG"


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_and_we_read_each_other(size: int) -> None:
    plain, ours = os.urandom(size), X25519Identity.generate()
    theirs = pyrage.x25519.Identity.from_str(ours.text())
    assert str(theirs.to_public()) == str(ours.recipient)
    assert pyrage.decrypt(seal(plain, [ours.recipient]), [theirs]) == plain
    for armored in (False, True):
        assert open_sealed(pyrage.encrypt(plain, [theirs.to_public()], armored=armored), [ours]) == plain


@with_age
@pytest.mark.parametrize("size", [0, 40, 65537])
def test_debians_age_and_we_read_each_other(size: int, tmp_path: Path) -> None:
    plain, ours, key = os.urandom(size), X25519Identity.generate(), tmp_path / "key"
    key.write_text(ours.text() + "\n")
    sealed = seal(plain, [X25519Identity.generate().recipient, ours.recipient])
    assert subprocess.run(["age", "-d", "-i", key], input=sealed, capture_output=True, check=True).stdout == plain
    for extra in ([], ["-a"]):
        theirs = subprocess.run(
            ["age", *extra, "-r", str(ours.recipient)], input=plain, capture_output=True, check=True
        ).stdout
        assert open_sealed(theirs, [ours]) == plain


@with_age
def test_debians_age_and_we_open_each_others_passphrase_files(tmp_path: Path) -> None:
    """It asks for a passphrase on a terminal only."""
    ours, theirs, opened = tmp_path / "ours.age", tmp_path / "theirs.age", tmp_path / "opened"
    ours.write_bytes(seal(b"made-up value", [PassphraseRecipient("words")]))
    opening = Session(["age", "-d", "-o", str(opened), str(ours)], {**os.environ})
    opening.see("Enter passphrase")
    opening.type("words")
    assert opening.end() == 0
    assert opened.read_bytes() == b"made-up value"
    sealing = Session(["age", "-p", "-o", str(theirs), str(opened)], {**os.environ})
    for question in ("Enter passphrase", "Confirm passphrase"):
        sealing.see(question)
        sealing.type("words")
    assert sealing.end() == 0
    assert (
        open_sealed(theirs.read_bytes(), [PassphraseIdentity("words", least_work=passphrase.WORK)]) == b"made-up value"
    )


def test_pyrage_opens_what_a_passphrase_sealed_and_we_open_theirs() -> None:
    sealed = seal(b"x", [PassphraseRecipient("words", work=10)])
    assert pyrage.passphrase.decrypt(sealed, "words") == b"x"
    assert open_sealed(pyrage.passphrase.encrypt(b"y", "words"), [PassphraseIdentity("words")]) == b"y"


def test_a_passphrase_file_weaker_than_ours_or_hostile_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weak = seal(b"x", [PassphraseRecipient("words", work=10)])
    monkeypatch.setattr(passphrase, "_wrap_key", lambda *_: pytest.fail("work was done"))
    with pytest.raises(HeaderError, match="work"):
        open_sealed(weak, [PassphraseIdentity("words", least_work=18)])
    with pytest.raises(HeaderError, match="work"):
        open_sealed(weak.replace(b" 10\n", b" 23\n"), [PassphraseIdentity("words")])


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_is_sealed_opens(plain: bytes) -> None:
    identity = X25519Identity.generate()
    assert open_sealed(seal(plain, [identity.recipient]), [identity]) == plain


@settings(deadline=None)
@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    identity = X25519Identity.generate()
    sealed = bytearray(seal(b"made-up value", [identity.recipient]))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AgeError):
        open_sealed(bytes(sealed), [identity])


def test_seal_refuses_nobody_and_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = X25519Identity.generate()
    with pytest.raises(AgeError, match="nobody"):
        seal(b"x", [])
    with pytest.raises(HeaderError, match="only recipient"):
        seal(b"x", [identity.recipient, PassphraseRecipient("words", work=10)])
    sealed = seal(b"x", [identity.recipient])
    monkeypatch.setattr(file, "LARGEST", 10)
    with pytest.raises(AgeError, match="too large"):
        seal(b"x" * 11, [identity.recipient])
    with pytest.raises(PayloadError, match="too large"):
        open_sealed(sealed, [identity])


def test_keys_do_not_print_pickle_or_copy_themselves() -> None:
    identity = X25519Identity.generate()
    assert identity.text() not in repr(identity)
    for key in (identity, HybridIdentity.from_text(PQ), PassphraseIdentity("words"), PassphraseRecipient("words")):
        assert "words" not in repr(key)
        with pytest.raises(TypeError):
            copy.copy(key)


def test_recipients_are_equal_when_their_keys_are() -> None:
    one = X25519Identity.generate().recipient
    again = X25519Recipient.from_text(str(one))
    assert {one, again} == {one}
    assert repr(one) == str(one)
    assert one != X25519Identity.generate().recipient


GOOD = str(X25519Identity(bytes(range(32))).recipient)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.upper(),
        GOOD[:-1],
        GOOD[:-1] + ("q" if GOOD[-1] != "q" else "p"),
        GOOD.replace("age1", "age1b", 1),
        "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
        GOOD[:8] + GOOD[8:].upper(),
        "",
        "age1",
        "ége1qqq",
        encoding.to_bech32("age", bytes(32)),  # a point of low order
        encoding.to_bech32("age", bytes(31)),
    ],
)
def test_what_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(AgeError):
        X25519Recipient.from_text(text)


def test_what_is_no_identity_is_refused_without_repeating_it() -> None:
    good = X25519Identity(bytes(range(32))).text()
    short = encoding.to_bech32("age-secret-key-", bytes(31)).upper()
    short_pq = encoding.to_bech32("age-secret-key-pq-", bytes(31)).upper()
    for text in (good.lower(), good[:-1] + "Q", short):
        with pytest.raises(AgeError) as caught:
            X25519Identity.from_text(text)
        assert text not in str(caught.value)
    for text in (PQ.lower(), short_pq, good):
        with pytest.raises(AgeError):
            HybridIdentity.from_text(text)


@pytest.mark.parametrize("missing", ["hpke", "asymmetric.mlkem"])
def test_without_the_primitives_a_hybrid_identity_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, f"cryptography.hazmat.primitives.{missing}", None)
    with pytest.raises(AgeError, match="need cryptography 48"):
        HybridIdentity.from_text(PQ)


def test_bech32_with_left_over_bits_is_refused() -> None:
    values = [31] * 53  # one five-bit group more than 33 bytes need
    polymod = encoding._polymod([*encoding._expanded("age"), *values, *[0] * 6]) ^ 1
    check = [polymod >> 5 * (5 - place) & 31 for place in range(6)]
    text = "age1" + "".join(encoding._CHARSET[value] for value in values + check)
    with pytest.raises(AgeError, match="byte"):
        encoding.from_bech32("age", text)


def test_mixed_case_is_refused() -> None:
    with pytest.raises(AgeError, match="mixes"):
        encoding.from_bech32("age", GOOD[:4] + GOOD[4:].upper())


def test_a_header_that_never_ends_is_refused() -> None:
    with pytest.raises(HeaderError, match="cut or too long"):
        open_sealed(b"age-encryption.org/v1\n-> x " + b"a" * (1 << 20) + b"\n", [])


def test_base64_of_an_impossible_length_is_refused() -> None:
    with pytest.raises(HeaderError):
        encoding.from_base64(b"AAAAA")


def armored(body: bytes) -> bytes:
    return b"-----BEGIN AGE ENCRYPTED FILE-----\n" + body + b"\n-----END AGE ENCRYPTED FILE-----\n"


@pytest.mark.parametrize("body", [b"QQ=a", b"QUJDR", b"=" * 4, base64.b64encode(bytes(60))], ids=str)
def test_bad_armor_is_refused(body: bytes) -> None:
    with pytest.raises(ArmorError):
        open_sealed(armored(body), [])


def test_an_identity_that_is_not_named_gets_no_match() -> None:
    sealed = seal(b"x", [X25519Identity.generate().recipient])
    for key in (X25519Identity.generate(), HybridIdentity.from_text(PQ), PassphraseIdentity("words")):
        with pytest.raises(NoMatch):
            open_sealed(sealed, [key])


def test_a_long_body_is_wrapped_as_the_format_asks() -> None:
    for size in (47, 48, 49, 96):
        lines = Stanza("x", (), bytes(size)).to_bytes().split(b"\n")[1:-1]
        assert all(len(line) == 64 for line in lines[:-1])
        assert len(lines[-1]) < 64
