"""Whether a sealed recording is what was sealed: every file, every journal line, the signature, the timestamp.

Trusts nothing in the folder but what the signature covers. What it cannot prove, it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import approved, contents, manifest, package, sshsig, timestamp
from evidence.chain import lines_sealed, read_chain, utc_now
from evidence.error import ChainBroken, EvidenceError, WrongFile
from evidence.shape import shape_search, veiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

NONE, SIGNED, STAMPED = "none", "signed", "signed and timestamped"
_ALWAYS = (
    "that the recorder told the truth while it recorded: compare with the directory's own audit log by the secret's ID",
    "that no whole run was withheld: `keyturn evidence list` shows gaps in the chain of recordings",
)
_AFTERWARDS = {  # An earlier sealing is whole in itself: anybody who has the folder can put it back.
    package.WENT_WELL: "that nothing was taken back afterwards: whoever has it can set it back to how it was sealed",
    package.TAKEN_BACK: "",
}
_WENT_ON = "that the run did not go on afterwards: whoever has it can set it back to how it was sealed when it stopped"
_UNNAMED = "who signed: the key was taken from the recording itself; give the signer's own file with --allowed-signers"
_APPROVERS = "whose keys may approve: their list is the recording's own; name them in --allowed-signers too"
_UNSIGNED = "who made it, or that nobody made it anew: there is no valid signature"
_UNREAD = "anything of what else is in it: nothing was read"
_UNSTAMPED = "when it was made: the times are those of the recording machine's clock"
_UNANSWERED = "that no timestamp was removed: one was asked for from {}, which did not answer, or it was taken away"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: `faults` (none when it verifies, each beginning with the file it names), the kind of proof.

    What does not verify proves nothing, whoever signed it.
    `leaks` are what the secret-free search by shape found; they are among `faults` too, as is what it cannot search.
    """

    faults: list[str]
    proof: str
    does_not_prove: list[str]
    signer: str = ""
    digest: str = ""
    leaks: list[str] = field(default_factory=list)
    approved_by: list[str] = field(default_factory=list)  # second persons, an entry for each approval that holds
    key: str = ""  # fingerprint of the key that signed, as `ssh-keygen -l` shows it

    @property
    def holds(self) -> bool:
        """Whether the recording verifies."""
        return not self.faults


def verify(folder: Path, *, allowed_signers: Path | None = None, tsa_root: Path | None = None) -> Verdict:
    """Check a sealed recording and return the verdict; an unsound recording is a verdict, not an exception.

    `allowed_signers`: the auditor's own list of who may sign. `tsa_root`: root of the timestamp authority (PEM);
    without it the system's roots are asked. Raises `WrongFile` for these, see `check_given`.
    """
    check_given(allowed_signers, tsa_root)
    if unread := contents.irregular(folder):
        return Verdict([veiled(one) for one in unread], NONE, [*_ALWAYS, _UNSIGNED, _UNREAD])
    tags = manifest.read(folder, package.TAG_MANIFEST)
    payload = manifest.read(folder, package.MANIFEST)
    faults = [*tags.faults, *payload.faults]
    faults += _declared(folder, tags.entries, payload.entries)
    faults += contents.wrong(folder, tags.entries | payload.entries)
    stamped, stamp_faults = _timestamp(folder, tsa_root)
    signer, key, signature_faults = _signature(folder, allowed_signers, stamped)
    if signature_faults:  # What speaks of no valid signature says nothing.
        stamped, stamp_faults = None, []
    faults += signature_faults + stamp_faults
    faults += _journal(folder, payload.entries)
    faults += _earlier(folder, allowed_signers, tsa_root, stamped)
    approvals = approved.check(folder, allowed_signers)
    found = shape_search(folder)
    leaks = [str(one) for one in found if not one.unsearched]
    faults = [veiled(fault) for fault in (*faults, *approvals.faults, *map(str, found))]
    unproven = [*_ALWAYS, *_went_on(folder)]
    if signature_faults:
        unproven.append(_UNSIGNED)
    elif allowed_signers is None:
        unproven.append(_UNNAMED)
    if approvals.by and approvals.unnamed:
        unproven.append(_APPROVERS)
    if not stamped:
        unproven.append(_UNSTAMPED)
    if (asked := package.read_info(folder).get(package.AUTHORITY)) and not (folder / package.TOKEN).exists():
        unproven.append(_UNANSWERED.format(asked))
    proof = NONE if faults else STAMPED if stamped else SIGNED
    name = package.digest(folder) if (folder / package.TAG_MANIFEST).is_file() else ""
    return Verdict(faults, proof, unproven, signer, name, leaks, approvals.by, key)


def _went_on(folder: Path) -> list[str]:
    """Return what its status leaves open: a run that stopped may have gone on, one that was done been taken back."""
    said = _AFTERWARDS.get(package.read_info(folder).get(package.STATUS, ""), _WENT_ON)
    return [said] if said else []


def check_given(allowed_signers: Path | None, tsa_root: Path | None) -> None:
    """Raise `WrongFile` when a file that the auditor brings cannot be read, or is not what it is to be."""
    for file, read in ((allowed_signers, _read_signers), (tsa_root, _read_root)):
        try:
            why = read(file) if file else ""
        except (OSError, UnicodeDecodeError):
            why = "it cannot be read"
        if why:
            raise WrongFile(f"{file}: {why}", hint="put the file right, or name another")


def _read_signers(file: Path) -> str:
    try:
        sshsig.read_allowed(file.read_text(encoding="utf-8"))
    except EvidenceError as error:
        return error.message
    return ""


def _read_root(file: Path) -> str:
    return "" if b"CERTIFICATE-----" in file.read_bytes() else "there is no certificate in it (PEM)"


def _declared(folder: Path, tags: dict[str, str], payload: dict[str, str]) -> Iterator[str]:
    """Yield what the bag says of itself and is not so."""
    declaration = folder / "bagit.txt"
    if not declaration.is_file() or declaration.read_bytes() != package.DECLARATION.encode():
        yield "bagit.txt: it does not declare BagIt 1.0"
    for name in ("bagit.txt", package.BAG_INFO, package.MANIFEST, package.ALLOWED_SIGNERS):
        if name not in tags:
            yield f"{package.TAG_MANIFEST}: {name} is not listed"
    present = [path for name in payload if (path := folder / name).is_file()]
    oxum = f"{sum(path.stat().st_size for path in present)}.{len(payload)}"
    if package.read_info(folder).get("Payload-Oxum") != oxum:
        yield f"{package.BAG_INFO}: the payload is not as large as it says"


def _signature(folder: Path, allowed: Path | None, at: datetime | None = None) -> tuple[str, str, list[str]]:
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


def _timestamp(folder: Path, root: Path | None) -> tuple[datetime | None, list[str]]:
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


def _journal(folder: Path, listed: dict[str, str]) -> list[str]:
    path = folder / package.JOURNAL
    try:
        chain = read_chain(path)
    except FileNotFoundError:
        return [f"{package.JOURNAL}: it is missing"]
    except OSError:
        return [f"{package.JOURNAL}: it is no file"]
    except ChainBroken as error:
        return [f"data/{error.message}"]
    if chain.torn:
        return [f"{package.JOURNAL} line {len(chain.entries) + 1}: it is torn"]
    if not chain.entries:
        return [f"{package.JOURNAL}: it is empty"]
    return list(contents.unkept(folder, chain.entries, listed))


def _earlier(folder: Path, allowed: Path | None, root: Path | None, stamped: datetime | None) -> list[str]:
    """Check how the recording was sealed before its run went on: what was sealed then is all still there.

    `stamped`: when the recording itself is known to have existed, and what it holds with it.
    """
    faults = []
    for number, place in enumerate(package.sealings(folder), start=1):
        if place == folder:
            break
        name = place.relative_to(folder).as_posix()
        if place.name != str(number):
            faults.append(f"{package.EARLIER}/{number}: it is missing")
        tags, payload = (manifest.read(place, one) for one in (package.TAG_MANIFEST, package.MANIFEST))
        then, stamp_faults = _timestamp(place, root)
        signature_faults = _signature(place, allowed, then or stamped)[2]
        here = [*tags.faults, *payload.faults, *signature_faults, *stamp_faults]
        here += [f"{tag}: it was changed" for tag, was in tags.entries.items() if not _is(place / tag, was)]
        faults += [f"{name}/{fault}" for fault in here]
        faults += list(_continued(folder, place, payload.entries))
    return faults


def _continued(folder: Path, place: Path, sealed: dict[str, str]) -> Iterator[str]:
    """Yield each file that was sealed then and is neither as it was, nor kept in `place`, nor the journal, gone on."""
    for file, was in sealed.items():
        kept = place / file.removeprefix(f"{package.PAYLOAD}/") if file in package.GOING_ON else folder / file
        if file == package.JOURNAL:
            if not (folder / file).is_file() or not lines_sealed(folder / file, was):
                yield f"{file}: it does not go on from how it was sealed in {place.relative_to(folder).as_posix()}"
        elif not _is(kept, was):
            yield f"{kept.relative_to(folder).as_posix()}: it is not as it was sealed before the run went on"


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and package.file_digest(path) == digest
