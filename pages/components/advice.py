"""What a portal's own words mean for the person who reads them, and what they can do about it.

A portal's table holds the beginnings or the codes that its words are known by, each with its source; the first that
matches counts. Numbered errors of Microsoft's sign-in service reach a person through other vendors' portals too, so
that their table is here, for all to use.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Row(NamedTuple):
    """Words that a portal is known to use, as a regular expression, and what to do when it does."""

    says: str
    to_do: str


Advice = tuple[Row, ...]


def advised(words: str, *tables: Advice) -> str:
    """Return what to do about `words` by the first row of `tables` that matches; empty where none does."""
    rows = (row for table in tables for row in table)
    return next((row.to_do for row in rows if re.search(row.says, words, re.IGNORECASE)), "")


# Numbers and meanings: the service's published list, and reports of its users up to 2026.
SIGN_IN_SERVICE: Final[Advice] = (
    Row(
        r"AADSTS7000215",
        "Microsoft does not know this value: a secret made a moment ago may need up to two minutes, so try again; if "
        "it goes on, a Secret ID or a cut value was entered instead of the value",
    ),
    Row(
        r"AADSTS7000222",
        "Microsoft says that this secret has expired: a secret made a moment ago may be called so for up to two "
        "minutes; if it goes on, the value of an older secret was entered",
    ),
    Row(
        r"AADSTS700016",
        "the directory has no such application: check the application ID, and that the directory is the right one",
    ),
    Row(r"AADSTS70001\b", "the registration is deactivated: have it activated in the Entra admin center"),
    Row(r"AADSTS900023", "this is no identifier of a directory: enter the Directory (tenant) ID of the Overview"),
    Row(r"AADSTS90002\b", "there is no such directory: check the Directory (tenant) ID on the registration's Overview"),
    Row(
        r"AADSTS53003",
        "a Conditional Access policy of the organisation blocks this sign-in: sign in from a device, network and "
        "browser that it allows, or ask its administrator",
    ),
    Row(
        r"AADSTS53000",
        "the organisation asks for a managed device that meets its rules: use one, with the browser it is managed by",
    ),
    Row(
        r"AADSTS53001",
        "the organisation asks for a device that is joined to it: use one, with the browser it is managed by",
    ),
    Row(r"AADSTS50158", "another provider's check has to be passed: sign in again and finish it"),
    Row(r"AADSTS50076", "a second factor is asked for: sign in again and confirm that it is you"),
    Row(r"AADSTS50079", "a second factor has yet to be set up for this account: set it up, then sign in again"),
)
