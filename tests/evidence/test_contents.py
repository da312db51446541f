"""Whatever lies in the folder of a recording, looking at it is a verdict: it neither ends nor waits, nor passes by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from evidence import EvidenceError, listing, package, verify
from evidence.chain import GENESIS
from tests.evidence.conftest import record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANYWHERE = ("data/journal.jsonl", "data/run.json", "bag-info.txt", package.TAG_MANIFEST, package.SIGNATURE)


def take_away(folder: Path, name: str) -> Path:
    (folder / name).unlink()
    return folder / name


def closes(monkeypatch: pytest.MonkeyPatch, *closed: Path) -> None:
    """Let nobody read these; the tests may be run by somebody whom no mode keeps out."""
    scan, access = os.scandir, os.access

    def scandir(path: str) -> Any:
        if any(os.fspath(path) == str(one) for one in closed):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "access", lambda path, mode: path not in closed and access(path, mode))


@pytest.mark.parametrize("name", ANYWHERE)
def test_a_pipe_is_named_and_not_waited_for(sealed: Path, name: str) -> None:
    os.mkfifo(take_away(sealed, name))
    assert verify.verify(sealed).faults == [f"{name}: it is not a regular file"]
    assert listing.entries(sealed.parent)[0].proof in {"none", ""}


def test_a_link_is_not_followed(sealed: Path) -> None:
    os.mkfifo(sealed.parent / "pipe")
    take_away(sealed, "data/journal.jsonl").symlink_to(sealed.parent / "pipe")
    assert verify.verify(sealed).faults == ["data/journal.jsonl: it is not a regular file"]


def test_where_nothing_was_read_nothing_is_said_to_be_proven(sealed: Path) -> None:
    (sealed / "data/link").symlink_to("run.json")
    verdict = verify.verify(sealed)
    assert (verdict.proof, verdict.signer, verdict.digest) == ("none", "", "")
    assert any("nothing was read" in text for text in verdict.does_not_prove)


@pytest.mark.parametrize("name", [*ANYWHERE, "bagit.txt", package.MANIFEST])
def test_a_folder_in_the_place_of_a_file_is_a_verdict(sealed: Path, name: str) -> None:
    take_away(sealed, name).mkdir()
    assert any(fault.startswith(f"{name}: ") for fault in verify.verify(sealed).faults)


@pytest.mark.parametrize("name", ["data/pictures", "data"])
def test_a_folder_that_cannot_be_read_is_named(sealed: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    closes(monkeypatch, sealed / name)
    assert verify.verify(sealed).faults == [f"{name}: it cannot be read"]
    with pytest.raises(EvidenceError, match=f"^{name}: it cannot be read"):
        list(package.files(sealed))


def test_each_file_that_cannot_be_read_is_named(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closes(monkeypatch, sealed / "data/run.json", sealed / package.TAG_MANIFEST)
    faults = {"data/run.json: it cannot be read", f"{package.TAG_MANIFEST}: it cannot be read"}
    assert set(verify.verify(sealed).faults) == faults


@pytest.mark.parametrize("name", ["run.json", "journal.jsonl"])
def test_what_is_too_deep_to_be_read_is_a_verdict(recording: Path, seal: Callable[[Path], Path], name: str) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    line = f'{{"at":"2026-11-24T02:00:00.000Z","kind":"x","prev":"{GENESIS}","seq":1,"v":{deep}}}\n'
    (recording / "data" / name).write_text(line)
    assert verify.verify(seal(recording)).holds is (name == "run.json")


@pytest.mark.parametrize("broken", ["verify", "closed"])
def test_one_recording_that_cannot_be_checked_does_not_hide_the_others(
    tmp_path: Path, seal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    one, two = (seal(record(tmp_path / f"2026112{day}T020000Z-rotate"), None) for day in (4, 5))
    real = verify.verify

    def fails(folder: Path, **given: Any) -> verify.Verdict:
        if folder == one:
            raise KeyError(folder)
        return real(folder, **given)

    if broken == "verify":
        monkeypatch.setattr(verify, "verify", fails)
    else:
        closes(monkeypatch, one)
        for asked in ("isdir", "isfile", "lexists"):  # As they answer of what nobody may look into.
            real_answer = getattr(os.path, asked)
            monkeypatch.setattr(
                os.path, asked, lambda path, answer=real_answer: one not in path.parents and answer(path)
            )
    entries = listing.entries(tmp_path)
    assert [(entry.name, entry.verdict) for entry in entries] == [
        (one.name, "does not verify"),
        (two.name, "verifies"),
    ]


def test_a_list_does_not_end_at_a_seal_that_cannot_be_read(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = package.digest

    def digest(place: Path) -> str:
        if place == sealed:
            raise PermissionError(13, "Permission denied", str(place))
        return read(place)

    closes(monkeypatch, sealed / package.TAG_MANIFEST)
    monkeypatch.setattr(package, "digest", digest)
    (entry,) = listing.entries(sealed.parent)
    assert (entry.verdict, entry.chain) == ("does not verify", "")


@pytest.mark.parametrize("name", ["data/.more", "data/pictures/more", "more"])
def test_a_folder_with_nothing_in_it_is_named(sealed: Path, name: str) -> None:
    (sealed / name).mkdir()
    assert verify.verify(sealed).faults == [f"{name}: a folder with nothing in it"]


def test_a_run_that_took_no_picture_keeps_its_rooms(recording: Path, seal: Callable[[Path], Path]) -> None:
    for room in ("video", "trace", "approvals"):
        (recording / "data" / room).mkdir()
    assert verify.verify(seal(recording)).faults == []


def test_a_picture_that_the_journal_tells_of_and_that_is_not_there_is_named(
    recording: Path, seal: Callable[[Path], Path]
) -> None:
    take_away(recording, "data/pictures/02-add-secret-after.png")
    assert verify.verify(seal(recording)).faults == ["data/journal.jsonl line 8: its picture is missing"]


@pytest.mark.parametrize("kept", ["video/entra.mp4", "video/entra.frames/1.jpg", ""])
def test_a_film_that_is_told_of_and_is_not_there_is_named(
    recording: Path, seal: Callable[[Path], Path], kept: str
) -> None:
    told = "video/entra.frames" if "frames" in kept else "video/entra.mp4"
    (recording / "data/recorded.json").write_text(f'{{"videos": [{{"path": "{told}"}}]}}')
    if kept:
        (recording / "data" / kept).parent.mkdir(parents=True)
        (recording / "data" / kept).write_bytes(b"film")
    faults = [] if kept else ["data/recorded.json: video/entra.mp4 is missing"]
    assert verify.verify(seal(recording)).faults == faults
