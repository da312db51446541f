"""What a command puts out: its result to standard output, and what went wrong to standard error."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

from keyturn.errors import Exit, NotTold


def put_json(facts: dict[str, Any], code: int = Exit.DONE) -> int:
    """Put a result out as one line of JSON, in letters that every encoding has; return as `put` does."""
    return put(f"{json.dumps(facts)}\n", code)


def counted(count: int, what: str) -> str:
    """Return how many of `what` there are, in words: `1 fault`, `2 faults`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def put(text: str, code: int = Exit.DONE) -> int:
    """Put a result out and return `code`; where it cannot be written, say so, and return 9 in place of 0.

    Whoever reads it through a pipe may have read enough, as `head` has: that is no failure.
    """
    try:
        _write(text)
    except BrokenPipeError:
        _let_go()
    except OSError as error:
        _let_go()
        told = report(NotTold(f"standard output cannot be written: {(error.strerror or 'unknown').lower()}"))
        return code or told
    return code


def _write(text: str) -> None:
    if sys.stdout is not None:
        sys.stdout.write(text)
        sys.stdout.flush()
    elif text:  # It was closed before we began.
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _let_go() -> None:
    """Send what was not taken nowhere: the interpreter flushes once more at its end, and would fail again."""
    if sys.stdout is not None:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def report(error: BaseException) -> int:
    """Print `error` in the tool's voice and return its exit code. A bug shows its kind and place, never its text."""
    from rich.console import Console  # noqa: PLC0415  # loaded when something went wrong, not at every start
    from rich.text import Text  # noqa: PLC0415  # the same

    from keyturn.console.words import clean  # noqa: PLC0415  # the same
    from keyturn.outcome import exit_of  # noqa: PLC0415  # the same

    console = Console(stderr=True, highlight=False, emoji=False)
    code = exit_of(error)
    if isinstance(error, KeyboardInterrupt):
        message, hint = "interrupted", ""
    elif hasattr(error, "message"):
        message, hint = str(error.message), str(getattr(error, "hint", ""))
    else:
        message, hint = f"a bug: {_place(error)}", "please report this line; it holds no page content"
    first, *more = [clean(line) for line in message.splitlines()] or [""]
    told = [Text.assemble(("keyturn: error:", "bold red"), " ", first), *map(Text, more)]
    if hint:
        told.append(Text.assemble(("hint:", "dim"), " ", clean(hint)))
    for line in told:  # never as mark-up, which a path or an argument may look like
        console.print(line, soft_wrap=True)
    return int(code)


def _place(error: BaseException) -> str:
    """Return kind, file and line of an error of ours: enough to find it, without any text that it may carry."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "unknown"
    return f"{type(error).__name__} in {where}"
