"""What happens in the middle of a step, in whole sentences, for every view of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyturn import events
from keyturn.console.words import MODES, SEARCHING, clean, duration
from keyturn.gates import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def sentence(event: events.Event) -> str:
    """Return what `event` is to a person; empty for one that only the journal needs."""
    words = _WORDS.get(type(event))
    return clean(words(event)) if words else ""


def signed_in(outputs: Mapping[str, str]) -> str:
    """Return who is signed in where, as the portal's own header shows it: what a sign-in step gave."""
    return clean(", ".join(f"{name.replace('_', ' ')} {text}" for name, text in outputs.items() if text))


def at_length(event: events.Event) -> list[str]:
    """Return what is to be read in full, a line each; nothing for what one sentence can tell."""
    if isinstance(event, events.Resumed):
        return _how_it_goes_on(event)
    return _what_is_taken_back(event) if isinstance(event, events.RollbackBegan) else []


def _how_it_goes_on(event: events.Resumed) -> list[str]:
    """Return what a run that goes on found, a line each."""
    by = f", accepted by {event.accepted_by}" if event.accepted_by else ""
    changes = [f"  Changed: {change}{by}." for change in event.changes]
    found = [f"  {found[0].upper()}{found[1:]}." for found in event.found]
    return [
        clean(line) for line in (f"{event.title}.", f"Run {event.run} goes on, in {event.mode} mode.", *changes, *found)
    ]


def _what_is_taken_back(event: events.RollbackBegan) -> list[str]:
    """Return what can be taken back, last first, and what cannot, a line each."""
    can = [f"  {step}: {say}" for step, say in event.can]
    cannot = [f"  {step}: {say}" for step, say in event.cannot]
    heads = ("What can be taken back, in this order:", "What cannot:")
    return [clean(line) for line in (heads[0], *can, *((heads[1], *cannot) if cannot else ()))]


def _asked(event: events.GateAsked) -> str:
    return "Waiting for a person to sign in, in the browser." if event.gate == "sign_in" else ""


def _given_back(event: events.GivenBack) -> str:
    seen = f"Seen to be done: {', '.join(event.found)}." if event.found else "Nothing more was seen to be done."
    return f"keyturn has the browser again. {seen}"


def _handed_over(event: events.HandedOver) -> str:
    return f"By hand; keyturn waits for {event.until}." if event.until else "By hand; nothing on the page can show it."


def _screen(event: events.SignInScreen) -> str:
    return f"{event.screen[0].upper()}{event.screen[1:]}." if event.screen else ""


def _compared(event: events.SecretsCompared) -> str:
    return f"Gone, and no step was to delete it: {', '.join(event.missing)}." if event.missing else ""


def _sealed(event: events.SecretSealed) -> str:
    return f"The value is sealed into the store: Secret ID {event.secret_id}, expires {event.expires_on}."


_WORDS: Final[Mapping[type[events.Event], Callable[[Any], str]]] = {
    events.ModeChanged: lambda event: f"From here on in {event.mode} mode: {MODES[Mode(event.mode)]}.",
    events.SecondPersonAsked: lambda event: f"A second person is asked to sign {event.request}.",
    events.ApprovalRefused: lambda event: f"A signature came that approves nothing: {event.why}.",
    events.Approved: lambda event: f"Approved by {event.by}, with the key {event.key}.",
    events.TakenOver: lambda event: f"The browser was taken over, by {event.by}.",
    events.GivenBack: _given_back,
    events.HandedOver: _handed_over,
    events.GateAsked: _asked,
    events.SignInScreen: _screen,
    events.SessionLost: lambda event: f"The portal asks to sign in again: {event.seen}.",
    events.PageLost: lambda event: f"The page of this step is gone: {event.seen}. It is looked for again.",
    events.GuardRefused: lambda event: f"Refused, because {event.say}.",
    events.Retrying: lambda event: f"Not yet: {event.seen}. Asking again for up to {duration(event.left)}.",
    events.NotDone: lambda event: f"Nothing of it was done: {event.why}.",
    events.SecretSealed: _sealed,
    events.WalkedAgain: lambda event: f"Gone through once more, on the way back: {event.title}.",
    events.SecretLookedFor: lambda event: f"Heard. First, for up to {duration(event.seconds)}: was a secret made?",
    events.SecretNotMade: lambda event: f"No secret was made: {event.why}.",
    events.ValueLost: lambda event: f"The value of the secret {event.secret_id} is lost: {event.why}.",
    events.OrphanFound: lambda event: f"A new secret may be of this run, its value lost: {event.secret_id}.",
    events.OrphanDeleted: lambda event: f"The secret {event.secret_id}, whose value nobody had, was deleted.",
    events.SecretsCompared: _compared,
    events.Undone: lambda event: f"Taken back, {event.step}: {event.say}.",
    events.SearchBegan: lambda event: SEARCHING[event.pictures_read],
}
