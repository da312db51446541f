"""What is installed is what is in the checkout: every page, runbook, style sheet and template is in the wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hatchling.builders.wheel import WheelBuilder

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel: a folder that holds what an installation puts beside other packages."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder))
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def keyturn(installed: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the installed command, outside the checkout."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"PYTHONPATH": str(installed)}
        command = [sys.executable, "-P", "-m", "keyturn", *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=installed.parent, env=env)

    return run


def test_every_file_of_every_package_is_in_the_wheel(installed: Path) -> None:
    kept = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES["packages"]], check=True, capture_output=True, text=True, cwd=ROOT
    )
    files = [file for file in kept.stdout.split("\0") if file]
    assert len(files) > 150
    assert [file for file in files if not (installed / file).is_file()] == []


def test_what_is_installed_needs_no_checkout(
    installed: Path, keyturn: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    books = sorted((installed / "runbooks").glob("*.yaml"))
    assert books
    assert keyturn("check", *map(str, books)).returncode == 0
    page = keyturn("show", "--html", str(books[0]))
    assert page.stdout.startswith("<!doctype html>")
    found = keyturn("rehearse", "--scenario", "none", "--headless")  # It looks for its own runbook and replicas first.
    assert (found.returncode, "there is no scenario called none" in found.stderr) == (3, True)


def test_a_new_runbook_finds_the_pages_of_the_installation(
    installed: Path, keyturn: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert keyturn("new", "mine", "--in", str(installed.parent)).returncode == 0
    assert keyturn("check", str(installed.parent / "mine.yaml")).stderr.endswith("mine.yaml: valid\n")


@pytest.mark.soak
def test_what_is_installed_can_be_rehearsed(
    installed: Path, keyturn: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = keyturn("rehearse", "--headless", "--json", "--recordings", str(installed.parent / "recordings"))
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "done"
