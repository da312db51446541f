"""Opening the replicas for a command: scenario and faults checked, made-up secrets of the real format handed in."""

from __future__ import annotations

import json
import time
import urllib.request
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import approval, sshsig
from keyturn import secret_format
from keyturn.errors import Invalid, NobodyThere
from keyturn.events import Event, SecondPersonAsked, StepStarted
from keyturn.gates import About, Answer, Choice, Nobody
from keyturn.run.second_person import Approvers
from rehearsal import FAULTS, SCENARIOS, Replicas

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from keyturn.gates import Pump, Question
    from keyturn.model import Runbook

_PATIENCE = 30.0  # seconds that the replica's operator is given to answer
_LOOK_AGAIN = 0.02  # seconds


def open_replicas(
    scenario: str, faults: Sequence[str], steps: Collection[str] = (), *, replication_delay: float = 0.0
) -> Replicas:
    """Return the replicas, not yet serving; a new secret is known to all of them after `replication_delay` seconds.

    Raises `Invalid` for a scenario, fault or step that does not exist.
    """
    _known("scenario", scenario, SCENARIOS)
    for fault in faults:
        name, _, step = fault.partition("@")
        _known("fault", name, FAULTS)
        if step and steps:
            _known("step", step, steps)
    return Replicas(
        scenario=scenario, faults=list(faults), make_secret=secret_format.make, replication_delay=replication_delay
    )


def inputs_for(runbook: Runbook, replicas: Replicas) -> dict[str, str]:
    """Return those of the replicas' inputs that `runbook` has, and its own examples of what must be given."""
    examples = {name: spec.example for name, spec in runbook.inputs.items() if spec.example and spec.default is None}
    return examples | {name: value for name, value in replicas.inputs.items() if name in runbook.inputs}


def _known(what: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise Invalid(f"there is no {what} called {name}", hint=hint)


class StepTold:
    """A listener that tells the replicas which step is being done, so that a fault can strike there."""

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas

    def __call__(self, event: Event) -> None:
        """Pass the step on."""
        if isinstance(event, StepStarted):
            self._replicas.at_step(event.step)


class Colleague:
    """The rehearsal's second person: signs at once whatever a run asks of them, with a key that is thrown away.

    A listener. `approvers` has their key alone, for requests that are written into `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = Ed25519PrivateKey.generate()
        line = sshsig.allowed_line("colleague@rehearsal", sshsig.raw_public(self._key), approval.NAMESPACE)
        self.approvers = Approvers(folder, line, tuple(sshsig.read_allowed(line)))

    def __call__(self, event: Event) -> None:
        """Sign what is asked."""
        if isinstance(event, SecondPersonAsked):
            path = self._folder / event.request
            signature = sshsig.sign(self._key, path.read_bytes(), approval.NAMESPACE)
            path.with_name(path.name + approval.SIGNATURE).write_text(signature, encoding="ascii", newline="\n")


class SecondHand:
    """A gatekeeper that asks the replica's operator, over the replica's own HTTP side, and waits for the answer."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Return the operator's answer. They say yes or no; to a failure they have nothing to say."""
        if question.about is About.SECOND_PERSON:
            return Nobody().ask(question, pump)  # Not theirs to answer: it is waited for.
        if question.about not in {About.GATE, About.CHANGE, About.ORPHAN, About.RUN}:
            raise NobodyThere(f"the rehearsal's operator only says yes or no, at step {question.step}")
        made = self._call("/_operator/gates", {"id": question.step, "title": question.title})
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            answer = self._call(f"/_operator/gates/{made['n']}")["answer"]
            if answer is not None:
                return Answer(Choice.GO_ON if answer == "yes" else Choice.STOP, by="the rehearsal's operator")
            time.sleep(_LOOK_AGAIN)
        raise NobodyThere(f"the rehearsal's operator did not answer at step {question.step}")

    def wish(self) -> Answer | None:
        """Return None: they want nothing unasked."""
        return None

    def _call(self, path: str, data: dict[str, str] | None = None) -> Any:
        body = json.dumps(data).encode() if data else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, data=body, headers=headers)  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310  # loopback
            return json.load(answer)
