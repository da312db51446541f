"""Somebody who films the whole screen from outside, without loss and as fast as the machine can, and reads it later."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE = 60  # frames a second, asked for


@dataclass
class Observer:
    """What is known of the filming: how many frames there are so far."""

    frames: int = 0

    def watch_for(self, frames: int) -> None:
        """Wait until so many more frames were filmed: on a busy machine that takes a while."""
        wanted, until = self.frames + frames, time.monotonic() + 60
        while self.frames < wanted:
            assert time.monotonic() < until, f"only {self.frames} of {wanted} frames were filmed"
            time.sleep(0.02)


@contextmanager
def filming(display: dict[str, str], film: Path) -> Iterator[Observer]:
    """Film the virtual display into `film` (Matroska) meanwhile; begun when this yields."""
    command = ["ffmpeg", "-loglevel", "error", "-nostats", "-progress", "pipe:1", "-stats_period", "0.1"]
    command += ["-f", "x11grab", "-framerate", str(RATE), "-video_size", "1400x1000", "-i", display["DISPLAY"]]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-qp", "0"]
    command += ["-fps_mode", "passthrough", str(film)]
    observer = Observer()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as grabber:
        told, orders = grabber.stdout, grabber.stdin
        assert told is not None
        assert orders is not None

        def count() -> None:
            for line in told:
                name, _, number = line.partition("=")
                if name == "frame":
                    observer.frames = int(number)

        counting = threading.Thread(target=count, daemon=True)
        counting.start()
        try:
            observer.watch_for(1)
            yield observer
        finally:
            orders.write("q")
            orders.flush()
            grabber.wait(60)
            counting.join(60)
    assert grabber.returncode == 0
