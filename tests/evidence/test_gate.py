from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence import Finding, LeakGate, shape_search, verify
from tests.evidence.conftest import PIXEL
from tests.evidence.packers import tarred, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser


@pytest.fixture
def gate(value: str) -> LeakGate:
    return LeakGate([value.encode()], optical=False)


def test_a_clean_recording_has_no_findings(gate: LeakGate, sealed: Path) -> None:
    assert gate.search(sealed) == []
    assert shape_search(sealed) == []


def test_a_finding_names_the_file_and_no_part_of_the_value(gate: LeakGate, recording: Path, value: str) -> None:
    (recording / "data" / "log.txt").write_text(f"x={value}")
    (finding,) = gate.search(recording)
    assert finding == Finding("data/log.txt", "the value can be read, plain")
    assert value[:8] not in str(finding)


def test_names_are_searched_and_none_that_holds_the_value_is_told(gate: LeakGate, tmp_path: Path, value: str) -> None:
    (tmp_path / "+").touch()
    (tmp_path / value).mkdir()
    (tmp_path / value / f"~{value[::-1]}.txt").write_text(value)
    with zipfile.ZipFile(tmp_path / value / "+.zip", "w") as archive:
        archive.writestr(f"in/{value}", value)
    (tmp_path / value / f"{value}.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    for found, forms in ((gate.search(tmp_path), (value, value[::-1])), (shape_search(tmp_path), (value,))):
        told = "\n".join(map(str, found))
        assert not any(form[at : at + 8] in told for form in forms for at in range(len(value) - 7))
    folder = "(entry 2, whose name holds it)"
    assert [finding.path for finding in gate.search(tmp_path)] == [
        f"{folder}/(entry 2, whose name holds it)",
        f"{folder}/(entry 3, whose name holds it)",
        f"{folder}/+.zip",
        f"{folder}/+.zip!in/(a name that holds it)",
        f"{folder}/+.zip!names and comments",
        f"name of {folder}",
        f"name of {folder}/(entry 2, whose name holds it)",
        f"name of {folder}/(entry 3, whose name holds it)",
        f"name of {folder}/+.zip",
    ]


def test_a_value_that_only_the_whole_path_holds_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "one two").mkdir()
    (tmp_path / "one two" / "three four").touch()
    (finding,) = LeakGate([b"two/three"], optical=False).search(tmp_path)
    assert str(finding) == "name of (a path that holds it): the value can be read, plain"


def test_no_fault_that_is_told_of_a_recording_holds_what_has_a_secrets_shape(
    recording: Path, seal: Callable[[Path], Path], value: str
) -> None:
    (seal(recording) / "data" / f"{value}.txt").touch()
    verdict = verify.verify(recording)
    assert "data/(a secret's shape).txt: it is in no manifest" in verdict.faults
    assert not any(value[:8] in fault for fault in (*verdict.faults, *verdict.leaks))


def test_what_cannot_be_searched_does_not_hide_what_can(gate: LeakGate, tmp_path: Path, value: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("1.zst", b"\x28\xb5\x2f\xfd")
        archive.writestr("2.txt", value)
    (tmp_path / "b.txt").write_text(value)
    for found in (gate.search(tmp_path), shape_search(tmp_path)):
        assert [(finding.path, finding.unsearched) for finding in found] == [
            ("a.zip", False),
            ("a.zip!1.zst", True),
            ("a.zip!2.txt", False),
            ("b.txt", False),
        ]


def test_what_cannot_be_searched_is_a_fault_of_the_recording_and_no_leak(
    recording: Path, seal: Callable[[Path], Path]
) -> None:
    (recording / "data" / "a.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    verdict = verify.verify(seal(recording))
    assert verdict.faults == ["data/a.zst: zstd cannot be searched"]
    assert verdict.leaks == []


@pytest.mark.parametrize("inside", ["", "closed"])
def test_a_folder_into_which_nobody_can_look_is_a_finding(
    gate: LeakGate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    (tmp_path / "closed").mkdir()
    look = os.scandir

    def refuse(place: str) -> object:
        if Path(place) == tmp_path / inside:
            raise PermissionError(13, "Permission denied", place)
        return look(place)

    monkeypatch.setattr(os, "scandir", refuse)
    for found in (gate.search(tmp_path), shape_search(tmp_path)):
        assert found == [Finding(inside or ".", "it cannot be searched", unsearched=True)]


def test_what_was_removed_just_now_is_no_finding(gate: LeakGate, tmp_path: Path) -> None:
    gone = [tmp_path / "gone"]
    assert gate.in_files(tmp_path, gone) == shape_search(tmp_path, gone) == []


def test_a_file_that_nobody_can_read_is_a_finding(
    gate: LeakGate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").touch()
    monkeypatch.setattr(Path, "read_bytes", _refuse)
    for found in (gate.search(tmp_path), shape_search(tmp_path)):
        assert found == [Finding("closed", "it cannot be searched", unsearched=True)]


def _refuse(path: Path) -> bytes:
    raise PermissionError(13, "Permission denied", str(path))


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="this system has no extended attributes")
@pytest.mark.parametrize("make", [Path.touch, Path.mkdir])
def test_an_extended_attribute_is_searched(
    gate: LeakGate, tmp_path: Path, value: str, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "one"
    make(path)
    try:
        os.setxattr(path, "user.note", value.encode())
    except OSError:
        pytest.skip("this file system has no extended attributes")
    assert gate.search(tmp_path)


def _locked_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("inner", b"harmless")
    data = bytearray(file.getvalue())
    data[6] |= 1  # marked as encrypted, in the local header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("torn.zip", b"PK\x03\x04" + b"\0" * 40),
        ("locked.zip", _locked_zip()),
        ("torn.gz", b"\x1f\x8b\x08\0" + b"\xff" * 40),
        ("torn.bz2", b"BZh9" + b"\xff" * 40),
        ("torn.xz", b"\xfd7zXZ\x00" + b"\xff" * 40),
        ("any.zst", b"\x28\xb5\x2f\xfd" + b"\0" * 40),
        ("any.7z", b"7z\xbc\xaf\x27\x1c"),
        ("any.br", b"abc"),
        ("entry.age", b"age-encryption.org/v1\n"),
        ("locked.pdf", b"%PDF-1.4\n<< /Encrypt 3 0 R >>"),
        ("odd.pdf", b"%PDF-1.4\n<< >>\nstream\nbegincmap beginbfchar <1> <123> endbfchar (x) Tj\nendstream"),
        ("long.pdf", b"%PDF-1.4\n<< /Length " + b"9" * 5000 + b" >>\nstream\nx\nendstream"),
        ("torn.tar", bytes(257) + b"ustar" + bytes(250)),
        ("torn.pdf", b"%PDF-1.4\n<< /Length 4 /Filter /FlateDecode >>\nstream\nabcd\nendstream"),
    ],
)
def test_what_cannot_be_read_is_a_finding(gate: LeakGate, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (finding,) = gate.search(tmp_path)
    assert finding.path == name
    assert finding.unsearched
    assert shape_search(tmp_path) == [finding]


PICTURES = {
    "png": PIXEL,
    "jpeg": b"\xff\xd8\xff" + bytes(200),
    "film": b"\x00\x00\x00\x1cftypisom" + bytes(200),
    "matroska": b"\x1a\x45\xdf\xa3" + bytes(200),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_four_bytes_in_a_picture_are_no_archive_and_one_behind_it_is(
    gate: LeakGate, tmp_path: Path, value: str, kind: str
) -> None:
    picture = tmp_path / "picture"
    mark = b"PK\x05\x06" + bytes(range(40, 58))  # as compressed pixels may happen to be
    end = PIXEL[-12:] if kind == "png" else b""
    pixels = struct.pack(">I", len(mark)) + b"IDAT" + mark + bytes(4) if end else mark
    picture.write_bytes(PICTURES[kind].removesuffix(end) + pixels + end)
    assert gate.search(tmp_path) == []
    assert shape_search(tmp_path) == []
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", value)
    picture.write_bytes(PICTURES[kind] + file.getvalue())
    assert gate.search(tmp_path)
    assert shape_search(tmp_path)


def test_words_that_were_written_before_are_no_trace_of_what_another_program_left_on_the_clipboard(
    tmp_path: Path, value: str
) -> None:
    words = f"Somebody signs in. {value}".encode()
    gate = LeakGate([b"somebody else's"], words=words)
    (tmp_path / "runbook.yaml").write_bytes(words)
    (tmp_path / "trace.txt").write_text("<b>Some</b>body signs in.")
    assert gate.search(tmp_path) == []
    assert gate.in_bytes(b"'body else'")
    assert LeakGate([value.encode()], words=words).search(tmp_path)  # A secret's value is one wherever it stands.


def test_a_link_is_a_finding(gate: LeakGate, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    assert gate.search(tmp_path) == [Finding("link", "it is not a regular file", unsearched=True)]


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("kind", PACKERS)
def test_what_unfolds_to_more_than_can_be_searched_is_a_finding(
    gate: LeakGate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    long = bytes(20_000)
    (tmp_path / "bomb").write_bytes(PACKERS[kind](long))
    assert gate.search(tmp_path) == []
    monkeypatch.delattr(zipfile.ZipFile, "read")  # What says how much it is, is not unfolded to see.
    monkeypatch.delattr(tarfile.TarFile, "extractfile")
    for module in ("container", "stream"):
        monkeypatch.setattr(f"evidence.{module}.LARGEST", 19_999)
    (finding,) = gate.search(tmp_path)
    assert finding.how == "it unfolds to more than can be searched"
    assert finding.unsearched


def test_what_is_packed_too_deeply_to_be_searched_is_a_finding_wherever_the_value_may_be(
    gate: LeakGate, tmp_path: Path, value: str
) -> None:
    def packed(body: bytes, times: int) -> set[str]:
        for _ in range(times):
            body = gzip.compress(bytes(1000) + body)  # Without them what is inside would stand there as it is.
        (tmp_path / "deep.gz").write_bytes(body)
        return {finding.how for finding in gate.search(tmp_path)}

    assert packed(b"nothing", 5) == set()
    assert packed(value.encode(), 5) == {"the value can be read, plain"}
    assert packed(value.encode(), 7) == {"it is packed too deeply to be searched"}


def test_a_link_in_an_archive_that_leads_nowhere_does_not_hide_the_rest(
    gate: LeakGate, tmp_path: Path, value: str
) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        link, last = tarfile.TarInfo("link"), tarfile.TarInfo("last")
        link.type, link.linkname = tarfile.SYMTYPE, "nowhere"
        last.size = len(value)
        archive.addfile(link)
        archive.addfile(last, io.BytesIO(value.encode()))
    assert "a.tar.gz!gzip at 0!last" in [finding.path for finding in gate.search(tmp_path)]


@pytest.mark.parametrize("joined", ["", "fi", "ffl"])  # many fonts write them as one letter
def test_the_text_of_a_pdf_is_searched(tmp_path: Path, browser: Browser, value: str, joined: str) -> None:
    value = value[:10] + joined + value[10 + len(joined) :]
    gate = LeakGate([value.encode()], optical=False)
    page = browser.new_page()
    page.set_content(f"<p>The value is <b style='font-family: serif'>{value}</b></p>")
    page.pdf(path=tmp_path / "report.pdf")
    page.set_content("<p>Nothing to see</p>")
    page.pdf(path=tmp_path / "other.pdf")
    page.close()
    assert {finding.path for finding in gate.search(tmp_path)} == {"report.pdf!text"}
    assert {finding.path for finding in shape_search(tmp_path)} == {"report.pdf!text"}


def test_the_search_by_shape_needs_no_secret(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.json").write_text(f'{{"v": "{value}"}}')
    (tmp_path / "b.bin").write_bytes(value.encode("utf-16-le"))
    (tmp_path / "c.txt").write_text("abc8Q~ is only how such a value begins")
    assert [finding.path for finding in shape_search(tmp_path)] == ["a.json", "b.bin"]
