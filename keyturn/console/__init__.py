"""What a person sees at the terminal, on standard error: the steps as they go, questions at gates, the summary."""

from __future__ import annotations

from keyturn.console.live import LiveScreen
from keyturn.console.person import Person
from keyturn.console.plain import PlainLines
from keyturn.console.scene import Scene
from keyturn.console.summary import print_summary
from keyturn.console.watching import Watching, somebody_is_there, watching

__all__ = ["LiveScreen", "Person", "PlainLines", "Scene", "Watching", "print_summary", "somebody_is_there", "watching"]
