"""Headers that every replica sends: nothing is cached, and nothing is fetched from anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask, Response

# As strict as the real portals: no inline script or style works, so nothing that needs one can pass by accident.
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"


def harden(app: Flask, more: str = "") -> None:
    """Add the headers to every answer of `app`; `more` is added to the content security policy."""

    @app.after_request
    def add(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = f"{POLICY}; {more}" if more else POLICY
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
