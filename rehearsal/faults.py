"""What can go wrong, by name, and which of it a rehearsal has switched on.

A fault written `NAME@STEP` is live only while that step of the runbook is being done; `NAME` alone strikes wherever its
place in the portal comes up. Those in `ONCE` strike once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock

from rehearsal.ma_portal.faults import MA_FAULTS
from rehearsal.ma_portal.faults import ONCE as MA_ONCE
from rehearsal.network import NETWORK_FAULTS
from rehearsal.network import ONCE as NETWORK_ONCE
from rehearsal.sophos.faults import ONCE as SOPHOS_ONCE
from rehearsal.sophos.faults import SOPHOS_FAULTS

ENTRA_FAULTS: dict[str, tuple[str, str | None]] = {
    # The sign-in pages.
    "two-accounts": ("the account picker lists a second account", "sign-in"),
    "email-asked": ("no account is remembered: the e-mail is asked for", "sign-in"),
    "email-refused": ("the first e-mail address is not known", "sign-in"),
    "work-or-personal": ("the address belongs to a work and to a personal account", "sign-in"),
    "password-refused": ("the first password is not accepted", "sign-in"),
    "federated-password": ("the password is asked for on the organisation's own page", "sign-in"),
    "method-asked": ("a way to confirm has to be chosen", "sign-in"),
    "code-asked": ("a code is asked for in place of the number match", "sign-in"),
    "code-refused": ("the first code is not accepted", "sign-in"),
    "phone-check": ("the telephone number is asked for before a code is sent", "sign-in"),
    "number-match-denied": ("the request is denied in the app, and asked for again", "sign-in"),
    "number-match-timeout": ("the number match times out and is asked for again", "sign-in"),
    "kmsi-before-mfa": ("“Stay signed in?” comes before the number match", "sign-in"),
    "more-information-required": ("security information is asked for; it can be put off", "sign-in"),
    "conditional-access-block": ("a Conditional Access policy blocks the sign-in (AADSTS53003)", "sign-in"),
    "device-not-compliant": ("the device does not meet the organisation's rules (AADSTS53000)", "sign-in"),
    "device-not-joined": ("the device is not joined to the organisation (AADSTS53001)", "sign-in"),
    "outside-check-needed": ("another provider's check is asked for (AADSTS50158)", "sign-in"),
    "second-factor-needed": ("a second factor is asked for and cannot be given here (AADSTS50076)", "sign-in"),
    "second-factor-missing": ("a second factor has yet to be set up (AADSTS50079)", "sign-in"),
    "app-not-in-directory": ("the sign-in service does not know the application (AADSTS700016)", "sign-in"),
    "app-disabled": ("the application is disabled (AADSTS70001)", "sign-in"),
    "directory-malformed": ("the directory's identifier is none (AADSTS900023)", "sign-in"),
    "directory-unknown": ("there is no such directory (AADSTS90002)", "sign-in"),
    "approval-required": ("an administrator has to approve the application first", "sign-in"),
    "certificate-failed": ("the certificate of the person cannot be checked", "sign-in"),
    # The shell and its router.
    "session-ended": ("the sign-in page stands in place of the blade", None),
    "wrong-directory": ("the account is signed in to another directory, which lacks the registration", "sign-in"),
    "admin-center-refused": ("the directory keeps the account out of the admin center (401)", None),
    "home-bounce": ("a direct link falls back to the portal's home once", None),
    "blank-first-load": ("a direct link leaves a blank shell once, until it is loaded again", None),
    "blank-blade": ("the blade shows dots without end", None),
    "content-closed": ("the blade says “Content closed”", None),
    "welcome-tour": ("a welcome tour lies over the portal", None),
    "stale-twin": ("a hidden copy of the blade with old content stays in the document", None),
    "slow": ("every answer takes a second", None),
    "server-500": ("one change is answered with a 500 error", None),
    # Registrations.
    "owned-tab-empty": ("the list opens on Owned applications, and the operator owns none", None),
    "app-not-found": ("no registration has this application ID", None),
    "app-deactivated": ("the registration has been deactivated", None),
    "manage-collapsed": ("the menu's group Manage is folded", None),
    "registration-delete-unasked": ("the Overview's Delete deletes the registration at once, without a question", None),
    # Certificates & secrets.
    "read-only-role": ("New client secret is greyed out", None),
    "secrets-blocked": ("the page says that secrets are blocked by policy; New client secret is greyed out", None),
    "list-late": ("the rows of the list come two seconds after its header", None),
    "months-wording": ("the options of Expires are worded in months, as before 2023", None),
    "long-lifetimes-removed": ("a policy removes the options longer than a year", None),
    "add-refused-policy": ("Add is refused: secrets are blocked by policy", "add-secret"),
    "add-lifetime-cap": ("Add is refused: the lifetime exceeds a policy's cap; the pane stays open", "add-secret"),
    "insufficient-privileges": ("the change is refused for want of privileges", "add-secret"),
    "credential-limit": ("Add is refused: the registration holds too many credentials", "add-secret"),
    "survey-over-add": ("a survey lies over the button Add", "add-secret"),
    "toast-over-x": ("a toast lies over the pane's X and stays", "new-client-secret"),
    "toast-without-row": ("success is told, and the row comes only after Refresh, masked", "add-secret"),
    "row-late": ("success is told, and the row comes two seconds later", "add-secret"),
    "count-lags": ("the tab's count lags behind the grid", "add-secret"),
    "masked-after-reload": ("the page reloads by itself after Add: the value is masked for good", "add-secret"),
    "secret-id-copied": ("the copy button of the value copies the Secret ID", "add-secret"),
    "value-with-space": ("the value is copied with a space at its end", "add-secret"),
    "value-cut": ("the value is copied as the cell cuts it", "add-secret"),
    "value-checksum": ("the value is copied with one character changed", "add-secret"),
    "clipboard-denied": ("the browser refuses the clipboard to the copy button", "add-secret"),
    "concurrent-secret": ("another administrator adds a secret at the same moment", "add-secret"),
    "concurrent-delete": ("another administrator has deleted the row already", "delete-expired-secret"),
    "delete-refused": ("the deletion is refused and the row stays", "delete-expired-secret"),
    "trash-off-screen": ("the grid is so wide that the delete icon is off screen", None),
    "odd-descriptions": ("other rows have blank, garbled and generated descriptions", None),
    "several-expired": ("a second secret has expired too", None),
    # The time.
    "clock-ahead": ("this computer's clock is twenty days ahead of the portals'", None),
    "clock-behind": ("this computer's clock is twenty days behind the portals'", None),
    # The token endpoint.
    "replication-slow": ("a new secret is unknown to the token endpoint for six seconds", None),
    "replication-never": ("the token endpoint never learns of a secret", None),
}
_ENTRA_ONCE = frozenset(
    {
        "session-ended",
        "home-bounce",
        "blank-first-load",
        "number-match-timeout",
        "number-match-denied",
        "email-refused",
        "password-refused",
        "code-refused",
        "welcome-tour",
        "server-500",
        "survey-over-add",
        "masked-after-reload",
        "concurrent-secret",
        "concurrent-delete",
    }
)
FAULTS: dict[str, tuple[str, str | None]] = {**ENTRA_FAULTS, **MA_FAULTS, **SOPHOS_FAULTS, **NETWORK_FAULTS}
ONCE = _ENTRA_ONCE | frozenset(MA_ONCE) | frozenset(SOPHOS_ONCE) | NETWORK_ONCE


@dataclass(slots=True)
class FaultPlan:
    """The faults of one rehearsal: name to the step it is bound to, empty where it is bound to none."""

    chosen: dict[str, str]
    step: str = ""  # the step being done, as the run tells it
    struck: list[str] = field(default_factory=list)  # in the order they struck
    lock: RLock = field(default_factory=RLock)

    @classmethod
    def read(cls, faults: list[str]) -> FaultPlan:
        """Read `NAME` and `NAME@STEP`. Raises `ValueError` for a name that is not in `FAULTS`."""
        chosen: dict[str, str] = {}
        for fault in faults:
            name, _, step = fault.partition("@")
            if name not in FAULTS:
                raise ValueError(f"there is no fault called {name}")
            chosen[name] = step
        return cls(chosen)

    def live(self, name: str, *, natural: bool = True) -> bool:
        """Return whether the fault would strike now. `natural`: whether this is its place when no step is given."""
        if name not in FAULTS:
            raise KeyError(name)
        with self.lock:
            if name not in self.chosen or (name in ONCE and name in self.struck):
                return False
            step = self.chosen[name]
            return step == self.step if step else natural

    def strikes(self, name: str, *, natural: bool = True) -> bool:
        """Return whether the fault strikes now, and note it: those in `ONCE` have then had their turn."""
        with self.lock:
            if not self.live(name, natural=natural):
                return False
            self.struck.append(name)
            return True

    def from_the_start(self, name: str) -> bool:
        """Return whether a fault that is part of how things stand was chosen, at whatever step, and note it."""
        with self.lock:
            if name not in self.chosen:
                return False
            self.struck.append(name)
            return True
