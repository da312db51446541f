"""Sealing a recording, and opening a sealed one again because its run goes on or is taken back.

Manifests are written with two spaces and LF, which GNU `sha256sum`, Perl's `shasum` (macOS) and bagit all accept.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from evidence import package, sshsig, timestamp
from evidence.chain import stamp, utc_now
from evidence.error import EvidenceError, NotARecording
from evidence.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def seal(  # noqa: PLR0913  # each is a fact of the package, given by name
    folder: Path,
    *,
    signing_key: Ed25519PrivateKey,
    identity: str,
    info: Mapping[str, str],
    previous: str | None,
    tsa: str | None = None,
) -> None:
    """Turn `folder`, whose payload lies under `data/`, into a signed bag in place, and make it read-only.

    `identity`: one word for the signer, such as `user@host`. `info`: further lines of bag-info.txt. `previous`: the
    digest of the recording before this one (`package.latest`), None for the first. `tsa`: address of an RFC 3161
    authority. Raises `NotARecording` when there is no payload or it is sealed already, `EvidenceError` for what a bag
    cannot hold, and `timestamp.NoTimestamp` when the authority does not answer: then the bag is whole and signed.
    """
    if not (folder / package.PAYLOAD).is_dir():
        raise NotARecording(f"{folder.name}: there is nothing recorded in it")
    if (folder / package.TAG_MANIFEST).exists():
        raise NotARecording(f"{folder.name}: it is sealed already", hint="`keyturn evidence verify` checks it")
    _clear(folder)
    payload = sorted(package.files(folder / package.PAYLOAD), key=str)
    size = sum(path.stat().st_size for path in payload)
    lines = {
        "Bag-Software-Agent": "keyturn",
        "Bagging-Date": utc_now().date().isoformat(),
        package.SEALED_AT: stamp(utc_now()),
        "Payload-Oxum": f"{size}.{len(payload)}",
        package.SIGNER: identity,
        package.PREVIOUS: f"sha256:{previous}" if previous else package.FIRST,
        **({package.AUTHORITY: timestamp.named(tsa)} if tsa else {}),
        **info,
    }
    tags = {
        "bagit.txt": package.DECLARATION,
        package.BAG_INFO: _bag_info(lines),
        package.ALLOWED_SIGNERS: sshsig.allowed_line(identity, sshsig.raw_public(signing_key), package.NAMESPACE),
        package.MANIFEST: _manifest(folder, payload),
    }
    for name, text in tags.items():
        _write(folder / name, text.encode())
    tag_manifest = _manifest(folder, sorted(folder / name for name in tags))
    signature = sshsig.sign(signing_key, tag_manifest.encode(), package.NAMESPACE)
    (folder / package.SIGNATURE).parent.mkdir(mode=0o700, exist_ok=True)
    _write(folder / package.SIGNATURE, signature.encode())
    # Last: a folder with a tag manifest is a finished package.
    _write(folder / package.TAG_MANIFEST, tag_manifest.encode())
    for path in package.files(folder):
        path.chmod(0o400)
    if tsa:
        add_timestamp(folder, tsa)


def add_timestamp(folder: Path, tsa: str) -> None:
    """Ask the authority at `tsa` for a timestamp over the signature of a sealed recording that has none yet.

    Raises `NotARecording` when it is not sealed or has one, and `timestamp.NoTimestamp`.
    """
    if (folder / package.TOKEN).exists():
        raise NotARecording(f"{folder.name}: it has a timestamp", hint="`keyturn evidence verify` checks it")
    package.digest(folder)  # or else it is not sealed
    token = timestamp.request((folder / package.SIGNATURE).read_bytes(), tsa)
    try:
        write_whole(folder / package.TOKEN, token, flush=True)
        (folder / package.TOKEN).chmod(0o400)
    except OSError as error:
        why = (error.strerror or "unknown").lower()
    else:
        return
    raise timestamp.NoTimestamp(f"the timestamp could not be kept: {why}", hint="`keyturn evidence stamp` asks again")


def reopen(folder: Path, *, well: bool = False) -> str:
    """Open a sealed recording again, because its run goes on; return the digest that it had.

    `well`: even one whose run came to its end, because what it did is taken back. Whoever calls this has verified it.
    What sealed it, and what is written anew when a run goes on, is kept below `data/earlier/`, so that nothing that
    was sealed is lost: `verify` checks that too. Raises `NotARecording` when it is not sealed, or came to its end.
    """
    was = package.digest(folder)
    if not well and package.read_info(folder).get(package.STATUS) == package.WENT_WELL:
        raise NotARecording(f"{folder.name}: its run came to its end", hint="start another run")
    earlier = folder / package.EARLIER
    shutil.rmtree(earlier / "part", ignore_errors=True)  # of one that was killed at this
    done = package.sealings(folder)[:-1]
    if not done or package.digest(done[-1]) != was:
        part = earlier / "part"
        for name in (*_tags(folder), *(name for name in package.GOING_ON if (folder / name).is_file())):
            copy = part / name.removeprefix(f"{package.PAYLOAD}/")
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(copy, (folder / name).read_bytes())
        part.rename(earlier / str(len(done) + 1))
    for path in package.files(folder):
        path.chmod(0o600)
    (folder / package.TAG_MANIFEST).unlink()  # First: without it the folder is no finished package.
    _clear(folder)
    return was


def _tags(folder: Path) -> list[str]:
    """Return the names of the files that make a bag of `folder`, those that are there."""
    names = (
        "bagit.txt",
        package.BAG_INFO,
        package.ALLOWED_SIGNERS,
        package.MANIFEST,
        package.TAG_MANIFEST,
        package.SIGNATURE,
        package.TOKEN,
    )
    return [name for name in names if (folder / name).is_file()]


def _clear(folder: Path) -> None:
    """Remove what makes a bag of a folder, of one whose sealing or opening was killed: without a tag manifest."""
    for name in _tags(folder):
        (folder / name).chmod(0o600)  # Windows removes no file that is read-only.
        (folder / name).unlink()


def _manifest(folder: Path, paths: list[Path]) -> str:
    """Return the lines of a manifest. Tools differ in how they escape a few characters, so those are refused."""
    lines = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if package.fit(name) != name:
            raise EvidenceError(f"a package cannot hold a file named {name!a}")
        lines.append(f"{package.file_digest(path)}  {name}\n")
    return "".join(lines)


def _bag_info(lines: Mapping[str, str]) -> str:
    for name, value in lines.items():
        if not _LABEL.fullmatch(name) or "\n" in value or "\r" in value:
            raise EvidenceError(f"bag-info.txt cannot hold the line “{name}”")
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def _write(path: Path, data: bytes) -> None:
    """Write a new file and flush it."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
