"""What the documents say of commands, options and files is so."""

from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyturn.cli.main import COMMANDS, parser
from keyturn.errors import Exit
from secrets_store import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
KEPT = subprocess.run(["git", "ls-files", "-z", "*.md"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
DOCUMENTS = [ROOT / name for name in KEPT.split("\0") if name and not name.startswith("tests/")]
NO_COMMANDS = {"keyturn store"}  # begins what the store's journal signs; no command is meant


def snippets(text: str) -> Iterator[str]:
    """Yield every command of ours that a document quotes, inline or on a line of its own."""
    yield from re.findall(r"`(keyturn [a-z][^`]*)`", text)
    yield from re.findall(r"^(?: {3,}|\$ )?(keyturn [a-z][^\n`]*?)(?:  .*|\s*#.*)?$", text, re.MULTILINE)


def told() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), " ".join(snippet.split()))
        for path in DOCUMENTS
        for snippet in snippets(re.sub(r"(?m)^keyturn (turns|reads) .*$", "", path.read_text(encoding="utf-8")))
        if not any(snippet.startswith(words) for words in NO_COMMANDS)
    ]


def below(whole: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands below a parser, by name."""
    actions = [action for action in whole._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(actions[0].choices) if actions else {}


def test_commands_are_quoted() -> None:
    assert len(told()) > 20


@pytest.mark.parametrize(("document", "snippet"), told())
def test_a_quoted_command_is_there_with_its_options(document: str, snippet: str) -> None:
    words = snippet.split()[1:]
    assert words[0] in {name for names in COMMANDS.values() for name in names}, document
    found = below(parser())[words[0]]
    if (inner := below(found)) and len(words) > 1 and re.fullmatch("[a-z][a-z-]*", words[1]):
        assert words[1] in inner, document
        found = inner[words[1]]
    options = {option for action in found._actions for option in action.option_strings}
    assert set(re.findall(r"--[a-z-]+", snippet)) <= options, document


def test_the_table_of_exit_codes_names_each_that_there_is() -> None:
    table = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
    named = [int(code) for code in re.findall(r"(?m)^\| (\d+) \|", table)]
    assert named == sorted({*Exit, *(refusal.exit_code for refusal in REFUSALS)})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_is_sent_to_a_public_index_for_a_name_that_is_not_ours_there(path: Path) -> None:
    assert re.findall(r"(?:pipx?|uv tool) install [^\n]*\bkeyturn\b.*", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
