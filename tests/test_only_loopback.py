"""No test reaches anything but this machine, by itself or with a browser."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as BrowserError

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

ELSEWHERE = "192.0.2.1"  # an address for documentation, which nobody has (RFC 5737)


def test_a_test_that_reaches_out_fails() -> None:
    with socket.socket() as outward, pytest.raises(pytest.fail.Exception, match=ELSEWHERE):
        outward.connect((ELSEWHERE, 443))


def test_a_browser_that_reaches_out_finds_no_such_name(page: Tab) -> None:
    with pytest.raises(BrowserError, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(f"https://{ELSEWHERE}/")


def test_what_a_test_answers_itself_is_reached_under_any_name(page: Tab) -> None:
    page.route("https://portal.example/**", lambda route: route.fulfill(body="answered"))
    page.goto("https://portal.example/")
    assert page.inner_text("body") == "answered"
