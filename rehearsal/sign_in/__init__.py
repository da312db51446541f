"""A replica of Microsoft's sign-in pages and of its token endpoint.

All screens live in one document, as on the real pages: those not shown carry the class `moveOffScreen`, and the address
never changes. Ids of the fields are those that public scripts use. Any password is accepted and none is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask, abort, jsonify, render_template, request

from rehearsal.headers import harden

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from rehearsal.state import World

BLOCKED = (
    "AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token "
    "issuance."
)
UNKNOWN_APPLICATION = "AADSTS700016: Application was not found in the directory '{name}'."


def make_app(world: World) -> Flask:
    """Return the application that serves the sign-in pages."""
    app = Flask(__name__)
    harden(app)
    desk = world.desk

    @app.get("/organizations/oauth2/v2.0/authorize")
    def authorize() -> ResponseReturnValue:
        """Begin a sign-in and show its first screen."""
        key = desk.begin(screens(world), error(world))
        second = world.faults.live("two-accounts")
        return render_template("sign_in.html", key=key, who=world.directory, second=second)

    @app.get("/attempt/<key>")
    def attempt(key: str) -> ResponseReturnValue:
        """Tell the page which screen to show, or where to go when there are none left."""
        if code := desk.code(key):
            return jsonify(go=f"{world.urls['entra']}/signed-in?{urlencode({'code': code})}")
        found = desk.sign_ins.get(key)
        if found is None:
            abort(404)
        return jsonify(screen=found.screen, number=found.number, error=found.error)

    @app.post("/attempt/<key>/<screen>")
    def by_hand(key: str, screen: str) -> ResponseReturnValue:
        """Deal with a screen in the browser: a person clicks through by hand. Nothing typed is sent."""
        return jsonify(passed=desk.pass_screen(key, screen))

    @app.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> ResponseReturnValue:
        """Answer a request for a token with client credentials, form-encoded as OAuth 2.0 has it."""
        form = request.form
        refusal = world.tokens.check(tenant, form.get("client_id", ""), form.get("client_secret", ""))
        if refusal:
            return jsonify(refusal), 401 if refusal["error"] == "invalid_client" else 400
        return jsonify(token_type="Bearer", expires_in=3599, access_token="rehearsal")  # noqa: S106  # opens nothing

    return app


def screens(world: World) -> list[str]:
    """Return the screens that a sign-in goes through, in their order."""
    faults = world.faults
    order = ["email" if faults.strikes("email-asked") else "picker", "password", "number", "kmsi"]
    if faults.strikes("kmsi-before-mfa"):
        order[2:] = ["kmsi", "number"]
    if faults.strikes("number-match-timeout"):
        at = order.index("number")
        order[at:at] = ["timeout"]
    if faults.strikes("more-information-required"):
        order.insert(order.index("password") + 1, "proofup")
    return order


def error(world: World) -> str:
    """Return the numbered error that ends a sign-in, or an empty text."""
    if world.faults.strikes("conditional-access-block"):
        return BLOCKED
    if world.faults.strikes("app-not-in-directory"):
        return UNKNOWN_APPLICATION.format(name=world.directory.name)
    return ""
