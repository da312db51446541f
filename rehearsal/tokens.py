"""The token endpoint that the portals of a rehearsal share: who has the right value gets a token, nobody else.

Codes and beginnings of the texts are those of Microsoft's sign-in service, as its users report them.
"""

from __future__ import annotations

import hmac
import re
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.state import Secret, World

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class TokenEndpoint:
    """Answers for the world it belongs to."""

    def __init__(self, world: World) -> None:
        self._world = world

    def check(self, directory_id: str, application_id: str, value: str) -> dict[str, str] | None:
        """Return None when `value` earns a token, else the error as the service words it.

        A secret that has not replicated yet is answered as a wrong one, which is what users of the real one report
        (4 to 18 seconds measured, up to two minutes allowed for).
        """
        world = self._world
        with world.lock:
            if not _GUID.fullmatch(directory_id) and directory_id != world.directory.domain:
                return _error("invalid_request", 900023, f"Specified tenant identifier '{directory_id}' is not valid.")
            if directory_id.casefold() not in {world.directory.directory_id, world.directory.domain}:
                return _error("invalid_request", 90002, f"Tenant '{directory_id}' not found.")
            registration = world.registration(application_id)
            if registration is None:
                text = f"Application with identifier '{application_id}' was not found in the directory."
                return _error("unauthorized_client", 700016, text)
            if not registration.active:
                return _error("unauthorized_client", 70001, f"Application '{application_id}' is disabled.")
            found = next((one for one in registration.secrets if _same(one, value)), None)
            now = world.clock()
            if found is None or found.usable_from > now or world.faults.strikes("replication-never"):
                return _error(
                    "invalid_client",
                    7000215,
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                    f"value, not the client secret ID, for a secret added to app '{application_id}'.",
                )
            if found.end < now:
                text = f"The provided client secret keys for app '{application_id}' are expired."
                return _error("invalid_client", 7000222, text)
        return None


def _same(secret: Secret, value: str) -> bool:
    return hmac.compare_digest(secret.value.encode(), value.encode())


def _error(kind: str, code: int, text: str) -> dict[str, str]:
    trace = str(uuid.uuid4())
    return {"error": kind, "error_description": f"AADSTS{code}: {text} Trace ID: {trace}", "trace_id": trace}
