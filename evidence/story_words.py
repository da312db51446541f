"""What a journal entry says to a person who reads the report: a kind of remark, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.tolerant import table, words

if TYPE_CHECKING:
    from collections.abc import Mapping

# Kind of entry -> kind of remark, and words in which {names} are those of the entry.
_WORDS = {
    "gate-asked": ("gate", "asked: {gate}"),
    "gate-answered": ("gate", "“{answer}”, answered by {by}{reason}"),
    "guard-held": ("guard", "held: {fact}"),
    "guard-refused": ("refused", "{fact}: {say}"),
    "second-person-asked": ("gate", "somebody else's signature was asked for, until {expires}"),
    "approval-refused": ("refused", "a signature did not approve: {why}"),
    "approved": ("gate", "approved by {by}, who signed it with the key {key}"),
    "mode-changed": ("gate", "from here on the mode is {mode}, as {by} wanted"),
    "taken-over": ("person", "{by} took the browser over"),
    "given-back": ("person", "the browser was given back; found to be done: {found}"),
    "handed-over": ("person", "to be done by hand, until {until}"),
    "sign-in-screen": ("sign-in", "the sign-in pages showed: {screen}"),
    "session-lost": ("sign-in", "the portal asked to sign in again: {seen}"),
    "page-lost": ("again", "the portal was loaded anew and showed: {seen}"),
    "acting": ("action", "{action} on {page}{args}"),
    "not-done": ("action", "nothing of it was done: {why}"),
    "retrying": ("retry", "the portal said: {seen}"),
    "walked-again": ("again", "gone through once more to come back to the page"),
    "concealment-proven": ("concealed", "a made-up value was illegible in each frame of the page: {frames}"),
    "secret-intended": ("secret", "intent written to the store before the button was pressed"),
    "secret-looked-for": ("secret", "looked for, as it may have been made by hand, for up to {seconds} s"),
    "secret-captured": ("secret", "value taken from the clipboard, shape checked {remark}"),
    "secret-not-made": ("secret", "the intended secret does not exist: {why}"),
    "value-lost": ("failed", "nobody has the value of the intended secret, ID {secret_id}: {why}"),
    "orphan-found": (
        "secret",
        "a new secret stands in the portal that may be of this run, its value lost, ID {secret_id}",
    ),
    "secrets-entrusted": ("person", "before that these secrets stood there: {secret_ids}"),
    "secrets-compared": ("person", "after that these did: {secret_ids}; gone, and not for a step to delete: {missing}"),
    "orphan-deleted": ("secret", "the secret whose value nobody has, ID {secret_id}, was deleted"),
    "secret-sealed": ("secret", "sealed in the store as {entry}, read back and compared"),
    "pasted": ("secret", "value pasted"),
    "clipboard-left": ("secret", "clipboard: {state}"),
    "failed": ("failed", "expected {expected}; saw {seen}"),
}


def asked_for(asked: Mapping[str, object]) -> str:
    """Return what a run was kept to, in words for people; empty where the whole runbook was asked for.

    `asked`: the first step (`from`) and the last one (`until`), as the operator named them.
    """
    first, last = words(asked.get("from")), words(asked.get("until"))
    if first and first == last:
        steps = f"step {first} was"
    elif first:
        steps = f"steps from {first} {f'to {last}' if last else 'on'} were"
    else:
        steps = f"steps to {last} were"
    return f"only the {steps} asked for, the others were not part of this run" if first or last else ""


def remark(kind: str, entry: dict[str, Any]) -> tuple[str, str]:
    """Return the kind of remark and its words for an entry; both empty for one that needs none."""
    kind_of_remark, said = _WORDS.get(kind, ("", ""))
    return kind_of_remark, said.format_map(_Told(entry)).strip()


class _Told(dict[str, Any]):
    """The entry's values as words; what it does not hold is unknown."""

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if name == "args":
            given = table(value)
            return f" ({', '.join(f'{one}: {text}' for one, text in given.items())})" if given else ""
        if name == "gate":
            return str(value or "").replace("_", " ")
        if isinstance(value, list | tuple):
            return ", ".join(map(str, value)) or "none"
        if name == "reason":
            return f": {value}" if value else ""
        if name == "remark":
            return str(value or "")
        return str(value or "unknown")
