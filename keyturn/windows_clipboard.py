"""The Windows clipboard through its own functions, so that its history and cloud do not keep what is put there.

Source of the formats: "Clipboard Formats" in Microsoft's Windows documentation. Written after it, not tested here.
"""

from __future__ import annotations

import ctypes
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNICODE_TEXT, _MOVABLE = 13, 0x0002
_TRIES, _PAUSE = 20, 0.05  # another program may hold the clipboard for a moment
_KEEP_OUT = (
    "ExcludeClipboardContentFromMonitorProcessing",
    "CanIncludeInClipboardHistory",
    "CanUploadToCloudClipboard",
)

if sys.platform == "win32":
    _user, _kernel = ctypes.WinDLL("user32"), ctypes.WinDLL("kernel32")
    _kernel.GlobalAlloc.restype = _kernel.GlobalLock.restype = ctypes.c_void_p
    _kernel.GlobalAlloc.argtypes = [ctypes.c_uint, ctypes.c_size_t]
    _kernel.GlobalLock.argtypes = _kernel.GlobalUnlock.argtypes = [ctypes.c_void_p]
    _user.GetClipboardData.restype = ctypes.c_void_p
    _user.SetClipboardData.argtypes = [ctypes.c_uint, ctypes.c_void_p]

    @contextmanager
    def _open() -> Iterator[None]:
        for _ in range(_TRIES):
            if _user.OpenClipboard(None):
                break
            time.sleep(_PAUSE)
        else:
            raise OSError("another program holds the clipboard")
        try:
            yield
        finally:
            _user.CloseClipboard()

    def _set(kind: int, data: bytes) -> None:
        block = _kernel.GlobalAlloc(_MOVABLE, len(data))
        ctypes.memmove(_kernel.GlobalLock(block), data, len(data))
        _kernel.GlobalUnlock(block)
        _user.SetClipboardData(kind, block)

    def put(text: str) -> None:
        """Put `text` on the clipboard, out of its history; the empty text clears it."""
        with _open():
            _user.EmptyClipboard()
            if text:
                for name in _KEEP_OUT:
                    _set(_user.RegisterClipboardFormatW(name), bytes(4))
                _set(_UNICODE_TEXT, text.encode("utf-16-le") + bytes(2))

    def get() -> str:
        """Return the text on the clipboard; empty when there is none."""
        with _open():
            block = _user.GetClipboardData(_UNICODE_TEXT)
            if not block:
                return ""
            text = ctypes.wstring_at(_kernel.GlobalLock(block))
            _kernel.GlobalUnlock(block)
            return text
