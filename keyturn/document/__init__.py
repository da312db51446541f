"""A runbook's YAML, read into the model with every fault told at once and every part knowing its place."""

from __future__ import annotations

from keyturn.document.reading import load, read

__all__ = ["load", "read"]
