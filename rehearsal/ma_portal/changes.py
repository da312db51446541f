"""What the buttons of the replica do on the server: test, save, reset, choose a group, synchronise."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TYPE_CHECKING, NoReturn

from flask import abort, jsonify, request

from rehearsal.ma_portal.refusals import (
    DATE_PASSED,
    NO_DIRECTORY,
    NO_GUID,
    NO_PRIVILEGES,
    REFUSED_VALUE,
    SERVER_ERROR,
    refusal_of_form,
    refusal_of_token,
)
from rehearsal.ma_portal.state import Credentials

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from rehearsal.ma_portal.state import MaPortal
    from rehearsal.state import World

# What the connection test may say whatever was entered.
_REFUSALS = {
    "ma-first-test-fails": REFUSED_VALUE,
    "ma-secret-id-entered": REFUSED_VALUE,
    "ma-insufficient-privileges": NO_PRIVILEGES,
    "ma-date-passed": DATE_PASSED,
    "ma-no-guid": NO_GUID,
    "ma-directory-unknown": NO_DIRECTORY,
}
NEVER = 60.0  # seconds after which an answer that "never comes" is given up; longer than any test waits


class _Buttons:
    """The answers to the buttons of one portal."""

    def __init__(self, world: World, portal: MaPortal) -> None:
        self.world, self.portal, self.faults = world, portal, world.faults

    def press(self, button: str) -> None:
        """Count a press and, under a fault, answer it with a server error before anything is done."""
        self.portal.pressed[button] += 1
        self.world.press(f"ma-{button.replace('_', '-')}")
        if self.faults.strikes("ma-server-error"):
            _refuse(SERVER_ERROR, 500)

    def test(self) -> ResponseReturnValue:
        self.press("test")
        asked = _credentials()
        refusal = DATE_PASSED if asked is None else self._refusal(asked)
        self.portal.passed = None if refusal else asked
        text = refusal or "The connection to your directory was tested successfully."
        disabled = not refusal and self.faults.strikes("ma-save-disabled")
        return jsonify(passed=not refusal, text=text, dialog=self._dialog(not refusal), saveDisabled=disabled)

    def _dialog(self, passed: bool) -> str:
        """Return how the page is to tell the result."""
        if passed and self.faults.strikes("ma-no-dialog"):
            return "none"
        return "late" if self.faults.strikes("ma-late-dialog") else "now"

    def _refusal(self, asked: Credentials) -> str:
        refusal = refusal_of_form(asked, self.world.clock().date())
        if refusal:
            return refusal
        for fault, text in _REFUSALS.items():
            if self.faults.strikes(fault):
                return text.format(directory_id=asked.directory_id)
        answer = self.world.tokens.check(asked.directory_id, asked.application_id, asked.value)
        return refusal_of_token(answer, asked.directory_id)

    def save(self) -> ResponseReturnValue:
        self.press("save")
        asked = _credentials()
        if self.faults.strikes("ma-save-forgotten"):
            return jsonify(done=True)
        if self.faults.strikes("ma-save-refused") or asked is None or not self.portal.save(asked):
            _refuse("The credentials could not be saved. Test the connection and try again.")
        return jsonify(done=True)

    def reset(self) -> ResponseReturnValue:
        self.press("reset")
        if self.faults.strikes("ma-reset-refused"):
            _refuse("The integration could not be reset. Please try again later.")
        self.portal.reset()
        if self.faults.strikes("ma-access-lost"):
            self.portal.active = False
        if self.faults.strikes("ma-reset-breaks"):
            time.sleep(NEVER)
        return jsonify(done=True, gone=self.faults.strikes("ma-reset-tab-lost"))

    def query(self) -> ResponseReturnValue:
        """Tell who is in a group; changes nothing."""
        group = self.portal.groups.get(_text("group"))
        if group is None:
            _refuse("Select a group.")
        people = () if self.faults.strikes("ma-empty-group") else group.people
        return jsonify(users=[[one.name, one.email, one.manager] for one in people])

    def choose_group(self) -> ResponseReturnValue:
        self.press("save_group")
        group = self.portal.groups.get(_text("group"))
        if group is None or self.portal.integration is None:
            _refuse("Select a group.")
        if not self.faults.strikes("ma-group-not-kept"):
            self.portal.integration.group_id = group.group_id
        return jsonify(done=True)

    def synchronise(self) -> ResponseReturnValue:
        self.press("sync")
        if self.portal.integration and self.faults.strikes("ma-group-lost"):
            self.portal.integration.group_id = ""
        if self.portal.group() is None:
            _refuse("No group is selected. Select a group before you synchronize.")
        if self.faults.strikes("ma-sync-refused"):
            _refuse("The synchronization failed. " + SERVER_ERROR)
        if not self.faults.strikes("ma-sync-unchanged"):
            self.portal.synchronise(self.world.clock())
        return jsonify(done=True)


def register(app: Flask, world: World, portal: MaPortal) -> None:
    """Add the addresses that the page's script posts to."""
    buttons = _Buttons(world, portal)
    for address, answer in {
        "/api/integration/test": buttons.test,
        "/api/integration/save": buttons.save,
        "/api/integration/reset": buttons.reset,
        "/api/group/query": buttons.query,
        "/api/group/save": buttons.choose_group,
        "/api/sync": buttons.synchronise,
    }.items():
        app.add_url_rule(address, address, answer, methods=["POST"])

    @app.post("/api/strike/<name>")
    def strike(name: str) -> ResponseReturnValue:
        """Tell whether a fault of the page itself strikes now."""
        return jsonify(strikes=world.faults.strikes(name))

    @app.errorhandler(422)
    @app.errorhandler(500)
    def refused(error: Exception) -> ResponseReturnValue:
        return jsonify(text=str(getattr(error, "description", SERVER_ERROR))), getattr(error, "code", 500)


def _refuse(text: str, status: int = 422) -> NoReturn:
    abort(status, text)


def _text(name: str) -> str:
    body = request.get_json(silent=True)
    return str(body.get(name, "")) if isinstance(body, dict) else ""


def _credentials() -> Credentials | None:
    """Return what the form holds; None when its date is none."""
    expires_on = _date(_text("expires_on"))
    if expires_on is None:
        return None
    return Credentials(
        _text("integration_type"),
        _text("nickname"),
        _text("application_id").strip().lower(),
        _text("directory_id").strip().lower(),
        _text("value"),
        expires_on,
    )


def _date(text: str) -> date | None:
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a date has no time zone
        except ValueError:
            continue
    return None
