"""Killed, stopped or broken anywhere: a run goes on and comes out right, by the replicas' own word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.interrupting import KILLED, desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.interrupting import Desk


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk of one's own."""
    with desk(tmp_path) as it:
        yield it


def came_out_right(at: Desk, deleted: int = 1) -> None:
    """The vendor holds a value that works, of the one secret that was made; nothing was pressed twice."""
    (new,) = at.made
    assert at.replicas.state()["ma_portal"]["integration"]["value"] == new["value"]
    assert at.vendor_value_works()
    assert [one["secret_id"] for one in at.secrets] == [new["secret_id"]]
    assert {button: at.presses.get(button, 0) for button in ("delete_secret", "ma-reset", "ma-save")} == {
        "delete_secret": deleted,
        "ma-reset": 1,
        "ma-save": 1,
    }
    assert at.faults == []


def test_a_value_on_a_page_that_is_still_open_is_not_lost(at: Desk) -> None:
    assert at.run(killed="taking").code == KILLED
    finished = at.resume()
    assert finished.code == 0, finished.told
    came_out_right(at)
    assert at.kinds("add-secret").count("secret-intended") == 1
    assert at.kinds("add-secret").count("secret-sealed") == 1
    assert "resumed" in at.kinds()


def test_a_value_whose_page_is_gone_is_told_and_its_secret_deleted_after_a_yes(at: Desk) -> None:
    assert at.run(killed="taking").code == KILLED
    (orphan,) = at.made
    at.kill_browser()
    unasked = at.resume("--approve", "sign-in")
    assert unasked.code == 5, unasked.told
    assert orphan["secret_id"] in unasked.told
    assert [one["secret_id"] for one in at.made] == [orphan["secret_id"]]
    finished = at.resume()
    assert finished.code == 0, finished.told
    assert orphan["secret_id"] not in [one["secret_id"] for one in at.secrets]
    assert at.presses["add_secret"] == 2
    came_out_right(at, deleted=2)


def test_the_users_are_brought_back_after_a_kill_between_reset_and_save(at: Desk) -> None:
    assert at.run(killed="after step-ended reset-integration").code == KILLED
    at.kill_browser()
    assert at.replicas.state()["ma_portal"]["integration"] is None
    finished = at.resume()
    assert finished.code == 0, finished.told
    came_out_right(at)
