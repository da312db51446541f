"""What the portal's scripts ask and change: sessions, registrations and their secrets. A value leaves here once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from rehearsal.entra import changes
from rehearsal.state import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from rehearsal.state import Registration, World

_SLOW = 1.0  # seconds


def make_api(world: World, signed_in: Callable[[World], bool]) -> Blueprint:
    """Return the routes below `/api/`."""
    api = Blueprint("api", __name__, url_prefix="/api")
    api.before_request(lambda: _admit(world, signed_in))

    @api.errorhandler(Refused)
    def refused(refusal: Refused) -> ResponseReturnValue:
        return jsonify(code=refusal.code, text=refusal.text), refusal.status

    @api.get("/session")
    def session() -> ResponseReturnValue:
        """Tell who is signed in and how the portal is to look."""
        who = world.directory
        return jsonify(
            account=who.account,
            person=who.person,
            directory=who.name,
            domain=who.domain,
            directoryId=who.directory_id,
            menu=world.menu,
            rendering=world.rendering,
            sandbox=world.urls["sandbox"],
            faults=bool(world.faults.chosen),
            refused=world.faults.strikes("admin-center-refused"),
        )

    @api.get("/heartbeat")
    def heartbeat() -> ResponseReturnValue:
        """Tell that the session is still open."""
        return jsonify(open=True)

    @api.post("/strike/<name>")
    def strike(name: str) -> ResponseReturnValue:
        """Tell whether a fault of the page itself strikes now."""
        return jsonify(strikes=world.faults.strikes(name))

    _read(api, world)
    _change(api, world)
    return api


def _admit(world: World, signed_in: Callable[[World], bool]) -> ResponseReturnValue | None:
    natural = request.path.endswith("/credentials") and request.method == "GET"
    if signed_in(world) and world.faults.strikes("session-ended", natural=natural):
        world.desk.end_sessions()
    if not signed_in(world):
        return jsonify(code="InvalidAuthenticationToken", text="Your session has ended."), 401
    if world.faults.strikes("slow", natural=request.path != "/api/heartbeat"):
        time.sleep(_SLOW)
    if request.method in {"POST", "DELETE"} and "/strike/" not in request.path and world.faults.strikes("server-500"):
        return jsonify(code="InternalServerError", text="An unexpected error occurred. Please try again later."), 500
    return None


def _read(api: Blueprint, world: World) -> None:
    @api.get("/registrations")
    def registrations() -> ResponseReturnValue:
        """List the directory's registrations."""
        now = world.clock()
        with world.lock:
            ordered = sorted(world.registrations, key=lambda one: (one.name.casefold(), one.application_id))
            return jsonify([{**_public(one), "status": one.status(now)} for one in ordered])

    @api.get("/registrations/<application_id>")
    def registration(application_id: str) -> ResponseReturnValue:
        """Tell the Essentials of one registration and which message its Overview shows."""
        with world.lock:
            found = changes.find(world, application_id)
            return jsonify({**_public(found), "banner": found.banner, "secrets": len(found.secrets)})

    @api.get("/registrations/<application_id>/credentials")
    def credentials(application_id: str) -> ResponseReturnValue:
        """List the secrets of one registration, masked, and whether a new one may be asked for."""
        with world.lock:
            found = changes.find(world, application_id)
            return jsonify(
                {
                    **_public(found),
                    "secrets": [secret.public() for secret in found.secrets],
                    "readOnly": world.faults.strikes("read-only-role"),
                    "blocked": world.faults.strikes("secrets-blocked"),
                }
            )


def _change(api: Blueprint, world: World) -> None:
    @api.post("/registrations/<application_id>/credentials")
    def add(application_id: str) -> ResponseReturnValue:
        """Add a secret; the only answer that ever holds a value."""
        return jsonify(changes.add_secret(world, application_id, request.get_json())), 201

    @api.delete("/registrations/<application_id>/credentials/<secret_id>")
    def delete(application_id: str, secret_id: str) -> ResponseReturnValue:
        """Delete a secret. There is no recycle bin for secrets."""
        changes.delete_secret(world, application_id, secret_id)
        return jsonify(deleted=secret_id)

    @api.delete("/registrations/<application_id>")
    def delete_registration(application_id: str) -> ResponseReturnValue:
        """Delete a whole registration: the trap behind the Overview's command bar."""
        changes.delete_registration(world, application_id)
        return jsonify(deleted=application_id)

    @api.post("/registrations/<application_id>/state")
    def switch(application_id: str) -> ResponseReturnValue:
        """Deactivate a registration, or activate it again."""
        return jsonify(active=changes.switch_registration(world, application_id))


def _public(one: Registration) -> dict[str, object]:
    return {
        "name": one.name,
        "applicationId": one.application_id,
        "objectId": one.object_id,
        "created": one.created.isoformat(),
        "owned": one.owned,
        "active": one.active,
    }
