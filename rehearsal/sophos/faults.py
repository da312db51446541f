"""What can go wrong in Sophos Central, by name: description and the step it strikes by default, if it has one."""

from __future__ import annotations

SOPHOS_FAULTS: dict[str, tuple[str, str | None]] = {
    "sophos-password-wrong": ("the first password is not accepted", None),
    "sophos-code-expired": ("the first security code is refused as expired", None),
    "sophos-code-wrong": ("the first security code is refused as wrong", None),
    "sophos-session-ended": ("the sign-in page stands in place of the page", None),
    "sophos-key-masked": ("the form shows a mask for the key that is saved", None),
    "sophos-first-test-fails": ("the first test is refused as if the key were wrong", None),
    "sophos-save-refused": ("the settings are not saved", None),
    "sophos-save-forgotten": ("saving is answered as done and nothing is saved", None),
    "sophos-sync-unchanged": ("Sync is accepted and the last synchronisation stays as it was", None),
    "sophos-sync-refused": ("Sync is answered with an error", None),
}
ONCE = ("sophos-password-wrong", "sophos-code-expired", "sophos-code-wrong", "sophos-first-test-fails")
