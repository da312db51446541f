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
