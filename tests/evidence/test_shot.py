"""A picture that the browser refuses because it has no frame yet is asked for once more, and no other one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import shot as module
from evidence.shot import shot

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

NO_FRAME = "Page.screenshot: Protocol error (Page.captureScreenshot): Unable to capture screenshot\nCall log:\n"


class Refusing:
    """A tab whose browser refuses with each of `refusals` before it takes a picture."""

    def __init__(self, *refusals: str) -> None:
        self.refusals = list(refusals)
        self.asked: list[dict[str, object]] = []

    def screenshot(self, **options: object) -> bytes:
        self.asked.append(options)
        if self.refusals:
            raise BrowserError(self.refusals.pop(0))
        return b"picture"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOMENT", 0.0)


def test_a_browser_that_has_no_frame_yet_is_asked_once_more_for_the_same() -> None:
    tab = Refusing(NO_FRAME)
    assert shot(cast("Tab", tab), type="jpeg", quality=70) == b"picture"
    assert tab.asked == [{"type": "jpeg", "quality": 70}] * 2


@pytest.mark.parametrize(("refusals", "asked"), [((NO_FRAME, NO_FRAME), 2), (("Page.screenshot: Target crashed",), 1)])
def test_what_it_refuses_again_or_for_another_reason_is_an_error(refusals: tuple[str, ...], asked: int) -> None:
    tab = Refusing(*refusals)
    with pytest.raises(BrowserError):
        shot(cast("Tab", tab))
    assert len(tab.asked) == asked
