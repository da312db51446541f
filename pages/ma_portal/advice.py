"""What the MA Portal's own words mean, and what to do. Most are those of the vendor's troubleshooting page (2023)."""

from __future__ import annotations

from typing import Final

from pages.components.advice import Advice, Row

ADVICE: Final[Advice] = (
    Row(
        r"Have you entered a Client Secret ID",
        "the portal does not know this value: a secret made a moment ago may need up to two minutes, so try again; if "
        "it goes on, a Secret ID was entered instead of the value",
    ),
    Row(
        r"Insufficient Privileges",
        "the registration lacks rights: in the Entra admin center, under API permissions, it needs Directory.Read.All "
        "and User.Read.All of type Application, both with admin consent",
    ),
    Row(
        r"Expiration date must not have already occurred",
        "enter the date under Expires in the Entra admin center; it has to lie ahead",
    ),
    Row(r"not a valid GUID", "enter the Application (client) ID as the registration's Overview shows it"),
    Row(
        r"not found\. Check to make sure you have the correct tenant",
        "there is no directory with this ID: enter the Directory (tenant) ID of the registration's Overview",
    ),
    Row(r"code you entered", "wait for the authenticator's next code and enter that; a code is good for 30 seconds"),
    Row(r"[Ww]rong email or password", "enter the password again, or have it reset"),
    Row(
        r"no longer an active user",
        "this account has lost its access, as a reset can bring about: another administrator has to synchronise a "
        "group that this account is in",
    ),
    Row(r"could not be saved", "test the connection again, and save while that test still counts"),
    Row(r"No group is selected|Select a group", "select a group first: View/Edit Group"),
    Row(
        r"\b500 error|synchronization failed|could not be reset|try again later",
        "the portal had an error of its own: look whether anything was done, then try again later",
    ),
)
