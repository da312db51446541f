"""What a run that goes on tells first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from keyturn.document import load
from keyturn.events import Event, Resumed
from keyturn.run.resume import come_back
from keyturn.run.state import Unfinished
from keyturn.settings import shipped_runbooks


def test_a_run_that_goes_on_tells_with_which_inputs() -> None:
    told: list[Event] = []
    engine: Any = SimpleNamespace(
        come_back=lambda: None, emit=told.append, session=SimpleNamespace(tabs=dict), clipboard=None,
        state=SimpleNamespace(run="r-1", unfinished=Unfinished()), store=SimpleNamespace(open_intents=lambda **_: []),
    )  # fmt: skip
    book = load(shipped_runbooks() / "update-entra-client-secret.yaml")
    prepared = SimpleNamespace(runbook=book, wish=SimpleNamespace(mode="auto"), inputs={"application_id": "app-B"})
    noted = {"operator": "olga@host", "changes": [], "accepted_by": ""}
    facts = {"resumed": [noted], "versions": {}}
    part: Any = SimpleNamespace(
        prepared=prepared, recording=SimpleNamespace(facts=facts, is_rehearsal=True), state=SimpleNamespace(held={})
    )
    unfinished = SimpleNamespace(announced=set(), intended={})
    past: Any = SimpleNamespace(run="r-1", results={}, unfinished=unfinished, last_step="")
    browsing: Any = SimpleNamespace(again=False)
    come_back(engine, browsing, part, past)
    (resumed,) = told
    assert isinstance(resumed, Resumed)
    assert resumed.inputs == {"application_id": "app-B"}
