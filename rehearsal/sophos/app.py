"""The replica as a web application. No answer holds a key; every press is counted before anything is decided."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from flask import Flask, abort, jsonify, redirect, render_template, request

from rehearsal.headers import harden
from rehearsal.sophos.state import SophosCentral, SyncSettings
from rehearsal.vendor_sign_in import SignInPage, Stage, add_sign_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from rehearsal.state import World

COOKIE = "sophos_session"
MASK = "*" * 12
# What the sign-in page says was wrong, in words of our own: the vendor's are not public.
SAID = {
    Stage.PASSWORD_REFUSED: "The email or password is incorrect.",
    Stage.CODE_EXPIRED: "The security code has expired.",
    Stage.CODE_WRONG: "The security code is incorrect.",
}
REGISTRATION = "Sophos Central Directory Sync"  # of the scenario's registrations, the one this vendor reads through


def make_app(world: World) -> Flask:
    """Return Sophos Central of `world` and hang its state on it, as `world.portals["sophos"]`."""
    central = _begin(world)
    world.portals["sophos"] = central
    app = Flask(__name__, static_url_path="/assets")
    harden(app)
    _guard_sessions(app, world, central)
    add_sign_in(app, world, central, SignInPage("/login", "sophos_sign_in.html", COOKIE, "sophos-", SAID))
    _add_screens(app, world, central)
    _add_buttons(app, world, central)
    return app


def _begin(world: World) -> SophosCentral:
    """Return Sophos Central with the registration's secret saved, last synchronised this morning."""
    registration = next(one for one in world.registrations if one.name == REGISTRATION)
    secret = registration.secrets[0]
    settings = SyncSettings(registration.application_id, world.directory.domain, secret.value, secret.end.date())
    last_sync = world.clock().astimezone(UTC).replace(microsecond=0) - timedelta(hours=5)
    return SophosCentral(world.directory.account, world.directory.name, settings, last_sync)


def _guard_sessions(app: Flask, world: World, central: SophosCentral) -> None:
    @app.before_request
    def need_session() -> ResponseReturnValue | None:
        if request.path.startswith(("/assets/", "/login")):
            return None
        session = request.cookies.get(COOKIE, "")
        if world.faults.strikes("sophos-session-ended"):
            central.sessions.pop(session, None)
        if central.sessions.get(session) is Stage.IN:
            return None
        return (jsonify(sign_in=True), 401) if request.path.startswith("/api/") else redirect("/login")


def _add_screens(app: Flask, world: World, central: SophosCentral) -> None:
    @app.get("/")
    def home() -> ResponseReturnValue:
        return render_template("sophos_home.html", central=central)

    @app.get("/settings")
    def settings() -> ResponseReturnValue:
        return render_template("sophos_settings.html", central=central)

    @app.get("/settings/azure-ad-sync")
    def status() -> ResponseReturnValue:
        return render_template(
            "sophos_sync.html",
            central=central,
            expired=central.settings.expires_on < world.clock().date(),
            last_sync=f"{central.last_sync:%m/%d/%Y, %I:%M:%S %p} UTC",
        )

    @app.get("/settings/azure-ad-sync/edit")
    def edit() -> ResponseReturnValue:
        mask = MASK if world.faults.strikes("sophos-key-masked") else ""
        return render_template("sophos_edit.html", central=central, mask=mask)


class _Buttons:
    """The answers to the buttons."""

    def __init__(self, world: World, central: SophosCentral) -> None:
        self.world, self.central, self.faults = world, central, world.faults

    def press(self, button: str) -> None:
        self.central.pressed[button] += 1
        self.world.press(f"sophos-{button}")

    def asked(self) -> SyncSettings:
        """Return what the form holds; a mask stands for the key that is saved."""
        asked = _settings()
        return replace(asked, key=self.central.settings.key) if asked.key == MASK else asked

    def test(self) -> ResponseReturnValue:
        self.press("test")
        asked, self.central.passed = self.asked(), None
        if asked.expires_on < self.world.clock().date():
            _refuse("The Application Key Expiration must be a date in the future.")
        answer = self.world.tokens.check(asked.tenant_domain, asked.client_id, asked.key)
        if self.faults.strikes("sophos-first-test-fails"):
            answer = {"error_description": "AADSTS7000215: Invalid client secret provided."}
        if answer:
            _refuse(f"Connection failed. {answer['error_description']}")
        self.central.passed = asked
        return jsonify(text="Connection successful")

    def save(self) -> ResponseReturnValue:
        self.press("save")
        if self.faults.strikes("sophos-save-forgotten"):
            return jsonify(text="Saved")
        if self.faults.strikes("sophos-save-refused") or not self.central.save(self.asked()):
            _refuse("The settings could not be saved. Test the connection and try again.")
        return jsonify(text="Saved")

    def synchronise(self) -> ResponseReturnValue:
        self.press("sync")
        held = self.central.settings
        refused = self.world.tokens.check(held.tenant_domain, held.client_id, held.key)
        if refused or self.faults.strikes("sophos-sync-refused"):
            _refuse("The synchronization failed. Check the settings and try again.")
        if not self.faults.strikes("sophos-sync-unchanged"):
            self.central.last_sync = self.world.clock().astimezone(UTC).replace(microsecond=0)
        return jsonify(text="Synchronized")


def _add_buttons(app: Flask, world: World, central: SophosCentral) -> None:
    buttons = _Buttons(world, central)
    for what, answer in {"test": buttons.test, "save": buttons.save, "sync": buttons.synchronise}.items():
        app.add_url_rule(f"/api/{what}", what, answer, methods=["POST"])

    @app.errorhandler(422)
    def refused(error: Exception) -> ResponseReturnValue:
        return jsonify(text=str(getattr(error, "description", ""))), 422


def _refuse(text: str) -> NoReturn:
    abort(422, text)


def _settings() -> SyncSettings:
    """Return what the form holds. Refuses a date that is none."""
    body = request.get_json(silent=True)
    given = {name: str(text) for name, text in body.items()} if isinstance(body, dict) else {}
    shown = given.get("expires_on", "").strip()
    if not re.fullmatch(r"\d{2}/\d{2}/\d{4}", shown):
        _refuse("The Application Key Expiration is not a date.")
    try:
        day = datetime.strptime(shown, "%m/%d/%Y").date()  # noqa: DTZ007  # a date has no time zone
    except ValueError:
        _refuse("The Application Key Expiration is not a date.")
    client_id, domain = given.get("client_id", "").strip().lower(), given.get("tenant_domain", "").strip().lower()
    return SyncSettings(client_id, domain, given.get("key", ""), day)
