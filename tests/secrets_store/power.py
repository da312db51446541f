"""A disk that loses what was not flushed, told from the system calls that the store makes.

A file's content survives a power cut once the file was flushed, a name once its folder was. What was not flushed may
survive or not, each block and each name by itself: `image` draws one such outcome, or the worst.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    import pytest

BLOCK = 512  # bytes that a disk writes whole


class Disk:
    """Watches the tree below `root` while the calls of `os` are patched; `after` is called at each of them."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.after: Callable[[str], None] = lambda _call: None
        self.flushed: dict[int, bytes] = {}
        self.names: dict[Path, dict[str, int]] = {}
        self._alive: list[int] = []  # descriptors that keep inode numbers from being used again
        self.settle()
        for call in ("write", "ftruncate", "fsync", "rename", "replace", "unlink"):
            patch.setattr(os, call, self._watched(call, getattr(os, call)))

    def settle(self) -> None:
        """Take everything as it is now as durable."""
        for folder in self._folders():
            self._flush_names(folder)
            for path in folder.iterdir():
                if path.is_file():
                    self.flushed[self._number(path)] = path.read_bytes()

    def _watched(self, call: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            if call == "fsync":
                self._flushed(args[0])
            self.after(call)
            return result

        return watched

    def _flushed(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        if path.is_dir():
            self._flush_names(path)
        else:
            self.flushed[os.fstat(descriptor).st_ino] = path.read_bytes()

    def _flush_names(self, folder: Path) -> None:
        self.names[folder] = {path.name: self._number(path) for path in folder.iterdir() if path.is_file()}

    def _number(self, path: Path) -> int:
        self._alive.append(os.open(path, os.O_RDONLY))
        return path.stat().st_ino

    def _folders(self) -> list[Path]:
        return [self.root, *sorted(path for path in self.root.rglob("*") if path.is_dir())]

    def image(self, target: Path, draw: random.Random | None) -> None:
        """Write what a power cut now would leave to the new folder `target`; without `draw`, the worst."""
        for folder in self._folders():
            made = target / folder.relative_to(self.root)
            made.mkdir(mode=0o700, parents=True)
            before = self.names.get(folder, {})
            present = {path.name: path for path in folder.iterdir() if path.is_file()}
            inodes = {path.stat().st_ino: path for path in present.values()}
            for name in sorted(before.keys() | present.keys()):
                now = present[name].stat().st_ino if name in present else None
                number = before.get(name) if draw is None or draw.random() < 0.5 else now
                if number is None:
                    continue
                content = self.flushed.get(number, b"")
                if draw is not None and number in inodes:
                    content = _mixed(content, inodes[number].read_bytes(), draw)
                (made / name).write_bytes(content)
                (made / name).chmod(0o600)

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in self._alive:
            os.close(descriptor)


def _mixed(old: bytes, new: bytes, draw: random.Random) -> bytes:
    """Return blocks of either; where the length was not flushed, a block that was not written reads as zeros."""
    size = draw.choice([len(old), len(new)])
    old, new = old.ljust(size, b"\0")[:size], new.ljust(size, b"\0")[:size]
    return b"".join(draw.choice([old, new])[at : at + BLOCK] for at in range(0, size, BLOCK))
