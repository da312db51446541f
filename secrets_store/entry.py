"""What the store knows about a secret besides its value, and the text that is sealed."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from secrets_store.errors import BadInput, NotVerified
from secrets_store.secret import Secret

LONGEST_TEXT = 200  # characters of one field; keeps a journal line within its limit
LONGEST_VALUE = 16 * 1024  # characters of a secret; an Entra client secret has 40
_PADDED_TO = 1024  # bytes; hides the value's length
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")
_TEXTS = ("name", "application_id", "directory_id", "description", "run")


def now() -> datetime:
    """Return the present in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """Return `moment` as it stands in journals: `2026-11-24T02:13:55Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def from_stamp(text: str) -> datetime:
    """Return the moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


def new_id(moment: datetime) -> str:
    """Return a name for an entry: its UTC second, so that names sort by age, and 64 random bits."""
    return f"{moment.strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a secret without its value; readable without a key, so never put a value in here.

    `name` is the secret's name in the runbook (lower case, no spaces); `description` the text in the portal;
    `run` names the run that made it. `secret_id` and `expires_on` become known when the portal has made it.
    """

    name: str
    application_id: str
    directory_id: str
    description: str
    run: str
    secret_id: str | None = None
    expires_on: date | None = None

    def check(self) -> None:
        """Raise `BadInput` unless every field is one plain line; done before anything is written, not when read."""
        for key in _TEXTS:
            check_text(key, getattr(self, key))
        if not _SLUG.fullmatch(self.name):
            raise BadInput("a secret's name has lower-case letters, digits, dots, dashes and underscores only")
        if self.secret_id is not None:
            check_text("secret_id", self.secret_id)

    def belongs(self, run: str | None, application_id: str | None) -> bool:
        """Return whether this is of the run and of the application with this ID; None stands for any."""
        return run in {None, self.run} and application_id in {None, self.application_id}

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values; dates as `2028-11-23`, what is not known as null."""
        return {
            **{key: getattr(self, key) for key in _TEXTS},
            "secret_id": self.secret_id,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Metadata:
        """Return what `to_json` wrote."""
        expires = fields["expires_on"]
        return cls(
            fields["name"],
            fields["application_id"],
            fields["directory_id"],
            fields["description"],
            fields["run"],
            fields["secret_id"],
            date.fromisoformat(expires) if expires else None,
        )


def check_text(key: str, text: str) -> None:
    """Raise `BadInput` unless `text` is one plain line that fits into the journal."""
    if not isinstance(text, str) or not text.isprintable() or len(text) > LONGEST_TEXT:
        raise BadInput(f"{key} must be one line of at most {LONGEST_TEXT} printable characters")


@dataclass(frozen=True, slots=True)
class Intent:
    """A secret that is about to be made: announced durably, with its space on the disk reserved."""

    id: str
    metadata: Metadata
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed secret, as the journal tells it.

    `file` is its path in the store, `sha256` and `size` (bytes) belong to the file. `read_back` says whether the
    value was opened and compared after it was written, which an entry adopted after a crash was not until a key
    has opened it. `notes` are what was noted since, oldest first.
    """

    id: str
    metadata: Metadata
    sealed_at: datetime
    file: str
    sha256: str
    size: int
    read_back: bool
    notes: tuple[str, ...] = field(default=())

    @property
    def status(self) -> str:
        """The latest note, else `sealed`, or `adopted` for one that was never read back."""
        if self.notes:
            return self.notes[-1]
        return "sealed" if self.read_back else "adopted"

    @property
    def label(self) -> str:
        """What its value prints as."""
        return f"<secret {self.metadata.name} {self.id}>"


def to_sealed_text(entry_id: str, metadata: Metadata, secret: Secret) -> bytes:
    """Return the text that is sealed: one JSON object with the value and its metadata, padded with spaces."""
    value = secret.reveal()
    if len(value) > LONGEST_VALUE:
        raise BadInput(f"a secret of more than {LONGEST_VALUE} characters is not stored")
    fields = {"format": 1, "id": entry_id, **metadata.to_json(), "value": value}
    text = json.dumps(fields, sort_keys=True, ensure_ascii=True, indent=1).encode("ascii")
    return text + b" " * (-(len(text) + 1) % _PADDED_TO) + b"\n"


def from_sealed_text(entry: Entry, text: bytes) -> tuple[Metadata, Secret]:
    """Return what is sealed in `entry`; raise `NotVerified` when it is not what the journal says is there.

    An entry that was adopted after a crash has no secret ID and no date in the journal; then the sealed ones hold.
    """
    try:
        fields = json.loads(text)
        inner = Metadata.from_json(fields)
        inner.check()
        same_id, value = fields["id"] == entry.id, fields["value"]
        if fields["format"] != 1 or not isinstance(value, str):
            raise ValueError  # noqa: TRY301  # all that is not our text ends the same way
    except (ValueError, KeyError, TypeError, BadInput):
        raise NotVerified(f"what is sealed in {entry.file} is not an entry of this store") from None
    outer = entry.metadata
    if not entry.read_back and outer.secret_id is None:
        outer = replace(outer, secret_id=inner.secret_id, expires_on=inner.expires_on)
    if not same_id or inner != outer:
        raise NotVerified(
            f"what is sealed in {entry.file} belongs to another entry",
            hint="somebody exchanged files; run keyturn secrets verify",
        )
    return inner, Secret(value, entry.label)
