"""What a seal proves: who signed, and when the signature is known to have existed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import package, sshsig, timestamp
from evidence.chain import utc_now
from evidence.error import EvidenceError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def signed_by(folder: Path, allowed: Path | None, at: datetime | None = None) -> tuple[str, str, list[str]]:
    """Return who signed, the key's fingerprint, and what is wrong with the signature.

    `at`: when it is known to have existed. A key that has been retired since could still sign then.
    """
    claimed = package.read_info(folder).get(package.SIGNER, "")
    own = allowed or folder / package.ALLOWED_SIGNERS
    try:
        armoured = (folder / package.SIGNATURE).read_text(encoding="ascii")
        message = (folder / package.TAG_MANIFEST).read_bytes()
    except (OSError, UnicodeDecodeError):
        return "", "", [f"{package.SIGNATURE}: it is missing or not readable"]
    try:
        signers = sshsig.read_allowed(own.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return "", "", [f"{package.ALLOWED_SIGNERS}: it is missing or not readable"]
    except EvidenceError as error:
        return "", "", [error.message]
    try:
        key = sshsig.verify(armoured, message, package.NAMESPACE)
    except sshsig.BadSignature as error:
        return "", "", [f"{package.SIGNATURE}: {error.message}"]
    if any(signer.key == key and signer.may(claimed, package.NAMESPACE, at or utc_now()) for signer in signers):
        return claimed, sshsig.fingerprint(key), []
    return "", "", [f"{package.SIGNATURE}: it was not made by a key that {claimed or 'anybody'} may sign with"]


def stamped_at(folder: Path, root: Path | None) -> tuple[datetime | None, list[str]]:
    """Return when the signature existed by a token that is to be believed, and what is wrong with the token."""
    token, signed = folder / package.TOKEN, folder / package.SIGNATURE
    if not (token.is_file() and signed.is_file()):
        return None, []
    signature = signed.read_bytes()
    try:
        told = timestamp.read(token.read_bytes())
        if told.imprint != timestamp.imprint(signature):
            return None, [f"{package.TOKEN}: it speaks of another signature"]
        believed = timestamp.trusted(signature, token, root)
    except EvidenceError as error:
        return None, [f"{package.TOKEN}: {error.message}"]
    if believed is False and root:
        return None, [f"{package.TOKEN}: its authority is not to be believed by {root.name}"]
    return (told.at if believed else None), []
