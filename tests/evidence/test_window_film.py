"""The window's film, on a virtual display."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evidence import sight
from evidence.window_film import kept
from tests.processes import until

pytestmark = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")

GRABBER = """
import sys, time
from pathlib import Path
from typing import TYPE_CHECKING
from evidence.window_film import WindowFilm
film = WindowFilm((0, 0, 640, 480))
film.start(Path(sys.argv[1]))
print(film._process.pid, flush=True)
time.sleep(float(sys.argv[2]))
print(film.stop(), flush=True)
"""


def _grab(display: dict[str, str], path: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", GRABBER, str(path), str(seconds)]
    return subprocess.Popen(command, env=display, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="another system has other means")
def test_the_screen_is_filmed_no_longer_than_the_recorder_lives(display: dict[str, str], tmp_path: Path) -> None:
    film = tmp_path / "window-1.mkv"
    process = _grab(display, film, 600)
    try:
        assert process.stdout
        grabber = int(process.stdout.readline())
        until(lambda: film.exists() and film.stat().st_size > 0, otherwise="nothing was filmed")
    finally:
        process.kill()
        process.communicate()
    until(lambda: not _alive(grabber), otherwise="the screen is still being filmed")
    frames = tmp_path / "frames"
    frames.mkdir()
    assert sight.frames(film, frames)


def test_a_film_that_ends_at_once_is_whole_or_not_there(display: dict[str, str], tmp_path: Path) -> None:
    for number, seconds in enumerate((0.0, 0.05, 0.2, 0.5)):
        film = tmp_path / f"{number}.mkv"
        with _grab(display, film, seconds) as process:
            assert process.stdout
            process.stdout.readline()
            there = process.stdout.readline() == "True\n"
        assert film.exists() == there
        if there:
            (tmp_path / f"{number}").mkdir()
            assert sight.frames(film, tmp_path / f"{number}")


def test_a_film_without_a_frame_is_not_kept(tmp_path: Path) -> None:
    film = tmp_path / "window-1.mkv"
    for torn in (b"", b"\x1aE\xdf\xa3 cut short"):
        film.write_bytes(torn)
        assert not kept(film)
        assert not film.exists()


def _alive(pid: int) -> bool:
    """Return whether the process still runs: one whose parent died may wait, ended, for somebody to ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_test_would_notice_a_grabber_that_lives_on() -> None:
    assert _alive(os.getpid())
