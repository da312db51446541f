"""Timestamps by a real authority: openssl's."""

from __future__ import annotations

import errno
import hashlib
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evidence import package, sealing, timestamp, verify
from evidence.error import NotARecording
from tests.evidence.authority import Authority, served
from tests.evidence.conftest import IDENTITY, passes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with served(tmp_path_factory.mktemp("tsa")) as server:
        yield server


@pytest.fixture
def stamped(recording: Path, key: Ed25519PrivateKey, authority: Authority) -> Path:
    sealing.seal(recording, signing_key=key, identity=IDENTITY, info={}, previous=None, tsa=authority.url)
    return recording


def test_openssl_accepts_the_timestamp(stamped: Path, authority: Authority) -> None:
    command = ("openssl", "ts", "-verify", "-data", package.SIGNATURE, "-in", package.TOKEN)
    assert passes(*command, "-CAfile", str(authority.root), folder=stamped)


def test_the_verifier_says_signed_and_timestamped(stamped: Path, authority: Authority) -> None:
    verdict = verify.verify(stamped, tsa_root=authority.root)
    assert (verdict.faults, verdict.proof) == ([], "signed and timestamped")
    assert not any(text.startswith("when") for text in verdict.does_not_prove)


def test_an_authority_that_nobody_vouches_for_is_no_proof(stamped: Path, tmp_path: Path) -> None:
    assert verify.verify(stamped).proof == "signed"
    assert any(text.startswith("when") for text in verify.verify(stamped).does_not_prove)
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    other.server_close()
    verdict = verify.verify(stamped, tsa_root=other.root)
    assert verdict.faults == [f"{package.TOKEN}: its authority is not to be believed by root.pem"]


def test_a_key_that_was_retired_since_signed_when_the_authority_says(
    stamped: Path, authority: Authority, tmp_path: Path
) -> None:
    line = (stamped / package.ALLOWED_SIGNERS).read_text()
    signers = tmp_path / "signers"
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y%m%d%H%M%SZ}"
    signers.write_text(line.replace("namespaces=", f'valid-before="{yesterday}",namespaces='))
    assert not verify.verify(stamped, allowed_signers=signers, tsa_root=authority.root).holds
    token = timestamp.read((stamped / package.TOKEN).read_bytes()).at
    retired = f"{token + timedelta(seconds=1):%Y%m%d%H%M%SZ}"
    signers.write_text(line.replace("namespaces=", f'valid-before="{retired}",namespaces='))
    time.sleep(max(0.0, (token + timedelta(seconds=2) - datetime.now(UTC)).total_seconds()))
    assert not verify.verify(stamped, allowed_signers=signers).holds  # Nobody vouches for the authority.
    verdict = verify.verify(stamped, allowed_signers=signers, tsa_root=authority.root)
    assert (verdict.faults, verdict.proof) == ([], "signed and timestamped")


@pytest.mark.parametrize("stamps", [{1, 2}, {1}, {2}], ids=["both", "the first", "the second"])
def test_so_it_is_of_a_run_that_went_on(
    recording: Path, key: Ed25519PrivateKey, authority: Authority, tmp_path: Path, stamps: set[int]
) -> None:
    def seal(number: int) -> None:
        tsa = authority.url if number in stamps else None
        sealing.seal(recording, signing_key=key, identity=IDENTITY, info={}, previous=None, tsa=tsa)

    seal(1)
    sealing.reopen(recording)
    seal(2)
    token = recording / ("data/earlier/1" if stamps == {1} else "") / package.TOKEN
    at = timestamp.read(token.read_bytes()).at
    signers = tmp_path / "signers"
    line = (recording / package.ALLOWED_SIGNERS).read_text()
    signers.write_text(
        line.replace("namespaces=", f'valid-before="{at + timedelta(seconds=1):%Y%m%d%H%M%SZ}",namespaces=')
    )
    time.sleep(max(0.0, (at + timedelta(seconds=2) - datetime.now(UTC)).total_seconds()))
    verdict = verify.verify(recording, allowed_signers=signers, tsa_root=authority.root)
    late = f"{package.SIGNATURE}: it was not made by a key that {IDENTITY} may sign with"
    assert verdict.faults == ([late] if stamps == {1} else [])


def test_a_foreign_token_is_named_even_without_the_authoritys_root(stamped: Path, authority: Authority) -> None:
    (stamped / package.TOKEN).write_bytes(authority.answer(timestamp.query_for(b"something else")))
    assert verify.verify(stamped).faults == [f"{package.TOKEN}: it speaks of another signature"]


@pytest.mark.parametrize("data", [b"", b"\x30\x03\x02\x01", b"\x30\x80" + b"\0" * 40])
def test_a_malformed_token_is_named(stamped: Path, data: bytes) -> None:
    (stamped / package.TOKEN).write_bytes(data)
    assert verify.verify(stamped).faults == [f"{package.TOKEN}: the timestamp is malformed"]


def _der(tag: int, value: bytes) -> bytes:
    return bytes([tag, 0x82]) + len(value).to_bytes(2, "big") + value


def _said(data: bytes, at: datetime) -> bytes:
    """Return what an authority would say of `data`, as anybody can write it."""
    sha256 = _der(0x30, bytes.fromhex("06096086480165030402010500"))
    spoken_of = _der(0x30, sha256 + _der(0x04, timestamp.imprint(data)))
    when = _der(0x18, f"{at:%Y%m%d%H%M%SZ}".encode())
    said = _der(0x30, b"\x02\x01\x01" + b"\x06\x03\x2a\x03\x04" + spoken_of + b"\x02\x01\x01" + when)
    return bytes.fromhex("060b2a864886f70d0109100104") + _der(0xA0, _der(0x04, said))


def test_the_time_is_what_the_authority_signed_and_nothing_that_stands_around_it(
    stamped: Path, authority: Authority
) -> None:
    path = stamped / package.TOKEN
    token, signature = path.read_bytes(), (stamped / package.SIGNATURE).read_bytes()
    real = timestamp.read(token).at
    granted, rest = token[6:9], token[9:]
    words = _der(0x30, _der(0x0C, _said(signature, real - timedelta(days=400))))  # in the status, which nobody signs
    path.chmod(0o600)
    path.write_bytes(_der(0x30, _der(0x30, granted + words) + rest))
    command = ("openssl", "ts", "-verify", "-data", package.SIGNATURE, "-in", package.TOKEN)
    assert passes(*command, "-CAfile", str(authority.root), folder=stamped)
    assert timestamp.read(path.read_bytes()).at == real


def test_a_part_whose_length_is_not_told_is_not_passed_by(stamped: Path) -> None:
    token = (stamped / package.TOKEN).read_bytes()
    digests = bytes.fromhex("310f300d06096086480165030402010500")
    said = _der(0x30, _said((stamped / package.SIGNATURE).read_bytes(), datetime.now(UTC)))
    assert digests in token
    with pytest.raises(timestamp.NoTimestamp, match="malformed"):
        timestamp.read(token.replace(digests, b"\x31\x80" + said + digests[2:] + b"\0\0"))


def test_whatever_bit_of_a_token_is_flipped_it_is_a_verdict(stamped: Path) -> None:
    token = (stamped / package.TOKEN).read_bytes()
    read = 0
    for bit in range(8 * len(token)):
        flipped = bytearray(token)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            timestamp.read(bytes(flipped))
        except timestamp.NoTimestamp:
            continue
        read += 1
    assert read  # Most bits are of the authority's signature and certificate: openssl looks at those.


def test_openssl_reads_our_query(tmp_path: Path) -> None:
    (tmp_path / "query").write_bytes(timestamp.query_for(b"text"))
    said = subprocess.run(
        ["openssl", "ts", "-query", "-in", "query", "-text"], cwd=tmp_path, capture_output=True, check=True
    )
    assert b"sha256" in said.stdout
    assert hashlib.sha256(b"text").digest()[:4].hex(" ").encode() in said.stdout
    assert b"Certificate required: yes" in said.stdout


def test_a_silent_authority_leaves_a_signed_package(recording: Path, key: Ed25519PrivateKey) -> None:
    with pytest.raises(timestamp.NoTimestamp, match="did not answer"):
        sealing.seal(
            recording, signing_key=key, identity=IDENTITY, info={}, previous=None, tsa="http://127.0.0.1:9/none"
        )
    assert verify.verify(recording).proof == "signed"


def test_a_token_that_was_asked_for_and_is_not_there_is_told_and_is_no_fault(
    stamped: Path, authority: Authority
) -> None:
    host = authority.url.removeprefix("http://")
    assert not any("removed" in text for text in verify.verify(stamped).does_not_prove)
    (stamped / package.TOKEN).unlink()
    verdict = verify.verify(stamped)
    assert verdict.faults == []  # The authority may not have answered.
    assert any(f"asked for from {host}, " in text for text in verdict.does_not_prove)


def test_where_no_token_was_asked_for_none_is_missing(sealed: Path) -> None:
    assert not any("removed" in text for text in verify.verify(sealed).does_not_prove)


@pytest.mark.parametrize("url", ["https://me:word@tsa.example:8318/path?key=1", "http://tsa.example:8318?key=@1"])
def test_a_recording_names_an_authority_without_what_only_its_customer_knows(url: str) -> None:
    assert timestamp.named(url) == "tsa.example:8318"


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-other\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]
)
def test_what_speaks_no_http_leaves_a_signed_package(recording: Path, key: Ed25519PrivateKey, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as apart:
        apart.submit(_answer_once, server, answer)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(timestamp.NoTimestamp, match="did not answer"):
            sealing.seal(recording, signing_key=key, identity=IDENTITY, info={}, previous=None, tsa=url)
    assert verify.verify(recording).proof == verify.SIGNED


def _answer_once(server: socket.socket, answer: bytes) -> None:
    client, _ = server.accept()
    with client:
        client.recv(1 << 16)
        client.sendall(answer)


@pytest.mark.parametrize("url", ["http://host:port/", "http://[host/", "http://"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(timestamp.NoTimestamp, match="did not answer"):
        timestamp.request(b"", url)


def test_a_token_that_cannot_be_kept_leaves_a_signed_package_that_may_be_stamped(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(timestamp, "request", lambda *_: b"a token")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(timestamp.NoTimestamp, match="could not be kept: no space left"):
        sealing.add_timestamp(sealed, "http://127.0.0.1/")
    assert verify.verify(sealed).faults == []
    monkeypatch.undo()
    monkeypatch.setattr(timestamp, "request", lambda *_: b"a token")
    sealing.add_timestamp(sealed, "http://127.0.0.1/")
    assert (sealed / package.TOKEN).read_bytes() == b"a token"


def test_a_sealed_recording_may_be_stamped_later_and_once(sealed: Path, authority: Authority) -> None:
    sealing.add_timestamp(sealed, authority.url)
    assert verify.verify(sealed, tsa_root=authority.root).proof == "signed and timestamped"
    with pytest.raises(NotARecording, match="has a timestamp"):
        sealing.add_timestamp(sealed, authority.url)


def test_what_is_not_sealed_is_not_stamped(recording: Path, authority: Authority) -> None:
    with pytest.raises(NotARecording, match="not sealed"):
        sealing.add_timestamp(recording, authority.url)


def test_an_authority_that_refuses_is_told(authority: Authority) -> None:
    with pytest.raises(timestamp.NoTimestamp, match="refused"):
        timestamp.read(authority.answer(b"nonsense"))


def test_only_http_addresses_are_asked() -> None:
    with pytest.raises(timestamp.NoTimestamp, match="not http"):
        timestamp.request(b"x", "file:///etc/hostname")
