"""The search at a run's end: where it looks, what counts as a leak, and what is said of it."""

from __future__ import annotations

import base64
import gzip
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from keyturn import profile
from keyturn.events import SecretIntended
from keyturn.run.leak_search import FirstIntent, LeakSearch
from keyturn.run.own_profile import OwnProfile

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"
INTENDED = SecretIntended("add-secret", "api", (), "intent-1")


@pytest.fixture
def search(tmp_path: Path) -> LeakSearch:
    folder = tmp_path / "run"
    folder.mkdir()
    return LeakSearch(folder)


def test_a_value_can_exist_since_the_first_intent() -> None:
    intent = FirstIntent()
    assert intent.since is None
    before = datetime.now(UTC)
    intent(INTENDED)
    first = intent.since
    intent(INTENDED)
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    assert intent.since == first


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_was_set_tells_no_time(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    intent = FirstIntent()
    intent(INTENDED)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + hours * 3600)
    assert intent.since is None


def test_without_a_captured_value_its_shape_is_a_leak(search: LeakSearch) -> None:
    (search.folder / "log.txt").write_text("nothing")
    search.everything([], optical=False, since=None)
    assert search.leak is None
    (search.folder / "log.txt").write_text(VALUE)
    search.everything([], optical=False, since=None)
    assert search.leak is not None
    assert VALUE[:8] not in str(search.leak)


@pytest.mark.parametrize("values", [[], [VALUE.encode()]])
def test_what_cannot_be_searched_is_a_leak_and_does_not_stop_the_end(search: LeakSearch, values: list[bytes]) -> None:
    (search.folder / "torn.zip").write_bytes(b"PK\x03\x04" + bytes(40))
    search.everything(values, optical=False, since=None)
    assert search.leak is not None


@pytest.mark.parametrize("values", [[], [VALUE.encode()]], ids=["by its shape", "by the value"])
@pytest.mark.parametrize(
    "planted",
    [VALUE.encode(), VALUE.encode("utf-16-le"), b"entry\0" + gzip.compress(VALUE.encode())],
    ids=["plain", "UTF-16", "packed in a cache"],
)
def test_a_value_in_the_browsers_profile_is_a_leak(
    search: LeakSearch, tmp_path: Path, planted: bytes, values: list[bytes]
) -> None:
    place = tmp_path / "anna" / "signed-in"
    place.mkdir(parents=True)
    (place / "before").write_bytes(planted)
    own = OwnProfile(place, profile.files(place))
    search.everything(values, optical=False, since=None, beside=own)
    assert search.leak is None  # What was there before is not the run's.
    (place / "Web Data").write_bytes(planted)
    search.everything(values, optical=False, since=None, beside=own)
    assert search.leak is not None
    assert "in the browser's profile signed-in: Web Data" in search.leak.message
    assert "remove what is in the profile's folder" in search.leak.hint
    assert all(one.startswith("the browser's profile signed-in, Web Data") for one in search.findings)
    assert "anna" not in str(search.leak) + str(search.findings)
    assert VALUE[:8] not in str(search.leak)


def test_a_profile_that_is_still_written_counts_as_a_leak(search: LeakSearch, tmp_path: Path) -> None:
    search.still_written(OwnProfile(tmp_path))
    search.everything([VALUE.encode()], optical=False, since=None)
    assert search.leak is not None
    assert "still being written" in search.leak.message


def test_the_search_says_whether_it_read_pictures(search: LeakSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    for there in (True, False):
        monkeypatch.setattr("keyturn.run.leak_search.can_read", lambda there=there: there)
        monkeypatch.setattr("evidence.sight.can_read", lambda there=there: there)
        for wanted in (True, False):
            search.everything([VALUE.encode()], optical=wanted, since=None)
            assert search.pictures_read == (wanted and there)
            search.everything([], optical=wanted, since=None)
            assert not search.pictures_read


@pytest.mark.parametrize("leaked", [False, True])
def test_whoever_interrupts_the_reading_of_pictures_gets_everything_else_searched(
    search: LeakSearch, monkeypatch: pytest.MonkeyPatch, leaked: bool
) -> None:
    keys = ["Ctrl-C"]

    def interrupted(*_: object) -> dict[Path, str]:
        if keys:
            keys.clear()
            raise KeyboardInterrupt
        return {}

    monkeypatch.setattr("keyturn.run.leak_search.can_read", lambda: True)
    monkeypatch.setattr("evidence.sight.can_read", lambda: True)
    monkeypatch.setattr("evidence.sight.read", interrupted)
    (search.folder / "log.txt").write_text(VALUE if leaked else "nothing")
    search.everything([VALUE.encode()], optical=True, since=None)
    assert not search.pictures_read
    assert (search.leak is not None) == leaked


def _report(search: LeakSearch, page: bytes) -> list[str]:
    search.everything([VALUE.encode()], optical=False, since=None)
    written = search.folder / "report.html"
    written.write_bytes(page)
    search.report(written)
    return search.findings


def test_in_the_report_only_pictures_of_the_recording_are_passed_over(search: LeakSearch) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(200)
    (search.folder / "one.png").write_bytes(picture)
    shown = b"<img src='data:image/png;base64,%s'>" % base64.b64encode(picture)
    other = shown.replace(base64.b64encode(picture), base64.b64encode(picture + VALUE.encode()))
    assert _report(search, b"<p>words</p>" + shown) == []
    assert _report(search, shown + other)
    assert VALUE[:8] not in str(search.findings)


def test_words_of_the_report_around_its_pictures_are_searched(search: LeakSearch) -> None:
    (search.folder / "one.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert _report(search, b"<img src='data:image/png;base64,AAAA'>" + VALUE.encode())
