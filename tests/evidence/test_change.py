from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from evidence import LeakGate, ScanError, sight
from evidence.change import NOISE, keep_new
from tests.evidence.conftest import PIXEL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDTH, HEIGHT = 40, 300


def frame(path: Path, *marks: tuple[int, int], ground: int = 100) -> Path:
    """Write a grey map of one level, with pixels of other levels at the rows of `marks`."""
    pixels = bytearray([ground]) * (WIDTH * HEIGHT)
    for row, level in marks:
        pixels[row * WIDTH + 7] = level
    path.write_bytes(b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) + pixels)
    return path


def kept(*pictures: Path) -> list[Path]:
    """Return what is new in the pictures, each in a file of its own."""
    folder = pictures[0].with_name("new")
    folder.mkdir()
    return list(keep_new(pictures, folder).values())


def height(path: Path) -> int:
    return int(path.read_bytes().split(b"\n")[1].split()[1])


def test_the_first_frame_is_kept_whole(tmp_path: Path) -> None:
    first = frame(tmp_path / "1.pgm", (10, 0))
    (whole,) = kept(first)
    assert whole.read_bytes() == first.read_bytes()


def test_only_what_changed_is_kept_of_the_next_with_the_lines_around_it(tmp_path: Path) -> None:
    _, second = kept(frame(tmp_path / "1.pgm"), frame(tmp_path / "2.pgm", (150, 0)))
    assert 60 < height(second) < 100
    assert b"\0" in second.read_bytes()


def test_two_changes_far_apart_are_two_parts(tmp_path: Path) -> None:
    _, second = kept(frame(tmp_path / "1.pgm"), frame(tmp_path / "2.pgm", (50, 0), (250, 1)))
    assert 130 < height(second) < 200
    assert {b"\0", b"\1"} <= {bytes([level]) for level in second.read_bytes()}


def test_what_comes_back_is_looked_at_again(tmp_path: Path) -> None:
    shown = [frame(tmp_path / f"{number}.pgm", (150, level)) for number, level in enumerate((9, 0, 200, 200, 0, 0))]
    assert [path.stem for path in keep_new(shown, tmp_path)] == ["0", "2", "4"]


@pytest.mark.parametrize("ground", range(0, 256, 5))
@pytest.mark.parametrize("by", [1 - NOISE, NOISE - 1])
def test_noise_is_nothing_new(tmp_path: Path, ground: int, by: int) -> None:
    level = min(255, max(0, ground + by))
    first, second = frame(tmp_path / "1.pgm", ground=ground), frame(tmp_path / "2.pgm", (150, level), ground=ground)
    assert len(kept(first, second)) == 1


@pytest.mark.parametrize("ground", range(NOISE, 256 - NOISE, 5))
@pytest.mark.parametrize("by", [-NOISE, NOISE])
def test_more_than_noise_is_new(tmp_path: Path, ground: int, by: int) -> None:
    first, second = frame(tmp_path / "1.pgm", ground=ground), frame(tmp_path / "2.pgm", (9, ground + by), ground=ground)
    assert len(kept(first, second)) == 2


def test_what_fades_in_slowly_is_seen(tmp_path: Path) -> None:
    frames = [frame(tmp_path / f"{number}.pgm", (150, 100 - 3 * number)) for number in range(30)]
    assert len(kept(*frames)) > 4


def test_pictures_are_compared_with_those_of_their_size(tmp_path: Path) -> None:
    first, other = frame(tmp_path / "1.pgm"), tmp_path / "2.pgm"
    other.write_bytes(b"P5\n2 2\n255\n\0\0\0\0")
    assert len(kept(first, other, first, other)) == 2


@pytest.mark.parametrize("data", [b"", b"P5\n2 2\n255\n\0", b"P5\n0 0\n255\n", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_picture_is_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "1.pgm"
    path.write_bytes(data)
    with pytest.raises(ScanError, match=r"1\.pgm: the picture cannot be read"):
        kept(path)


@pytest.fixture
def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no room for another picture."""

    def save(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", save)


@pytest.mark.usefixtures("_full")
@pytest.mark.parametrize("reads", [kept, lambda path: sight.read([path])], ids=["cut down", "enlarged"])
def test_pictures_that_there_is_no_room_for_count_as_unread(tmp_path: Path, reads: Callable[[Path], object]) -> None:
    with pytest.raises(
        ScanError, match=r"\.pgm: the pictures cannot be read: there is no room for them in .+"
    ) as caught:
        reads(frame(tmp_path / "1.pgm"))
    assert "space" not in str(caught.value)


@pytest.mark.usefixtures("_full")
def test_a_still_that_there_is_no_room_for_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "can_read", lambda: True)
    (tmp_path / "1.png").write_bytes(PIXEL)
    (finding,) = LeakGate([b"a value"]).search(tmp_path)
    assert finding.path == "1.png"
    assert "there is no room for them" in finding.how
