"""The pages of the Entra admin center on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from pages.entra.add_client_secret import NewSecret
from pages.entra.client_secrets import OldSecret
from pages.entra.lifetime import end, is_near
from pages.entra.registration_overview import Essentials
from pages.entra.secrets_grid import SecretRow
from pages.entra.shell import Account
from pages.errors import NoEffect, NotOne, PortalRefused, ScreenNotReached
from rehearsal.entra.changes import add_secret, delete_secret
from rehearsal.state import Refused
from tests.end_to_end.paper_page import Paper, PaperSignIn

if TYPE_CHECKING:
    from collections.abc import Collection

    from rehearsal.state import Registration, Secret

_DAYS: Final = 730


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


class SignIn(PaperSignIn, Entra):
    title = "Sign in"

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


PAGES: Final[dict[str, type[Paper]]] = {
    "sign-in": SignIn,
    "admin-center": AdminCenter,
    "app-registrations": AppRegistrations,
    "registration-overview": Overview,
    "client-secrets": ClientSecrets,
    "add-client-secret": AddClientSecret,
}
