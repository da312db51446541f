"""The inputs that an operator gives on the command line, each as the text that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from keyturn.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path


def given_inputs(file: Path | None, pairs: list[str]) -> dict[str, str]:
    """Return the inputs given by file and by `NAME=VALUE`; the command line wins. Raises `Invalid`."""
    given = _from_file(file) if file else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Invalid(f"--set takes NAME=VALUE, not {pair}")
        given[name] = value
    return given


def _from_file(file: Path) -> dict[str, str]:
    try:
        # BaseLoader makes every scalar a text: `no` stays "no", and 0123 keeps its zero.
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # builds texts only
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {(error.strerror or 'no reason given').lower()}") from None
    except (UnicodeDecodeError, yaml.YAMLError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        hint = "write each input on a line of its own: NAME: VALUE"
        raise Invalid(f"{file} is not a YAML file of names and values", hint=hint)
    return found
