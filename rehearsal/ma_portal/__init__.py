"""A replica of the security vendor's MA Portal, for rehearsals and tests.

No public picture or script of the real portal was found: labels and order come from the vendor's documentation, the
markup is our own.
"""

from __future__ import annotations

from rehearsal.ma_portal.app import make_app
from rehearsal.ma_portal.faults import MA_FAULTS
from rehearsal.ma_portal.state import Credentials, Integration, MaPortal
from rehearsal.vendor_sign_in import Stage

__all__ = ["MA_FAULTS", "Credentials", "Integration", "MaPortal", "Stage", "make_app"]
