"""What the report says of the package around the recording, when it is written after the recording was sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import package, timestamp, verify
from evidence.error import EvidenceError
from evidence.report_words import escaped, facts, moment

if TYPE_CHECKING:
    from pathlib import Path


def package_of(folder: Path) -> str:
    """Return the digest, signature, timestamp and place in the chain of a sealed recording; empty for an open one."""
    if not (folder / package.TAG_MANIFEST).is_file():
        return ""
    verdict = verify.verify(folder)
    info = package.read_info(folder)
    faults = "".join(f"<li>{escaped(fault)}</li>" for fault in verdict.faults)
    wrong = f'<div class="box bad"><h3>It does not verify</h3><ul>{faults}</ul></div>' if faults else ""
    signed = f"by {verdict.signer}, key {verdict.key}" if verdict.signer else "no valid signature"
    pairs = [
        ("Digest", f"sha256:{verdict.digest}"),
        ("Proof", verdict.proof),
        ("Sealed at", moment(info.get("Sealed-At", ""), date=True)),
        ("Signed", signed),
        ("Timestamp", _stamped(folder)),
        ("Recording before", info.get(package.PREVIOUS, "")),
        *[
            (f"Sealed before, {place.name}", f"sha256:{package.digest(place)}")
            for place in package.sealings(folder)[:-1]
        ],
    ]
    return f"<h2>The package, when this report was written</h2>{wrong}{facts(pairs)}"


def _stamped(folder: Path) -> str:
    """Return when the authority says that the signature existed; whether it is to be believed is the verifier's."""
    try:
        at = timestamp.read((folder / package.TOKEN).read_bytes()).at
    except FileNotFoundError:
        return "none"
    except EvidenceError as error:
        return error.message
    return f"{at:%Y-%m-%d %H:%M:%S} UTC, by the authority’s word"
