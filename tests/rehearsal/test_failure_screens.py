"""The failure screens that public material tells of, by the numbers of that list, and the faults that bring them up."""

from __future__ import annotations

import pytest

from rehearsal import FAULTS

ENTRA = {
    1: ("session-ended",),  # the sign-in page in place of the blade
    2: ("two-accounts",),
    3: ("number-match-timeout",),
    4: ("kmsi-before-mfa",),
    5: ("more-information-required",),
    6: ("conditional-access-block",),
    7: ("app-not-in-directory",),
    8: ("wrong-directory",),
    9: ("admin-center-refused",),
    10: ("blank-blade", "blank-first-load", "content-closed"),
    11: ("owned-tab-empty",),
    12: ("app-not-found",),
    13: ("app-deactivated",),
    14: ("read-only-role",),
    15: ("secrets-blocked", "add-refused-policy"),
    16: ("add-lifetime-cap",),
    17: ("insufficient-privileges",),
    18: ("credential-limit",),
    19: ("toast-without-row", "row-late", "count-lags"),
    20: ("masked-after-reload",),
    21: ("secret-id-copied",),
    22: ("clipboard-denied",),
    23: ("value-cut",),
    24: ("delete-refused",),
    25: ("concurrent-secret", "concurrent-delete"),
    26: ("survey-over-add", "welcome-tour"),
    27: ("toast-over-x",),
    28: ("trash-off-screen",),
    29: ("registration-delete-unasked",),
}
MA_PORTAL = {
    30: ("ma-code-expired",),
    31: ("ma-reset-cancelled",),
    32: ("ma-reset-tab-lost", "ma-reset-breaks"),
    33: (
        "ma-secret-id-entered",
        "ma-insufficient-privileges",
        "ma-date-passed",
        "ma-no-guid",
        "ma-directory-unknown",
        "ma-server-error",
    ),
    34: ("ma-first-test-fails", "replication-slow"),
    35: ("ma-no-dialog", "ma-late-dialog"),
    36: ("ma-save-disabled",),
    37: ("ma-date-passed", "ma-iso-date", "ma-odd-date"),
    38: ("ma-no-groups", "ma-empty-group", "ma-group-blank"),
    39: ("ma-group-not-kept", "ma-group-lost"),
    40: ("ma-sync-unchanged",),
    41: ("ma-access-lost",),
    42: ("ma-wrong-customer",),
}
SCREENS = {**ENTRA, **MA_PORTAL}


def test_the_list_is_whole() -> None:
    assert sorted(SCREENS) == list(range(1, 43))


@pytest.mark.parametrize("number", SCREENS)
def test_every_failure_screen_is_a_named_fault(number: int) -> None:
    assert SCREENS[number]
    assert [name for name in SCREENS[number] if name not in FAULTS] == []
