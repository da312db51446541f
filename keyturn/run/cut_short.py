"""The recording of a run that was killed, packaged as it is: the run does not go on, and nothing is asked of a portal.

Going on with it (`keyturn resume`) packages it too, and knows more; this is for a run that nobody will go on with.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evidence import NotARecording, package
from evidence.chain import OWN, ChainedLog, read_chain
from evidence.leftover import finish_killed
from evidence.story_reading import read as story_of
from keyturn import keeper
from keyturn.errors import Exit
from keyturn.events import LeakGate, RunEnded, SearchBegan
from keyturn.run.journal import Journal
from keyturn.run.leak_search import LeakSearch, reads_pictures
from keyturn.run.own_profile import OwnProfile, forget
from keyturn.run.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

STATUS = "cut short"


def _captured(folder: Path) -> list[str]:
    """Return the store's entries whose values the run in `folder` captured, as its journal names them."""
    if (folder / package.TAG_MANIFEST).exists():
        raise NotARecording(f"{folder.name}: it is sealed already", hint="`keyturn evidence verify` checks it")
    return [str(one.get("entry", "")) for one in story_of(folder / package.PAYLOAD).secrets]


def _facts(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is known of the run in `folder`, and what is not and why.

    Where its `run.json` cannot be read, as a power cut may leave it, that is kept aside, and the journal tells.
    """
    data = folder / package.PAYLOAD
    began = next((one for one in read_chain(folder / package.JOURNAL).entries if one["kind"] == "run-started"), {})
    known = {"run": folder.name, "runbook": "unknown", "operator": "unknown", "started": began.get("at", ""), **began}
    kind = {"True": "rehearsal", "False": "run"}.get(str(began.get("rehearsal")), "unknown")
    known = {name: known[name] for name in known if name not in OWN} | {"kind": kind}
    try:
        told = json.loads((data / "run.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and all(isinstance(told.get(name), str) for name in ("run", "kind", "runbook")):
        return told, {}
    if (data / "run.json").exists():
        (data / "run.json").replace(data / "run.json.torn")
    return known, {"what was known of the run": "its run.json cannot be read; what the journal tells stands for it"}


def package_up(
    folder: Path, key: Ed25519PrivateKey, open_values: Callable[[list[str]], Sequence[bytes]], tsa: str = ""
) -> Recording:
    """Search the recording of a run that was killed, end its journal, and seal it; return it.

    `open_values` is asked for what the run captured, by the store's entries, as far as it is at hand; nobody carries
    the run on while it asks for a passphrase. Whatever is at hand, anything of a client secret's shape is a finding
    too: the run may have had a value on a page that was never sealed. Raises `CannotStart` while somebody carries the
    run out, `NotARecording` for a folder that is none or is sealed already, `ChainBroken` for a journal that does not
    hold, and what `Recording.not_packaged` tells.
    """
    with keeper.attending(folder.name):
        values = open_values(_captured(folder))
        data = folder / package.PAYLOAD
        for _ in package.files(folder):  # A link that leads elsewhere is refused before anything is put in order.
            pass
        facts, missing = _facts(folder)
        search = LeakSearch(folder)
        recording = Recording(folder, key, facts, search)
        facts["not_recorded"] = finish_killed(data, missing)
        with ChainedLog(data / "journal.jsonl") as log:
            tell = Journal(log)
            tell(SearchBegan(reads_pictures(wanted=bool(values))))
            profile = OwnProfile.remembered(folder.name)
            seconds = search.everything([], optical=False, since=None, beside=profile)
            if values:
                seconds += search.everything(values, optical=True, since=None, beside=profile)
            tell(LeakGate(tuple(search.findings), seconds, search.pictures_read, len(values)))
            story = story_of(data)
            exit_code = int(Exit.LEAK_FOUND if search.leak else Exit.INTERRUPTED)
            tell(RunEnded(STATUS, exit_code, tuple(story.changed), 0.0))
        try:
            recording.end(status=STATUS, exit=exit_code, changed=story.changed)
            recording.seal(tsa)
        except OSError as error:
            raise recording.not_packaged(error, f'keyturn evidence seal "{folder}"') from None
        forget(folder.name)
    return recording
