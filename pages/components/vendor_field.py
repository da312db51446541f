"""Fields that every vendor's form for a client secret has: the secret itself, its date, and a moment that is shown.

Each proves itself: what was typed is read back, what was pasted is only asked whether it is there.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from pages.errors import NoEffect
from pages.page import Component

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# Waits up to two seconds inside the page and tells only yes or no. The browser library's own waiting for a value would
# quote the value in its error.
_COMES_TO_HOLD_TEXT: Final = """field => new Promise(tell => {
    const end = performance.now() + 2000;
    const look = () => {
        if (field.value) tell(field.keyturnPut ||= 1);
        else if (performance.now() > end) tell(false);
        else setTimeout(look, 20);
    };
    look();
})"""
# How often something was put into the field since it was first looked at; none while it is empty. What the portal
# filled in by itself, such as a mask for the value that it holds, is nothing that was put there.
_PUT_IN: Final = """field => {
    if (field.keyturnPut === undefined) {
        field.keyturnPut = 0;
        field.addEventListener('input', event => {
            if (!/^(delete|history)/.test(event.inputType || '')) field.keyturnPut += 1;
        });
    }
    return field.value ? field.keyturnPut : 0;
}"""
_BY_HAND: Final = "the field takes dates in a form that is not known here: enter the date by hand"
# What a date field says it takes -> how to write that. The portals' own forms are not public.
_DATE_FORMS: Final = {"MM/DD/YYYY": "%m/%d/%Y", "YYYY-MM-DD": "%Y-%m-%d"}
# Date and time as the replicas write them, and near kin. How the real portals write them is not public.
_MOMENTS: Final = ("%m/%d/%Y, %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y, %I:%M %p", "%m/%d/%Y %I:%M %p")

# A date, in whatever form, has three numbers or more. What stands in its place while a synchronisation is under way,
# such as `Synchronizing…`, has fewer.
_SOME_DATE: Final = re.compile(r"\d+\D+\d+\D+\d+")

# A whole number, with or without the marks between its thousands, and what is counted: `1,204 users`.
_COUNT: Final = re.compile(r"(\d+|\d{1,3}(?:[.,'\u2019\s]\d{3})+)(?:\s+[^\W\d]+)?")


class SecretField(Component):
    """A field for a secret. Its value stays in the browser."""

    def paste(self) -> bool:
        """Replace what is in the field by what is on the clipboard; return whether the field then holds anything."""
        self.put_in()
        self.root.fill("")
        self.root.press("ControlOrMeta+V")
        return bool(self.root.evaluate(_COMES_TO_HOLD_TEXT))

    def put_in(self) -> int:
        """Return at once how often somebody put something into this field, as far as was looked; 0 while it is empty.

        After the page was loaded anew it is another field, whatever the portal shows in it.
        """
        return int(self.root.evaluate(_PUT_IN))


class DateField(Component):
    """A field for a date, which says by its type or its hint how it takes one."""

    def dated(self, day: str, title: str, verb: str) -> str:
        """Return the ISO date `day` as this field takes it. Raises `NoEffect`, of `title` and `verb`, not to guess."""
        if self.root.get_attribute("type") == "date":
            return date.fromisoformat(day).isoformat()
        hint = (self.root.get_attribute("placeholder") or "").strip()
        if hint.upper() not in _DATE_FORMS:
            expected = f"a field that takes {' or '.join(_DATE_FORMS)}"
            raise NoEffect(title, verb, expected=expected, seen=f"one that says “{hint}”", advice=_BY_HAND)
        return date.fromisoformat(day).strftime(_DATE_FORMS[hint.upper()])


def count(text: str) -> str:
    """Return the whole number that `text` shows, in digits alone; empty for a text that shows none."""
    found = _COUNT.fullmatch(text.strip())
    return re.sub(r"\D", "", found[1]) if found else ""


def moment(text: str) -> str:
    """Return a date and time as ISO writes it, `2026-11-24T07:05:00+00:00`, without a zone where none is shown.

    Empty for a text that shows no moment, such as `Never`, and for one whose form is not known.
    """
    shown = " ".join(text.split())
    bare, zone = (shown[:-4], UTC) if shown.endswith(" UTC") else (shown, None)
    for form in _MOMENTS:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=zone).isoformat()
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(bare)
    except ValueError:
        return ""
    return (found.replace(tzinfo=zone) if zone else found).isoformat()


def another_date(notice: Locator, before: str) -> Locator:
    """Return `notice` as it is when it shows a date, in whatever form, and another text than `before`."""
    # The whole text, because what was there before may be empty, which every text contains.
    same = re.compile(rf"^\s*{re.escape(before.strip())}\s*$")
    return notice.filter(has_not_text=same).filter(has_text=_SOME_DATE)


def is_at_or_after(shown: str, asked: str) -> bool:
    """Return whether the moment `shown` is not before `asked`, both as `moment` writes them; never for an empty one."""
    if not shown or not asked:
        return False
    last, least = datetime.fromisoformat(shown), datetime.fromisoformat(asked)
    if last.tzinfo is None or least.tzinfo is None:  # Without a zone only the clock times can be compared.
        last, least = last.replace(tzinfo=None), least.replace(tzinfo=None)
    return last >= least
