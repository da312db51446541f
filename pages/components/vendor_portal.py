"""What surrounds the pages of a vendor's portal: its sign-in page in their place, and the alerts by which it says no.

An alert that stood there before a button was pressed, such as a banner that a secret has expired, is no answer to it.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from pages.components.advice import advised
from pages.disguise import disguised
from pages.surroundings import Surroundings
from pages.waiting import wait_for_any

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

    from pages.components.advice import Advice

_MARK: Final = "data-keyturn-stood"
# Marks the elements and their document. An element whose content changes, if only for a moment, loses its mark.
_NOTE: Final = """
(found, mark) => {
  for (const old of document.querySelectorAll(`[${mark}]`)) old.removeAttribute(mark);
  document.documentElement.setAttribute(mark, '');
  for (const one of found) {
    one.setAttribute(mark, '');
    const lose = (_, watch) => { one.removeAttribute(mark); watch.disconnect(); };
    new MutationObserver(lose).observe(one, {childList: true, characterData: true, subtree: true});
  }
  return found.map(one => one.textContent);
}
"""
_stood: WeakKeyDictionary[Tab, list[str]] = WeakKeyDictionary()  # what was to be read before the last press in a tab


class VendorPortal(Surroundings):
    """The portal around a page. A portal's own says which heading its sign-in pages have."""

    sign_in_heading: Locator

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab)
        self.alerts = tab.get_by_role("alert")
        self.account_notice = tab.get_by_role("group", name="Signed-in account", exact=True)
        self.page_heading = tab.get_by_role("heading", level=1)

    def screen(self) -> str:
        """Say at once which sign-in screen is up; empty when none is."""
        raise NotImplementedError

    def wrong(self, advice: Advice) -> str:
        """Say what a sign-in page says was wrong with the last try, and what `advice` has to do then."""
        words = disguised(" ".join(self.alerts.all_inner_texts()))
        known = advised(words, advice)
        return "".join([f"; it says “{words}”" if words else "", f": {known}" if known else ""])

    def note(self, *more: Locator) -> None:
        """Note what is to be seen before a button is pressed: the alerts, and `more` that tells how an act ended."""
        noted = reduce(lambda these, those: these.or_(those), more, self.alerts)
        _stood[self.tab] = noted.filter(visible=True).evaluate_all(_NOTE, _MARK)

    def fresh(self, notice: Locator) -> Locator:
        """Return of `notice` what did not stand there before the last press: another element, or another text.

        A page that was loaded since shows again what it showed before: there the text alone tells.
        """
        texts = _stood.get(self.tab)
        if not texts:
            return notice
        worded = (r"\s+".join(map(re.escape, text.split())) for text in texts)
        same = re.compile(rf"^\s*(?:{'|'.join(worded)})\s*$")
        another = self.tab.locator(f":root[{_MARK}] :not([{_MARK}])")
        return notice.and_(another).or_(notice.filter(has_not_text=same))

    @property
    def refusal_notice(self) -> Locator:
        """The alerts that are new since the last press."""
        return self.fresh(self.alerts).filter(visible=True)

    @property
    def refused(self) -> Locator:
        """Whatever says that the portal does not do what was asked."""
        return self.refusal_notice

    def answered(self, done: Locator) -> bool:
        """Wait until `done` is to be seen, or the portal refuses or wants a sign-in; return whether `done` is."""
        wait_for_any(done, self.refused, self.sign_in_heading)
        return done.filter(visible=True).count() > 0
