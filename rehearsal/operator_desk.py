"""What waits for the operator: sign-ins at Microsoft's pages, and questions at gates.

The pages poll a sign-in and move on by themselves when its screen has been dealt with, by a person's click or by the
operator of the rehearsal, so that keyturn really waits for somebody else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from threading import RLock

# What a person can get past. A name with “-again” is the same screen once more, telling what was wrong.
SCREENS = (
    *(
        "picker",
        "kind",
        "email",
        "email-again",
        "password",
        "password-again",
        "federated",
        "methods",
        "number",
        "denied",
    ),
    *("timeout", "code", "code-again", "phone", "proofup", "kmsi"),
)


@dataclass(slots=True)
class SignIn:
    """One visit to the sign-in pages: the screens still to come, the first of them being shown."""

    number: str  # the two digits of the number match
    screens: list[str]
    account: str = ""
    stays: bool = False  # “Stay signed in?” was answered with yes
    error: str = ""  # a numbered error of the service, after which no screen follows

    @property
    def screen(self) -> str:
        """The screen that is up; empty when everything has been dealt with."""
        return self.screens[0] if self.screens else ""


@dataclass(slots=True)
class Gate:
    """A question that a run asks before something that cannot be taken back."""

    step: str
    title: str
    answer: str | None = None  # "yes" or "no"


@dataclass(slots=True)
class Desk:
    """All sign-ins and gates of one rehearsal, and the sessions and codes that come of them."""

    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    gates: list[Gate] = field(default_factory=list)
    codes: dict[str, bool] = field(default_factory=dict)  # each opens one session, which stays or does not
    sessions: set[str] = field(default_factory=set)
    staying: set[str] = field(default_factory=set)  # sessions that outlive the browser
    lock: RLock = field(default_factory=RLock)

    def begin(self, screens: list[str], error: str = "") -> str:
        """Begin a sign-in and return its key."""
        key = secrets.token_urlsafe(12)
        with self.lock:
            self.sign_ins[key] = SignIn(str(10 + secrets.randbelow(90)), list(screens), error=error)
        return key

    def pass_screen(self, key: str, screen: str, *, yes: bool = True) -> bool:
        """Deal with `screen` of a sign-in if it is the one shown; return whether it was. `yes` answers its question."""
        with self.lock:
            sign_in = self.sign_ins.get(key)
            if sign_in is None or sign_in.error or sign_in.screen != screen or screen not in SCREENS:
                return False
            sign_in.screens.pop(0)
            sign_in.stays = sign_in.stays or (screen == "kmsi" and yes)
            return True

    def code(self, key: str) -> str:
        """Return a code that opens one session, once every screen has been dealt with; empty before."""
        with self.lock:
            sign_in = self.sign_ins.get(key)
            if sign_in is None or sign_in.error or sign_in.screens:
                return ""
            del self.sign_ins[key]
            code = secrets.token_urlsafe(16)
            self.codes[code] = sign_in.stays
            return code

    def redeem(self, code: str) -> str:
        """Open a session for a code, which is then spent; empty for one that is not known."""
        with self.lock:
            if code not in self.codes:
                return ""
            session = secrets.token_urlsafe(16)
            self.sessions.add(session)
            if self.codes.pop(code):
                self.staying.add(session)
            return session

    def end_sessions(self) -> None:
        """Sign everybody out, as the portal does after a time."""
        with self.lock:
            self.sessions.clear()

    def waiting(self) -> list[tuple[str, str]]:
        """Return key and screen of every sign-in that a person could move on."""
        with self.lock:
            return [(key, one.screen) for key, one in self.sign_ins.items() if one.screen in SCREENS and not one.error]

    def ask(self, step: str, title: str) -> int:
        """Put a question; return its number, from 1."""
        with self.lock:
            self.gates.append(Gate(step, title))
            return len(self.gates)

    def answer(self, number: int, answer: str) -> bool:
        """Answer a question "yes" or "no", once; return whether it was open."""
        with self.lock:
            gate = self.gate(number)
            if gate is None or gate.answer is not None or answer not in {"yes", "no"}:
                return False
            gate.answer = answer
            return True

    def gate(self, number: int) -> Gate | None:
        """Return a question by its number."""
        return self.gates[number - 1] if 0 < number <= len(self.gates) else None
