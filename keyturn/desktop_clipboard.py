"""The desktop's clipboard, outside any browser: to hand a stored value to a person, and to take it back.

The value goes to a program's standard input or straight to the system, never on an argument list. On Windows it is
kept out of the clipboard's history and cloud; elsewhere managers that keep a history may keep the value, which
clearing cannot undo.
"""

from __future__ import annotations

import hmac
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING

from keyturn import system
from keyturn.errors import CannotStart
from keyturn.interruption import Interruption, listening
from secrets_store import discreet

if TYPE_CHECKING:
    from secrets_store import Secret

_PATIENCE = 5  # seconds for a clipboard program


@dataclass(frozen=True, slots=True)
class Programs:
    """The commands that put text on the clipboard from standard input, and that print what is on it."""

    put: tuple[str, ...]
    get: tuple[str, ...]


_WAYLAND = Programs(("wl-copy", "--type", "text/plain"), ("wl-paste", "--no-newline"))
_X11 = (
    Programs(("xclip", "-selection", "clipboard"), ("xclip", "-selection", "clipboard", "-out")),
    Programs(("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output")),
)
_MACOS = Programs(("pbcopy",), ("pbpaste",))


def find() -> Programs:
    """Return the commands for this desktop; raise `CannotStart` when there are none."""
    candidates: list[Programs] = []
    if sys.platform == "darwin":
        candidates.append(_MACOS)
    if os.environ.get("WAYLAND_DISPLAY"):
        candidates.append(_WAYLAND)
    if os.environ.get("DISPLAY"):
        candidates.extend(_X11)
    for programs in candidates:
        if shutil.which(programs.put[0]):
            return programs
    raise CannotStart(
        "there is no desktop clipboard here", hint=f"{system.clipboard_hint()}, or use --fd, --out or --reveal"
    )


def put(text: str) -> None:
    """Put `text` on the clipboard; the empty text clears it. Raises `CannotStart` when the desktop refuses it."""
    if sys.platform == "win32":
        from keyturn import windows_clipboard  # noqa: PLC0415  # only there

        windows_clipboard.put(text)
        return
    # The program stays behind to serve the text and would keep our pipes open, so that it gets none.
    command = find().put
    try:
        subprocess.run(  # noqa: S603  # one of the commands above
            command,
            input=text.encode("utf-8"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        raise CannotStart(
            f"{command[0]} could not reach the clipboard", hint="use --fd, --out or --reveal instead"
        ) from None


def get() -> str:
    """Return the text that is on the clipboard; empty when there is none."""
    if sys.platform == "win32":
        from keyturn import windows_clipboard  # noqa: PLC0415  # only there

        return windows_clipboard.get()
    command = find().get
    try:
        # A program that ends with a failure has found no text there.
        done = subprocess.run(  # noqa: S603  # one of the commands above
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=_PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        raise CannotStart(
            f"{command[0]} could not read the clipboard", hint="if a secret is on it, copy any other text over it now"
        ) from None
    return done.stdout.decode("utf-8", "replace")


@discreet
def lend(secret: Secret, seconds: float) -> bool:
    """Put the value on the clipboard for so many seconds, then clear it if it is still there; return whether it was.

    Ctrl-C, a closed terminal and a request to end clear it at once.
    """
    with listening(Interruption()):
        try:
            put(secret.reveal())
            with suppress(KeyboardInterrupt):
                sleep(seconds)
        finally:
            unchanged = hmac.compare_digest(get().encode("utf-8"), secret.reveal().encode("utf-8"))
            if unchanged:
                put("")
    return unchanged
