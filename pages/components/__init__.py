"""Parts that pages of more than one portal are made of."""

from __future__ import annotations
