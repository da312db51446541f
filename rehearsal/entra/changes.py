"""What the portal can change in the directory, and when the directory refuses.

Every press is counted before anything is decided, so that a test can tell that a button was pressed once. Lifetimes are
N x 24 hours to the second, as a manifest of 2026 shows; the longest is 24 months. Texts of refusals begin as published
ones do; what follows is our own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rehearsal.state import Refused

if TYPE_CHECKING:
    from rehearsal.state import Registration, World

LONGEST = timedelta(days=731)  # 24 months, for a custom end as well
_GENERIC = "Unable to update application credentials"
REFUSALS = {
    "add-refused-policy": (
        "CredentialTypeNotAllowedAsPerAppPolicy",
        "Client secrets are blocked by tenant-wide policy. Contact your tenant administrator for more information.",
    ),
    "add-lifetime-cap": (
        "CredentialInvalidLifetimeAsPerAppPolicy",
        "Credential lifetime exceeds the max value allowed as per assigned policy 'rehearsal-longest-lifetime'.",
    ),
    "insufficient-privileges": (
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    ),
    "credential-limit": (
        "CredentialLimitReached",
        "Unable to save changes because the credential limit has been reached. Delete a credential and try again.",
    ),
}


def find(world: World, application_id: str) -> Registration:
    """Return the registration. Raises `Refused` with 404 where there is none."""
    found = world.registration(application_id)
    if found is None:
        raise Refused("Request_ResourceNotFound", f"Application '{application_id}' does not exist.", 404)
    return found


def add_secret(world: World, application_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Add a secret as the pane asks: `description`, and `days` or `start` and `end` in ISO form.

    The answer holds the row, its `value` and, as `copied`, what the row's copy button puts on the clipboard: the same,
    unless a fault has its way.
    """
    world.press("add_secret", str(asked.get("description", "")))
    for name, (code, text) in REFUSALS.items():
        if world.faults.strikes(name):
            raise Refused(code, text, 403 if name == "insufficient-privileges" else 400)
    with world.lock:
        registration = find(world, application_id)
        start, end = _term(world, asked)
        if world.faults.strikes("concurrent-secret"):
            world.new_secret(registration, "Added by another administrator", start, end)
        secret = world.new_secret(registration, str(asked.get("description", "")), start, end)
        return {**secret.public(), "value": secret.value, "copied": _copied(world, secret.value, secret.secret_id)}


def _term(world: World, asked: dict[str, Any]) -> tuple[datetime, datetime]:
    try:
        if asked.get("start") and asked.get("end"):
            start, end = datetime.fromisoformat(asked["start"]), datetime.fromisoformat(asked["end"])
        else:
            start = world.clock().replace(microsecond=0)
            end = start + timedelta(days=int(asked["days"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Refused("InvalidKeyEndDate", f"{_GENERIC}: the end date cannot be read.") from None
    if not start < end <= start + LONGEST:
        raise Refused("InvalidKeyEndDate", f"{_GENERIC}: the end date is not allowed.")
    return start, end


def _copied(world: World, value: str, secret_id: str) -> str:
    if world.faults.strikes("secret-id-copied"):
        return secret_id
    if world.faults.strikes("value-with-space"):
        return f"{value} "
    if world.faults.strikes("value-cut"):
        return value[:24]
    if world.faults.strikes("value-checksum"):
        at = len(value) // 2
        return value[:at] + ("b" if value[at] != "b" else "c") + value[at + 1 :]
    return value


def delete_secret(world: World, application_id: str, secret_id: str) -> None:
    """Delete a secret for good. Raises `Refused` where it is not there, or where a fault refuses."""
    world.press("delete_secret", secret_id)
    with world.lock:
        registration = find(world, application_id)
        if world.faults.strikes("delete-refused"):
            raise Refused("Authorization_RequestDenied", "Insufficient privileges to complete the operation.", 403)
        left = [one for one in registration.secrets if one.secret_id != secret_id]
        gone = len(left) == len(registration.secrets)
        registration.secrets[:] = left
        if gone or world.faults.strikes("concurrent-delete"):
            raise Refused("Request_ResourceNotFound", f"{_GENERIC}: the credential does not exist.", 404)


def delete_registration(world: World, application_id: str) -> None:
    """Delete a registration with all that belongs to it: nothing in a rehearsal may ever press this."""
    world.press("delete_registration", application_id)
    with world.lock:
        world.registrations.remove(find(world, application_id))


def switch_registration(world: World, application_id: str) -> bool:
    """Deactivate a registration or activate it again; return whether it is active now."""
    world.press("switch_registration", application_id)
    with world.lock:
        registration = find(world, application_id)
        registration.active = not registration.active
        return registration.active
