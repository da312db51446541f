from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence import ScanError
from evidence.change import NOISE, keep_new

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT = 40, 300


def frame(path: Path, *marks: tuple[int, int], ground: int = 100) -> Path:
    """Write a grey map of one level, with pixels of other levels at the rows of `marks`."""
    pixels = bytearray([ground]) * (WIDTH * HEIGHT)
    for row, level in marks:
        pixels[row * WIDTH + 7] = level
    path.write_bytes(b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) + pixels)
    return path


def height(path: Path) -> int:
    return int(path.read_bytes().split(b"\n")[1].split()[1])


def test_the_first_frame_is_kept_whole(tmp_path: Path) -> None:
    first = frame(tmp_path / "1.pgm", (10, 0))
    before = first.read_bytes()
    assert keep_new([first]) == [first]
    assert first.read_bytes() == before


def test_only_what_changed_is_kept_of_the_next_with_the_lines_around_it(tmp_path: Path) -> None:
    first, second = frame(tmp_path / "1.pgm"), frame(tmp_path / "2.pgm", (150, 0))
    assert keep_new([first, second]) == [first, second]
    assert 60 < height(second) < 100
    assert b"\0" in second.read_bytes()


def test_two_changes_far_apart_are_two_parts(tmp_path: Path) -> None:
    first, second = frame(tmp_path / "1.pgm"), frame(tmp_path / "2.pgm", (50, 0), (250, 1))
    keep_new([first, second])
    assert 130 < height(second) < 200
    assert {b"\0", b"\1"} <= {bytes([level]) for level in second.read_bytes()}


@pytest.mark.parametrize("ground", range(0, 256, 5))
@pytest.mark.parametrize("by", [1 - NOISE, NOISE - 1])
def test_noise_is_nothing_new(tmp_path: Path, ground: int, by: int) -> None:
    level = min(255, max(0, ground + by))
    first, second = frame(tmp_path / "1.pgm", ground=ground), frame(tmp_path / "2.pgm", (150, level), ground=ground)
    assert keep_new([first, second]) == [first]


@pytest.mark.parametrize("ground", range(NOISE, 256 - NOISE, 5))
@pytest.mark.parametrize("by", [-NOISE, NOISE])
def test_more_than_noise_is_new(tmp_path: Path, ground: int, by: int) -> None:
    first, second = frame(tmp_path / "1.pgm", ground=ground), frame(tmp_path / "2.pgm", (9, ground + by), ground=ground)
    assert keep_new([first, second]) == [first, second]


def test_what_fades_in_slowly_is_seen(tmp_path: Path) -> None:
    frames = [frame(tmp_path / f"{number}.pgm", (150, 100 - 3 * number)) for number in range(30)]
    assert len(keep_new(frames)) > 4


def test_frames_of_another_size_are_kept_whole(tmp_path: Path) -> None:
    first, second = frame(tmp_path / "1.pgm"), tmp_path / "2.pgm"
    second.write_bytes(b"P5\n2 2\n255\n\0\0\0\0")
    assert keep_new([first, second]) == [first, second]


@pytest.mark.parametrize("data", [b"", b"P6\n2 2\n255\n" + bytes(12), b"P5\n2 2\n255\n\0", b"P5\n0 0\n255\n"])
def test_what_is_no_grey_map_is_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "1.pgm"
    path.write_bytes(data)
    with pytest.raises(ScanError, match="cannot be read"):
        keep_new([path])
