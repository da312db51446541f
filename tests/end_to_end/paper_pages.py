"""The pages of both portals on paper: what they show and press is the rehearsal's own state, without a browser.

As the real page objects they say whether a button had been pressed when something goes wrong, and a fault of the
replicas does here what it does there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from keyturn.catalogue import Catalogue
from pages.entra.add_client_secret import NewSecret
from pages.entra.client_secrets import OldSecret
from pages.entra.lifetime import end, is_near
from pages.entra.registration_overview import Essentials
from pages.entra.secrets_grid import SecretRow
from pages.entra.shell import Account
from pages.errors import NoEffect, NotOne, NotYet, PageError, PortalRefused, ScreenNotReached, SessionEnded
from pages.ma_portal.sign_in import Account as MaAccount
from pages.ma_portal.user_management import Group, Integration, Sync
from rehearsal.entra.changes import add_secret, delete_secret
from rehearsal.ma_portal.state import Credentials
from rehearsal.ma_portal.state import Integration as Saved
from rehearsal.state import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

    from keyturn.catalogue import PageSpec
    from rehearsal.ma_portal.state import MaPortal
    from rehearsal.state import Registration, Secret
    from tests.end_to_end.paper import Tab

_DAYS: Final = 730


class Paper:
    """A page in a tab. `shown` are the places in which it is on screen."""

    title = ""
    shown: tuple[str, ...] = ()
    session_ended = "session-ended"

    def __init__(self, tab: Tab, url: str) -> None:
        self.tab, self.url = tab, url
        self.world = tab.browser.world

    def is_on_screen(self) -> bool:
        return not self.tab.closed and self.tab.at in self.shown

    def arrive(self) -> None:
        self.tab.check()
        if not self.tab.closed and self.tab.at == "sign-in":
            raise self.failed(SessionEnded, "arrive")
        if not self.is_on_screen():
            raise self.failed(ScreenNotReached, "arrive")

    def seen(self) -> str:
        return f"the page “{self.tab.at or 'blank'}”"

    def failed(self, kind: type[PageError], verb: str, *, pressed: bool = False, seen: str = "") -> PageError:
        return kind(self.title, verb, expected="it to take effect", seen=seen or self.seen(), pressed=pressed)

    def open_at(self, at: str) -> None:
        """Go to another place of the portal; it may have ended the session."""
        self.tab.check()
        if self.world.faults.strikes(self.session_ended):
            self.tab.load("sign-in")
            raise self.failed(SessionEnded, "open")
        self.tab.load(at, self.url)


# --- The Entra admin center ----------------------------------------------------------------------------------------
class Entra(Paper):
    """A page of the admin center."""

    @property
    def application_id(self) -> str:
        """The registration's that is on screen: the one asked for, unless a person has gone to another."""
        return self.tab.registration or self.world.application_id

    def check_registration(self, verb: str, application_id: str) -> None:
        if not self.has_application_id(application_id):
            raise self.failed(NotOne, verb, seen="those of another registration")

    def has_application_id(self, application_id: str) -> bool:
        return application_id == self.application_id

    @property
    def registration(self) -> Registration:
        found = self.world.registration(self.application_id)
        assert found
        return found

    def rows(self) -> list[Secret]:
        return list(self.registration.secrets)


class SignIn(Entra):
    title, shown = "Sign in", ("home", "sign-in")

    def open(self) -> None:
        self.tab.load("home", self.url)

    def is_signed_in(self) -> bool:
        return True

    def screen(self) -> str:
        return ""

    def wait_until_signed_in(self) -> Account:
        directory = self.world.directory
        return Account(directory.account, directory.name, directory.domain)


class AdminCenter(Entra):
    title, shown = "Home", ("home", "registrations", "overview", "secrets", "pane")

    def open_app_registrations(self) -> None:
        self.open_at("registrations")

    def has_account(self, account: str) -> bool:
        return account == self.world.directory.account


class AppRegistrations(Entra):
    title, shown = "App registrations", ("registrations",)

    def open_registration(self, application_id: str) -> None:
        assert application_id == self.registration.application_id
        self.open_at("overview")


class Overview(Entra):
    title, shown = "Overview", ("overview",)

    def read_essentials(self) -> Essentials:
        banner = self.registration.banner
        message = {"expired": "has expired", "expiring": "is expiring soon", "": "none"}[banner]
        ids = (self.registration.application_id, self.world.directory.directory_id)
        return Essentials(self.registration.name, *ids, message)

    def create_a_new_one(self) -> None:
        self.open_at("secrets")

    open_certificates_and_secrets = create_a_new_one


class ClientSecrets(Entra):
    title, shown = "Certificates & secrets", ("secrets", "pane")

    def find_old_secret(self, application_id: str, secret_id: str = "") -> OldSecret:
        self.check_registration("find_old_secret", application_id)
        today = datetime.now(UTC).date()
        found = [one for one in self.rows() if (one.secret_id == secret_id if secret_id else _ends(one) < today)]
        soon = [one for one in self.rows() if today <= _ends(one) and (_ends(one) - today).days <= 30]
        found = found or ([] if secret_id else soon)
        if len(found) > 1:
            raise self.failed(NotOne, "find_old_secret")
        if not found:
            return OldSecret("", "", "none", "")
        (old,) = found
        state = "expired" if _ends(old) < today else "valid"
        return OldSecret(old.secret_id, _ends(old).isoformat(), state, old.description)

    def open_new_client_secret(self) -> None:
        self.tab.at = "pane"

    def delete_secret(self, application_id: str, secret_id: str) -> None:
        self.check_registration("delete_secret", application_id)
        if not self.has_secret(secret_id):
            raise self.failed(NotOne, "delete_secret", seen="no such row")
        try:
            delete_secret(self.world, application_id, secret_id)
        except Refused as refused:
            raise self.failed(PortalRefused, "delete_secret", pressed=True, seen=refused.text) from None
        finally:
            self.tab.browser.death.at("pressed delete_secret")

    def has_secret(self, secret_id: str) -> bool:
        return secret_id in {one.secret_id for one in self.rows()}

    def has_lifetime(self, expires_on: str, expires: str) -> bool:
        return is_near(date.fromisoformat(expires_on), end(expires, datetime.now(UTC).date()) or date.min)


class AddClientSecret(Entra):
    title, shown = "Add a client secret", ("pane",)

    def enter_description(self, description: str) -> None:
        self.tab.filled["description"] = description

    def select_expires(self, expires: str) -> None:
        self.tab.filled["expires"] = expires

    def has_pane(self) -> bool:
        return self.tab.at == "pane"

    def has_description(self, description: str) -> bool:
        return self.tab.filled.get("description") == description

    def has_expires(self, expires: str) -> bool:
        return self.tab.filled.get("expires") == expires

    def known_ids(self, application_id: str = "") -> tuple[str, ...]:
        if self.tab.at not in {"pane", "secrets"}:
            raise self.failed(ScreenNotReached, "known_ids")
        self.check_registration("known_ids", application_id or self.application_id)
        return tuple(one.secret_id for one in self.rows())

    def ids_now(self, application_id: str) -> tuple[str, ...] | None:
        there = self.tab.at in {"pane", "secrets"} and application_id == self.application_id
        return tuple(one.secret_id for one in self.rows()) if there else None

    def add_and_copy_value(self, application_id: str) -> NewSecret:
        self.check_registration("add_and_copy_value", application_id)
        asked = {"description": self.tab.filled["description"], "days": _DAYS}
        try:
            made = add_secret(self.world, application_id, asked)
        except Refused as refused:
            raise self.failed(PortalRefused, "add_and_copy_value", pressed=True, seen=refused.text) from None
        self.tab.at = "secrets"
        self.tab.filled.clear()
        self.tab.copyable.add(made["secretId"])
        self.tab.browser.death.at("pressed add_and_copy_value")
        if self.world.faults.strikes("masked-after-reload"):
            self.tab.load("secrets")
            raise self.failed(NoEffect, "add_and_copy_value", pressed=True, seen=f"{made['secretId']} new in the list")
        if not self.world.faults.strikes("clipboard-denied"):
            self.tab.browser.clipboard = made["copied"]
        return NewSecret(made["secretId"], made["end"][:10])

    def copyable_beside(self, known: Collection[str], application_id: str = "") -> tuple[NewSecret, ...]:  # noqa: ARG002
        if self.tab.at not in {"pane", "secrets"}:
            raise self.failed(ScreenNotReached, "copyable_beside")
        fresh = [one for one in self.rows() if one.secret_id in self.tab.copyable and one.secret_id not in known]
        return tuple(NewSecret(one.secret_id, _ends(one).isoformat()) for one in fresh)

    def made_beside(self, known: Collection[str]) -> NewSecret | None:
        ours = self.copyable_beside(known)
        return ours[0] if len(ours) == 1 else None

    def new_beside(self, known: Collection[str]) -> tuple[SecretRow, ...]:
        fresh = [one for one in self.rows() if one.secret_id not in known]
        return tuple(SecretRow(one.secret_id, _ends(one), one.description) for one in fresh)

    def copy_again(self, secret_id: str) -> None:
        if secret_id not in self.tab.copyable:
            raise self.failed(NoEffect, "copy_again")
        self.tab.browser.clipboard = next(one.value for one in self.rows() if one.secret_id == secret_id)


def _ends(secret: Secret) -> date:
    return secret.end.date()


# --- The MA Portal -------------------------------------------------------------------------------------------------
class Ma(Paper):
    """A page of the MA Portal."""

    session_ended = "ma-session-ended"

    @property
    def portal(self) -> MaPortal:
        portal: Any = self.world.portals["ma_portal"]
        return cast("MaPortal", portal)

    @property
    def saved(self) -> Saved | None:
        return self.portal.integration

    def press(self, button: str, verb: str, refused: str = "") -> None:
        """Count a press; raise what the portal answers under a fault, before anything is done."""
        self.world.press(button)
        for fault in ("ma-server-error", refused):
            if fault and self.world.faults.strikes(fault):
                raise self.failed(PortalRefused, verb, pressed=True, seen="a 500 error")

    def pressed(self, verb: str) -> None:
        """What was asked for is done; this keyturn may not live to see it."""
        self.tab.browser.death.at(f"pressed {verb}")


class MaSignIn(Ma):
    title, shown = "Log in", ("home", "sign-in")

    def open(self) -> None:
        self.tab.load("home", self.url)

    def is_signed_in(self) -> bool:
        return True

    def screen(self) -> str:
        return ""

    def wait_until_signed_in(self) -> MaAccount:
        return MaAccount(self.portal.account, self.portal.organisation)


class Menu(Ma):
    title, shown = "MA Portal", ("home", "users")

    def open_user_management(self) -> None:
        self.open_at("users")

    def has_account(self, account: str) -> bool:
        return account == self.portal.account


class UserManagement(Ma):
    title, shown = "User Management", ("users",)

    def read_integration(self) -> Integration:
        if self.saved is None:
            return Integration("", "", "", "none")
        group = self.portal.group()
        last = self.saved.last_sync.isoformat() if self.saved.last_sync else ""
        return Integration(self.saved.credentials.application_id, group.name if group else "", last, "saved")

    def select_group(self, group: str, otherwise: str) -> Group:
        wanted = group or otherwise
        found = next((one for one in self.portal.groups.values() if one.name == wanted), None)
        if self.saved is None or found is None:
            raise self.failed(NotOne, "select_group")
        if self.saved.group_id != found.group_id:
            self.press("ma-save-group", "select_group")
            self.saved.group_id = found.group_id
            self.pressed("select_group")
        return Group(wanted)

    def selected_group(self, group: str, otherwise: str) -> Group | None:
        found = self.portal.group()
        return Group(found.name) if found and found.name == (group or otherwise or found.name) else None

    def sync_now(self) -> Sync:
        if self.saved is None or not self.saved.group_id:
            raise self.failed(NoEffect, "sync_now")
        self.press("ma-sync", "sync_now", "ma-sync-refused")
        self.portal.synchronise(self.world.clock())
        self.pressed("sync_now")
        assert self.saved.last_sync
        return Sync(self.saved.last_sync.isoformat(), str(self.saved.users))

    def last_sync(self) -> Sync | None:
        last = self.saved.last_sync if self.saved else None
        return Sync(last.isoformat(), str(self.saved.users)) if self.saved and last else None

    def has_integration(self, nickname: str) -> bool:
        return self.saved is not None and self.saved.credentials.nickname == nickname

    def has_group(self, group: str) -> bool:
        found = self.portal.group()
        return found is not None and found.name == group

    def has_synchronised_since(self, moment: str) -> bool:
        last = self.saved.last_sync if self.saved else None
        return last is not None and last >= datetime.fromisoformat(moment)


class SavedCredentials(Ma):
    title = "Saved Credentials"

    def is_on_screen(self) -> bool:
        return not self.tab.closed and self.tab.at == "users" and self.saved is not None

    def reset_integration(self) -> None:
        self.press("ma-reset", "reset_integration", "ma-reset-refused")
        self.portal.reset()
        self.pressed("reset_integration")
        if self.world.faults.strikes("ma-reset-tab-lost"):
            self.tab.load("", "about:blank")
            raise self.failed(NoEffect, "reset_integration", pressed=True, seen="an empty tab")


class NewIntegration(Ma):
    title = "New Integration"
    _FIELDS: Final = ("integration_type", "nickname", "application_id", "directory_id", "expires_on")

    def is_on_screen(self) -> bool:
        return not self.tab.closed and self.tab.at == "users" and self.saved is None

    def __getattr__(self, name: str) -> Any:
        """Enter a field, or tell whether it holds a text."""
        for part in self._FIELDS:
            verbs = {part, "expiration_date"} if part == "expires_on" else {part}
            if name.removeprefix("enter_").removeprefix("select_") in verbs:
                return lambda **given: self._enter(part, given[part])
            if name.removeprefix("has_") in verbs:
                return lambda **given: self.tab.filled.get(part) == given[part]
        raise AttributeError(name)

    def _enter(self, part: str, text: str) -> None:
        self.tab.filled[part] = text
        self.tab.filled.pop("tested", None)

    def has_form(self) -> bool:
        return True

    def paste_client_secret_value(self) -> None:
        self._enter("value", self.tab.browser.clipboard)

    def put_in(self) -> int | None:
        return 1 if self.has_client_secret_value() else None

    def has_client_secret_value(self) -> bool:
        return bool(self.tab.filled.get("value"))

    def test_connection(self) -> None:
        if not {*self._FIELDS, "value"} <= self.tab.filled.keys():
            raise self.failed(NoEffect, "test_connection", seen="a button that is greyed out")
        self.world.press("ma-test")
        asked = self._credentials()
        refusal = self.world.tokens.check(asked.directory_id, asked.application_id, asked.value)
        if refusal or self.world.faults.strikes("ma-first-test-fails"):
            raise self.failed(NotYet, "test_connection", seen="Have you entered a Client Secret ID?")
        self.portal.passed = asked
        self.tab.filled["tested"] = "yes"

    def has_test_passed(self) -> bool:
        return "tested" in self.tab.filled

    def acknowledge(self) -> None:
        if not self.has_test_passed():
            raise self.failed(NoEffect, "acknowledge")

    def save_credentials(self) -> None:
        if not self.has_test_passed():
            raise self.failed(NoEffect, "save_credentials", seen="a button that is greyed out")
        self.press("ma-save", "save_credentials", "ma-save-refused")
        if self.world.faults.strikes("ma-save-forgotten"):
            raise self.failed(NoEffect, "save_credentials", pressed=True)
        if not self.portal.save(self._credentials()):
            raise self.failed(PortalRefused, "save_credentials", pressed=True, seen="could not be saved")
        self.pressed("save_credentials")
        if self.world.faults.strikes("ma-net-cut"):
            self.tab.load("", "about:blank")
            raise self.failed(NoEffect, "save_credentials", pressed=True, seen="an answer that was cut off")

    def _credentials(self) -> Credentials:
        given = self.tab.filled
        ends = date.fromisoformat(given["expires_on"])
        names = ("integration_type", "nickname", "application_id", "directory_id", "value")
        return Credentials(**{name: given[name] for name in names}, expires_on=ends)


_PAGES: Final[dict[str, dict[str, type[Paper]]]] = {
    "entra": {
        "sign-in": SignIn,
        "admin-center": AdminCenter,
        "app-registrations": AppRegistrations,
        "registration-overview": Overview,
        "client-secrets": ClientSecrets,
        "add-client-secret": AddClientSecret,
    },
    "ma_portal": {
        "sign-in": MaSignIn,
        "menu": Menu,
        "user-management": UserManagement,
        "saved-credentials": SavedCredentials,
        "new-integration": NewIntegration,
    },
}


class OnPaper(Catalogue):
    """The catalogue of the real pages, with the classes of those on paper."""

    def page(self, package: str, name: str) -> PageSpec:
        cls: Any = _PAGES[package][name]
        return replace(super().page(package, name), cls=cls)
