"""Addresses at which a connection fails before any server has its say: no name, no listener, no TLS, no trust."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LOOPBACK = "127.0.0.1"
_PATIENCE = 2.0  # seconds
_NO_NAME = "portal.rehearsal.invalid"  # `.invalid` never resolves (RFC 2606)


class Nowhere:
    """Holds the ports of these addresses from `with` to its end."""

    def __enter__(self) -> Self:
        self._deaf = socket.socket()  # Bound and never listening, so that nobody else can get the port.
        self._deaf.bind((_LOOPBACK, 0))
        self._plain = socket.create_server((_LOOPBACK, 0))
        self._untrusted = socket.create_server((_LOOPBACK, 0))
        threading.Thread(target=_answer_plainly, args=(self._plain,), daemon=True).start()
        threading.Thread(target=_answer_untrusted, args=(self._untrusted, _self_signed()), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._deaf, self._plain, self._untrusted):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # Ends the thread that waits for a visitor.
            one.close()

    def address(self, kind: str, path: str) -> str:
        """Return the address for a fault's kind, such as `net-dns`."""
        if kind == "net-dns":
            return f"http://{_NO_NAME}{path}"
        if kind == "net-refused":
            return f"http://{_LOOPBACK}:{_port(self._deaf)}{path}"
        return f"https://{_LOOPBACK}:{_port(self._plain if kind == 'net-tls' else self._untrusted)}{path}"


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


def _answer_plainly(listening: socket.socket) -> None:
    while True:
        try:
            visitor, _ = listening.accept()
        except OSError:
            return
        with visitor, suppress(OSError):
            visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def _answer_untrusted(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            visitor, _ = listening.accept()
        except OSError:
            return
        visitor.settimeout(_PATIENCE)  # A browser opens connections ahead and says nothing on them.
        with suppress(OSError), context.wrap_socket(visitor, server_side=True):
            pass  # The browser hangs up when it sees the certificate.


def _self_signed() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rehearsal")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    text = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        file = Path(folder, "certificate.pem")  # The library loads from files alone.
        file.write_bytes(text)
        context.load_cert_chain(file)
    return context
