"""Recorded evidence: what happened in a run, in which the secret cannot appear and which anybody can check.

The recorder conceals at the source and records; the leak gate searches what was written; the package is a signed bag;
the verifier and the report read it. This room knows neither portals nor runbooks nor the store.
"""

from __future__ import annotations

from evidence import chain, junit, listing, oscal, package, report, sealing, verify
from evidence.error import (
    ChainBroken,
    ConcealmentFailed,
    EvidenceError,
    NotARecording,
    NotServed,
    ScanError,
    WrongFile,
)
from evidence.finding import Finding
from evidence.gate import LeakGate
from evidence.recorder import Recorder
from evidence.shape import shape_search

__all__ = [
    "ChainBroken",
    "ConcealmentFailed",
    "EvidenceError",
    "Finding",
    "LeakGate",
    "NotARecording",
    "NotServed",
    "Recorder",
    "ScanError",
    "WrongFile",
    "chain",
    "junit",
    "listing",
    "oscal",
    "package",
    "report",
    "sealing",
    "shape_search",
    "verify",
]
