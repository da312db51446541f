"""The runbook as a procedure for a person with pen and paper, as Markdown and as a page that prints well."""

from __future__ import annotations

from keyturn.show.markdown import markdown
from keyturn.show.page import html
from keyturn.show.person import Instruction, Line, instructions

__all__ = ["Instruction", "Line", "html", "instructions", "markdown"]
