"""Replicas of the portals on this machine, for practice and for tests: `Replicas`, and the `Operator` who acts in them.

They know nothing of keyturn. What they show follows public material about the real portals; where nothing is public,
the text or the markup is our own, and says so where it stands.
"""

from __future__ import annotations

from rehearsal.faults import FAULTS
from rehearsal.operator import Operator
from rehearsal.scenarios import SCENARIOS
from rehearsal.server import Replicas

__all__ = ["FAULTS", "SCENARIOS", "Operator", "Replicas"]
