"""What surrounds every page of the Entra admin center: top bar, menu, messages, and the sign-in in its place."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pages.components.advice import SIGN_IN_SERVICE, advised
from pages.components.interruption import decline_interruptions
from pages.disguise import disguised
from pages.entra.advice import ADVICE
from pages.entra.blade import Blade
from pages.entra.message import BladeNotice, MessageBox, Toasts
from pages.entra.sign_in_screen import SignInScreen
from pages.errors import PortalRefused, SessionEnded
from pages.surroundings import Surroundings, Trouble
from pages.waiting import wait_for_any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab

# ms. A first load that shows nothing for so long is the blank shell, or the bounce to the portal's home, that public
# scripts report for deep links; loading again brings the page. A blade may well need 20 s.
BLANK = 20_000
# ms. No one wait covers two documents, so that a frame and the toasts around it are looked at in turn, each look well
# shorter than the five seconds for which a toast stays; and that many looks, for an answer that may take a minute.
LOOK = 2_000
LOOKS = 30
_AT_ONCE = 1_000  # ms in which what was there a moment ago is still there

_DOMAIN = re.compile(r"\(([^()\s]+)\)$")


class Account(NamedTuple):
    """Who is signed in: the account's name, and the directory's as the portal writes it, mostly in capitals.

    `domain` is what the directory's name has in brackets, in small letters; empty where the portal shows none.
    """

    account: str
    directory: str
    domain: str


class Shell(Surroundings):
    """The admin center around a page. Also tells every sign-in screen, which takes the page's place."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab)
        self.blade = Blade(tab)
        self.toasts = Toasts(tab)
        self.sign_in = SignInScreen(tab)
        # CSS, 2026-11: the top bar's button names account and directory in one text; these classes hold each alone.
        self.account_notice = tab.locator(".fxs-avatarmenu-username")
        self.directory_notice = tab.locator(".fxs-avatarmenu-tenant")
        decline_interruptions(tab, self.blade.frame.content_frame)

    def account(self) -> Account:
        """Return who is signed in, as the top bar shows it."""
        directory = self.directory_notice.inner_text().strip()
        domain = _DOMAIN.search(directory)
        return Account(self.account_notice.inner_text().strip(), directory, domain[1].casefold() if domain else "")

    def is_signed_in(self) -> bool:
        """Return at once whether the top bar names account and directory; it is painted before it knows them."""
        notices = (self.account_notice, self.directory_notice)
        return all("".join(notice.all_inner_texts()).strip() for notice in notices)

    def documents(self) -> Iterable[Tab | FrameLocator]:
        """Return the portal's document, and that of the blade where it has one of its own."""
        yield self.tab
        if self.blade.frame.count():
            yield self.blade.frame.content_frame

    def addresses(self) -> Iterable[str]:
        """Return the addresses of the shell and of the blade, which comes from elsewhere in the newer rendering."""
        yield self.tab.url
        if self.blade.frame.count():
            yield self.blade.frame.get_attribute("src", timeout=_AT_ONCE) or ""

    def go(self, address: str, landmark: Locator) -> None:
        """Load `address` and wait for `landmark`, or for a sign-in screen; once more if the portal stays blank."""
        there = (landmark, self.sign_in.any_field)
        self.load(address)
        try:
            wait_for_any(*there, timeout=BLANK)
        except AssertionError:
            self.load(address)
            self.tab.reload(wait_until="domcontentloaded")  # A change of the fragment alone would load nothing.
            wait_for_any(*there)

    def wait_for_answer(self, answer: Locator) -> None:
        """Wait until the blade shows `answer` to a gesture, or a toast refuses it; else `AssertionError`."""
        if not self.blade.frame.count():
            wait_for_any(answer, self.toasts.refusal_notice)
            return
        for _ in range(LOOKS):
            with suppress(AssertionError):
                wait_for_any(answer, timeout=LOOK)
                return
            if self.toasts.refusal():
                return
        raise AssertionError("no answer")

    def seen(self) -> str:
        """Say which screen, pane or question is up."""
        if screen := self.sign_in.which():
            return screen
        if MessageBox(self.blade.document).root.count():
            return "a question of the portal that waits for an answer"
        headings = [disguised(text) for text in self.blade.heading.all_text_contents()]
        if headings:
            return f"the blade “{headings[0]}”"
        if self.account_notice.count():
            return "the portal without a page in it"
        return super().seen()

    def trouble(self) -> Trouble | None:
        """Return the portal's refusal in its own words, or that the session has ended."""
        if words := self.sign_in.refusal():
            return Trouble(PortalRefused, f"“{words}”", advised(words, SIGN_IN_SERVICE))
        if screen := self.sign_in.which():
            return Trouble(SessionEnded, screen, "sign in again in the browser")
        if words := self.toasts.refusal() or BladeNotice(self.blade.root).refusal():
            return Trouble(PortalRefused, f"“{words}”", advised(words, ADVICE, SIGN_IN_SERVICE))
        return None
