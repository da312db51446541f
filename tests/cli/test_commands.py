"""A command is found by the table of modules, which loads no more than that command needs."""

from __future__ import annotations

import argparse
import io
import sys
from importlib import import_module
from pathlib import Path

import pytest

from keyturn.cli.main import COMMANDS, main, parser
from keyturn.errors import Exit


def added(module: str) -> set[str]:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"keyturn.cli.{module}").register(commands)
    return set(commands.choices)


@pytest.mark.parametrize("module", COMMANDS)
def test_the_table_names_the_commands_that_a_module_adds(module: str) -> None:
    assert set(COMMANDS[module]) == added(module)


def test_every_module_that_adds_commands_is_in_the_table() -> None:
    files = (Path(__file__).parents[2] / "keyturn" / "cli").glob("*.py")
    adding = {file.stem for file in files if "\ndef register(" in file.read_text(encoding="utf-8")}
    assert adding == set(COMMANDS)


@pytest.mark.parametrize("arguments", [["rehearse"], ["run", "x.yaml"], ["serve"], ["doctor"], ["check", "x.yaml"]])
def test_a_command_needs_no_option(arguments: list[str]) -> None:
    assert parser(arguments[0]).parse_args(arguments).run


@pytest.mark.parametrize("arguments", [["--help"], ["chekc"]])
def test_without_a_known_command_every_command_is_told(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    captured = capsys.readouterr()
    told = captured.out + captured.err
    names = [name for added in COMMANDS.values() for name in added]
    assert [name for name in names if name not in told] == []
    assert len(parser().format_help()) > len(parser("check").format_help())


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii"])
def test_what_a_terminal_has_no_character_for_stops_nothing(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {name: io.BytesIO() for name in ("stdout", "stderr")}
    for name, into in written.items():
        monkeypatch.setattr(sys, name, io.TextIOWrapper(into, encoding=encoding, write_through=True))
    assert main(["check", "no–such.yaml"]) == Exit.INVALID
    sys.stdout.write("P02–P03")
    assert written["stdout"].getvalue().endswith(rb"P02\u2013P03")
    assert b"no?such.yaml" in written["stderr"].getvalue()
