"""The stages of a step, with pages that only remember: what is called, in which order, and what stops it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from keyturn import secret_format
from keyturn.errors import GuardRefused, KeyturnError, NobodyThere, StepFailed, Stopped
from keyturn.events import Event, Failed, Result
from keyturn.gates import Answer, Beforehand, Choice, Mode, Nobody, Question
from keyturn.model import Always, Effect, Fact, FactKind, Gate, Pictures, Probe, Retry, SecretSpec, Step
from keyturn.run.capture import ValueRefused
from keyturn.run.engine import Engine
from keyturn.run.stages import ExpectationMissed
from keyturn.run.state import RunState
from pages.base import NoEffect, NotYet, PageError
from secrets_store import Secret

if TYPE_CHECKING:
    from keyturn.gates import Gatekeeper, Pump

VALUE = secret_format.make()


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

    def __post_init__(self) -> None:
        self.tab_ = SimpleNamespace(wait_for_timeout=lambda ms: self.log.append(f"wait {ms:g}"))

    # --- the page and the session
    def page(self, _where: str) -> Any:
        return SimpleNamespace(
            title=self.title,
            tab=self.tab_,
            arrive=lambda: self.log.append("arrive"),
            seen=lambda: "another page",
            known_ids=self._known_ids,
            act=self._act,
        )

    def _known_ids(self) -> tuple[str, ...]:
        self.log.append("known ids")
        return ("old",)

    def _act(self, **_: Any) -> object:
        self.log.append("act")
        return self.act() if self.act else None

    def tab(self, _portal: str) -> Any:
        return self.tab_

    def tabs(self) -> dict[str, Any]:
        return {"p": self.tab_}

    def is_open(self, _portal: str) -> bool:
        return True

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
            "picture": "pictures/x.png",
        }

        def called(*_args: Any, **_kwargs: Any) -> Any:
            self.log.append(name)
            return Secret(self.copied, "label") if name == "take" else answers.get(name)

        return called

    def turn(self) -> Any:
        return nullcontext()


STEP = Step(id="step", title="A step", page="p.page", do="act", effect=Effect.READ, timeout=0.0)
CREATE = replace(
    STEP, effect=Effect.CREATE, copies="client_secret", outputs={"secret_id": "secret_id", "expires_on": "expires_on"}
)


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


@pytest.fixture
def stage() -> Stage:
    return Stage()


def build(
    stage: Stage, *steps: Step, gatekeeper: Gatekeeper | None = None, mode: Mode = Mode.AUTO
) -> tuple[Engine, list[Event]]:
    events: list[Event] = []
    runbook: Any = SimpleNamespace(
        steps=steps,
        always=(Always.CLEAR_CLIPBOARD, Always.TELL_WHAT_IS_OPEN),
        secrets={"client_secret": SecretSpec(label="Label", format="entra-client-secret")},
        portals={"p": SimpleNamespace(pages="p", url="http://127.0.0.1")},
    )
    actions = {"act": SimpleNamespace(anywhere=False, parameters={})}
    fake: Any = stage
    engine = Engine(
        RunState("run", runbook, {"id": "one"}),
        context=SimpleNamespace(set_default_timeout=lambda _ms: None),  # type: ignore[arg-type]
        catalogue=SimpleNamespace(page=lambda *_: SimpleNamespace(actions=actions)),  # type: ignore[arg-type]
        clipboard=fake,
        store=fake,
        recorder=fake,
        gatekeeper=gatekeeper or Nobody(),
        mode=mode,
        listeners=(events.append, lambda event: stage.log.append(f"! {event.kind}")),
    )
    engine.session = fake
    stage.engine = engine
    return engine, events


def probe(ask: str, **args: str) -> Probe:
    return Probe(page="p.page", ask=ask, args=args)


def result(engine: Engine) -> Result:
    return engine.state.results["step"]


def test_an_act_is_announced_before_it_is_done(stage: Stage) -> None:
    engine, _ = build(stage, STEP)
    engine.run()
    assert stage.log.index("! acting") < stage.log.index("act")
    assert stage.log.index("arrive") < stage.log.index("act")
    assert result(engine) is Result.DONE


def test_a_step_whose_fact_does_not_hold_is_skipped_with_its_reason(stage: Stage) -> None:
    fact = Fact(kind=FactKind.SAME, of=("a", "b"), negated=False, say="it is another case")
    engine, events = build(stage, replace(STEP, when=(fact,), gate=Gate.CONFIRM))
    engine.run()
    assert "act" not in stage.log
    assert result(engine) is Result.SKIPPED
    assert [event.reason for event in events if event.kind == "step-ended"] == ["it is another case"]  # type: ignore[attr-defined]


def test_a_gate_with_nobody_there_ends_the_run_before_the_act(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.CONFIRM))
    with pytest.raises(NobodyThere, match="step"):
        engine.run()
    assert "act" not in stage.log


@pytest.mark.parametrize("part", ["args", "expect"])
def test_what_no_step_has_given_stops_before_anything_is_pressed(stage: Stage, part: str) -> None:
    missing = {"at": "{{ steps.skipped.at }}"}
    needing = replace(STEP, args=missing) if part == "args" else replace(STEP, expect=(probe("has_it", **missing),))
    engine, events = build(stage, needing)
    with pytest.raises(StepFailed, match=r"nothing has given steps\.skipped\.at"):
        engine.run()
    assert "act" not in stage.log
    assert [event.seen for event in events if isinstance(event, Failed)] == ["nothing has given steps.skipped.at"]


def test_what_the_store_is_told_of_a_secret_is_known_before_one_is_made(stage: Stage) -> None:
    engine, _ = build(stage, CREATE)
    label = SecretSpec(label="{{ steps.skipped.name }}", format="any")
    engine.state.runbook.secrets["client_secret"] = label  # type: ignore[index]  # the stage's own, a dictionary
    with pytest.raises(StepFailed, match=r"nothing has given steps\.skipped\.name"):
        engine.run()
    assert "intend" not in stage.log


def test_a_no_at_a_gate_stops_before_the_act(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.CONFIRM), gatekeeper=says(Choice.STOP))
    with pytest.raises(Stopped):
        engine.run()
    assert "act" not in stage.log


def test_one_person_is_not_enough_at_the_gate_of_a_second(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.SECOND_PERSON), gatekeeper=Beforehand(["all"], says(Choice.GO_ON)))
    with pytest.raises(NobodyThere, match="second person"):
        engine.run()
    assert "act" not in stage.log


def test_only_approvals_that_were_named_answer_beforehand() -> None:
    question = Question("step", "A step", Gate.CONFIRM, "")
    assert Beforehand(["step"], Nobody()).ask(question, never).by == "--approve step"
    assert Beforehand(["all"], Nobody()).ask(question, never).by == "--approve all"
    with pytest.raises(NobodyThere):
        Beforehand(["another"], Nobody()).ask(question, never)


def test_guided_asks_before_every_change_and_before_no_reading(stage: Stage) -> None:
    engine, events = build(stage, STEP, gatekeeper=says(Choice.GO_ON), mode=Mode.GUIDED)
    engine.run()
    assert not [event for event in events if event.kind == "gate-asked"]
    changing = replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),))
    engine, events = build(stage, changing, gatekeeper=says(Choice.GO_ON), mode=Mode.GUIDED)
    engine.run()
    assert [event.kind for event in events if "gate" in event.kind] == ["gate-asked", "gate-answered"]


def test_a_guard_that_does_not_hold_refuses_before_the_act(stage: Stage) -> None:
    fact = Fact(kind=FactKind.STORED, of=("client_secret",), negated=False, say="the new value is not in the store")
    engine, events = build(stage, replace(STEP, effect=Effect.DELETE, guard=(fact,)))
    with pytest.raises(GuardRefused, match="not in the store"):
        engine.run()
    assert "act" not in stage.log
    assert "guard-refused" in [event.kind for event in events]


def test_what_is_already_so_is_not_done_again(stage: Stage) -> None:
    stage.on_screen.add("has_it")
    engine, _ = build(stage, replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),)))
    engine.run()
    assert "act" not in stage.log
    assert result(engine) is Result.ALREADY


def test_what_depends_on_an_output_not_known_yet_is_not_already_so(stage: Stage) -> None:
    stage.on_screen.add("has_it")
    own = probe("has_it", secret_id="{{ steps.step.secret_id }}")
    engine, _ = build(stage, replace(STEP, done_when=(own,)))
    engine.run()
    assert result(engine) is Result.DONE


def test_an_expectation_that_is_not_met_fails_the_step_and_tells_what_changed(stage: Stage) -> None:
    engine, events = build(stage, replace(STEP, effect=Effect.CHANGE, expect=(probe("has_it"),)))
    with pytest.raises(ExpectationMissed):
        engine.run()
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert "has it" in failed.expected
    assert failed.seen == "another page"
    assert any("button was pressed" in change for change in failed.changed)
    assert failed.next
    assert result(engine) is Result.FAILED


def page_error(kind: type[PageError], **kwargs: Any) -> PageError:
    return kind("Page", "act", expected="something", seen="something else", **kwargs)


def failing(stage: Stage, *errors: PageError) -> None:
    left = list(errors)

    def act() -> object:
        if left:
            raise left.pop(0)
        return None

    stage.act = act


def test_not_yet_is_asked_again_for_as_long_as_the_runbook_says(stage: Stage) -> None:
    failing(stage, page_error(NotYet), page_error(NotYet))
    engine, events = build(stage, replace(STEP, retry=Retry(within=60, every=5)))
    engine.run()
    assert stage.log.count("act") == 3
    assert stage.log.count("wait 5000") == 2
    assert [event.kind for event in events].count("retrying") == 2


def test_without_a_retry_or_after_its_time_not_yet_is_a_failure(stage: Stage) -> None:
    for retry in (None, Retry(within=0.0, every=1)):
        failing(stage, page_error(NotYet))
        engine, _ = build(stage, replace(STEP, retry=retry))
        with pytest.raises(NotYet):
            engine.run()


def test_a_failure_that_does_not_pass_is_never_asked_again(stage: Stage) -> None:
    failing(stage, page_error(NoEffect, pressed=True))
    engine, _ = build(stage, replace(STEP, retry=Retry(within=60, every=5)))
    with pytest.raises(NoEffect):
        engine.run()
    assert stage.log.count("act") == 1


def test_what_always_runs_runs_after_a_failure_too(stage: Stage) -> None:
    failing(stage, page_error(NoEffect))
    engine, events = build(stage, STEP)
    with pytest.raises(NoEffect):
        engine.run()
    assert [event.kind for event in events][-2:] == ["clipboard-left", "left-open"]


@pytest.fixture
def creating(stage: Stage) -> Stage:
    stage.act = lambda: Made("new", "2028-11-23")
    return stage


def test_nothing_comes_between_the_button_and_the_sealed_store(creating: Stage) -> None:
    engine, _ = build(creating, CREATE)
    engine.run()
    act, seal = creating.log.index("act"), creating.log.index("seal")
    assert creating.log[act + 1 : seal] == ["take", "! secret-captured"]
    assert "picture" not in creating.log[creating.log.index("intend") : seal]
    before = creating.log[:act]
    assert [name for name in before if name in {"known ids", "prove", "intend", "! secret-intended", "conceal"}] == [
        "known ids",
        "prove",
        "intend",
        "! secret-intended",
        "conceal",
    ]
    assert creating.log.index("! secret-sealed") < creating.log.index("clear")
    assert engine.state.held["client_secret"].secret_id == "new"


@pytest.mark.parametrize(
    "copied",
    ["0c9a1c35-2a1d-4f8b-9d53-6a0f6a9d6d01", f" {VALUE}", VALUE[:-1], VALUE[:20] + "…", VALUE[:-1] + "!"],
    ids=["secret id", "space", "cut", "cut with dots", "wrong checksum"],
)
def test_a_value_that_cannot_be_right_is_refused_before_the_store_sees_it(creating: Stage, copied: str) -> None:
    creating.copied = copied
    engine, events = build(creating, CREATE)
    with pytest.raises(ValueRefused):
        engine.run()
    assert "seal" not in creating.log
    assert "clear" in creating.log
    assert engine.state.held == {}
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert any("ID new" in change for change in failed.changed)
    assert "new" in failed.next
    assert not copied.strip() or copied.strip() not in repr(events)


def test_the_refused_value_is_looked_for_by_the_leak_gate_all_the_same(creating: Stage) -> None:
    creating.copied = VALUE[:-1]
    engine, _ = build(creating, CREATE)
    with pytest.raises(ValueRefused):
        engine.run()
    assert [secret.reveal() for secret in engine.state.values] == [VALUE[:-1]]


def test_a_secret_that_this_run_does_not_hold_cannot_be_pasted(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, pastes="client_secret"))
    with pytest.raises(KeyturnError, match="does not hold"):
        engine.run()
    assert "act" not in stage.log


def test_a_dark_step_has_no_pictures(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, evidence=Pictures.DARK))
    engine.run()
    assert "picture" not in stage.log
    assert stage.log.index("dark") < stage.log.index("act") < stage.log.index("light")


def test_a_run_can_begin_and_end_at_a_step(stage: Stage) -> None:
    steps = [replace(STEP, id=name) for name in ("one", "two", "three")]
    engine, _ = build(stage, *steps)
    engine.run("two", "two")
    assert list(engine.state.results) == ["two"]
