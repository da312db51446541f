"""The replica as a web application: its screens, and what its buttons ask of the server.

Every press of a button that counts is counted before anything is decided about it. No answer holds the value of a
secret, and none may be kept by the browser.
"""

from __future__ import annotations

import time
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from flask import Flask, jsonify, redirect, render_template, request

from rehearsal.headers import harden
from rehearsal.ma_portal import changes
from rehearsal.ma_portal.people import EVERYBODY, OTHER_CUSTOMER, OTHER_IDS, TWIN
from rehearsal.ma_portal.refusals import EXPIRED, SAID
from rehearsal.ma_portal.state import Credentials, Integration, MaPortal
from rehearsal.vendor_sign_in import SignInPage, Stage, add_sign_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from rehearsal.state import World

COOKIE = "ma_session"
HERE = "/settings/user-management"
SLOW = 2.0  # seconds that the fault ma-slow adds to every answer but its scripts
SECTIONS = ("Reports", "Content Library", "Compliance", "Administrator Toolkit", "Program Maturity", "Report Phishing")
_SLUGS = {name.lower().replace(" ", "-"): name for name in SECTIONS}


def make_app(world: World) -> Flask:
    """Return the MA Portal of `world` and hang its state on it, as `world.portals["ma_portal"]`."""
    portal = _begin(world)
    world.portals["ma_portal"] = portal
    app = Flask(__name__, static_url_path="/assets")
    harden(app)
    _guard_sessions(app, world, portal)
    add_sign_in(app, world, portal, SignInPage("/u/login", "sign_in.html", COOKIE, "ma-", SAID))
    _add_screens(app, world, portal)
    changes.register(app, world, portal)
    return app


def _begin(world: World) -> MaPortal:
    """Return the portal as it stands before a rotation: the old secret saved, everybody synchronised."""
    old, faults = world.vendor_secret, world.faults
    organisation, ids = world.directory.name, (world.application_id, world.directory.directory_id)
    if faults.from_the_start("ma-wrong-customer"):
        organisation, ids = OTHER_CUSTOMER, OTHER_IDS
    portal = MaPortal(world.directory.account, organisation)
    credentials = Credentials("Entra ID", "Arctic Wolf Secret", *ids, old.value, old.end.date())
    last_sync = min(old.end, world.clock()) - timedelta(hours=7, minutes=12)
    portal.integration = Integration(credentials, EVERYBODY.group_id, last_sync, len(EVERYBODY.people))
    if faults.from_the_start("ma-group-blank"):
        portal.integration.group_id = ""
    if faults.from_the_start("ma-twin-groups"):
        portal.groups[TWIN.group_id] = TWIN
    return portal


def _guard_sessions(app: Flask, world: World, portal: MaPortal) -> None:
    @app.before_request
    def need_session() -> ResponseReturnValue | None:
        if request.path.startswith("/assets/"):
            return None  # Also where answers are slow: a browser has kept them, and a page without its script is none.
        if world.faults.strikes("ma-slow"):
            time.sleep(SLOW)
        if request.path.startswith("/u/"):
            return None
        session, natural = request.cookies.get(COOKIE, ""), request.path == HERE
        if portal.sessions.get(session) is Stage.IN and world.faults.strikes("ma-session-ended", natural=natural):
            portal.sessions.pop(session)
        if portal.sessions.get(session) is not Stage.IN:
            return (jsonify(sign_in=True), 401) if request.path.startswith("/api/") else redirect("/u/login")
        if not portal.active and not request.path.startswith("/api/"):
            return render_template("access_lost.html", portal=portal), 403
        return None


def _add_screens(app: Flask, world: World, portal: MaPortal) -> None:
    @app.context_processor
    def shared() -> dict[str, object]:
        return {
            "portal": portal,
            "sections": _SLUGS,
            "path": request.path,
            "old_wording": world.faults.strikes("ma-old-wording"),
            "faults": sorted(name for name in world.faults.chosen if name.startswith("ma-")),
        }

    @app.get("/")
    def dashboard() -> ResponseReturnValue:
        return render_template("dashboard.html")

    @app.get("/section/<slug>")
    def section(slug: str) -> ResponseReturnValue:
        if slug not in _SLUGS:
            return redirect("/")
        return render_template("section.html", heading=_SLUGS[slug])

    @app.get(HERE)
    def user_management() -> ResponseReturnValue:
        with portal.lock:
            saved, group = portal.integration, portal.group()
        if saved is None:
            return render_template("new_integration.html", date_hint=_date_hint(world))
        expired = portal.has_expired(world.clock().date())
        return render_template(
            "saved_credentials.html",
            saved=saved,
            group=group,
            expired=EXPIRED if expired else "",
            banner="alert" if world.faults.strikes("ma-banner-alert", natural=expired) else "note",
            last_sync=f"{saved.last_sync.astimezone(UTC):%m/%d/%Y, %I:%M:%S %p} UTC" if saved.last_sync else "Never",
            groups=[] if world.faults.strikes("ma-no-groups") else portal.groups.values(),
        )


def _date_hint(world: World) -> str:
    if world.faults.from_the_start("ma-odd-date"):
        return "Day of expiry"
    return "YYYY-MM-DD" if world.faults.from_the_start("ma-iso-date") else "MM/DD/YYYY"
