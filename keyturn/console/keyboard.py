"""The keyboard: what a person types, in bursts. A key pressed alone is told apart from what was pasted.

It is read in a thread of its own, so that a key is taken note of while the browser works. Whoever wants what is typed
next takes it here; the difference between systems is in `keyturn.system`.
"""

from __future__ import annotations

import codecs
import re
import threading
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

PASTE: Final = "paste"  # more than one key in one burst
ENTER: Final = "enter"
ESCAPE: Final = "escape"
BACKSPACE: Final = "backspace"
CLEAR: Final = "clear"  # Ctrl-U, as in a shell: what was typed goes
UP: Final = "up"
DOWN: Final = "down"

ASK_FOR_MARKS: Final = "\x1b[?2004h"  # makes a terminal put marks around what is pasted
NO_MARKS: Final = "\x1b[?2004l"
_PASTED: Final = re.compile(r"\x1b\[200~(.*?)(?:\x1b\[201~|$)", re.DOTALL)
_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)")
_KEYS: Final = {
    "\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": BACKSPACE, "\b": BACKSPACE, "\x15": CLEAR,
    "\x1b[A": UP, "\x1bOA": UP, "\x1b[5~": UP, "\x1b[B": DOWN, "\x1bOB": DOWN, "\x1b[6~": DOWN,
}  # fmt: skip
_SEVERAL_LINES: Final = re.compile(r"[\r\n]\s*\S")
_LOOK_AGAIN: Final = 0.2  # seconds between two looks whether to leave
_BURST: Final = 0.02  # seconds; what follows sooner was not pressed by a finger of its own


def key_of(burst: str) -> str:
    """Return the one key that `burst` is: a character or one of the names above; `PASTE` for more, empty for others."""
    if burst in _KEYS:
        return _KEYS[burst]
    if _PASTED.search(burst):
        return PASTE
    rest = _SEQUENCE.sub("", burst)
    if len(rest) > 1:
        return PASTE
    return rest if rest.isprintable() else _KEYS.get(rest, "")


def typed_in(line: str, burst: str) -> tuple[str, bool]:
    """Return what `line` becomes when `burst` is typed into it, and whether it is finished by Enter.

    What was pasted is taken as one line and never finishes it: what comes between marks, and where a terminal makes
    none, what goes on behind an Enter in the same burst.
    """
    pasted = _PASTED.search(burst)
    if pasted:
        return line + _plain(pasted[1]), False
    typed = _SEQUENCE.sub("", burst)
    if _SEVERAL_LINES.search(typed):
        return line + _plain(typed), False
    for char in typed:
        match _KEYS.get(char):
            case "enter":
                return line, True
            case "backspace":
                line = line[:-1]
            case "clear":
                line = ""
            case _:
                line += _plain(char)
    return line, False


def _plain(text: str) -> str:
    return "".join(char for char in " ".join(_SEQUENCE.sub("", text).splitlines()) if char.isprintable())


class Keyboard:
    """Reads bursts and hands each to `taken`, in a thread of its own; use as a context manager.

    `read` takes seconds and returns what was typed meanwhile; `EOFError` ends it, and `gone` is told.
    """

    def __init__(self, read: Callable[[float], bytes], taken: Callable[[str], None], gone: Callable[[], None]) -> None:
        self._read = read
        self._taken = taken
        self._gone = gone
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="keyboard", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join()

    def _listen(self) -> None:
        try:
            while not self._leave.is_set():
                burst = typed = self._read(_LOOK_AGAIN)
                while typed:
                    typed = self._read(_BURST)
                    burst += typed
                if text := self._decoder.decode(burst):
                    self._taken(text)
        except EOFError:
            self._gone()
