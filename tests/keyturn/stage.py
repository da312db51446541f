"""A stage for the engine: pages, clipboard, store and recorder that only remember what was asked of them, in order."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import Error as BrowserError

from keyturn import secret_format
from keyturn.events import StepEnded
from keyturn.gates import Answer, Choice, Mode, Nobody, Question
from keyturn.model import Always, Effect, Fact, FactKind, Probe, SecretSpec, Step
from keyturn.run.engine import Engine
from keyturn.run.state import RunState
from pages.waiting import looks
from secrets_store import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from keyturn.events import Event, Result
    from keyturn.gates import Gatekeeper, Pump
    from pages.errors import PageError

VALUE = secret_format.make()
STORE_CHANGES = ("intend", "seal", "note", "abandon", "lost")


class Made(NamedTuple):
    secret_id: str
    expires_on: str


@dataclass
class Stage:
    """Everything around the engine, remembering what it was asked in one list."""

    log: list[str] = field(default_factory=list)
    on_screen: set[str] = field(default_factory=set)  # probes that answer yes
    copied: str = VALUE
    act: Any = None  # what the action does
    title: str = "Page"
    engine: Any = None
    unsure: set[str] = field(default_factory=set)
    pictured: list[tuple[str, bool]] = field(default_factory=list)  # before or after, and whether anew
    made_by_hand: Any = None  # what the page shows as made
    stands: tuple[str, ...] | None = None  # the secrets that the page lists now, where not what it did; () is no list
    not_shown: PageError | None = None  # why it cannot be seen whether anything was made
    breathed: Callable[[], None] = lambda: None  # what happens while a person thinks

    tab_answers: bool = True  # whether the tab is alive when the browser has told of an error

    is_there: Callable[[], bool] = lambda: True  # whether the page is on screen

    loads: Counter[str] = field(default_factory=Counter)

    held: Callable[[], AbstractContextManager[None]] = nullcontext  # what keeps signals off what must be whole
    within: int = 0  # how many of those are around what is being done

    def __post_init__(self) -> None:
        html = SimpleNamespace(wait_for=self._wait_for)
        self.tab_ = SimpleNamespace(wait_for_timeout=self._wait, locator=lambda _what: html)

    def _wait(self, ms: float) -> None:
        self.log.append(f"wait {ms:g}")
        self.breathed()

    def _wait_for(self, **_: Any) -> None:
        if not self.tab_answers:
            raise BrowserError("Target closed")

    # --- the page and the session
    def page(self, _where: str) -> Any:
        return SimpleNamespace(
            title=self.title,
            tab=self.tab_,
            arrive=lambda: self.log.append("arrive"),
            is_on_screen=self.is_there,
            seen=lambda: "another page",
            known_ids=self._known_ids,
            ids_now=self._ids_now,
            made_beside=self._made_beside,
            copy_again=self._copy_again,
            shown=lambda **_: self.made_by_hand,
            act=self._act,
        )

    def _known_ids(self, **_: Any) -> tuple[str, ...]:
        self.log.append("known ids")
        return ("old",)

    def _ids_now(self, **_: Any) -> tuple[str, ...] | None:
        if self.stands is None:
            return ("old", *(held.secret_id for held in self.engine.state.held.values()))
        return self.stands or None

    def _made_beside(self, _known: object) -> Any:
        if self.not_shown:
            raise self.not_shown
        return self.made_by_hand

    def _copy_again(self, secret_id: str) -> None:
        self.log.append(f"copy {secret_id} again")

    def _act(self, **_: Any) -> object:
        self.log.append("act")
        return self.act() if self.act else None

    def tab(self, _portal: str) -> Any:
        return self.tab_

    def tabs(self) -> dict[str, Any]:
        return {"p": self.tab_}

    def is_open(self, _portal: str) -> bool:
        return True

    def is_closed(self, _portal: str) -> bool:
        return False

    def looks(self, _where: str, seconds: float) -> Iterator[None]:
        return looks(seconds, lambda: self._wait(100))

    def answer(self, probe: Probe) -> bool:
        if any("{{" in str(value) for value in probe.args.values()):
            self.engine.state.fill_all(probe.args)
        self.log.append(f"ask {probe.ask}")
        return probe.ask in self.on_screen

    # --- clipboard, store, recorder: each only tells that it was called
    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        answers: dict[str, Any] = {
            "clear": "cleared",
            "prove": 1,
            "intend": SimpleNamespace(id="intent"),
            "seal": SimpleNamespace(id="entry", sha256="0" * 64),
        }

        def called(*_args: Any, **_kwargs: Any) -> Any:
            self.log.append(name)
            assert self.within or name not in STORE_CHANGES, f"a signal could cut {name} in two"
            return Secret(self.copied, "label") if name == "take" else answers.get(name)

        return called

    @contextmanager
    def whole(self) -> Iterator[None]:
        with self.held():
            self.within += 1
            try:
                yield
            finally:
                self.within -= 1

    def turn(self) -> Any:
        return nullcontext()

    def picture(self, _tab: object, _step: str, moment: str, *, anew: bool) -> str:
        self.log.append("picture")
        self.pictured.append((moment, anew))
        return "pictures/x.png"


STEP = Step(id="step", title="A step", page="p.page", do="act", effect=Effect.READ, timeout=0.0)
CREATE = replace(
    STEP, effect=Effect.CREATE, copies="client_secret", outputs={"secret_id": "secret_id", "expires_on": "expires_on"}
)

NEVER = Fact(kind=FactKind.STORED, of=("client_secret",), negated=False, say="the new value is not in the store")


def probe(ask: str, **args: str) -> Probe:
    return Probe(page="p.page", ask=ask, args=args)


CHANGE = replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),), expect=(probe("has_it"),))


@dataclass
class Says:
    """A person who says these things, one after the other, and the last again and again."""

    answers: list[Answer]
    asked: list[Question] = field(default_factory=list)
    wishes: list[Answer] = field(default_factory=list)

    def ask(self, question: Question, pump: Pump) -> Answer:
        self.asked.append(question)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        while answer.choice is Choice.SEEN and not pump():
            pass
        return answer

    def wish(self) -> Answer | None:
        return self.wishes.pop(0) if self.wishes else None


def says(*choices: Choice, reason: str = "", mode: Mode | None = None) -> Says:
    return Says([Answer(choice, "a test", reason, mode) for choice in choices])


def never() -> bool:
    return False


def build(
    stage: Stage, *steps: Step, gatekeeper: Gatekeeper | None = None, mode: Mode = Mode.AUTO, **action: Any
) -> tuple[Engine, list[Event]]:
    """Return an engine on `stage`, and the list of what it tells; `action` is what is known of the page's action."""
    events: list[Event] = []
    runbook: Any = SimpleNamespace(
        steps=steps,
        always=(Always.CLEAR_CLIPBOARD, Always.TELL_WHAT_IS_OPEN),
        secrets={"client_secret": SecretSpec(label="Label", format="entra-client-secret")},
        portals={"p": SimpleNamespace(pages="p", url="http://127.0.0.1")},
    )
    known = {"secret": None, "anywhere": False, "parameters": {}, "shown_by": "", "leads_to": None, **action}
    actions = {"act": SimpleNamespace(**known)}
    fake: Any = stage
    engine = Engine(
        RunState("run", runbook, {"id": "one"}),
        context=SimpleNamespace(set_default_timeout=lambda _ms: None),  # type: ignore[arg-type]
        catalogue=SimpleNamespace(at=lambda *_: SimpleNamespace(actions=actions)),  # type: ignore[arg-type]
        clipboard=fake,
        store=fake,
        recorder=fake,
        gatekeeper=gatekeeper or Nobody(),
        mode=mode,
        whole=stage.whole,
        listeners=(events.append, lambda event: stage.log.append(f"! {event.kind}")),
    )
    engine.session = fake
    stage.engine = engine
    return engine, events


def result(engine: Engine, step: str = "step") -> Result:
    return engine.state.results[step]


def page_error(kind: type[PageError], **kwargs: Any) -> PageError:
    return kind("Page", "act", expected="something", seen="something else", **kwargs)


def failing(stage: Stage, *errors: Exception) -> None:
    """Let the action fail once with each of `errors`, then go well."""
    left = list(errors)

    def act() -> object:
        if left:
            raise left.pop(0)
        return None

    stage.act = act


def doing(stage: Stage) -> None:
    """Let the action bring about what is expected."""
    stage.act = lambda: stage.on_screen.add("has_it")


def ended(events: list[Event]) -> dict[str, StepEnded]:
    return {event.step: event for event in events if isinstance(event, StepEnded)}
