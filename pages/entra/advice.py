"""What the Entra admin center's own words mean, and what to do: its toasts, and what stands in place of a blade.

Texts and codes are those of its documents and of reports up to 2026 (policies of applications, Graph's errors, the
directory's switch that keeps people out of the admin center).
"""

from __future__ import annotations

from typing import Final

from pages.components.advice import Advice, Row

_ROLES: Final = (
    "sign in as an owner of the registration, or with the role Application Administrator or Cloud Application "
    "Administrator; a role just given may need 15 minutes and a new sign-in"
)
READ_ONLY: Final = f"this account may only read here: {_ROLES}"
EXPIRES: Final = (
    "choose one of those that are offered; a policy of the organisation may have taken the longer ones away"
)
WHICH_REGISTRATION: Final = (
    "check the application ID, and at the top right that this is the directory that holds the registration"
)
ADVICE: Final[Advice] = (
    Row(
        r"blocked by tenant-wide policy|CredentialTypeNotAllowedAsPerAppPolicy",
        "the organisation forbids client secrets: ask an administrator to except this registration, in Entra ID > "
        "Enterprise apps > Application policies",
    ),
    Row(
        r"exceeds the max value|CredentialInvalidLifetimeAsPerAppPolicy|InvalidKeyEndDate",
        "the organisation allows no lifetime that long: start again with a shorter one",
    ),
    Row(
        r"Insufficient privileges|Authorization_RequestDenied",
        f"this account may not change the registration: {_ROLES}",
    ),
    Row(
        r"credential limit|CredentialLimitReached",
        "the registration holds as many credentials as it can: have those removed that nothing uses, then start again",
    ),
    Row(
        r"\b401\b",
        "the directory keeps this account out of the admin center: sign in with one that has a role, or have “Restrict "
        "access to Microsoft Entra admin center” switched off",
    ),
    Row(r"credential does not exist", "somebody else has deleted it in the meantime: look at the list before going on"),
    Row(r"does not exist|Request_ResourceNotFound", WHICH_REGISTRATION),
    Row(r"Content closed|Dashboard not found", "load the page again, or start again: the portal has lost its place"),
    Row(
        r"unexpected error|InternalServerError",
        "the portal had an error of its own: look at the list whether anything was done, then try again later",
    ),
)
