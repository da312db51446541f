"""The encrypted store: nothing acknowledged is ever lost, nothing is readable without a key.

Knows neither browser nor runbook. The signing key of the journal is handed in; it is the operator's, not the store's.

Around a secret: `Store.intend` before it is made, `Store.seal` as soon as its value is at hand, `Store.note` for what
becomes of it. After an interruption: `Store.open_intents(run=…)` is what was announced and never stored (seal it
still, or close it with `abandon` or `lost`), `Store.entries(run=…)` what was stored, and `Store.read` gives an entry's
value with the private keys that `unlock.identities` finds.
"""

from __future__ import annotations

from secrets_store.entry import Entry, Intent, Metadata
from secrets_store.errors import (
    REFUSALS,
    BadInput,
    CannotUnlock,
    ElevatedSession,
    Locked,
    ModesTooOpen,
    NoTerminal,
    NotHandedOut,
    NotStored,
    NotThere,
    NotVerified,
    OtherKey,
    RecipientsChanged,
    SharedFolder,
    StoreError,
    SymbolicLink,
    WrongOwner,
)
from secrets_store.recipients import Recipient
from secrets_store.secret import Secret, discreet
from secrets_store.store import Store
from secrets_store.verification import Fault, verify

__all__ = [
    "REFUSALS",
    "BadInput",
    "CannotUnlock",
    "ElevatedSession",
    "Entry",
    "Fault",
    "Intent",
    "Locked",
    "Metadata",
    "ModesTooOpen",
    "NoTerminal",
    "NotHandedOut",
    "NotStored",
    "NotThere",
    "NotVerified",
    "OtherKey",
    "Recipient",
    "RecipientsChanged",
    "Secret",
    "SharedFolder",
    "Store",
    "StoreError",
    "SymbolicLink",
    "WrongOwner",
    "discreet",
    "verify",
]
