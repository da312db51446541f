"""The applications behind the portal's addresses: the portal itself, and the frames' origin of the newer rendering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, render_template, request

from rehearsal.entra.api import make_api
from rehearsal.headers import harden

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from rehearsal.state import World

COOKIE = "portal_session"
STAYS = 90 * 24 * 3600  # seconds that “Stay signed in?” holds for, as documented for the real cookie


def signed_in(world: World) -> bool:
    """Return whether the request at hand belongs to a session that is open."""
    return request.cookies.get(COOKIE, "") in world.desk.sessions


def make_app(world: World) -> Flask:
    """Return the application that serves the portal."""
    app = Flask(__name__)
    harden(app, "frame-src http:")
    app.register_blueprint(make_api(world, signed_in))

    @app.get("/")
    def portal() -> ResponseReturnValue:
        """Show the portal, or go to the sign-in pages; the script keeps the part of the address that is not sent."""
        if not signed_in(world):
            authorize = f"{world.urls['sign_in']}/organizations/oauth2/v2.0/authorize?client_id=portal"
            return render_template("leave.html", to=authorize)
        return render_template("portal.html", world=world)

    @app.get("/signed-in")
    def back() -> ResponseReturnValue:
        """Take a code from the sign-in pages and open a session."""
        session = world.desk.redeem(request.args.get("code", ""))
        response = redirect("/")
        if session:
            age = STAYS if session in world.desk.staying else None
            response.set_cookie(COOKIE, session, max_age=age, httponly=True, samesite="Lax")
        return response

    return app


def make_sandbox(world: World) -> Flask:
    """Return the application of the origin that the newer rendering's frames come from."""
    app = Flask(__name__)
    harden(app)
    app.register_blueprint(make_api(world, signed_in))

    @app.get("/ReactView")
    def view() -> ResponseReturnValue:
        """Show the frame of one blade, named in the address's fragment."""
        if not signed_in(world):
            return Response(status=401)
        return render_template("react_view.html")

    return app
