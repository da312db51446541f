from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from evidence import ScanError, sight
from tests.evidence.drawn import pages as drawn_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

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
    with pytest.raises(ScanError, match="cannot be read"):
        sight.read([tmp_path / "bad.png"])


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
def test_a_short_change_in_a_long_film_is_looked_at(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    flash = "color=white:s=320x200:d=10:r=10,drawbox=x=50:y=80:w=60:h=12:color=black:t=fill:enable='between(t,5,5.05)'"
    subprocess.run(["ffmpeg", "-loglevel", "quiet", "-f", "lavfi", "-i", flash, str(film)], check=True)
    (tmp_path / "frames").mkdir()
    assert 3 <= len(sight.frames(film, tmp_path / "frames")) <= 10


@pytest.mark.soak
@pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")
@pytest.mark.parametrize("each", [1, 8])
def test_a_value_is_made_out_on_pages_as_portals_draw_them(
    browser: Browser, tmp_path: Path, figure: Callable[[str], None], each: int
) -> None:
    drawn = dict(enumerate(drawn_pages(each, seed=11)))
    tab = browser.new_page(viewport={"width": 1100, "height": 500})
    for number, page in drawn.items():
        tab.set_content(page.html)
        tab.screenshot(path=tmp_path / f"{number}.png")
    tab.close()
    said = sight.read([tmp_path / f"{number}.png" for number in drawn])
    missed = [
        page.kind for number, page in drawn.items() if not sight.legible(page.value, said[tmp_path / f"{number}.png"])
    ]
    figure(f"{len(drawn) - len(missed)} of {len(drawn)} values made out; missed: {'; '.join(missed) or 'none'}")
    assert len(missed) <= len(drawn) // 20
    for number, page in drawn.items():
        elsewhere = [path.stem for path, text in said.items() if sight.legible(page.value, text)]
        assert set(elsewhere) <= {str(number)}
