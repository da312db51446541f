"""What can go wrong in the MA Portal, by name: description and the step it strikes by default, if it has one.

The texts of the errors are the vendor's as far as its documentation shows them (`refusals.py`).
"""

from __future__ import annotations

MA_FAULTS: dict[str, tuple[str, str | None]] = {
    "ma-password-wrong": ("the first password is not accepted", None),
    "ma-code-expired": ("the first one-time code is refused as expired", None),
    "ma-code-wrong": ("the first one-time code is refused as wrong", None),
    "ma-session-ended": ("the sign-in page stands in place of the page", None),
    "ma-access-lost": ("the operator is no longer an active user once the integration is reset", None),
    "ma-wrong-customer": ("the portal is open at another customer of a managed service provider", None),
    "ma-slow": ("every answer but the scripts takes two seconds", None),
    "ma-server-error": ("every change is answered with a 500 error", None),
    "ma-old-wording": ("older wording: User Integration, Settings as text, types as the procedure names them", None),
    "ma-banner-alert": ("the banner that the secret has expired is an alert", None),
    "ma-reset-cancelled": ("the question whether to reset is cancelled as soon as it is asked", None),
    "ma-reset-refused": ("Yes is pressed and the integration is not reset", None),
    "ma-reset-breaks": ("the reset is done, but its answer never comes", None),
    "ma-reset-tab-lost": ("the reset is done, and the page is gone from its tab", None),
    "ma-iso-date": ("the expiration date is to be typed as YYYY-MM-DD", None),
    "ma-odd-date": ("the expiration date is to be typed in a format nobody knows", None),
    "ma-paste-blocked": ("the field for the secret takes no paste", None),
    "ma-first-test-fails": ("the first test is refused as if the secret were wrong", None),
    "ma-secret-id-entered": ("the test says that a Secret ID was entered, each time", None),
    "ma-insufficient-privileges": ("the test finds delegated permissions or no admin consent", None),
    "ma-date-passed": ("the test says that the expiration date lies in the past", None),
    "ma-no-guid": ("the test says that the Application ID is no GUID", None),
    "ma-directory-unknown": ("the test does not find the directory", None),
    "ma-result-stays": ("the result of a test stays on the page until there is another", None),
    "ma-no-dialog": ("a good test is told on the page, without a dialog to acknowledge", None),
    "ma-late-dialog": ("the dialog of the test comes two seconds late", None),
    "ma-save-disabled": ("Save Credentials stays greyed out after a good test", None),
    "ma-save-refused": ("the credentials are not saved", None),
    "ma-save-forgotten": ("saving is answered as done and nothing is saved", None),
    "ma-group-blank": ("the group is blank from the beginning, though users are synchronised", None),
    "ma-no-groups": ("the list of groups is empty", None),
    "ma-twin-groups": ("two groups bear the same name", None),
    "ma-empty-group": ("Query Group finds nobody", None),
    "ma-group-not-kept": ("Save Integration is answered as done and the group stays blank", None),
    "ma-group-lost": ("the group is no longer selected when Sync Now is pressed", None),
    "ma-sync-unchanged": ("Sync Now is accepted and Last Successful Sync stays as it was", None),
    "ma-sync-refused": ("Sync Now is answered with an error", None),
}
ONCE = (
    "ma-password-wrong",
    "ma-code-expired",
    "ma-code-wrong",
    "ma-session-ended",
    "ma-first-test-fails",
)  # these strike once in a run
