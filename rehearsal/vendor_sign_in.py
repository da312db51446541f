"""The sign-in of a vendor's replica: a page for the password, one for the code, and what a person's act does there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

from flask import jsonify, redirect, render_template, request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from rehearsal.state import World


class Stage(StrEnum):
    """How far a browser has come in signing in: password, one-time code, in. A refused code is asked for again."""

    PASSWORD = "password"  # noqa: S105  # the name of a screen
    PASSWORD_REFUSED = "password-refused"  # noqa: S105  # the same
    CODE = "code"
    CODE_EXPIRED = "code-expired"
    CODE_WRONG = "code-wrong"
    IN = "in"


_NEXT = {
    **dict.fromkeys((Stage.PASSWORD, Stage.PASSWORD_REFUSED), Stage.CODE),
    **dict.fromkeys((Stage.CODE, Stage.CODE_EXPIRED, Stage.CODE_WRONG), Stage.IN),
}
# What is refused first, by the end of its fault's name.
_WRONG = (
    (Stage.PASSWORD, "password-wrong", Stage.PASSWORD_REFUSED),
    (Stage.CODE, "code-expired", Stage.CODE_EXPIRED),
    (Stage.CODE, "code-wrong", Stage.CODE_WRONG),
)


@dataclass(slots=True, kw_only=True)
class SignIns:
    """Who is signing in to a portal. Hold `lock` while reading or changing more than one thing."""

    sessions: dict[str, Stage] = field(default_factory=dict)
    shown: dict[str, Stage] = field(default_factory=dict)  # what each session's page asks for: nobody is ahead of it
    lock: RLock = field(default_factory=RLock)

    def waiting(self, session: str = "") -> list[str]:
        """Return the sessions, or only `session`, whose page asks for a password or a code."""
        with self.lock:
            asked = [key for key, stage in self.sessions.items() if stage in _NEXT and self.shown.get(key) is stage]
        return [key for key in asked if session in {"", key}]

    def move_on(self, session: str = "") -> int:
        """Do the operator's next act, a password or a code, in the browser of `session`, or in every one that waits.

        Returns how many waited.
        """
        with self.lock:
            waiting = self.waiting(session)
            self.sessions.update({key: _NEXT[self.sessions[key]] for key in waiting})
        return len(waiting)


class SignInPage(NamedTuple):
    """How a portal's sign-in differs from another's; `said`: its words for what was refused.

    Its faults have the names that `faults` makes with `password-wrong`, `code-expired` and `code-wrong`.
    """

    address: str
    template: str
    cookie: str
    faults: str  # how the names of its faults begin
    said: Mapping[Stage, str]


def add_sign_in(app: Flask, world: World, portal: SignIns, page: SignInPage) -> None:
    """Add the sign-in of `portal` to its replica."""

    @app.get(page.address)
    def login() -> ResponseReturnValue:
        key = request.cookies.get(page.cookie, "")
        stage = portal.sessions.get(key)
        if stage is Stage.IN:
            return redirect("/")
        if stage is None:
            key = secrets.token_urlsafe(16)
            portal.sessions[key] = stage = Stage.PASSWORD
        for at, fault, refused in _WRONG:
            if stage is at and world.faults.strikes(page.faults + fault):
                portal.sessions[key] = stage = refused
        portal.shown[key] = stage
        shown = render_template(page.template, stage=stage, portal=portal, said=page.said.get(stage, ""))
        answer = app.make_response(shown)
        answer.set_cookie(page.cookie, key, httponly=True, samesite="Lax")
        return answer

    @app.post(page.address)
    def by_hand() -> ResponseReturnValue:
        """Move on by a person's click; what was typed is neither looked at nor kept."""
        portal.move_on(request.cookies.get(page.cookie, ""))
        return redirect(page.address)

    @app.get(f"{page.address}/stage")
    def stage() -> ResponseReturnValue:
        """Tell the waiting page where its session stands, so that it moves on when the operator has acted."""
        return jsonify(stage=portal.sessions.get(request.cookies.get(page.cookie, "")))
