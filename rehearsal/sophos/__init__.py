"""A replica of Sophos Central's directory synchronisation: a second vendor that is given an Entra client secret.

Labels and order come from the vendor's public documentation (Settings > Azure AD Sync Settings/Status > Edit); no
picture or script was used, the markup and all texts of answers are our own.
"""

from __future__ import annotations

from rehearsal.sophos.app import make_app
from rehearsal.sophos.state import SophosCentral, SyncSettings

__all__ = ["SophosCentral", "SyncSettings", "make_app"]
