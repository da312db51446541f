"""A small valid runbook to change, and the pages that it uses."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.check import check_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.catalogue import Catalogue
    from keyturn.fault import Fault
    from keyturn.model import Runbook

RUNBOOKS = Path(__file__).parent.parent / "runbooks"


def _practice() -> Any:
    spec = importlib.util.spec_from_file_location("practice", Path(__file__).with_name("practice.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def practice() -> Any:
    """The module of the practice pages."""
    return _practice()


@pytest.fixture(scope="session")
def catalogue(practice: Any) -> Catalogue:
    found: Catalogue = practice.catalogue()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the practice runbook and its procedure."""
    for file in (RUNBOOKS / "good").iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture
def changed(folder: Path, catalogue: Catalogue) -> Callable[..., tuple[Runbook | None, tuple[Fault, ...]]]:
    """Check the practice runbook after changes, each a pair of old and new text."""

    def check(*changes: tuple[str, str]) -> tuple[Runbook | None, tuple[Fault, ...]]:
        path = folder / "practice.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8", newline="\n")
        runbook, faults = check_file(path, lambda _packages: catalogue)
        return runbook, faults.sorted()

    return check
