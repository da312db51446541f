"""The browser library, loaded when a page first meets a browser: whoever only reads what pages offer goes without it.

Reading a runbook and checking it against the pages thus costs a tenth of a second less, and needs no browser library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Error, TimeoutError, expect  # noqa: A004  # the library's own name
else:

    def expect(*args: Any, **kwargs: Any) -> Any:
        """Return the library's assertions about a locator or a tab."""
        from playwright.sync_api import expect as assertions  # noqa: PLC0415  # what this module is for

        return assertions(*args, **kwargs)

    def __getattr__(name: str) -> Any:
        """Return the library's `Error`, or its `TimeoutError`."""
        if name not in {"Error", "TimeoutError"}:
            raise AttributeError(name)
        from playwright import sync_api  # noqa: PLC0415  # what this module is for

        return getattr(sync_api, name)


__all__ = ["Error", "TimeoutError", "expect"]
