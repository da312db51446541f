from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from evidence import ScanError, sight

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"


@pytest.mark.parametrize(
    "seen",
    [
        VALUE,
        "q7R8Q~pXIZk-4vT_clMn~WbOLsGyH2dJuEaVfloK",  # l, I, 1 and 0, O mistaken
        "Value q7R8Q~pXlZk 4vT_c1Mn copy",
        "ZZZZ Wb0LsGyH2dJ ZZZZ",  # a long run of it
        "q 7 R 8 Q ~ p X l Z k - 4 v T _ c 1 M n ~ W b 0 L s G y",
    ],
)
def test_a_value_read_with_mistakes_is_recognised(seen: str) -> None:
    assert sight.legible(VALUE, seen)


@pytest.mark.parametrize(
    "seen",
    [
        "",
        "•" * 40,
        "q7R****************",
        "Certificates & secrets New client secret Description Expires Value Secret ID",
        "0b5f2c1e-9d1b-4a8e-8d57-3f0d6a1c2b3e 1/8/2028 Arctic Wolf Secret",
        "abc8Q~ABCDEFGHIJKLMNOPQRSTUVWXYZ12345678",
    ],
)
def test_other_words_are_not(seen: str) -> None:
    assert not sight.legible(VALUE, seen)


def test_a_film_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 50)
    with pytest.raises(ScanError, match=r"film\.mp4"):
        sight.frames(tmp_path / "film.mp4", tmp_path)


@pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")
def test_a_picture_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    with pytest.raises(ScanError, match="tesseract failed"):
        sight.read([tmp_path / "bad.png"])


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
def test_a_short_change_in_a_long_film_is_looked_at(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    flash = "color=white:s=320x200:d=10:r=10,drawbox=x=50:y=80:w=60:h=12:color=black:t=fill:enable='between(t,5,5.05)'"
    subprocess.run(["ffmpeg", "-loglevel", "quiet", "-f", "lavfi", "-i", flash, str(film)], check=True)
    (tmp_path / "frames").mkdir()
    assert 3 <= len(sight.frames(film, tmp_path / "frames")) <= 10


def _drawn(path: Path, *boxes: str, size: str = "320x400") -> Path:
    """Draw a white PNG with black boxes, each `x:y:w:h`."""
    drawn = ",".join([f"color=white:s={size}:d=1:r=1", *(f"drawbox={box}:color=black:t=fill" for box in boxes)])
    command = ["ffmpeg", "-loglevel", "quiet", "-f", "lavfi", "-i", drawn, "-frames:v", "1", str(path)]
    subprocess.run(command, check=True)
    return path


def _rows(path: Path) -> int:
    return int(path.read_bytes().split(b"\n")[1].split()[1])


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
def test_of_stills_one_after_another_only_what_is_new_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    first = _drawn(tmp_path / "1 it's.png", "20:20:50:10")
    same = _drawn(tmp_path / "2.png", "20:20:50:10")
    more = _drawn(tmp_path / "3.png", "20:20:50:10", "20:300:50:10")
    other = _drawn(tmp_path / "4.png", size="200x100")
    (tmp_path / "5.jpg").write_bytes(b"\xff\xd8\xff")
    new = sight.new_in([first, same, more, other, tmp_path / "5.jpg"], tmp_path / "new")
    assert set(new) == {first, more, other, tmp_path / "5.jpg"}
    assert _rows(new[first]) == 400
    assert 10 < _rows(new[more]) < 120  # the new box, with something above and below it
    assert new[tmp_path / "5.jpg"] == tmp_path / "5.jpg"
    torn = tmp_path / "6.png"
    torn.write_bytes(first.read_bytes()[:60])
    (tmp_path / "again").mkdir()
    with pytest.raises(ScanError, match="ffmpeg failed"):
        sight.new_in([first, torn], tmp_path / "again")


def test_without_ffmpeg_each_still_is_looked_at_wholly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    still = tmp_path / "1.png"
    still.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert sight.new_in([still], tmp_path) == {still: still}
