"""The pages of the MA Portal on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from pages.errors import NoEffect, NotOne, NotYet, PortalRefused
from pages.ma_portal.sign_in import Account as MaAccount
from pages.ma_portal.user_management import Group, Integration, Sync
from rehearsal.ma_portal.state import Credentials
from rehearsal.ma_portal.state import Integration as Saved
from tests.end_to_end.paper_page import Paper, PaperSignIn

if TYPE_CHECKING:
    from rehearsal.ma_portal.state import MaPortal


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


class MaSignIn(PaperSignIn, Ma):
    title = "Log in"

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


PAGES: Final[dict[str, type[Paper]]] = {
    "sign-in": MaSignIn,
    "menu": Menu,
    "user-management": UserManagement,
    "saved-credentials": SavedCredentials,
    "new-integration": NewIntegration,
}
