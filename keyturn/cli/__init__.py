"""The command line: the only place that wires the rooms, and that turns errors into text and exit codes."""

from __future__ import annotations

from keyturn.cli.main import main

__all__ = ["main"]
