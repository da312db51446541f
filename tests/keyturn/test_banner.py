"""The banner over a page: it covers nothing of what is pointed at, and holds no markup but its own."""

from __future__ import annotations

import pytest

from keyturn.banner import Box, Words, html_of, place_in

TITLE = "Click Add, verify that the new secret is listed, copy its value and seal it into the store"


@pytest.mark.parametrize(
    ("pointed", "y"),
    [
        (None, 0),
        (Box(300, 500, 80, 30), 0),
        (Box(300, 20, 80, 30), 776),
        (Box(10, 0, 80, 30), 0),
        (Box(300, 0, 80, 800), None),
    ],
    ids=["nothing", "below", "at the top", "beside the banner", "from top to bottom"],
)
def test_the_banner_is_at_the_top_else_at_the_bottom_else_nowhere(pointed: Box | None, y: int | None) -> None:
    place = place_in(1280, 800, pointed)
    assert (place.y if place else None) == y
    assert place is None or pointed is None or not place.meets(pointed)


def test_a_window_too_narrow_for_a_banner_has_none() -> None:
    assert place_in(700, 600, None) is not None
    assert place_in(480, 600, None) is None


def test_the_banner_says_run_step_and_title_and_no_markup_of_theirs() -> None:
    html = html_of(Words(3, 30, "Press <b> & go"), "run 20261124T030621Z", Box(264, 0, 700, 24))
    assert "Step 3 of 30" in html
    assert "run 20261124T030621Z" in html
    assert "Press &lt;b&gt; &amp; go" in html
    assert "copy its val…" in html_of(Words(3, 30, TITLE), "run 20261124T030621Z", Box(264, 0, 716, 24))
