"""Whether a sealed recording is what was sealed: every file, every journal line, the signature, the timestamp.

Trusts nothing in the folder but what the signature covers. What it cannot prove, it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import approved, contents, earlier, manifest, package, proof, sshsig
from evidence.chain import read_chain
from evidence.error import ChainBroken, EvidenceError, WrongFile
from evidence.shape import shape_search, veiled

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    stamped, stamp_faults = proof.stamped_at(folder, tsa_root)
    signer, key, signature_faults = proof.signed_by(folder, allowed_signers, stamped)
    if signature_faults:  # What speaks of no valid signature says nothing.
        stamped, stamp_faults = None, []
    faults += signature_faults + stamp_faults
    faults += _journal(folder, payload.entries)
    faults += earlier.faults_of(folder, allowed_signers, tsa_root, stamped)
    approvals = approved.check(folder, allowed_signers)
    found = shape_search(folder)
    leaks = [str(one) for one in found if not one.unsearched]
    faults = [veiled(fault) for fault in dict.fromkeys((*faults, *approvals.faults, *map(str, found)))]
    signature = _UNSIGNED if signature_faults else _UNNAMED if allowed_signers is None else ""
    approvers = _APPROVERS if approvals.by and approvals.unnamed else ""
    unproven = [*_ALWAYS, _went_on(folder), signature, approvers, "" if stamped else _UNSTAMPED, _unanswered(folder)]
    kind = NONE if faults else STAMPED if stamped else SIGNED
    name = package.digest(folder) if (folder / package.TAG_MANIFEST).is_file() else ""
    return Verdict(faults, kind, list(filter(None, unproven)), signer, name, leaks, approvals.by, key)


def _went_on(folder: Path) -> str:
    """Return what its status leaves open: a run that stopped may have gone on, one that was done been taken back."""
    return _AFTERWARDS.get(package.read_info(folder).get(package.STATUS, ""), _WENT_ON)


def _unanswered(folder: Path) -> str:
    """Return what is open where a timestamp was asked for and none is there."""
    asked = package.read_info(folder).get(package.AUTHORITY)
    return _UNANSWERED.format(asked) if asked and not (folder / package.TOKEN).exists() else ""


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
