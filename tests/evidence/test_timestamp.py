"""Timestamps by a real authority: openssl answers on loopback with keys made for the test."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from evidence import package, timestamp, verify
from tests.evidence.conftest import IDENTITY, passes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class Authority(ThreadingHTTPServer):
    """Answers timestamp queries with openssl."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Stamp)
        self.folder = folder
        self.root = folder / "root.pem"
        self.url = f"http://127.0.0.1:{self.server_port}"
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._openssl(*new, "-x509", "-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem")
        self._openssl(*new, "-subj", "/CN=tsa", "-keyout", "tsa.key", "-out", "tsa.csr")
        (folder / "extensions").write_text("extendedKeyUsage=critical,timeStamping\n")
        by_root = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "extensions")
        self._openssl("x509", "-req", "-in", "tsa.csr", *by_root, "-out", "tsa.pem")

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def answer(self, query: bytes) -> bytes:
        """Return the answer to a query."""
        (self.folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()


class Stamp(BaseHTTPRequestHandler):
    """One answer."""

    server: Authority

    def do_POST(self) -> None:
        """Answer a query."""
        body = self.server.answer(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    server = Authority(tmp_path_factory.mktemp("tsa"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def stamped(recording: Path, key: Ed25519PrivateKey, authority: Authority) -> Path:
    package.seal(recording, signing_key=key, identity=IDENTITY, info={}, previous=None, tsa=authority.url)
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


def test_a_foreign_token_is_named_even_without_the_authoritys_root(stamped: Path, authority: Authority) -> None:
    (stamped / package.TOKEN).write_bytes(authority.answer(timestamp.query_for(b"something else")))
    assert verify.verify(stamped).faults == [f"{package.TOKEN}: it speaks of another signature"]


@pytest.mark.parametrize("data", [b"", b"\x30\x03\x02\x01", b"\x30\x80" + b"\0" * 40])
def test_a_malformed_token_is_named(stamped: Path, data: bytes) -> None:
    (stamped / package.TOKEN).write_bytes(data)
    assert verify.verify(stamped).faults == [f"{package.TOKEN}: the timestamp is malformed"]


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
        package.seal(
            recording, signing_key=key, identity=IDENTITY, info={}, previous=None, tsa="http://127.0.0.1:9/none"
        )
    assert verify.verify(recording).proof == "signed"


def test_an_authority_that_refuses_is_told(authority: Authority) -> None:
    with pytest.raises(timestamp.NoTimestamp, match="refused"):
        timestamp.read(authority.answer(b"nonsense"))


def test_only_http_addresses_are_asked() -> None:
    with pytest.raises(timestamp.NoTimestamp, match="not http"):
        timestamp.request(b"x", "file:///etc/hostname")
