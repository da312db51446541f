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

# The fault that ends a sign-in, and what the service says: numbers and beginnings are those of its published list.
REFUSALS = {
    "conditional-access-block": "AADSTS53003: Access has been blocked by Conditional Access policies. The access "
    "policy does not allow token issuance.",
    "device-not-compliant": "AADSTS53000: Device is not in required device state: compliant. Conditional Access policy "
    "requires a compliant device.",
    "device-not-joined": "AADSTS53001: Device is not in required device state: domain_joined.",
    "outside-check-needed": "AADSTS50158: External security challenge was not satisfied.",
    "second-factor-needed": "AADSTS50076: Due to a configuration change made by your administrator, you must use "
    "multi-factor authentication.",
    "second-factor-missing": "AADSTS50079: Due to a configuration change made by your administrator, you must enroll "
    "in multi-factor authentication.",
    "app-not-in-directory": "AADSTS700016: Application was not found in the directory '{name}'.",
    "app-disabled": "AADSTS70001: Application is disabled.",
    "directory-malformed": "AADSTS900023: Specified tenant identifier is neither a valid DNS name, nor a valid "
    "external domain.",
    "directory-unknown": "AADSTS90002: Tenant not found. Check to make sure you have the correct tenant ID.",
}


def make_app(world: World) -> Flask:
    """Return the application that serves the sign-in pages."""
    app = Flask(__name__)
    harden(app)
    desk = world.desk

    @app.get("/organizations/oauth2/v2.0/authorize")
    def authorize() -> ResponseReturnValue:
        """Begin a sign-in and show its first screen."""
        key = desk.begin(screens(world), error(world))
        second = world.faults.strikes("two-accounts")
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
        return jsonify(passed=desk.pass_screen(key, screen, yes="no" not in request.args))

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
    """Return the screens that a sign-in goes through, in their order. The last may be one that leads nowhere."""
    strikes = world.faults.strikes
    who = ["email"] if strikes("email-asked") else ["picker"]
    if strikes("email-refused"):
        who = ["email", "email-again"]
    if strikes("work-or-personal"):
        who += ["kind"]
    password = ["federated"] if strikes("federated-password") else ["password"]
    if strikes("password-refused"):
        password = ["password", "password-again"]
    if strikes("certificate-failed"):
        return [*who, "certificate"]
    proofs, stay = _proofs(world), ["kmsi"]
    if strikes("more-information-required"):
        password += ["proofup"]
    if strikes("approval-required"):
        stay = ["approval"]
    return [*who, *password, *stay, *proofs] if strikes("kmsi-before-mfa") else [*who, *password, *proofs, *stay]


def _proofs(world: World) -> list[str]:
    """Return the screens of the second factor."""
    strikes = world.faults.strikes
    first = ["methods"] if strikes("method-asked") else []
    if strikes("phone-check"):
        return [*first, "phone", "code"]
    if strikes("code-refused"):
        return [*first, "code", "code-again"]
    if strikes("code-asked"):
        return [*first, "code"]
    if strikes("number-match-timeout"):
        first += ["timeout"]
    if strikes("number-match-denied"):
        first += ["denied"]
    return [*first, "number"]


def error(world: World) -> str:
    """Return the numbered error that ends a sign-in, or an empty text."""
    said = (text for fault, text in REFUSALS.items() if world.faults.strikes(fault))
    return next(said, "").format(name=world.directory.name)
