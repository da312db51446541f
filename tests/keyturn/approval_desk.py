"""A run with a gate for a second person, and what that person does while it waits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import approval, sshsig
from keyturn.gates import Answer, Beforehand, Nobody, Question
from keyturn.model import Gate
from keyturn.run.second_person import Approvers, SecondPerson
from tests.keyturn.stage import STEP, Says, Stage, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.events import Event
    from keyturn.gates import Gatekeeper, Pump

OPERATOR, MIRA = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
GATED = replace(STEP, gate=Gate.SECOND_PERSON, args={"id": "{{ inputs.id }}"}, title="Delete the old one")


def line(who: str, key: Ed25519PrivateKey) -> str:
    return sshsig.allowed_line(who, sshsig.raw_public(key), "keyturn-*")


@dataclass
class Desk:
    """A run with a gate for a second person, and what that person does each time the run looks."""

    folder: Path
    kept: Path
    now: datetime = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    acts: list[Callable[[Path], None]] = field(default_factory=list)
    stage: Stage = field(default_factory=Stage)
    events: list[Event] = field(default_factory=list)
    engine: Any = None

    def open(
        self,
        *steps: Any,
        patient: bool = False,
        gatekeeper: Gatekeeper | None = None,
        approvers: str = line("mira@host", MIRA),
        **more: Any,
    ) -> None:
        self.kept.mkdir(exist_ok=True)
        listed = Approvers(self.folder, approvers, tuple(sshsig.read_allowed(approvers)), patient)
        operator = Beforehand(["all"], gatekeeper or Nobody())
        self.engine, self.events = build(
            self.stage, *(steps or (GATED,)), gatekeeper=operator, parameters=PARAMETERS, **more
        )
        book = self.engine.state.runbook
        for name, value in {"name": "rotate", "revision": 1, "text": "runbook: rotate\n", "included": {}}.items():
            setattr(book, name, value)
        self.engine._second = SecondPerson(
            listed, key=OPERATOR, operator="olga@host", kept=self.kept, head=lambda: "f" * 64, now=lambda: self.now
        )
        self.stage.breathed = self._breathed

    def _breathed(self) -> None:
        if self.acts and (waiting := self.requests()):
            self.acts.pop(0)(waiting[0])

    def requests(self) -> list[Path]:
        return sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class Takes:
    """What the page's action takes: one text."""

    def bind(self, value: Any) -> Any:
        return value


PARAMETERS: Any = {"id": Takes()}


def signs(key: Ed25519PrivateKey = MIRA, ending: str = ".sshsig") -> Callable[[Path], None]:
    def act(path: Path) -> None:
        signature = sshsig.sign(key, path.read_bytes(), approval.NAMESPACE)
        path.with_name(path.name + ending).write_text(signature, encoding="ascii")

    return act


def waits(_: Path) -> None:
    """Do nothing this time."""


class Waits(Says):
    """An operator who lets the second person wait for a moment, and then stops."""

    def ask(self, question: Question, pump: Pump) -> Answer:
        pump()
        return super().ask(question, pump)
