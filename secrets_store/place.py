"""Where a store may live: private files of the user, on a disk of this machine, in a folder that nothing synchronises.

Linux is measured; what is said of Windows and macOS follows their documentation.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path

from secrets_store.errors import (
    BadInput,
    ElevatedSession,
    ModesTooOpen,
    NotThere,
    NotVerified,
    SharedFolder,
    SymbolicLink,
    WrongOwner,
)

_OTHERS = 0o077
_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK_TYPES = {"9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs"}
_SYNC_NAMES = re.compile(
    r"(onedrive|dropbox|google ?drive|icloud ?drive|mobile documents|cloudstorage|nextcloud|owncloud|box sync|"
    r"pclouddrive|megasync|resilio sync)($|[ (]|-.*@)",
    re.IGNORECASE,
)
_SYNC_MARKERS = (".stfolder", ".dropbox.cache", ".owncloudsync.log", ".nextcloudsync.log", ".tmp.drivedownload")
_OCTAL = re.compile(r"\\([0-7]{3})")  # how the kernel writes blanks in a mount point


def check(folder: Path, *, allow_synced: bool = False) -> None:
    """Raise the refusal that fits unless `folder` is a safe place with a store in it."""
    check_session()
    if not _may_be_a_store(folder):  # Before its modes are spoken of: those of another folder are no business of ours.
        if _was_a_store(folder):
            hint = "bring it back from a backup; the sealed files still open with age"
            raise NotVerified(f"journal.jsonl is missing in {folder}", hint=hint)
        raise NotThere(f"there is no store in {folder}", hint="keyturn secrets init makes one")
    check_file(folder)
    for path in sorted(folder.iterdir()):
        with suppress(FileNotFoundError):  # another process may just have put a new list in force
            check_file(path)
    if not allow_synced:
        check_local(folder)


def check_new(folder: Path, *, allow_synced: bool = False) -> None:
    """Raise the refusal that fits unless a store may be made in `folder`."""
    check_session()
    if os.path.lexists(folder):
        raise BadInput(f"something is already in {folder}", hint="name a folder that does not exist yet")
    if not allow_synced:
        check_local(folder)


def _may_be_a_store(folder: Path) -> bool:
    """Return whether there is a journal in `folder`, or somebody else's folder does not let that be seen."""
    try:
        (folder / "journal.jsonl").stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _was_a_store(folder: Path) -> bool:
    """Return whether `folder` has what a store leaves when its journal goes."""
    return any((folder / name).exists() for name in ("recipients.txt", "identity.age")) or any(folder.glob("v/*.age"))


def check_file(path: Path) -> None:
    """Raise `SymbolicLink`, `WrongOwner` or `ModesTooOpen` unless `path` is the user's alone."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise SymbolicLink(f"{path} is a symbolic link", hint="name the folder itself")
    if sys.platform == "win32":
        return  # there the folder's access list decides, which new folders of a user inherit from the profile
    if found.st_uid != os.geteuid():
        raise WrongOwner(f"{path} belongs to user {found.st_uid}, not to you", hint="use the store as its owner")
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise ModesTooOpen(f"{path} is open to others (mode {mode:04o})", hint=f'chmod go= "{path}"')


def check_session() -> None:
    """Raise `ElevatedSession` in an elevated Windows session, whose files belong to all administrators."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  # only here

        if ctypes.windll.shell32.IsUserAnAdmin():
            raise ElevatedSession(
                "this session is elevated", hint="start keyturn from an ordinary session of the same user"
            )


def check_local(folder: Path) -> None:
    """Raise `SharedFolder` when `folder` is on a network or is synchronised, as far as can be seen."""
    hint = "choose a folder that only this machine writes, or allow it with --allow-synced"
    real = folder.resolve()
    kind = mount_type(real)
    if kind in _NETWORK_TYPES or (kind.startswith("fuse.") and kind != "fuse.lxcfs"):
        raise SharedFolder(f"{folder} is on a network file system ({kind})", hint=hint)
    for part in [real, *real.parents]:
        if _SYNC_NAMES.match(part.name) or any((part / marker).exists() for marker in _SYNC_MARKERS):
            raise SharedFolder(f"{folder} is synchronised by way of {part}", hint=hint)


def mount_type(path: Path) -> str:
    """Return the kind of file system that holds `path`, as Linux names it; empty where that cannot be asked."""
    if not _MOUNTS.exists():
        return ""
    best, kind = -1, ""
    for line in _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        mount, _, about = line.partition(" - ")
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), mount.split(" ")[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), about.split(" ")[0]
    return kind
