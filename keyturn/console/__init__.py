"""What a person sees at the terminal, on standard error: the steps as they go, questions at gates, the summary."""

from __future__ import annotations

from keyturn.console.live import LiveSteps
from keyturn.console.plain import PlainSteps
from keyturn.console.questions import Terminal
from keyturn.console.summary import print_summary

__all__ = ["LiveSteps", "PlainSteps", "Terminal", "print_summary"]
