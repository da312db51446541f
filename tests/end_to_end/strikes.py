"""Where each fault can strike, and how the run may end then: the rows of the fault matrix.

Rows come from the runbook's own steps and from what the replicas say of their faults; nothing here lists them one by
one. A fault of a screen strikes at the step that the replicas name, or wherever its kind of page is; one of the network
wherever the step asks the portal's server; one of this machine anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyturn.cli.rehearse import DEFAULT
from keyturn.document import load
from keyturn.errors import Exit
from keyturn.model import Effect
from keyturn.settings import shipped_runbooks
from rehearsal import FAULTS
from rehearsal.faults import ENTRA_FAULTS
from rehearsal.network import NETWORK_FAULTS
from rehearsal.sign_in import REFUSALS
from tests.end_to_end import mishap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyturn.model import Step

BOOK: Final = load(shipped_runbooks() / DEFAULT)
# How the faults of portals begin that this runbook does not go to; they are proven with those portals' pages.
ELSEWHERE: Final = tuple({name.partition("net-")[0] for name in NETWORK_FAULTS} - {"", "ma-"})
STEPS: Final = {step.id: step for step in BOOK.steps}
DONE: Final = frozenset({Exit.DONE})
STOPS: Final = frozenset({Exit.STEP_FAILED})
EITHER: Final = DONE | STOPS

# What makes a step happen that the ordinary rehearsal skips.
_HOW: Final[Mapping[str, dict[str, str]]] = {
    "open-registration-by-link": {"route": "link"},
    "open-certificates-and-secrets": {"scenario": "no-banner"},
    "delete-valid-secret": {"scenario": "expiring"},
}
# Steps in which a page asks its server for something; the others only fill in and read. A test of the rotation proves it.
ASKS: Final = frozenset(
    {
        "open-admin-center",
        "open-app-registrations",
        "open-registration",
        "open-registration-by-link",
        "create-a-new-one",
        "open-certificates-and-secrets",
        "add-secret",
        "delete-expired-secret",
        "open-ma-portal",
        "open-user-management",
        "reset-integration",
        "test-connection",
        "save-credentials",
        "open-user-management-again",
        "select-group",
        "synchronise",
        "delete-valid-secret",
    }
)


@dataclass(frozen=True)
class Ends:
    """How a run may end after a fault: exit codes, and where it stops, what its message says of it (a pattern)."""

    exits: frozenset[int]
    says: str = ""


@dataclass(frozen=True)
class Row:
    """One fault at one step."""

    fault: str
    step: str  # empty: wherever its place comes up
    ends: Ends
    rendering: str = "classic"
    moment: mishap.Moment = "begins"
    how: dict[str, str] = field(default_factory=dict)

    @property
    def can_go_on(self) -> bool:
        """Whether a run that stopped for it comes to its end when it is resumed without the fault."""
        return self.fault not in _STAYS

    @property
    def name(self) -> str:
        """The row's name in the tests."""
        when = {"begins": "at", "acting": "acting", "pressed": "pressed"}[self.moment]
        parts = [self.fault, self.step and f"{when}-{self.step}", self.rendering.removeprefix("classic")]
        return "-".join(filter(None, parts))


# --- What a screen does to a run -----------------------------------------------------------------------------------
# Of the sign-in pages' faults, those that are no refusal are a person's to get past.
_SIGN_IN_REFUSALS: Final = {**dict.fromkeys(REFUSALS, "AADSTS"), "approval-required": "", "certificate-failed": ""}
_GOTTEN_PAST: Final = frozenset(
    {
        "home-bounce", "blank-first-load", "welcome-tour", "stale-twin", "slow", "owned-tab-empty", "manage-collapsed",
        "registration-delete-unasked", "months-wording", "survey-over-add", "toast-over-x", "row-late", "count-lags",
        "list-late", "concurrent-secret", "trash-off-screen", "odd-descriptions", "replication-slow",
        "ma-password-wrong", "ma-code-expired", "ma-code-wrong", "ma-slow", "ma-old-wording", "ma-iso-date",
        "ma-first-test-fails", "ma-no-dialog", "ma-late-dialog", "ma-banner-alert",
        "ma-result-stays",
    }
)  # fmt: skip
_STOPPED: Final = {
    **_SIGN_IN_REFUSALS,
    "wrong-directory": "none in this directory",
    "admin-center-refused": "401",
    "blank-blade": "the blade “|the portal without",
    "content-closed": "Content closed",
    "server-500": "unexpected error",
    "app-not-found": "none in this directory",
    "app-deactivated": "none in this directory",
    "read-only-role": "greyed out",
    "secrets-blocked": "blocked by tenant-wide policy",
    "long-lifetimes-removed": "a list that offers",
    "add-refused-policy": "blocked by tenant-wide policy",
    "add-lifetime-cap": "exceeds the max value",
    "insufficient-privileges": "Insufficient privileges",
    "credential-limit": "credential limit",
    "toast-without-row": "Certificates & secrets",
    "masked-after-reload": "new in the list",
    "secret-id-copied": "the copied value was refused",
    "value-with-space": "the copied value was refused",
    "value-cut": "the copied value was refused",
    "value-checksum": "the copied value was refused",
    "clipboard-denied": "the clipboard did not change",
    "concurrent-delete": "does not exist",
    "delete-refused": "Insufficient privileges",
    "several-expired": "ends",
    "clock-ahead": "20 days ahead",
    "clock-behind": "20 days behind",
    "replication-never": "Have you entered a Client Secret ID",
    "ma-access-lost": "no longer an active user",
    "ma-server-error": "500 error",
    "ma-reset-cancelled": "User Management",
    "ma-reset-refused": "could not be reset",
    "ma-reset-breaks": "User Management",
    "ma-reset-tab-lost": "an empty tab",
    "ma-odd-date": "Day of expiry",
    "ma-paste-blocked": "an empty field",
    "ma-secret-id-entered": "Have you entered a Client Secret ID",
    "ma-insufficient-privileges": "Insufficient Privileges",
    "ma-date-passed": "must not have already occurred",
    "ma-no-guid": "not a valid GUID",
    "ma-directory-unknown": "correct tenant ID",
    "ma-save-disabled": "User Management",
    "ma-save-refused": "could not be saved",
    "ma-save-forgotten": "User Management",
    "ma-group-blank": "set ad_group",
    "ma-no-groups": "without groups",
    "ma-twin-groups": "2 of that name",
    "ma-empty-group": "User Management",
    "ma-group-not-kept": "User Management",
    "ma-group-lost": "No group is selected",
    "ma-sync-unchanged": "User Management",
    "ma-sync-refused": "500 error",
}
_REFUSED_BY_GUARD: Final = {"ma-wrong-customer": "another organisation"}
# A session that ends is opened again by the person, unless a button had been pressed whose result then is not known, or
# is about to be: where the person is so quick that no sign-in page is seen, that the page is another is.
_PERHAPS: Final = {
    "session-ended": "sign-in page|as a moment ago|“Add a client secret”|the page to (stay|answer)",
    "ma-session-ended": "sign-in page|Administration Dashboard",
}
_NEEDS: Final[Mapping[str, dict[str, str]]] = {
    "manage-collapsed": {"scenario": "no-banner"},
    "clock-ahead": {"scenario": "expiring"},
    "concurrent-delete": {"scenario": "expired"},
    "ma-twin-groups": {"ad_group": "Awareness - All Staff"},
    "ma-no-groups": {"ad_group": "Awareness - All Staff"},
}
# What a portal does when it is loaded anew with a blade in its address: that happens when a session ends there.
BESIDE: Final[Mapping[str, str]] = dict.fromkeys(("home-bounce", "blank-first-load"), "session-ended@find-old-secret")
# What lies in wait behind a button that no step may press.
NEVER_MET: Final = frozenset({"registration-delete-unasked"})
# What is so in the portals themselves, and is not over when the fault is: a run that stopped for it stops again.
_STAYS: Final = frozenset(
    {
        "wrong-directory", "app-not-found", "app-deactivated", "several-expired", "clock-ahead", "clock-behind",
        "ma-wrong-customer", "ma-access-lost", "ma-group-blank", "ma-group-lost", "ma-twin-groups",
    }
)  # fmt: skip
_DRAWN_TWICE: Final = frozenset(ENTRA_FAULTS) - {name for name in ENTRA_FAULTS if ENTRA_FAULTS[name][1] == "sign-in"}


def _opens_a_blade(step: Step) -> bool:
    return portal_of(step) == "entra" and step.do.startswith(("open", "create_a_new_one")) and step.id in ASKS


# A fault whose place comes up in more than one step, and in which.
_PLACES: Final[Mapping[str, Callable[[Step], bool]]] = {
    "session-ended": lambda step: portal_of(step) == "entra" and step.page != "entra.sign-in",
    "slow": lambda step: portal_of(step) == "entra" and step.page != "entra.sign-in" and step.id in ASKS,
    "blank-blade": lambda step: _opens_a_blade(step) and step.page != "entra.sign-in",
    "content-closed": lambda step: _opens_a_blade(step) and step.page != "entra.sign-in",
    "server-500": lambda step: portal_of(step) == "entra" and step.effect is not Effect.READ,
    "stale-twin": lambda step: _opens_a_blade(step) and step.page == "entra.registration-overview",
    "ma-session-ended": lambda step: portal_of(step) == "ma" and step.page != "ma.sign-in" and step.id in ASKS,
    "ma-slow": lambda step: portal_of(step) == "ma" and step.id in ASKS,
    "ma-server-error": lambda step: portal_of(step) == "ma" and (step.effect is not Effect.READ or bool(step.retry)),
}

# --- The network ---------------------------------------------------------------------------------------------------
_UNREACHED: Final = (
    r"ERR_|\((429|500)\)|could not be reached|answered with (429|500)|(429|500) error|the portal without"
)
_WAITS_FOR_IT: Final = ("net-slow",)

# --- This machine --------------------------------------------------------------------------------------------------
_GONE: Final = "a browser|a tab|clipboard"
MISHAPS: Final[Mapping[str, tuple[type[mishap.Mishap], Ends]]] = {
    "browser-killed": (
        mishap.BrowserKilled,
        Ends(STOPS, "gone|ended|closed|no longer answers|refused the clipboard|may still hold"),
    ),
    "tab-closed": (mishap.TabClosed, Ends(EITHER, "gone|closed|no longer answers")),
    "display-gone": (
        mishap.DisplayGone,
        Ends(STOPS, "gone|ended|closed|no longer answers|refused the clipboard|may still hold"),
    ),
    "recording-disk-full": (mishap.RecordingDiskFull, Ends(frozenset({Exit.NOT_VERIFIED}), "no space left")),
    "store-disk-full": (mishap.StoreDiskFull, Ends(DONE | frozenset(range(10, 20)), "(?i)no space left|could not be")),
    "clipboard-stolen": (mishap.ClipboardStolen, Ends(STOPS, "clipboard|copied value was refused")),
    "clipboard-refused": (mishap.ClipboardRefused, Ends(STOPS, "the browser refused the clipboard")),
    "clock-set": (mishap.ClockSet, Ends(EITHER, "this computer's clock to agree with the portal's")),
    "clock-set-back": (mishap.ClockSetBack, Ends(DONE)),
    "interrupted": (mishap.Interrupted, Ends(frozenset({Exit.INTERRUPTED}))),
}


def portal_of(step: Step) -> str:
    """Return the portal that `step` acts in."""
    return step.page.partition(".")[0]


def rows() -> Iterator[Row]:
    """Yield every fault at every step that it can strike."""
    for fault in FAULTS:
        if fault.startswith(ELSEWHERE):
            continue
        if "net-" in fault:
            yield from _network(fault)
        else:
            yield from _screen(fault, "classic")
            if fault in _DRAWN_TWICE:
                yield from _screen(fault, "react")
    for name in MISHAPS:
        yield from _mishap(name)


def _screen(fault: str, rendering: str) -> Iterator[Row]:
    if fault in _PLACES:
        for step in BOOK.steps:
            if _PLACES[fault](step):
                yield Row(fault, step.id, _ends(fault), rendering, how=_HOW.get(step.id, {}) | _NEEDS.get(fault, {}))
    else:
        yield Row(fault, "", _ends(fault), rendering, how=_NEEDS.get(fault, {}))


def _ends(fault: str) -> Ends:
    if fault in _PERHAPS:
        return Ends(EITHER, _PERHAPS[fault])
    if fault in _REFUSED_BY_GUARD:
        return Ends(frozenset({Exit.GUARD_REFUSED}), _REFUSED_BY_GUARD[fault])
    if fault in _STOPPED:
        return Ends(STOPS, _STOPPED[fault])
    if fault in _GOTTEN_PAST or ENTRA_FAULTS[fault][1] == "sign-in":
        return Ends(DONE)
    raise KeyError(fault)


def _network(fault: str) -> Iterator[Row]:
    portal = "ma" if fault.startswith("ma-") else "entra"
    ends = Ends(DONE if fault.endswith(_WAITS_FOR_IT) else EITHER, _UNREACHED)
    for step in BOOK.steps:
        if portal_of(step) == portal and step.id in ASKS:
            yield Row(fault, step.id, ends, how=_HOW.get(step.id, {}))


def _mishap(name: str) -> Iterator[Row]:
    began: set[str] = set()  # portals that have a tab
    for step in BOOK.steps:
        touches = bool(step.copies or step.pastes)
        if name == "tab-closed" and portal_of(step) not in began:
            began.add(portal_of(step))
        elif touches or "clipboard" not in name:
            for moment in _moments(name, step):
                yield Row(name, step.id, MISHAPS[name][1], moment=moment, how=_HOW.get(step.id, {}))


def _moments(name: str, step: Step) -> Iterator[mishap.Moment]:
    yield "begins"
    counts = step.effect is not Effect.READ or bool(step.pastes)
    if counts and name in {"browser-killed", "tab-closed", "interrupted", "clipboard-stolen", "store-disk-full"}:
        yield "acting"
    if step.effect is not Effect.READ and name == "browser-killed":
        yield "pressed"


def quick_resumed() -> frozenset[str]:
    """Return the names of the rows of `quick` whose run is resumed too."""
    return frozenset({"browser-killed-pressed-add-secret"})


def quick() -> frozenset[str]:
    """Return the names of the rows that are always run: one of each kind, and most of those that stop early."""
    return frozenset(
        {
            "conditional-access-block",
            "net-dns-at-open-admin-center",
            "net-cut-at-add-secret",
            "ma-reset-breaks",
            "browser-killed-pressed-add-secret",
            "clipboard-refused-at-add-secret",
            "recording-disk-full-at-choose-expiry",
        }
    )
