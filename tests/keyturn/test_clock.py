from __future__ import annotations

import sys
import time

import pytest

from keyturn import clock


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own way")
def test_linux_is_asked_and_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock.state().startswith((clock.SET, clock.UNSET))

    class Kernel:
        def __init__(self, *_: object) -> None:
            pass

        def adjtimex(self, told: object) -> int:
            timex = told._obj  # type: ignore[attr-defined]  # what `byref` points to
            timex.status, timex.maxerror = self.said
            return 0

        said = (0, 12_345)

    monkeypatch.setattr("ctypes.CDLL", Kernel)
    assert clock.state() == "synchronised, at most 0.012 s off"
    Kernel.said = (0x40, 16_000_000)
    assert clock.state() == "not synchronised"
    monkeypatch.setattr(Kernel, "adjtimex", lambda *_: -1)
    assert clock.state() == "not known"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Leap Indicator: 0(no warning)\nStratum: 4\n", "synchronised"),
        ("Sprungindikator: 3(nicht synchronisiert)\nStratum: 0\n", "not synchronised"),
        ("The following error occurred: The service has not been started. (0x80070426)\n", "not known"),
        ("", "not known"),
    ],
)
def test_windows_tells_it_by_a_number_in_any_language(monkeypatch: pytest.MonkeyPatch, said: str, state: str) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(clock, "said_by", lambda *_: said)
    assert clock.state() == state


def test_what_cannot_be_asked_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert clock.state() == "not known"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert clock.state() == "not known"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_was_set_shows(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    watch = clock.Watch()
    assert watch.parted() == 0.0
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + hours * 3600)
    assert watch.parted() == pytest.approx(hours * 3600, abs=1)
