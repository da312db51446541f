"""`keyturn check`, `plan`, `show`, `schema` and `new` as an author uses them."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from keyturn.cli import main
from keyturn.errors import Exit
from keyturn.schema import schema_text

RUNBOOK = Path(__file__).parent.parent.parent / "runbooks" / "update-entra-client-secret.yaml"
GUID = "00000000-0000-4000-8000-000000000000"


def test_the_main_runbook_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(RUNBOOK)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == f"{RUNBOOK}: valid"


def test_faults_are_told_for_people_and_for_editors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "practice.yaml"  # Its pages do not ship, so that the command knows no such package.
    assert main(["check", str(RUNBOOK), str(path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{path}:47:12: portals.practice.pages: no such package of pages\n  47 |     pages: practice\n" in err
    assert f"{path}: 1 fault" in err
    assert main(["check", "--json", str(path)]) == 3
    out, err = capsys.readouterr()
    assert err == ""
    found = json.loads(out)
    assert found["exit"] == 3
    (fault,) = found["files"][0]["faults"]
    assert (fault["line"], fault["column"], fault["path"]) == (47, 12, "portals.practice.pages")
    assert main(["check", str(folder / "none.yaml")]) == 3


@pytest.mark.parametrize(("effect", "code"), [("read", 3), ("change", 0)])
def test_a_change_that_a_page_knows_of_cannot_be_called_a_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], effect: str, code: int
) -> None:
    shutil.copy(RUNBOOK.with_suffix(".procedure.md"), tmp_path)
    text = RUNBOOK.read_text(encoding="utf-8").replace(
        "do: save_credentials\n    effect: change", f"do: save_credentials\n    effect: {effect}"
    )
    (tmp_path / RUNBOOK.name).write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / RUNBOOK.name)]) == code
    told = "save_credentials of ma.new-integration has the effect `change`"
    assert (told in capsys.readouterr().err) == bool(code)


def test_remarks_wait_until_nothing_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "practice.yaml"
    text = path.read_text(encoding="utf-8").replace("pages: practice", "pages: entra")
    path.write_text(text.replace("covers: [2]", "covers: 2"), encoding="utf-8")
    assert main(["check", str(path)]) == 3
    err = capsys.readouterr().err
    assert "covers: a list belongs here" in err
    assert "note:" not in err


def test_the_plan_is_the_result_and_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(RUNBOOK)]) == 0
    out, _ = capsys.readouterr()
    assert "application_id is still to be given" in out
    assert out.count("POINT OF NO RETURN") >= 3
    assert main(["plan", str(RUNBOOK), "--json", "--set", f"application_id={GUID}", "--set", "route=link"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["unknown"] == []
    skipped = {step["id"] for step in plan["steps"] if step["skipped"]}
    assert {"open-app-registrations", "open-registration"} <= skipped


def test_a_malformed_input_stops_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(RUNBOOK), "--set", "application_id=x", "--set", "rout=link"]) == 3
    err = capsys.readouterr().err
    assert "input application_id: not a GUID" in err
    assert "did you mean: route" in err


def test_the_procedure_is_shown_in_two_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(RUNBOOK)]) == 0
    assert capsys.readouterr().out.startswith("# Update an Entra ID client secret")
    assert main(["show", "--html", str(RUNBOOK)]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == schema_text()


def test_a_new_runbook_passes_check_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "turn-a-key", "--in", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path / "turn-a-key.yaml")]) == 0
    assert "note:" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Turn", "turn_a_key", "../turn", ""])
def test_a_new_runbook_needs_a_name_in_kebab_case(name: str, tmp_path: Path) -> None:
    assert main(["new", name, "--in", str(tmp_path)]) == 3
    assert list(tmp_path.iterdir()) == []


def test_a_new_runbook_that_cannot_be_written_is_told_as_that_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = Path.write_text

    def full(path: Path, text: str, **how: Any) -> int:
        if path.suffix == ".yaml":
            path.touch()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(path, text, **how)

    monkeypatch.setattr(Path, "write_text", full)
    assert main(["new", "turn-a-key", "--in", str(tmp_path)]) == Exit.CANNOT_START
    assert f"no runbook can be written into {tmp_path}: no space left on device" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_new_runbook_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.procedure.md").write_text("mine", encoding="utf-8")
    assert main(["new", "mine", "--in", str(tmp_path)]) == 3
    assert main(["new", "mine", "--in", str(tmp_path / "none")]) == 3
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        ("mine.procedure.md", "mine")
    ]
