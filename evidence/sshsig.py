"""Ed25519 signatures in OpenSSH's SSHSIG form, and the `allowed_signers` file that says whose key is whose.

Byte for byte what `ssh-keygen -Y sign` writes, so that an auditor verifies with `ssh-keygen -Y verify` alone.
The format is described by OpenSSH's PROTOCOL.sshsig, `allowed_signers` by ssh-keygen(1).
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from evidence.error import EvidenceError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_MAGIC = b"SSHSIG"
_TYPE = b"ssh-ed25519"
_HASH = b"sha512"
_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_WIDTH = 70
_KEY_BYTES = 32


class BadSignature(EvidenceError):
    """The signature is malformed, of another purpose, not of this text, or by nobody who is allowed."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One line of `allowed_signers`: who, with which key (32 raw bytes), for what and when."""

    principals: str
    key: bytes
    namespaces: str = ""
    valid_after: str = ""
    valid_before: str = ""

    def is_for(self, namespace: str) -> bool:
        """Return whether this line speaks of signatures for `namespace`."""
        return not self.namespaces or _matches(namespace, self.namespaces)

    def may(self, identity: str, namespace: str, at: datetime) -> bool:
        """Return whether this line lets `identity` sign for `namespace` at that moment."""
        return (
            _matches(identity, self.principals)
            and self.is_for(namespace)
            and (not self.valid_after or _moment(self.valid_after) <= at)
            and (not self.valid_before or at < _moment(self.valid_before))
        )


def raw_public(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of the public half of `key`."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(key: Ed25519PrivateKey, message: bytes, namespace: str) -> str:
    """Return the armoured signature of `message` for the purpose `namespace`."""
    signature = key.sign(_signed_data(message, namespace.encode()))
    blob = (
        _MAGIC
        + struct.pack(">I", 1)
        + _string(_string(_TYPE) + _string(raw_public(key)))
        + _string(namespace.encode())
        + _string(b"")
        + _string(_HASH)
        + _string(_string(_TYPE) + _string(signature))
    )
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def verify(armoured: str, message: bytes, namespace: str) -> bytes:
    """Return the raw public key that made the signature. Raises `BadSignature`; the caller judges whose key it is."""
    reader = _Reader(_unarmoured(armoured))
    if reader.take(len(_MAGIC)) != _MAGIC or reader.take(4) != struct.pack(">I", 1):
        raise BadSignature("the signature is not in the SSHSIG form")
    public = _Reader(reader.string())
    purpose, _, hashing = reader.string(), reader.string(), reader.string()
    inner = _Reader(reader.string())
    kind, key = public.string(), public.string()
    signed_kind, signature = inner.string(), inner.string()
    if reader.rest or public.rest or inner.rest or {kind, signed_kind} != {_TYPE} or len(key) != _KEY_BYTES:
        raise BadSignature("the signature is not an ed25519 one in the SSHSIG form")
    if purpose != namespace.encode() or hashing != _HASH:
        raise BadSignature("the signature was made for another purpose")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed_data(message, purpose))
    except InvalidSignature:
        pass
    else:
        return key
    raise BadSignature("the signature does not fit the text")


def fingerprint(public: bytes) -> str:
    """Return how OpenSSH names the raw public key: `SHA256:` and the digest in base64 without padding."""
    digest = hashlib.sha256(_string(_TYPE) + _string(public)).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def allowed_line(identity: str, public: bytes, namespace: str) -> str:
    """Return one line of `allowed_signers` for the raw public key."""
    if any(character.isspace() or character in '",' for character in identity) or not identity:
        raise EvidenceError("a signer's identity is one word, such as an e-mail address")
    blob = base64.b64encode(_string(_TYPE) + _string(public)).decode()
    return f'{identity} namespaces="{namespace}" ssh-ed25519 {blob}\n'


def read_allowed(text: str) -> list[Signer]:
    """Read `allowed_signers`. Lines with other key types or options that are not known here are refused."""
    signers = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            signers.append(_signer(line, number))
    return signers


def _signer(line: str, number: int) -> Signer:
    principals, *rest = line.split()
    options = {}
    if rest and rest[0] != _TYPE.decode():
        for option in _options(rest.pop(0)):
            name, _, value = option.partition("=")
            options[name.lower()] = value.strip('"')
    names = {"namespaces", "valid-after", "valid-before"}
    if len(rest) < 2 or rest[0] != _TYPE.decode() or options.keys() - names:  # noqa: PLR2004  # type and key
        raise EvidenceError(f"allowed_signers line {number}: only ssh-ed25519 keys, namespaces and validity are known")
    try:
        blob = _Reader(base64.b64decode(rest[1], validate=True))
        kind, key = blob.string(), blob.string()
    except (binascii.Error, BadSignature):
        kind, key = b"", b""
    if kind != _TYPE or len(key) != _KEY_BYTES:
        raise EvidenceError(f"allowed_signers line {number}: the key is malformed")
    try:
        for name in ("valid-after", "valid-before"):
            _moment(options.get(name) or "20000101")
    except (ValueError, OverflowError):  # The year 1 is in no zone.
        raise EvidenceError(f"allowed_signers line {number}: a validity date is malformed") from None
    return Signer(
        principals,
        key,
        options.get("namespaces", ""),
        options.get("valid-after", ""),
        options.get("valid-before", ""),
    )


def _options(text: str) -> list[str]:
    """Split `a="x,y",b="z"` at the commas outside quotes."""
    parts, quoted, part = [], False, ""
    for character in text:
        quoted ^= character == '"'
        if character == "," and not quoted:
            parts.append(part)
            part = ""
        else:
            part += character
    return [*parts, part]


def _matches(word: str, patterns: str) -> bool:
    """Apply OpenSSH's pattern list: comma-separated, `*` and `?`, and `!` for a refusal that wins."""
    found = False
    for pattern in patterns.split(","):
        if fnmatch.fnmatchcase(word, pattern.removeprefix("!")):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _moment(text: str) -> datetime:
    """Read ssh-keygen's YYYYMMDD[HHMM[SS]][Z]; without Z it is local time there, and here. Raises `ValueError`."""
    digits = text.rstrip("Z")
    shape = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    if shape is None:
        raise ValueError(text)
    moment = datetime.strptime(digits, shape)  # noqa: DTZ007  # the zone is set below
    return moment.replace(tzinfo=UTC) if text.endswith("Z") else moment.astimezone(UTC)


def _signed_data(message: bytes, namespace: bytes) -> bytes:
    return _MAGIC + _string(namespace) + _string(b"") + _string(_HASH) + _string(hashlib.sha512(message).digest())


def _unarmoured(text: str) -> bytes:
    lines = text.splitlines()
    if len(lines) > 2 and lines[0] == _BEGIN and lines[-1] == _END:  # noqa: PLR2004  # the two rims and a body
        try:
            return base64.b64decode("".join(lines[1:-1]), validate=True)
        except binascii.Error:
            pass
    raise BadSignature("the signature is not in the SSHSIG form")


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


class _Reader:
    """Reads SSH's length-prefixed strings, and refuses what is cut short."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        taken, self.rest = self.rest[:count], self.rest[count:]
        if len(taken) != count:
            raise BadSignature("the signature is cut short")
        return taken

    def string(self) -> bytes:
        (length,) = struct.unpack(">I", self.take(4))
        return self.take(length)
