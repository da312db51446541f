"""The published vectors of the format (C2SP CCTV), each with its exact class of result."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import cryptography
import pytest

from secrets_store.age import (
    AgeError,
    ArmorError,
    HeaderError,
    HybridIdentity,
    Identity,
    MacError,
    NoMatch,
    PassphraseIdentity,
    PayloadError,
    X25519Identity,
    open_sealed,
)

PRIMITIVES = int(cryptography.__version__.partition(".")[0]) >= 48
VECTORS = sorted((Path(__file__).parent / "data" / "cctv").iterdir())
CLASSES: dict[str, type[AgeError]] = {
    "armor failure": ArmorError,
    "header failure": HeaderError,
    "no match": NoMatch,
    "HMAC failure": MacError,
    "payload failure": PayloadError,
}


def read_vector(path: Path) -> tuple[dict[str, str], list[Identity], bytes]:
    """Return the keys of a vector's own header, the identities it names, and the age file."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    pairs = [line.split(": ", 1) for line in head.decode().splitlines()]
    identities: list[Identity] = []
    for key, value in pairs:
        if key == "passphrase":
            identities.append(PassphraseIdentity(value))
        elif key == "identity":
            kind = HybridIdentity if value.startswith("AGE-SECRET-KEY-PQ-") else X25519Identity
            identities.append(kind.from_text(value))
    keys = dict(pairs)
    return keys, identities, zlib.decompress(body) if keys.get("compressed") == "zlib" else body


def test_all_vectors_are_here() -> None:
    assert len(VECTORS) == 143
    assert sum(b"\nidentity: AGE-SECRET-KEY-PQ-" in path.read_bytes() for path in VECTORS) == 19


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_vector_has_its_exact_result(path: Path) -> None:
    if not PRIMITIVES and b"\nidentity: AGE-SECRET-KEY-PQ-" in path.read_bytes():
        pytest.skip("cryptography before 48 has no MLKEM768-X25519")
    keys, identities, file = read_vector(path)
    if keys["expect"] == "success":
        assert hashlib.sha256(open_sealed(file, identities)).hexdigest() == keys["payload"]
        return
    with pytest.raises(AgeError) as caught:
        open_sealed(file, identities)
    assert type(caught.value) is CLASSES[keys["expect"]]
