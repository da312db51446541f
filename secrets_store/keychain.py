"""The passphrase in the system's own keychain, if there is a real one. Secrets themselves never go there."""

from __future__ import annotations

import threading
from typing import Any

_SERVICE = "keyturn store"
_PATIENCE = 5.0  # seconds; a keychain without a desktop session can wait for ever
# Backends by their module. Everything else stores in the open, or in a file that is no safer than ours.
_REAL = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)


def recall(store: str) -> str | None:
    """Return the passphrase kept for the store with the ID `store`, or None when there is none to be had."""
    backend = _backend()
    if backend is None:
        return None
    found = _patiently(lambda: backend.get_password(_SERVICE, store))
    return found if isinstance(found, str) else None


def remember(store: str, passphrase: str) -> bool:
    """Keep the passphrase for the store with the ID `store`; return whether it was."""
    backend = _backend()
    if backend is None:
        return False
    _patiently(lambda: backend.set_password(_SERVICE, store, passphrase))
    return recall(store) == passphrase


def _backend() -> Any:
    try:
        import keyring  # noqa: PLC0415  # optional, and slow to load
    except ImportError:
        return None
    chosen = _patiently(keyring.get_keyring)
    candidates = [chosen, *getattr(chosen, "backends", ())]
    return next((one for one in candidates if type(one).__module__.startswith(_REAL)), None)


def _patiently(question: Any) -> Any:
    """Return the answer to `question`, or None when it fails or takes longer than `_PATIENCE`."""
    answers: list[Any] = []

    def answer() -> None:
        try:
            answers.append(question())
        except Exception:  # noqa: BLE001  # backends fail in every way there is; all mean: not from here
            answers.append(None)

    asking = threading.Thread(target=answer, daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return answers[0] if answers else None
