"""The marks on the methods of a page: `@action`, an intent, `@probe`, a question, and `@glance`.

They are where the errors of the browser library end: whoever calls a marked method gets a `PageError` or none.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

from pages import library, network
from pages.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.page import Page

P = ParamSpec("P")
R = TypeVar("R")
SecretRole = Literal["copies", "pastes", "proves"]
Effect = Literal["create", "change", "delete"]


def _untold() -> tuple[type[Exception], ...]:
    """Return what may go wrong with a page in words that are not ours: the browser's errors, and `ValueError`.

    The latter is of text that is not what it was read for, and quotes it. A function, because the library is loaded
    only when a page meets a browser.
    """
    return (library.Error, AssertionError, ValueError)


def action(
    *,
    at: str = "",
    anywhere: bool = False,
    effect: Effect | None = None,
    secret: SecretRole | None = None,
    shown_by: str = "",
) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[Concatenate[Any, P], R]]:
    """Mark a method as an intent that a runbook may call.

    `at`: the attribute of the page that is pressed or filled in first, such as `add_button` or `saved.sync_button`, so
    that a person can be shown where; a method gets the action's arguments. Empty for an action that only goes or looks.
    `anywhere`: the action brings its page up itself, so the page need not be on screen before.
    `effect`: what it does to the data in the portal, so that no runbook calls it less; None where it only reads.
    `secret`: the action leaves a secret on the clipboard ("copies"), takes it from there ("pastes"), or returns only
    when one that was pasted on this portal has been shown to work ("proves").
    A page that copies one has a method `known_ids`, which takes what the action takes and lists what there is before,
    and `ids_now`, which lists it by looking once, or returns None.
    `shown_by`: the method that tells, by looking once, what the action would return, or None while that is not to be
    seen: by it a person's own act is known. It takes the action's arguments, so that another group or date than the one
    asked for is not taken for it; where the action makes something, what existed before.
    Every error of the browser library, and every text that could not be read, becomes a `PageError`; the original,
    whose text may hold page content, is dropped with its context. A `PageError` from inside, such as a next page's, is
    told what was pressed.
    """

    def mark(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
        @functools.wraps(method)
        def run(self: Page, /, *args: P.args, **kwargs: P.kwargs) -> R:
            self.pressed = False
            network.begin(self.tab)
            self.expected = f"“{_first_line(method)}” to take effect"
            try:
                return method(self, *args, **kwargs)
            except PageError as error:
                error.pressed = error.pressed or self.pressed
                raise
            except _untold():
                pass  # Raised below, outside the handler: `raise … from None` would keep the original in __context__.
            raise self.failure(method.__name__)

        run.keyturn_kind = "action"  # type: ignore[attr-defined]
        run.keyturn_at = at  # type: ignore[attr-defined]
        run.keyturn_anywhere = anywhere  # type: ignore[attr-defined]
        run.keyturn_effect = effect  # type: ignore[attr-defined]
        run.keyturn_secret = secret  # type: ignore[attr-defined]
        run.keyturn_shown_by = shown_by  # type: ignore[attr-defined]
        return run

    return mark


def probe(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
    """Mark a `has_…` method that answers, at once and without waiting, whether something is so on the loaded page.

    The engine asks again until it is so or the time is up, and derives the opposite `has_no_…`, which holds only
    while the page's proof is on screen: a blank page proves nothing. An answer None, where what is shown is not enough
    to tell, makes neither of the two hold.
    """

    @functools.wraps(method)
    def run(self: Page, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with self.expecting("the page to answer"):
                return method(self, *args, **kwargs)
        except _untold():
            pass  # As in `action`.
        raise self.failure(method.__name__)

    run.keyturn_kind = "probe"  # type: ignore[attr-defined]
    return run


def glance(otherwise: R) -> Callable[[Callable[[Any], R]], Callable[[Any], R]]:
    """Mark a question asked over and over, even while its page is being left: then it is answered `otherwise`."""

    def mark(method: Callable[[Any], R]) -> Callable[[Any], R]:
        @functools.wraps(method)
        def run(self: Page) -> R:
            try:
                return method(self)
            except library.Error:
                return otherwise

        return run

    return mark


def _first_line(method: Callable[..., object]) -> str:
    """Return the first line of the docstring of `method` without its full stop."""
    return (method.__doc__ or method.__name__).strip().splitlines()[0].rstrip(".")
