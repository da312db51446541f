"""The public keys that everything is sealed to: a file that plain `age -R` reads, pinned by its hash in the journal."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.age import AgeError, X25519Recipient
from secrets_store.entry import check_text
from secrets_store.errors import BadInput, NotVerified, RecipientsChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


FILE = "recipients.txt"
_LEAST, _MOST = 2, 16  # recipients of a store; all of their names stand in one journal line
_LONGEST_NAME = 40  # characters
_OTHER_KIND = re.compile("age1[^1]+1")  # its kind stands before its last 1
NEXT = ".next-recipients.txt"  # the next list, until it is in force


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key and whose it is: `operator`, `break-glass`, or any one-line name."""

    name: str
    key: X25519Recipient

    def __post_init__(self) -> None:
        check_text("a recipient's name", self.name)
        if len(self.name) > _LONGEST_NAME:
            raise BadInput(f"a recipient's name has at most {_LONGEST_NAME} characters")

    @classmethod
    def from_text(cls, name: str, text: str) -> Recipient:
        """Return the recipient with the public key `age1…` in `text`; raise `BadInput` when that is none.

        Plugin recipients (`age1yubikey1…`) are refused: their text would choose a program to run.
        """
        text = text.strip()
        if text.upper().startswith("AGE-SECRET-KEY"):
            hint = "whoever saw it may have it: make another pair, and give its public key (age1…)"
            raise BadInput("this is a private key, and now it was shown", hint=hint)
        if _OTHER_KIND.match(text):
            hint = "give one that begins with age1 and has no other 1 in it, as age-keygen makes them"
            raise BadInput("this is a plugin's or a post-quantum public key, which the store cannot seal to", hint=hint)
        try:
            return cls(name, X25519Recipient.from_text(text))
        except AgeError as error:
            raise BadInput(f"this is not a public key that the store can seal to: {error}") from None


def recipients_text(recipients: Sequence[Recipient]) -> bytes:
    """Return the text of `recipients.txt`: a comment with the name, then the key, for each."""
    return "".join(f"# {one.name}\n{one.key}\n" for one in recipients).encode("utf-8")


def read_recipients(text: bytes) -> list[Recipient]:
    """Return what `recipients_text` wrote; raise `NotVerified` for anything else."""
    try:
        lines = text.decode("utf-8").split("\n")
        pairs = zip(lines[:-1:2], lines[1::2], strict=True)
        found = [Recipient.from_text(name.removeprefix("# "), key) for name, key in pairs]
    except (ValueError, BadInput):
        raise NotVerified("recipients.txt cannot be read") from None
    if recipients_text(found) != text:
        raise NotVerified("recipients.txt cannot be read")
    return found


def check_recipients(recipients: Sequence[Recipient], *, single: bool) -> None:
    """Raise `BadInput` unless losing one key leaves another, or `single` accepts that loss; and when there are many."""
    if len(recipients) > _MOST:
        raise BadInput(f"a store has at most {_MOST} recipients")
    if len({one.key for one in recipients}) != len(recipients):
        raise BadInput("a recipient is named twice")
    if len(recipients) < _LEAST and not (single and recipients):
        raise BadInput(
            "a store needs a second recipient: with one key, losing it loses every secret",
            hint="add a break-glass key, kept elsewhere",
        )


def pinned_text(folder: Path, wanted: str) -> bytes:
    """Return the text of the list whose pin is `wanted`; raise `RecipientsChanged` when the folder has it not.

    A change that was cut off between its journal line and its last step left the right list under another name.
    """
    for name in (FILE, NEXT):
        try:
            text = disk.read(folder / name)
        except OSError:
            continue
        if pin(text) == wanted:
            return text
    raise RecipientsChanged(
        "recipients.txt is not the list that the journal pins",
        hint="find out who changed it, and bring the right one back from a backup",
    )


def put_in_force(folder: Path) -> None:
    """Let the next list, which the journal pins by now, take the place of the one before.

    It goes last: a file system may keep either half of a renaming, and one of the two names must hold the pinned list.
    """
    disk.replace(folder / FILE, disk.read(folder / NEXT))
    disk.remove(folder / NEXT)


def pin(text: bytes) -> str:
    """Return the hash that the journal pins the file by."""
    return hashlib.sha256(text).hexdigest()
