"""Whatever the engine can tell is had from the package, and counts among the events when the package is imported."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import iter_modules

from keyturn import events


def test_the_package_lists_every_event_that_its_modules_hold() -> None:
    modules = [import_module(f"{events.__name__}.{module.name}") for module in iter_modules(events.__path__)]
    written = {
        name
        for module in modules
        for name, one in inspect.getmembers(module, inspect.isclass)
        if one.__module__ == module.__name__ and issubclass(one, events.Event)
    }
    listed = {name for name in events.__all__ if inspect.isclass(getattr(events, name))}
    assert written == listed - {"Result"}
