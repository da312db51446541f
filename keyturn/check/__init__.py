"""Everything about a runbook that can be proven without a browser: pages, arguments, names, rules, coverage, inputs."""

from __future__ import annotations

from keyturn.check.inputs import resolve_inputs
from keyturn.check.notice import notices
from keyturn.check.whole import check, check_file

__all__ = ["check", "check_file", "notices", "resolve_inputs"]
