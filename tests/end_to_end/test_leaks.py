"""What could leak does not: with concealment broken the run is stopped or caught, with it on nothing is found."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
import urllib.parse
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import LeakGate, sight, verify
from evidence.concealment import Concealment
from keyturn.catalogue import Catalogue
from keyturn.cli.rehearse import DEFAULT
from keyturn.document import load
from keyturn.errors import Exit
from keyturn.events import Event, PicturesRead, StepStarted
from keyturn.settings import shipped_runbooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyturn.model import Step
    from rehearsal import Replicas
    from tests.end_to_end.conftest import Rehearse, Rehearsed

BOOK = load(shipped_runbooks() / DEFAULT)
MADE_UP = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"  # stands in the errors of steps before there is a value
needs_eyes = pytest.mark.skipif(
    not (sight.can_read() and shutil.which("ffmpeg")), reason="reading pictures and films needs tesseract and ffmpeg"
)


def newest_value(replicas: Replicas) -> str:
    """Return the value of the newest secret of the registration; a made-up one while none was added."""
    state = replicas.state()
    secrets = state["registrations"][state["application_id"]]["secrets"]
    newest = max(secrets, key=lambda one: str(one["start"]))
    return str(newest["value"]) if state["presses"].get("add_secret") else MADE_UP


LEAKY = (
    r"data/pictures/.*-add-secret-after.png: the value can be read in the picture",
    r"data/video/entra\.\w+, frame \d+: the value can be read in the picture",
)


filmed_or_not = pytest.mark.parametrize(
    "filmed", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["unfilmed", "filmed"]
)  # a film of every way to show a value: in the evidence room's own tests


@pytest.mark.eyes
@needs_eyes
@filmed_or_not
def test_with_concealment_off_the_gate_finds_the_value_in_pictures_and_film(
    rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch, *, filmed: bool
) -> None:
    def off(self: Concealment, *_: object) -> int:
        self.concealed = False
        return 1

    for part in ("attach", "conceal", "uncover", "prove"):
        monkeypatch.setattr(Concealment, part, off)
    monkeypatch.setattr(Concealment, "painted", lambda *_: None)
    run = rehearse(until="add-secret", read_pictures=True, filmed=filmed)
    assert run.summary.exit == Exit.LEAK_FOUND
    assert run.recording.parent.name == "quarantine"
    assert "rotate it again" in str(getattr(run.error, "hint", ""))
    assert not any(newest[:8] in str(run.error) for newest in values_of(run))
    (found,) = [event.findings for event in run.events if event.kind == "leak-gate"]  # type: ignore[attr-defined]
    for place in LEAKY if filmed else LEAKY[:1]:
        assert any(re.match(place, one) for one in found), found
    last = [event for event in run.events if isinstance(event, PicturesRead)][-1]
    assert last.read == last.total > 0
    assert last.kind not in (run.recording / "data" / "journal.jsonl").read_text()


@pytest.mark.soak
@pytest.mark.eyes
@needs_eyes
@filmed_or_not
def test_with_concealment_on_nothing_is_found_where_it_was_off(rehearse: Rehearse, *, filmed: bool) -> None:
    run = rehearse(until="add-secret", read_pictures=True, filmed=filmed)
    assert run.error is None
    assert run.summary.search["pictures_read"]
    assert run.state["presses"] == {"add_secret": 1}


@pytest.mark.parametrize(
    "harm",
    [
        ("node.data = disguised(node.data);", ""),
        pytest.param(("sheet.disabled = !on;", "sheet.disabled = true;"), marks=pytest.mark.soak),
    ],
    ids=["bullets", "style"],
)
def test_a_proof_that_fails_stops_the_run_while_no_secret_exists(
    rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch, harm: tuple[str, str]
) -> None:
    script = Concealment._script

    def harmed(self: Concealment, *, concealing: bool) -> str:
        whole = script(self, concealing=concealing)
        assert harm[0] in whole
        return whole.replace(*harm)

    monkeypatch.setattr(Concealment, "_script", harmed)
    run = rehearse()
    assert run.summary.exit == Exit.LEAK_FOUND
    assert run.results["add-secret"] == "failed"
    assert run.state["presses"] == {}
    assert run.secrets == run.old
    assert run.store.entries() == []
    assert run.recording.parent.name == "recordings"  # Nothing has leaked: the recording is whole.
    assert verify.verify(run.recording).holds


@contextmanager
def breaking(step: Step, value: Callable[[], str]) -> Iterator[None]:
    """Let the action of `step` raise what the browser library could, with the value in its text, after its gestures.

    `value` returns it, or nothing while another step is under way that has the same action.
    """
    portals = {name: portal.pages for name, portal in BOOK.portals.items()}
    portal, _, name = step.page.partition(".")
    method = getattr(Catalogue.of(portals.values()).page(portals[portal], name).cls, step.do)
    (cell,) = [cell for cell in method.__closure__ if cell.cell_contents is method.__wrapped__]
    whole = cell.cell_contents

    def breaks(*args: Any, **kwargs: Any) -> object:
        made = whole(*args, **kwargs)
        secret = value()
        if not secret:
            return made
        text = f'Locator.click: Timeout 30000ms exceeded.\n - locator resolved to <span class="v">{secret}</span>'
        raise BrowserError(f'{text}\n - aka get_by_text("{secret[:6]}"), fill("{urllib.parse.quote(secret)}")')

    cell.cell_contents = breaks
    try:
        yield
    finally:
        cell.cell_contents = whole


EVERY = [  # Always where it comes to be; the soak takes the others.
    pytest.param(step, id=step.id, marks=() if step.id == "add-secret" else pytest.mark.soak) for step in BOOK.steps
]


@pytest.mark.parametrize("step", EVERY)
def test_an_exception_that_holds_the_value_reaches_nothing_that_is_written_or_told(
    rehearse: Rehearse, capfd: pytest.CaptureFixture[str], step: Step
) -> None:
    served: list[Replicas] = []

    begun: list[str] = [""]

    def watching(replicas: Replicas) -> Callable[[Event], None]:
        served.append(replicas)
        return lambda event: begun.append(event.step) if isinstance(event, StepStarted) else None

    scenario = "no-banner" if step.id == "open-certificates-and-secrets" else "expired"
    scenario = "expiring" if step.id == "delete-valid-secret" else scenario
    route = "link" if step.id == "open-registration-by-link" else "menu"
    with breaking(step, lambda: newest_value(served[0]) if begun[-1] == step.id else ""):
        run = rehearse(scenario=scenario, watching=watching, route=route)
    started = [event.step for event in run.events if isinstance(event, StepStarted)]
    assert started[-1] == step.id
    assert run.summary.exit == Exit.STEP_FAILED
    assert run.error is not None
    told = [
        json.dumps(run.summary.as_json()),
        repr(run.events),
        repr(run.error),
        "".join(traceback.format_exception(run.error)),
        repr(run.error.__context__),
        *capfd.readouterr(),
    ]
    gate = LeakGate([value.encode() for value in values_of(run)], optical=False)
    assert [one for text in told for one in gate.in_bytes(text.encode())] == []
    assert [one for one in gate.search(run.home) if ".key" not in one.path and ".age" not in one.path] == []
    assert verify.verify(run.recording).holds


MARK = re.compile(rb"[A-Za-z0-9~._-]{3}[78]Q~[A-Za-z0-9~._-]{31,34}")


def places_of(tree: int, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what another process can read of the processes below `tree`, and every file below `folder`."""
    below = {str(tree)}
    for entry in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
        with contextlib.suppress(OSError):
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            if entry.name in below or parent in below:
                below.add(entry.name)
                for name in ("cmdline", "environ"):
                    yield f"{name} of a process", (entry / name).read_bytes()
    for place, _, names in os.walk(folder):  # It passes over what is gone when it comes there.
        for path in (Path(place, name) for name in names):
            with contextlib.suppress(OSError):
                if path.is_file():
                    yield path.name, path.read_bytes()


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes as Linux shows them")
def test_while_it_runs_the_value_is_in_no_process_list_environment_or_temporary_file(short: Path) -> None:
    for name in ("tmp", "home", "out"):
        (short / name).mkdir()
    folders = {
        "TMPDIR": "tmp",
        "HOME": "home",
        "XDG_RUNTIME_DIR": "tmp",
        "XDG_DATA_HOME": "home",
        "XDG_STATE_HOME": "home",
    }
    environment = {**os.environ, **{name: str(short / folder) for name, folder in folders.items()}}
    command = [sys.executable, "-m", "keyturn", "rehearse", "--headless", "--json", "--until", "paste-secret-value"]
    command += ["--recordings", str(short / "out" / "recordings"), "--store", str(short / "out" / "store")]
    with (short / "out" / "said").open("wb") as said, (short / "out" / "told").open("wb") as told:
        run = subprocess.Popen(command, env=environment, stdout=told, stderr=said, cwd=short)
    found: set[str] = set()
    looks = 0
    while run.poll() is None:
        for name, data in places_of(run.pid, short):
            plain = data.replace(b"\0", b"")  # UTF-16 too
            if MARK.search(data) or MARK.search(plain):
                found.add(name)
        looks += 1
        time.sleep(1.0)  # A look reads all there is, and takes the processor from what is looked at.
    assert run.returncode == 0, (short / "out" / "said").read_text()
    assert json.loads((short / "out" / "told").read_text())["status"] == "done"
    assert looks > 5
    assert found == set()
    assert [name for name, data in places_of(run.pid, short) if MARK.search(data.replace(b"\0", b""))] == []


def values_of(run: Rehearsed) -> list[str]:
    """Return the made-up value, and every value that the run can have made."""
    known = {secret["secret_id"] for secret in run.old}
    return [MADE_UP, *(secret["value"] for secret in run.secrets if secret["secret_id"] not in known)]
