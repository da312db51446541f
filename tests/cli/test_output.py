"""A result that nobody can be given is told in a sentence, and never taken for a bug or for a success."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyturn.cli import main
from keyturn.cli.output import put_json
from keyturn.errors import Exit
from tests.cli.test_refusals import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

ROOT = Path(__file__).parents[2]
TOLD = {
    "json": ["check", "--json", RUNBOOK],
    "plan": ["plan", RUNBOOK],
    "plan as json": ["plan", "--json", RUNBOOK],
    "schema": ["schema"],
    "pages": ["pages"],
    "store": ["secrets", "export", "--recipes", "--json"],
    "recordings": ["evidence", "list", "--json", "--recordings", str(ROOT / "tests" / "cli")],
    "version": ["--version"],
    "help": ["--help"],
}


def ended(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.fixture
def into(monkeypatch: pytest.MonkeyPatch) -> Callable[[TextIO | None], None]:
    def into(stream: TextIO | None) -> None:
        monkeypatch.setattr(sys, "stdout", stream)

    return into


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk, as Linux has it")
@pytest.mark.parametrize("arguments", TOLD.values(), ids=TOLD)
def test_a_result_for_which_there_is_no_room_is_told_as_that(
    arguments: list[str], into: Callable[[TextIO | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        into(full)
        assert ended(arguments) == Exit.NOT_TOLD
        told = capsys.readouterr().err
        assert "keyturn: error: standard output cannot be written: no space left on device\n" in told
        assert "bug" not in told


@pytest.mark.parametrize("name", ["json", "plan", "schema", "store", "recordings"])
def test_where_standard_output_is_closed_that_is_told(
    name: str, into: Callable[[TextIO | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    into(None)
    assert ended(TOLD[name]) == Exit.NOT_TOLD
    assert "standard output cannot be written: bad file descriptor\n" in capsys.readouterr().err


@pytest.mark.parametrize("name", TOLD)
def test_who_has_read_enough_is_told_nothing(
    name: str, into: Callable[[TextIO | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as broken:
        into(broken)
        assert ended(TOLD[name]) == Exit.DONE
        assert "keyturn: error" not in capsys.readouterr().err


def test_what_went_wrong_before_keeps_its_code(into: Callable[[TextIO | None], None]) -> None:
    into(None)
    assert put_json({}, Exit.INVALID) == Exit.INVALID
    assert ended(["check", "--json", "no-such.yaml"]) == Exit.INVALID


def test_json_is_read_in_every_encoding(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"name": "Zürich – \udcff"}
    put_json(facts)
    out = capsys.readouterr().out
    assert json.loads(out.encode("ascii")) == facts


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk, as Linux has it")
def test_the_interpreter_s_end_adds_nothing_to_it() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "keyturn", "schema"], stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT
        )
    assert done.returncode == Exit.NOT_TOLD
    assert done.stderr.count(b"\n") == 1


def test_every_result_goes_out_by_the_one_function() -> None:
    own = re.compile(r"(?<![.\w])print\((?!.*file=sys\.stderr)|sys\.stdout\.(write|buffer)")
    files = [path for path in (ROOT / "keyturn" / "cli").glob("*.py") if path.name != "output.py"]
    assert [path.name for path in files if own.search(path.read_text(encoding="utf-8"))] == []
