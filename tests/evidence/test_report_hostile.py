"""Whoever can write into a recording's folder cannot make its report say what only the report may say."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from evidence import package, report
from evidence.chain import ChainedLog
from tests.evidence.conftest import forge

if TYPE_CHECKING:
    from pathlib import Path

MARKUP = '<style>.box{display:none}</style><meta http-equiv="refresh" content="0;url=https://x.test">'


def _tags(page: Path) -> list[str]:
    """Return what could hide or replace the rest, in its order."""
    seen: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag in {"style", "script", "meta", "link"}:
                seen.append(f"{tag} {attrs}")

    Tags().feed(page.read_text(encoding="utf-8"))
    return seen


def test_a_time_in_the_journal_cannot_become_markup(recording: Path, tmp_path: Path) -> None:
    clean = _tags(report.write(recording, tmp_path / "clean.html"))
    journal = recording / "data" / "journal.jsonl"
    with ChainedLog(journal) as log:
        log.append("run-ended", status="failed", exit=1, changed=[], seconds=1.0)
        log.append("resumed", operator="ann", found=["as it was"])
    forge(journal, lambda entry: entry.update(at=f"2026-11-24T{MARKUP}Z"))
    assert _tags(report.write(recording, tmp_path / "forged.html")) == clean


@pytest.mark.parametrize("name", ["from", "to", "what", "reason"])
def test_nor_can_what_the_recorder_told(recording: Path, tmp_path: Path, name: str) -> None:
    clean = _tags(report.write(recording, tmp_path / "clean.html"))
    period = {"what": "dark", "from": "2026-11-24T02:00:00.000Z", "to": "2026-11-24T02:01:00.000Z", "reason": "x"}
    forged: dict[str, Any] = {
        "periods": [period | {name: MARKUP}, {key: text for key, text in period.items() if key != "to"}],
        "videos": [{"path": MARKUP, "from": MARKUP}],
        "not_recorded": [{"part": MARKUP, "why": MARKUP}],
    }
    (recording / "data" / "recorded.json").write_text(json.dumps(forged))
    assert _tags(report.write(recording, tmp_path / "forged.html")) == clean


def test_nor_can_what_the_seal_says_of_itself(sealed: Path, tmp_path: Path) -> None:
    clean = _tags(report.write(sealed, tmp_path / "clean.html"))
    info = sealed / package.BAG_INFO
    info.chmod(0o600)
    info.write_text("".join(f"{line.partition(':')[0]}: {MARKUP}\n" for line in info.read_text().splitlines()))
    page = report.write(sealed, tmp_path / "forged.html")
    assert _tags(page) == clean
    assert "It does not verify" in page.read_text()
