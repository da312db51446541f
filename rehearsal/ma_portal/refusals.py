"""Why Test Connection says no, in the vendor's words.

The beginnings of the texts, typing errors included, are those of the vendor's troubleshooting page as of September
2023; how they go on is made up. That the first and the fifth pass on an answer of Microsoft's token endpoint is
inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.ma_portal.state import GUID
from rehearsal.vendor_sign_in import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rehearsal.ma_portal.state import Credentials

REFUSED_VALUE = (
    "Have you entered a Client Secret ID? Please enter the Client Secret Value or recreate the Client Secret and use "
    "its Value."
)
NO_PRIVILEGES = (
    "Connection Failed: Insufficient Privileges to complete the operation. Ensure the AD API Permissons are of type "
    "Application and have been granted admin consent. Verfify them and test again."
)
DATE_PASSED = "The Client Secret Value Expiration date must not have already occurred. Please enter a later date."
NO_GUID = "Value is not a valid GUID. Please enter a valid Application (Client) ID."
NO_DIRECTORY = "Connection Failed: {directory_id} not found. Check to make sure you have the correct tenant ID."
EXPIRED = (
    "The Client Secret for your Managed Awareness Program has expired. Users are no longer synchronized until new "
    "credentials are saved."
)
SERVER_ERROR = "500 error. If the error persists, please submit a request to the support team."

# What the sign-in pages say; the pages are Auth0's (documented), their words as its users quote them, or made up.
SAID = {
    Stage.PASSWORD_REFUSED: "Wrong email or password.",
    Stage.CODE_EXPIRED: "The code you entered has expired. Enter the next one.",
    Stage.CODE_WRONG: "The code you entered is invalid.",
}


def refusal_of_form(credentials: Credentials, today: date) -> str:
    """Return what is wrong with the form itself, or an empty text."""
    if not GUID.fullmatch(credentials.application_id):
        return NO_GUID
    if credentials.expires_on < today:
        return DATE_PASSED
    if GUID.fullmatch(credentials.value):
        return REFUSED_VALUE
    return ""


def refusal_of_token(answer: Mapping[str, object] | None, directory_id: str) -> str:
    """Return the portal's text for an error of the token endpoint, or an empty text for a token."""
    if answer is None:
        return ""
    text = str(answer.get("error_description", ""))
    if "AADSTS7000215" in text:
        return REFUSED_VALUE
    if "AADSTS90002" in text or "AADSTS900023" in text:
        return NO_DIRECTORY.format(directory_id=directory_id) + f" Trace ID: {answer.get('trace_id', 'none')}"
    return f"Connection Failed: {text}"
