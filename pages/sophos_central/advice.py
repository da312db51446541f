"""What Sophos Central's own words mean, and what to do. How it words them is not public: these are the replica's."""

from __future__ import annotations

from typing import Final

from pages.components.advice import Advice, Row

ADVICE: Final[Advice] = (
    Row(r"must be a date in the future|is not a date", "enter the date under Expires in the Entra admin center"),
    Row(r"could not be saved", "test the connection again, and save while that test still counts"),
    Row(r"synchronization failed", "look at the settings and test the connection again"),
    Row(r"email or password", "enter the password again, or have it reset"),
    Row(r"security code", "wait for the next code and enter that"),
)
