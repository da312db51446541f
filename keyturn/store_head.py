"""The last journal digest seen of each store, kept outside of it, so that a folder rolled back is noticed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import platformdirs
from filelock import FileLock

if TYPE_CHECKING:
    from pathlib import Path


_HEAD = re.compile("[0-9a-f]{64}")  # anything else there says nothing of a store


def _file() -> Path:
    return platformdirs.user_state_path("keyturn", appauthor=False) / "store-heads.json"


def _all() -> dict[str, str]:
    try:
        heads = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    found = heads.items() if isinstance(heads, dict) else ()
    return {folder: head for folder, head in found if isinstance(head, str) and _HEAD.fullmatch(head)}


def remembered(folder: Path) -> str | None:
    """Return the digest (hex) last seen of the store in `folder`, or None."""
    return _all().get(str(folder.resolve()))


def remember(folder: Path, head: str) -> None:
    """Keep `head` as the last digest seen of the store in `folder`. The store was opened against the one before."""
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with FileLock(file.with_suffix(".lock"), mode=0o600):  # runs of other stores remember theirs at the same time
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({**_all(), str(folder.resolve()): head}), encoding="utf-8")
        fresh.replace(file)
