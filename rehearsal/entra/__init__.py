"""A replica of the Microsoft Entra admin center, as far as app registrations and their secrets go.

Labels, classes, roles and traps are those seen in pictures and public scripts up to 2026; texts that are not public are
our own. What it shows is drawn by the scripts in `static/`; what it knows is in `api`.
"""

from __future__ import annotations

from rehearsal.entra.app import make_app, make_sandbox

__all__ = ["make_app", "make_sandbox"]
