"""A command is found by the table of modules, which loads no more than that command needs."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

import pytest

from keyturn.cli.main import COMMANDS, main, parser


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
