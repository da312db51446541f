"""Carrying a runbook out: the stages of a step, the one act of creating and capturing, and how a run ends."""

from __future__ import annotations
