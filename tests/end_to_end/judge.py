"""What must be true after any rehearsal, whatever went wrong in it: judged from outside, by the replicas' own word.

The three promises of the design: no secret is lost without being told, no secret leaks, no step is claimed that was not
done; and nothing irreversible is pressed twice for one decision.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
import zipfile
from typing import TYPE_CHECKING, Any, Final

from evidence import verify
from keyturn.errors import Exit
from keyturn.events import Acting, Failed, OrphanDeleted
from tests.end_to_end.strikes import BOOK, STEPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Rehearsed

VENDOR: Final = "ma_portal"
# The button that counts -> the action of a page that presses it once.
PRESSES: Final = {
    "add_secret": "add_and_copy_value",
    "delete_secret": "delete_secret",
    "ma-reset": "reset_integration",
    "ma-save": "save_credentials",
    "ma-save-group": "select_group",
    "ma-sync": "sync_now",
}
NEVER: Final = {"delete_registration", "switch_registration"}
_OF_ANOTHER: Final = "Added by another administrator"
# What the browser library, the language or the system say, and no operator should read.
_LIBRARY: Final = re.compile(
    r"Locator|Timeout \d|\bPage\.|\bFrame\.|net::|playwright|Traceback|Call log|Target (page|closed|crashed)|"
    r"\bErrno\b|OSError|0x[0-9a-f]{6}|chrome-error|<class|object at",
    re.IGNORECASE,
)


def judge(run: Rehearsed) -> list[str]:
    """Return everything that is wrong with what `run` told and left; nothing is when it is an empty list."""
    return [
        *_ended(run),
        *_told(run),
        *_portals(run),
        *_store(run),
        *_recording(run),
        *_pressed(run),
        *(f"a value can be read in {place}" for place in leaks(run)),
    ]


def _ended(run: Rehearsed) -> Iterator[str]:
    if run.summary.exit == Exit.BUG:
        yield f"it ended as a bug: {type(run.error).__name__}"
    if (run.summary.exit == Exit.DONE) is not (run.error is None):
        yield "its exit code is not what ended it"


def _told(run: Rehearsed) -> Iterator[str]:
    """A stop says its step, what was expected and seen, and what to do next; in words for people."""
    failures = [event for event in run.events if isinstance(event, Failed)]
    if run.summary.exit not in {Exit.DONE, Exit.BUG, Exit.INTERRUPTED} and not failures:
        yield "nothing was told of the failure"
    for failed in failures:
        for name in ("title", "expected", "seen", "next"):
            if not getattr(failed, name).strip():
                yield f"the failure does not say {name}"
        if failed.step not in STEPS:
            yield f"the failure is of no step: {failed.step}"
    texts = [text for one in failures for text in (one.expected, one.seen, one.next, *one.changed)]
    for text in [*texts, *run.summary.changed, str(run.error or ""), getattr(run.error, "hint", "")]:
        if found := _LIBRARY.search(text):
            yield f"“{found[0]}” is no word for an operator: {text}"


def _portals(run: Rehearsed) -> Iterator[str]:
    """What has changed in the portals is told, and nothing is told that has not."""
    told = "\n".join(run.summary.changed)
    before, now = {one["secret_id"] for one in run.old}, {one["secret_id"] for one in run.secrets}
    made = {one["secret_id"] for one in run.secrets if one["description"] != _OF_ANOTHER} - before
    for secret_id in made:
        if secret_id not in told and not _perhaps(run, "add-secret"):
            yield f"nothing is told of the secret that was made, {secret_id}"
    for secret_id in re.findall(r"a secret was created, ID (\S+),", told):
        if secret_id not in made | _orphans_deleted(run):
            yield f"a secret is told that was not made, {secret_id}"
    for step, happened in _deeds(run, bool(before - now)).items():
        if happened and not _claimed(run, step) and not _perhaps(run, step):
            yield f"nothing is told of {step}, which happened"
        if _claimed(run, step) and not happened and not _lost_since(run, step):
            yield f"{step} is told as done, and is not"
    others = {key: value for key, value in run.state["registrations"].items() if key != run.state["application_id"]}
    if others != {key: value for key, value in run.before["registrations"].items() if key in others} or (
        len(run.state["registrations"]) != len(run.before["registrations"])
    ):
        yield "another registration was changed"
    if run.summary.exit == Exit.DONE:
        yield from _whole(run, made)


def _whole(run: Rehearsed, made: set[str]) -> Iterator[str]:
    """What is so after a run that was done: the vendor holds the new value, and it is the one in the store."""
    vendor = run.state[VENDOR]["integration"]
    values = {one["value"] for one in run.secrets if one["secret_id"] in made}
    if len(made) != 1 or vendor is None or {vendor["value"]} != values:
        yield "it is done, and the vendor does not hold the one new value"
    elif run.sealed and run.sealed != vendor["value"]:
        yield "it is done, and the store holds another value than the vendor"


def _deeds(run: Rehearsed, deleted: bool) -> dict[str, bool]:
    """Return which of the steps that change a portal did so, by the portals' own state."""
    was, now = run.before[VENDOR]["integration"], run.state[VENDOR]["integration"]
    presses = run.state["presses"]
    saved = now is not None and now["value"] != was["value"]
    valid = run.results.get("delete-valid-secret", "skipped") != "skipped"
    step = "delete-valid-secret" if valid else "delete-expired-secret"
    return {
        step: deleted,
        "reset-integration": now is None or now["value"] != was["value"],
        "save-credentials": saved,
        "select-group": saved and bool(now["group"]),
        "synchronise": presses.get("ma-sync", 0) > 0 and now is not None and now["last_sync"] != was["last_sync"] != "",
    }


def _claimed(run: Rehearsed, step: str) -> bool:
    return any(f"{STEPS[step].title} – done" in change for change in run.summary.changed)


def _perhaps(run: Rehearsed, step: str) -> bool:
    """Whether it is told that the button of `step` was pressed and its result was not seen."""
    title = STEPS[step].title
    return any(title in change and "the result was not seen" in change for change in run.summary.changed)


def _lost_since(run: Rehearsed, step: str) -> bool:
    """Return whether the portal itself took back what `step` had brought about and seen."""
    return step == "select-group" and "ma-group-lost" in run.state["faults_struck"]


def _store(run: Rehearsed) -> Iterator[str]:
    """What is told of the store is in it, and it verifies; a secret whose value it lacks is known to it."""
    entries = run.store.entries()
    told = [change for change in run.summary.changed if change.startswith("store: its value was sealed")]
    if len(entries) != len(told) or not all(any(entry.id in change for change in told) for entry in entries):
        yield f"the store holds {len(entries)} values, and {len(told)} are told"
    yield from (f"the store does not verify: {fault}" for fault in run.store.verify())
    values = {one["secret_id"]: one["value"] for one in run.secrets}
    for entry in entries:
        if entry.metadata.secret_id not in values:
            yield "the store holds the value of a secret that is not there"
        elif run.sealed and run.sealed != values[entry.metadata.secret_id]:
            yield "the store holds another value than the portal"
    acted = any(isinstance(event, Acting) and STEPS[event.step].copies for event in run.events)
    if not acted and run.store.open_intents():
        yield "an intent is open, and nothing was pressed"
    lost = {one["secret_id"] for one in run.secrets} - {one["secret_id"] for one in run.old}
    lost -= {one["secret_id"] for one in run.secrets if one["description"] == _OF_ANOTHER}
    if lost and not entries and not run.store.open_intents() and "lost" not in _ops(run):
        yield "a secret was made whose value nobody has, and the store does not know"


def _ops(run: Rehearsed) -> set[str]:
    text = (
        (run.home / "store" / "journal.jsonl").read_text(encoding="utf-8").rstrip()
    )  # room is kept for an open intent
    return {json.loads(line)["op"] for line in text.splitlines()}


def _recording(run: Rehearsed) -> Iterator[str]:
    verdict = verify.verify(run.recording)
    yield from (f"the recording does not verify: {fault}" for fault in verdict.faults)
    if not (run.recording / "data" / "report.html").is_file():
        yield "the recording holds no report"


def _pressed(run: Rehearsed) -> Iterator[str]:
    acts = [event.action for event in run.events if isinstance(event, Acting)]
    acts += ["delete_secret"] * len(_orphans_deleted(run))
    for button, count in run.state["presses"].items():
        if button in NEVER:
            yield f"{button} was pressed"
        elif button in PRESSES and count > acts.count(PRESSES[button]):
            yield f"{button} was pressed {count} times for {acts.count(PRESSES[button])} decisions"


def _orphans_deleted(run: Rehearsed) -> set[str]:
    """Return the secrets that a resumed run deleted because nobody had their value, by their IDs."""
    return {event.secret_id for event in run.events if isinstance(event, OrphanDeleted)}


def leaks(run: Rehearsed) -> Iterator[str]:
    """Yield every place in which a value that the portals made can be read, in any usual form, in files or words."""
    known = {one["secret_id"] for one in run.old}
    values = [one["value"] for one in run.secrets if one["secret_id"] not in known]
    return readable(run.home, values, json.dumps(run.summary.as_json()), repr(run.events), *_words(run.error))


def readable(home: Path, values: Collection[str], *told: str) -> Iterator[str]:
    """Yield every file below `home`, and `what was told`, in which one of `values` can be read in any usual form."""
    needles = [needle for value in values for needle in _forms(value)]
    for name, data in _contents(home):
        if any(needle in data for needle in needles):
            yield name
    for text in told:
        if any(needle in text.encode() for needle in needles):
            yield "what was told"


def _forms(value: str) -> Iterator[bytes]:
    plain = value.encode()
    yield from (
        plain,
        plain[::-1],
        plain[6:30],
        value.encode("utf-16-le"),
        value.encode("utf-16-be"),
        plain.hex().encode(),
    )
    yield urllib.parse.quote(value, safe="").encode()
    for skipped in range(3):  # wherever in a longer text it stands
        yield base64.b64encode(bytes(skipped) + plain)[4 * bool(skipped) : -4]


def _contents(home: Path) -> Iterator[tuple[str, bytes]]:
    for path in home.rglob("*"):
        if path.is_file() and not path.name.endswith(".key"):
            yield path.name, path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())


def _words(error: BaseException | None) -> Iterator[str]:
    """Yield everything that an exception and those that it holds would print."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield f"{one} {one!r} {vars(one)}"
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def every_deed_is_a_step() -> bool:
    """Whether the judge knows every step of the runbook that changes something."""
    known = {"add-secret", "delete-expired-secret", "delete-valid-secret", "reset-integration", "save-credentials"}
    return {step.id for step in BOOK.steps if step.effect.value != "read"} == known | {"select-group", "synchronise"}
