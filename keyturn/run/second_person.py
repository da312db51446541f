"""The second person at a gate: a request is written where they find it, and the run waits for their signature over it.

Whose keys may approve stands in a file that the operator names; the operator's own key never approves. Whoever signs
needs no keyturn: `ssh-keygen -Y sign` will do. What was asked and signed goes into the recording.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Self

from evidence import approval, sshsig
from evidence.approval import NotApproved, Pending, approver
from evidence.chain import stamp
from evidence.error import EvidenceError
from evidence.reserve import NoRoom
from evidence.whole import write_whole
from keyturn.errors import Invalid, NobodyThere
from keyturn.events import ApprovalRefused, Approved, SecondPersonAsked
from keyturn.gates import About, Choice, Question
from keyturn.model import Gate
from keyturn.run.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from keyturn.run.state import RunState

LASTS = timedelta(hours=8)  # that a request can be signed; a working day


@dataclass(frozen=True, slots=True)
class Approvers:
    """Whose signatures approve, and the folder where they find what is asked.

    `text` is the file as the operator gave it. `patient`: somebody at the terminal can end the waiting, so that a
    request which nobody signed in time is made anew.
    """

    folder: Path
    text: str
    signers: tuple[sshsig.Signer, ...]
    patient: bool = False

    @classmethod
    def read(cls, file: Path, folder: Path, *, patient: bool) -> Self:
        """Read the file of approvers, in the form of `allowed_signers`. Raises `Invalid`."""
        try:
            text = file.read_text(encoding="utf-8")
            signers = tuple(sshsig.read_allowed(text))
        except (OSError, UnicodeDecodeError):
            raise Invalid(f"the file of approvers cannot be read: {file}") from None
        except EvidenceError as error:
            raise Invalid(f"{file}: {error.message}") from None
        if not signers:
            raise Invalid(f"the file of approvers names nobody: {file}", hint="a line for each, as in allowed_signers")
        return cls(folder, text, signers, patient)


class _Over(Exception):  # not an error: the request is made anew, or given up
    """Nobody signed in time."""


class SecondPerson:
    """Asks for approvals in one run and keeps those that hold.

    `kept` is the payload's folder of the recording, `head` tells the digest of the journal's last line.
    """

    def __init__(  # noqa: PLR0913  # what an approval is about, part by part
        self,
        approvers: Approvers,
        *,
        key: Ed25519PrivateKey,
        operator: str,
        kept: Path,
        head: Callable[[], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._approvers = approvers
        self._key = sshsig.fingerprint(sshsig.raw_public(key))
        self._operator = operator
        self._kept = kept
        self._head = head
        self._now = now

    def wait(self, engine: Engine, step: Step, number: int) -> None:
        """Return when `step` is approved, with request and signature in the recording.

        Raises `Stopped` when the operator stops waiting, `NobodyThere` when nobody signed in time.
        """
        while not self._asked(engine, step, number):
            if not self._approvers.patient:
                raise NobodyThere(
                    f"nobody signed the request for step {step.id} in time", hint="nothing of it was done"
                )

    def _asked(self, engine: Engine, step: Step, number: int) -> bool:
        """Ask once; return whether it was signed. An answer at the terminal is none, except to stop."""
        request = Request.write(self._approvers.folder, self._pending(engine.state, step, number))
        engine.emit(SecondPersonAsked(step.id, request.path.name, request.pending.expires))
        signed = False

        def is_signed() -> bool:
            nonlocal signed
            signed = signed or self._is_signed(engine, request)
            return signed

        try:
            answer = engine.attendance.ask(_question(step, request), is_signed)
        except _Over:
            return False
        finally:
            request.withdraw()
        if not signed:
            engine.attendance.obey(step, answer)
        return signed

    def _is_signed(self, engine: Engine, request: Request) -> bool:
        engine.breathe()
        for signature in request.fresh():
            try:
                self._keep(engine, request, signature)
            except NotApproved as error:
                engine.emit(ApprovalRefused(request.pending.step, error.message))
            else:
                return True
        if self._now() >= request.pending.expired:
            raise _Over
        return False

    def _keep(self, engine: Engine, request: Request, signature: str) -> None:
        """Put request and signature into the recording and tell of it. Raises `NotApproved` and `NoRoom`."""
        by = approver(request.data, signature, self._approvers.signers, operator_key=self._key, at=self._now())
        name = f"{approval.FOLDER}/{request.path.name}"
        try:
            (self._kept / approval.FOLDER).mkdir(mode=0o700, exist_ok=True)
            approvers = self._listed()
            write_whole(self._kept / name, request.data)
            write_whole(self._kept / (name + approval.SIGNATURE), signature.encode())
        except OSError as error:
            raise NoRoom("an approval", error) from None
        engine.emit(Approved(request.pending.step, by.identity, by.key, name, _sha256(request.data), approvers))

    def _listed(self) -> str:
        """Put the list of approvers into the recording and return its name there.

        One with another text, of an earlier part of the run, may have been sealed: it stays, and this one is beside it.
        """
        text = self._approvers.text.encode()
        for number in count(1):
            name = approval.APPROVERS if number == 1 else f"{approval.APPROVERS}-{number}"
            if not (self._kept / name).exists():
                write_whole(self._kept / name, text)
            if (self._kept / name).read_bytes() == text:
                break
        return name

    def _pending(self, state: RunState, step: Step, number: int) -> Pending:
        begins, book = self._now(), state.runbook
        return Pending(
            run=state.run,
            runbook=book.name,
            revision=book.revision,
            runbook_sha256=_sha256(book.text.encode()),
            included_sha256={Path(file).name: _sha256(text.encode()) for file, text in sorted(book.included.items())},
            step=step.id,
            number=number,
            title=step.title,
            covers=step.covers,
            effect=step.effect.value,
            note=step.note,
            undo=step.undo.say if step.undo else "",
            given=dict(state.told(step)),
            inputs=dict(state.inputs),
            operator=self._operator,
            operator_key=self._key,
            journal_head=self._head(),
            nonce=secrets.token_hex(16),
            asked=stamp(begins),
            expires=stamp(begins + LASTS),
        )


def _question(step: Step, request: Request) -> Question:
    details = (
        ("request", str(request.path)),
        ("sign by", f"keyturn approve {request.path.name}"),
        ("or by", f"ssh-keygen -Y sign -n {approval.NAMESPACE} -f KEY {request.path.name}"),
        ("until", request.pending.expires),
    )
    return Question(
        step.id, step.title, Gate.SECOND_PERSON, step.note, About.SECOND_PERSON, (Choice.STOP,), details=details
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
