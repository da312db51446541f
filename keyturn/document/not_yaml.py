"""What the YAML parser refuses, in an author's words: where it began, and what to write instead.

The parser tells where it could not go on and which token it wanted, in terms that an author of runbooks does not know.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from keyturn.model import Place

if TYPE_CHECKING:
    import yaml

_BARE_BRACES = re.compile(r"(?::|-|,|\[|\{)\s+\{\{")
_SECOND_COLON = re.compile(r"\s*(?:- )*[\w-]+:\s.")
_KEY = r" *(?:- +)*[\w.-]+"
_TIGHT_COLON = re.compile(_KEY + r":(?=[^\s:/])")
_NO_COLON = re.compile(_KEY + r"(?= +[\[{])")
_NO_COLON_BEFORE = re.compile(_KEY + r"(?= +[^\s#]|$)")
_UNSPACED_DASH = re.compile(r"\s*-[^\s-]")
# What a word processor puts in the place of a space, a colon, a dash or a quotation mark, where one of ours was meant.
_LOOKALIKE = re.compile(
    "(?:^ *|[:,{\\[-])[\u00a0\u2000-\u200b\u202f\u3000\ufeff]|^[ -]*[\\w-]+\uff1a|[“”„‘’](?=\\{\\{)|^ *[–—]"
)
_DEPTH = "keys that belong together stand equally deep, and so do the dashes of a list"
_COLON = "a text with `: ` in it, or a colon at its end, must be in quotes"
_COLONLESS = "there is no `: ` here, which belongs behind a key"
_SPACE = "a space belongs behind the colon of a key"
_QUOTED = "behind a closing quotation mark or bracket nothing more may stand; see that the whole text is in quotes"
# The parser's words, and what to do.
_ADVICE = (
    ("could not find expected ':'", _COLONLESS),
    ("but found '<scalar>'|but found '[{[]'", _QUOTED),
    ("expected <block end>|mapping values", _DEPTH),
    (
        "cannot start any token|entries are not allowed|keys are not allowed|alphabetic",
        "begun so, a text must be in quotes",
    ),
    ("unknown escape", "a backslash stands for itself only in single quotes"),
    ("unexpected end of stream", "these quotation marks are not closed"),
)


def refusal(error: yaml.MarkedYAMLError, text: str, file: str) -> tuple[Place, str]:
    """Return where what the parser refused in `text` stands, and a message."""
    mark: Any = error.problem_mark
    problem = str(error.problem)
    began: Any = error.context_mark
    if "expected ':'" in problem or "end of stream" in problem:
        mark = began
    lines = text.splitlines()
    for number in (mark.line, mark.line - 1):
        if found := _LOOKALIKE.search(lines[number] if 0 <= number < len(lines) else ""):
            what = f"U+{ord(found[0][-1]):04X} ({unicodedata.name(found[0][-1]).lower()})"
            return Place(file, number + 1, found.end()), f"not YAML: {what} only looks like a plain character"
    if re.search("expected <block end>|mapping values", problem) and (place := _key_without_colon(lines, mark)):
        number, column, message = place
        return Place(file, number + 1, column), f"not YAML: {message}"
    line = lines[mark.line] if mark.line < len(lines) else ""
    return Place(file, mark.line + 1, mark.column + 1), f"not YAML: {_told(problem, line, mark, began)}"


def _key_without_colon(lines: list[str], mark: Any) -> tuple[int, int, str] | None:
    """Return where a key has no `: ` behind it and what to write: on this line, or, where this begins one, on the last.

    The parser takes such a line for a text, which the next one goes on with, and is surprised by that one's colon.
    """
    here, before = (lines[number] if 0 <= number < len(lines) else "" for number in (mark.line, mark.line - 1))
    looked = [(mark.line, here, _NO_COLON)]
    if re.fullmatch(r" +[\w.-]+", here[: mark.column]) and _depth(before) == _depth(here) and ": " not in before:
        looked.insert(0, (mark.line - 1, before, _NO_COLON_BEFORE))
    for number, line, no_colon in looked:
        if found := _TIGHT_COLON.match(line):
            return number, found.end(), _SPACE
        if found := no_colon.match(line):
            return number, found.end(), _COLONLESS
    return None


def _depth(line: str) -> int:
    """Return how deep the first word of a line stands."""
    return len(line) - len(line.lstrip(" -"))


def _told(problem: str, line: str, mark: Any, began: Any) -> str:
    if _BARE_BRACES.search(line):
        return "a value that begins with {{ must be in quotes"
    if _UNSPACED_DASH.match(line):
        return "a space belongs behind the dash of a list"
    if "mapping values" in problem and _SECOND_COLON.match(line[: mark.column]):
        return _COLON
    if "expected ',' or" in problem:
        bracket = "{" if "}" in problem else "["
        if began.line == mark.line:
            return (
                f"a comma, or what closes the `{bracket}`, belongs here; a text with brackets in it must be in quotes"
            )
        return f"the `{bracket}` on line {began.line + 1} is not closed before this"
    return next((advice for words, advice in _ADVICE if re.search(words, problem)), problem)
