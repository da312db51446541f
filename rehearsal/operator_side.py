"""Where the operator of a rehearsal acts: over HTTP, apart from the portals, as a hand that is not keyturn's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, abort, jsonify, request

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from rehearsal.state import World


def make_app(world: World) -> Flask:
    """Return the application that serves `/_operator/`."""
    app = Flask(__name__, static_folder=None)
    desk = world.desk

    @app.get("/_operator/waiting")
    def waiting() -> ResponseReturnValue:
        """List what waits for a person: screens of the sign-in pages, questions by number, and sign-ins elsewhere."""
        return jsonify(
            sign_ins=[{"key": key, "screen": screen} for key, screen in desk.waiting()],
            gates=[at for at, gate in enumerate(desk.gates, 1) if gate.answer is None],
            elsewhere=sum(len(portal.waiting()) for portal in world.portals.values()),
        )

    @app.post("/_operator/sign-ins/<key>")
    def pass_screen(key: str) -> ResponseReturnValue:
        """Deal with the screen that is shown, `{"screen": …}`: a tile clicked, a password typed, a number matched."""
        return jsonify(passed=desk.pass_screen(key, _text("screen")))

    @app.post("/_operator/portals")
    def portals() -> ResponseReturnValue:
        """Do the operator's next act in every sign-in that waits at the other portals."""
        return jsonify(waited=sum(portal.move_on() for portal in world.portals.values()))

    @app.post("/_operator/gates")
    def ask() -> ResponseReturnValue:
        """Put a question, `{"id": step, "title": …}`."""
        return jsonify(n=desk.ask(_text("id"), _text("title")))

    @app.get("/_operator/gates/<int:number>")
    def gate(number: int) -> ResponseReturnValue:
        """Tell how a question was answered; null while it is open."""
        found = desk.gate(number)
        if found is None:
            abort(404)
        return jsonify(answer=found.answer)

    @app.post("/_operator/gates/<int:number>")
    def answer(number: int) -> ResponseReturnValue:
        """Answer a question, `{"answer": "yes"}` or "no"."""
        if desk.gate(number) is None:
            abort(404)
        return jsonify(answered=desk.answer(number, _text("answer")))

    return app


def _text(name: str) -> str:
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get(name), str):
        abort(400)
    return str(body[name])
