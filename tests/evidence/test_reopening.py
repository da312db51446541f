"""A run that goes on is recorded into the same recording, and nothing that was sealed is lost or can be changed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import listing, package, sealing, sshsig, verify
from evidence.chain import ChainedLog
from evidence.error import NotARecording
from tests.evidence.conftest import IDENTITY, passes, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = "data/earlier/1"
PICTURE = "data/pictures/02-add-secret-after.png"


@pytest.fixture
def stop(key: Ed25519PrivateKey) -> Callable[..., Path]:
    """Return what seals the recording of a run that stopped."""

    def sealed(folder: Path, previous: str | None = None, key: Ed25519PrivateKey = key) -> Path:
        sealing.seal(folder, signing_key=key, identity=IDENTITY, info={"Status": "stopped"}, previous=previous)
        return folder

    return sealed


def go_on(folder: Path) -> None:
    """Do what a resumed run does to a recording that was opened again."""
    with ChainedLog(folder / package.JOURNAL) as log:
        log.append("run-ended", status="done", exit=0, changed=[], seconds=1.0)
    (folder / "data/run.json").write_text('{"run": "r-1", "status": "done"}\n')
    (folder / "data/pictures/03-next-after.png").write_bytes((folder / PICTURE).read_bytes())


@pytest.fixture
def resumed(recording: Path, stop: Callable[..., Path], seal: Callable[..., Path]) -> Path:
    """A recording that was sealed when its run stopped, and again when the resumed run was done."""
    sealing.reopen(stop(recording))
    go_on(recording)
    return seal(recording)


def test_it_is_as_open_as_before_it_was_sealed_and_says_which_digest_it_had(
    recording: Path, stop: Callable[..., Path]
) -> None:
    before = {path.relative_to(recording): path.read_bytes() for path in package.files(recording)}
    was = package.digest(stop(recording))
    assert sealing.reopen(recording) == was
    after = {path.relative_to(recording): path.read_bytes() for path in package.files(recording)}
    assert {name: data for name, data in after.items() if "earlier" not in name.parts} == before
    assert package.digest(recording / FIRST) == was
    assert {path.stat().st_mode & 0o777 for path in package.files(recording)} == {0o600}


def test_sealed_again_it_verifies_for_keyturn_and_for_stock_tools(resumed: Path, signers: Path) -> None:
    assert verify.verify(resumed, allowed_signers=signers).faults == []
    bagit.Bag(str(resumed)).validate()
    command = ("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", IDENTITY, "-n", package.NAMESPACE)
    for place in (resumed, resumed / FIRST):
        tags = (place / package.TAG_MANIFEST).read_bytes()
        assert passes("sha256sum", "--strict", "--quiet", "-c", package.TAG_MANIFEST, folder=place)
        assert passes(*command, "-s", package.SIGNATURE, folder=place, stdin=tags)


def test_a_run_may_go_on_more_than_once(
    recording: Path, stop: Callable[..., Path], seal: Callable[..., Path], signers: Path
) -> None:
    digests = []
    for _ in range(3):
        digests.append(sealing.reopen(stop(recording)))
        go_on(recording)
    assert len(set(digests)) == 3
    assert [package.digest(place) for place in package.sealings(seal(recording))[:-1]] == digests
    assert verify.verify(recording, allowed_signers=signers).faults == []


@pytest.fixture
def signers(recording: Path, tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    """The auditor's own list of who may sign, as handed over once."""
    assert recording
    path = tmp_path / "allowed_signers"
    path.write_text(sshsig.allowed_line(IDENTITY, sshsig.raw_public(key), package.NAMESPACE))
    return path


def test_what_is_not_sealed_or_came_to_its_end_is_not_opened(recording: Path, seal: Callable[..., Path]) -> None:
    with pytest.raises(NotARecording, match="not sealed"):
        sealing.reopen(recording)
    with pytest.raises(NotARecording, match="came to its end"):
        sealing.reopen(seal(recording))
    assert (recording / package.TAG_MANIFEST).is_file()


@pytest.mark.parametrize("call", ["rename", "unlink", "chmod"])
def test_killed_while_it_is_opened_it_opens_at_the_next_try(
    recording: Path, stop: Callable[..., Path], seal: Callable[..., Path], signers: Path, call: str
) -> None:
    was = package.digest(stop(recording))
    for nth in range(1, 60):
        with pytest.MonkeyPatch.context() as patch:
            _die_at(patch, call, nth)
            try:
                assert sealing.reopen(recording) == was
            except NotARecording:  # It was killed after the last moment at which it was a finished package.
                break
            except _Killed:
                continue
            break
    else:
        pytest.fail("it was never opened")
    go_on(recording)
    assert verify.verify(seal(recording), allowed_signers=signers).faults == []
    assert package.digest(package.sealings(recording)[0]) == was


class _Killed(BaseException):
    """Stands for a process that ends without another word."""


def _die_at(patch: pytest.MonkeyPatch, call: str, nth: int) -> None:
    """Let the `nth` such call on a path be the last."""
    from pathlib import Path  # noqa: PLC0415  # the class itself, not only its name

    plain = getattr(Path, call)
    count = 0

    def counted(self: Path, *args: object) -> object:
        nonlocal count
        count += 1
        if count == nth:
            raise _Killed
        return plain(self, *args)

    patch.setattr(Path, call, counted)


def test_a_sealing_that_was_killed_is_done_again(
    recording: Path, seal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sshsig, "sign", lambda *_: (_ for _ in ()).throw(_Killed))
        with pytest.raises(_Killed):
            seal(recording)
    assert (recording / "bagit.txt").exists()
    assert verify.verify(seal(recording)).holds


def _write(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


def _remade(folder: Path, key: Ed25519PrivateKey) -> None:
    """Make the package anew around what is there now, as somebody who has the key can."""
    for name in ("bagit.txt", package.BAG_INFO, package.ALLOWED_SIGNERS, package.MANIFEST, package.TAG_MANIFEST):
        (folder / name).unlink()
    shutil.rmtree(folder / "signatures")
    sealing.seal(folder, signing_key=key, identity=IDENTITY, info={"Status": "done"}, previous=None)


def tell_the_beginning_otherwise(folder: Path) -> None:
    lines = (folder / package.JOURNAL).read_text().splitlines()
    (folder / package.JOURNAL).unlink()
    with ChainedLog(folder / package.JOURNAL) as log:
        for line in lines:
            entry = json.loads(line)
            words = {name: value for name, value in entry.items() if name not in {"seq", "at", "prev", "kind"}}
            log.append(entry["kind"], **{**words, **({"answer": "no"} if "answer" in words else {})})


def change_an_earlier_picture(folder: Path) -> None:
    _write(folder / PICTURE, (folder / PICTURE).read_bytes() + b"\0")


def remove_an_earlier_picture(folder: Path) -> None:
    (folder / PICTURE).unlink()


def change_what_was_kept(folder: Path) -> None:
    _write(folder / FIRST / "run.json", b"{}\n")


def change_the_earlier_manifest(folder: Path) -> None:
    path = folder / FIRST / package.TAG_MANIFEST
    _write(path, path.read_bytes().replace(b"bagit.txt", b"bagit.xtx"))


def change_the_earlier_bag_info(folder: Path) -> None:
    path = folder / FIRST / package.BAG_INFO
    _write(path, path.read_bytes().replace(b"stopped", b"paused!"))


def remove_the_earlier_signature(folder: Path) -> None:
    (folder / FIRST / package.SIGNATURE).unlink()


def count_the_earlier_ones_otherwise(folder: Path) -> None:
    (folder / FIRST).rename(folder / "data/earlier/2")


HARM: list[tuple[Callable[[Path], None], str]] = [
    (tell_the_beginning_otherwise, f"{package.JOURNAL}: it does not go on from how it was sealed in {FIRST}"),
    (change_an_earlier_picture, f"{PICTURE}: it is not as it was sealed before the run went on"),
    (remove_an_earlier_picture, f"{PICTURE}: it is not as it was sealed before the run went on"),
    (change_what_was_kept, f"{FIRST}/run.json: it is not as it was sealed before the run went on"),
    (change_the_earlier_manifest, f"{FIRST}/{package.SIGNATURE}: the signature does not fit the text"),
    (change_the_earlier_bag_info, f"{FIRST}/{package.BAG_INFO}: it was changed"),
    (remove_the_earlier_signature, f"{FIRST}/{package.SIGNATURE}: it is missing or not readable"),
    (count_the_earlier_ones_otherwise, f"{FIRST}: it is missing"),
]


@pytest.mark.parametrize(("harm", "fault"), HARM, ids=lambda part: getattr(part, "__name__", ""))
def test_whoever_goes_on_cannot_tell_otherwise_what_was_sealed_even_with_the_key(
    resumed: Path, key: Ed25519PrivateKey, signers: Path, harm: Callable[[Path], None], fault: str
) -> None:
    harm(resumed)
    _remade(resumed, key)
    verdict = verify.verify(resumed, allowed_signers=signers)
    assert fault in verdict.faults
    assert (verdict.signer, verdict.proof) == (IDENTITY, "none")


def test_an_earlier_signature_of_somebody_else_is_told(
    recording: Path, stop: Callable[..., Path], seal: Callable[..., Path], signers: Path
) -> None:
    sealing.reopen(stop(recording, key=Ed25519PrivateKey.generate()))
    (fault,) = verify.verify(seal(recording), allowed_signers=signers).faults
    assert fault == f"{FIRST}/{package.SIGNATURE}: it was not made by a key that {IDENTITY} may sign with"


def test_a_recording_may_name_what_another_was_before_it_went_on(
    tmp_path: Path, stop: Callable[..., Path], seal: Callable[..., Path]
) -> None:
    first = stop(record(tmp_path / "20261124T010000Z-run"))
    second = seal(record(tmp_path / "20261124T020000Z-run"), package.latest(tmp_path))
    sealing.reopen(first)
    assert package.latest(tmp_path, besides=first) == package.digest(second)
    assert [(one.verdict, one.gap) for one in listing.entries(tmp_path)] == [
        (listing.OPEN, False),
        (listing.VERIFIES, False),
    ]
    seal(first, package.latest(tmp_path, besides=first))
    seal(record(tmp_path / "20261124T030000Z-run"), package.latest(tmp_path))
    entries = listing.entries(tmp_path)
    assert [(one.verdict, one.gap) for one in entries] == [(listing.VERIFIES, False)] * 3
    assert [one.chain for one in entries] == [
        "the first; follows 20261124T020000Z-run",
        "follows 20261124T010000Z-run",
        "follows 20261124T010000Z-run",
    ]
    shutil.rmtree(first)
    assert [one.gap for one in listing.entries(tmp_path)] == [True, True]


def test_a_recording_sealed_while_another_is_open_follows_what_that_was(
    tmp_path: Path, stop: Callable[..., Path], seal: Callable[..., Path]
) -> None:
    first = stop(record(tmp_path / "20261124T010000Z-run"))
    was = sealing.reopen(first)
    assert package.latest(tmp_path) == was
    assert package.latest(tmp_path, besides=first) is None
    seal(record(tmp_path / "20261124T020000Z-run"), package.latest(tmp_path))
    seal(first, package.latest(tmp_path, besides=first))
    assert [one.gap for one in listing.entries(tmp_path)] == [False, False]


def test_going_on_at_once_is_no_fork(tmp_path: Path, stop: Callable[..., Path], seal: Callable[..., Path]) -> None:
    seal(record(tmp_path / "20261124T000000Z-run"))
    first = stop(record(tmp_path / "20261124T010000Z-run"), package.latest(tmp_path))
    sealing.reopen(first)
    seal(first, package.latest(tmp_path, besides=first))
    assert [one.gap for one in listing.entries(tmp_path)] == [False, False]


@pytest.mark.parametrize(
    ("status", "open_"), [("stopped", "did not go on"), ("done", "nothing was taken back"), ("rolled back", "")]
)
def test_what_may_have_followed_on_a_sealing_is_not_proven_by_it(
    recording: Path, key: Ed25519PrivateKey, status: str, open_: str
) -> None:
    sealing.seal(recording, signing_key=key, identity=IDENTITY, info={"Status": status}, previous=None)
    told = [text for text in verify.verify(recording).does_not_prove if "set it back" in text]
    assert [open_ in text for text in told] == ([True] if open_ else [])
