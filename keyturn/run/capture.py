"""Creating and capturing a secret is one act: nothing comes between the portal's button and the sealed store.

Before: what exists is listed and journalled, an intent is durable, concealment is proven. Then the page adds, copies,
and `copied_value` checks the value, seals it, reads it back and journals it. If it breaks after the button and before
the seal, the value is lost for good, and the error says which secret in the portal is the orphan.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from evidence import EvidenceError
from keyturn.errors import GuardRefused, KeyturnError
from keyturn.events import ConcealmentProven
from keyturn.gates import Answer, Choice
from keyturn.run import made_by_hand
from keyturn.run.by_hand import shown
from keyturn.run.copied_value import ask_about, take_and_seal
from keyturn.run.intent import give_up, open_intent, tell_intent
from pages.errors import PageError
from secrets_store import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Scalar, SecretSpec, Step
    from keyturn.run.engine import Engine
    from secrets_store import Intent


def create_and_capture(
    engine: Engine, step: Step, page: Any, args: dict[str, Scalar], *, by_hand: bool = False
) -> tuple[Any, Answer]:
    """Carry out the step's copying action, or let the person do it; return what was made, and the answer that ended it.

    Raises on the first doubt, and what the person wants instead. A secret that exists by then is sealed first, and so
    it is when the run is interrupted: from keyturn's press of the button to the sealed store no signal is obeyed.
    """
    spec = engine.state.runbook.secrets[step.copies]
    label = str(engine.state.fill(spec.label))
    known = tuple(page.known_ids(**args))
    _none_appeared(engine, step, known)
    engine.emit(ConcealmentProven(step.id, engine.recorder.prove(engine.session.tabs().values())))
    with engine.whole():
        intent = engine.store.intend(_metadata(engine, step.copies, spec, label))
    interrupted = None
    with ExitStack() as stack:
        with _nothing_pressed(engine, step, intent):
            tell_intent(engine, step, known, intent)
            stack.enter_context(engine.clipboard.turn())
            stack.enter_context(nullcontext() if by_hand else engine.whole())
            engine.clipboard.await_copy()
            engine.recorder.conceal()
            engine.announce(step, args)
        try:
            if by_hand:
                made, answer, interrupted = made_by_hand.make(engine, step, page, known)
            else:
                made, answer = getattr(page, step.do)(**args), Answer(Choice.SEEN, "the page")
        except PageError as error:
            if not error.pressed:  # Nothing was made. Otherwise the intent stays open: something may have been.
                give_up(engine, step, intent, "the button was not pressed")
            raise
        if made is None:
            give_up(engine, step, intent, "the operator made no secret")
            return None, answer
        engine.state.note_created(step, made.secret_id, made.expires_on)
        remark = take_and_seal(engine, step, page, intent, made)
    if interrupted:
        raise interrupted
    ask_about(engine, step, remark)  # Only now: other runs wait for the clipboard, and a signal is to be obeyed.
    return made, answer


@contextmanager
def _nothing_pressed(engine: Engine, step: Step, intent: Intent) -> Iterator[None]:
    """Leave no intent open when journal, clipboard or disguise refuse before anything was pressed."""
    try:
        yield
    except (KeyturnError, EvidenceError, KeyboardInterrupt):
        give_up(engine, step, intent, "the button was not pressed")
        raise


def capture_made(engine: Engine, step: Step, page: Any) -> Any:
    """Capture a secret that the person made in this tab; None without one whose value can still be copied."""
    made = shown(engine, step, page, [held.secret_id for held in engine.state.held.values()])()
    if made is None:  # Or the list of secrets is not on screen at all.
        return None
    listed = listed_for(engine, step, page)
    intended = engine.state.unfinished.intended.get(step.id)
    intent = open_intent(engine, intended) if intended else None
    if intent is None:
        spec = engine.state.runbook.secrets[step.copies]
        known = tuple(one for one in listed if one != made.secret_id)
        metadata = _metadata(engine, step.copies, spec, str(engine.state.fill(spec.label)))
        with engine.whole():
            intent = engine.store.intend(metadata)
        tell_intent(engine, step, known, intent)
    copy_and_seal(engine, step, page, intent, made)
    return made


def listed_for(engine: Engine, step: Step, page: Any) -> tuple[str, ...]:
    """Return the IDs that `page` lists where `step` makes its secret. Raises where it lists those of another place."""
    return tuple(page.known_ids(**engine.state.bound(step.args, engine.action(step).parameters)))


def copy_and_seal(engine: Engine, step: Step, page: Any, intent: Intent, made: Any) -> None:
    """Copy the value of `made`, which its page still shows, and seal it for `intent`."""
    engine.state.unfinished.announced.add(step.id)
    with engine.clipboard.turn():
        engine.recorder.conceal()
        made_by_hand.copied_again(engine, step, page, made)
        remark = take_and_seal(engine, step, page, intent, made)
    ask_about(engine, step, remark)


def _none_appeared(engine: Engine, step: Step, known: tuple[str, ...]) -> None:
    """Raise `GuardRefused` when the list holds more than when it was searched for an orphan: that came late."""
    seen = engine.state.unfinished.seen.get(step.id)
    late = [one for one in known if seen is not None and one not in seen]
    if late:
        raise GuardRefused(
            f"a new secret is listed that was not a moment ago: {', '.join(late)}",
            hint="it may be of this run, its value lost: delete it in the portal if it is nobody's, then resume",
        )


def _metadata(engine: Engine, name: str, spec: SecretSpec, label: str) -> Metadata:
    return Metadata(
        name=name,
        application_id=str(engine.state.fill(spec.application)),
        directory_id=str(engine.state.fill(spec.directory)),
        description=label,
        run=engine.state.run,
    )
