"""What the report says of the package around the recording, when it is written after the recording was sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import package, timestamp, verify
from evidence.error import EvidenceError
from evidence.report_words import escaped, facts, moment

if TYPE_CHECKING:
    from pathlib import Path


def package_of(folder: Path, allowed_signers: Path | None = None, tsa_root: Path | None = None) -> str:
    """Return the digest, signature, timestamp and place in the chain of a sealed recording; empty for an open one.

    Who signed is the recording's own word, and called that, unless `allowed_signers` says so too. The others: as of
    `verify.verify`.
    """
    if not package.is_bag(folder):
        return ""
    verdict = verify.verify(folder, allowed_signers=allowed_signers, tsa_root=tsa_root)
    info = package.read_info(folder)
    faults = "".join(f"<li>{escaped(fault)}</li>" for fault in verdict.faults)
    wrong = f'<div class="box"><h3>It does not verify</h3><ul>{faults}</ul></div>' if faults else ""
    own = "" if allowed_signers else ", by the recording’s own word"
    signed = f"by {verdict.signer}, key {verdict.key}{own}" if verdict.signer else "no valid signature"
    unproven = "".join(f"<li>{escaped(one)}</li>" for one in verdict.does_not_prove)
    pairs = [
        ("Digest", f"sha256:{verdict.digest}" if verdict.digest else ""),
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
    return (
        f"<h2>The package, when this report was written</h2>{wrong}{facts(pairs)}"
        f'<p class="soft">This does not prove:</p><ul class="soft">{unproven}</ul>'
    )


def _stamped(folder: Path) -> str:
    """Return when the authority says that the signature existed; whether it is to be believed is the verifier's."""
    try:
        at = timestamp.read((folder / package.TOKEN).read_bytes()).at
    except FileNotFoundError:
        return "none"
    except EvidenceError as error:
        return error.message
    return f"{at:%Y-%m-%d %H:%M:%S} UTC, by the authority’s word"
