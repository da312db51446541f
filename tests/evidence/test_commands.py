from __future__ import annotations

import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import package, report, sealing, verify
from keyturn import settings
from keyturn.cli import evidence as command
from keyturn.cli import main
from keyturn.cli.output import report as report_error
from keyturn.errors import CannotStart, NotVerified
from tests.evidence.authority import served
from tests.evidence.conftest import IDENTITY, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers(required=True))
    args = parser.parse_args(["evidence", *words])
    return int(args.run(args))


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_a_good_recording_ends_with_0(sealed: Path, signers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("verify", str(sealed), "--allowed-signers", str(signers), "--json") == 0
    said = _said(capsys)
    assert (said["verifies"], said["proof"], said["faults"]) == (True, "signed", [])


def test_a_recording_is_found_by_the_name_that_the_list_shows(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "default_recordings", lambda: sealed.parent)
    assert _run("verify", sealed.name, "--json") == 0
    assert _said(capsys)["recording"] == str(sealed)
    hidden = package.quarantine(sealed)
    assert _run("verify", hidden.name, "--json") == 0
    assert _said(capsys)["recording"] == str(hidden)
    assert _run("report", hidden.name, "--format", "junit") == 0
    with pytest.raises(NotVerified, match="there is no recording at another"):
        _run("verify", "another")


@pytest.mark.parametrize("kind", ["run", "rehearsal"])
def test_what_was_recorded_is_told_whatever_its_folder_is_called(
    recording: Path, key: Ed25519PrivateKey, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    says = {package.RUN: recording.name, package.KIND: kind, package.STATUS: "done"}
    sealing.seal(recording, signing_key=key, identity=IDENTITY, info=says, previous=None)
    seen = recording.rename(recording.with_name("20250101T000000Z-another"))
    assert _run("verify", str(seen), "--json") == 0
    told = capsys.readouterr()
    assert f"recording of the {kind} {recording.name}, which ended as: done\n" in told.err
    said = json.loads(told.out)
    assert (said["run"], said["kind"], said["status"]) == (recording.name, kind, "done")
    assert _run("list", "--recordings", str(seen.parent), "--json") == 0
    told = capsys.readouterr()
    assert f"\n{recording.name} " in told.err
    assert ("rehearsal" in told.err) == (kind == "rehearsal")
    assert [(one["run"], one["kind"]) for one in json.loads(told.out)["recordings"]] == [(recording.name, kind)]
    (seen / "extra").touch()
    assert _run("verify", str(seen)) == 8
    assert "recording of the" not in capsys.readouterr().err


def test_a_recording_is_named_where_it_is_verified_from_within(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sealed)
    assert _run("verify", ".") == 0
    assert f"{sealed.name}: verifies" in capsys.readouterr().err


def test_a_recording_in_quarantine_is_listed_too(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package.quarantine(sealed)
    assert _run("list", "--recordings", str(sealed.parent), "--json") == 0
    told = capsys.readouterr()
    assert f"In quarantine, as a secret may be read in it, which must be taken as known:\n  {sealed.name}\n" in told.err
    assert json.loads(told.out) == {"recordings": [], "quarantined": [sealed.name]}


def test_a_changed_recording_ends_with_8_and_names_the_file(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sealed / "extra").touch()
    assert _run("verify", str(sealed)) == 8
    told = capsys.readouterr()
    assert "extra: it is in no manifest" in told.err
    assert "This does not prove:" in told.err
    assert "proof:" not in told.err
    assert told.out == ""


SPOOF = "\x1b[2K\rit verifies\u202e[bold]\udcff"


def test_nothing_that_came_with_a_recording_is_obeyed_by_the_terminal(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sealed / SPOOF).touch()
    seen = sealed.rename(sealed.with_name("rec" + SPOOF))
    assert _run("verify", str(seen)) == 8
    assert _run("list", "--recordings", str(seen.parent)) == 8
    told = capsys.readouterr().err
    assert not {"\x1b", "\r", "\u202e"} & set(told)
    assert told.count("it verifies [bold]") == 3
    assert _run("verify", str(seen), "--json") == 8
    assert any(fault.startswith(SPOOF) for fault in _said(capsys)["faults"])


def test_who_signed_and_who_approved_are_shown_and_not_obeyed(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = verify.Verdict([], "signed", [], SPOOF, "", [], [SPOOF])
    monkeypatch.setattr(verify, "verify", lambda *_, **__: verdict)
    assert _run("verify", str(sealed)) == 0
    told = capsys.readouterr().err
    assert not {"\x1b", "\r", "\u202e"} & set(told)
    assert told.count("it verifies [bold]") == 2


def test_an_error_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_error(NotVerified(SPOOF, hint=SPOOF)) == 8
    assert not {"\x1b", "\u202e"} & set(capsys.readouterr().err)


def test_what_does_not_verify_has_no_proof(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sealed / "extra").touch()
    assert _run("verify", str(sealed), "--json") == 8
    assert _said(capsys)["proof"] == "none"
    assert _run("list", "--recordings", str(sealed.parent), "--json") == 8
    assert [one["proof"] for one in _said(capsys)["recordings"]] == ["none"]


def test_a_list_says_once_what_none_of_it_proves(
    sealed: Path, seal: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    seal(record(sealed.with_name("20261125T020000Z-rotate")))
    _run("list", "--recordings", str(sealed.parent), "--json")
    told = capsys.readouterr()
    assert "Of one or another of them this does not prove:" in told.err
    assert told.err.count("that the recorder told the truth") == 1
    assert all(one["does_not_prove"] for one in json.loads(told.out)["recordings"])


def test_a_folder_that_says_nothing_of_a_seal_is_told_in_one_sentence(recording: Path) -> None:
    with pytest.raises(NotVerified) as told:
        _run("verify", str(recording))
    assert told.value.message == f"{recording} is no sealed recording"
    assert "keyturn evidence seal" in told.value.hint


def test_a_folder_that_cannot_be_read_is_told_as_that(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(NotVerified, match="cannot be read"):
        _run("verify", str(sealed))


@pytest.mark.parametrize("left", ["bagit.txt", package.TAG_MANIFEST])
def test_of_a_recording_that_was_sealed_all_that_is_missing_is_told(
    sealed: Path, capsys: pytest.CaptureFixture[str], left: str
) -> None:
    for path in [path for path in sealed.iterdir() if path.is_file() and path.name != left]:
        path.unlink()
    assert _run("verify", str(sealed)) == 8
    assert f"{package.MANIFEST}: it is missing" in capsys.readouterr().err


def test_a_folder_of_recordings_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="there is no folder"):
        _run("list", "--recordings", str(tmp_path / "nowhere"))


@pytest.mark.parametrize("form", ["html", "junit", "oscal"])
def test_a_report_that_cannot_be_written_is_told_and_where(sealed: Path, tmp_path: Path, form: str) -> None:
    place = tmp_path / "nowhere"
    with pytest.raises(CannotStart, match=f"{place}/.*: no such file or directory") as told:
        _run("report", str(sealed), "--format", form, "--to", str(place))
    assert "--to" in told.value.hint


def test_something_of_a_secrets_shape_ends_with_7(
    recording: Path, seal: Callable[[Path], Path], value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (recording / "data" / "note").write_text(value)
    assert _run("verify", str(seal(recording)), "--json") == 7
    told = capsys.readouterr()
    assert value not in told.out + told.err


def test_no_recording_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotVerified, match="there is no recording"):
        _run("verify", str(tmp_path / "nowhere"))


def test_the_report_is_written_beside_and_the_recording_still_verifies(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formats = ("--format", "html", "--format", "junit", "--format", "oscal")
    assert _run("report", str(sealed), *formats, "--control", "ia-5", "--json") == 0
    written = [path.rsplit("-report.", 1)[1] for path in _said(capsys)["written"]]
    assert written == ["html", "junit.xml", "oscal.json"]
    assert _run("verify", str(sealed)) == 0


def test_the_report_takes_the_auditors_own_list(sealed: Path, signers: Path, tmp_path: Path) -> None:
    formats = ("--format", "html", "--format", "junit", "--format", "oscal")
    assert _run("report", str(sealed), *formats, "--allowed-signers", str(signers), "--to", str(tmp_path)) == 0
    assert "own word" not in (tmp_path / f"{sealed.name}-report.html").read_text()


def test_a_recording_is_stamped_later_by_the_command_that_the_hint_names(
    sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tsa").mkdir()
    with served(tmp_path / "tsa") as authority:
        assert _run("stamp", str(sealed), "--tsa", authority.url) == 0
    assert _run("verify", str(sealed), "--tsa-root", str(authority.root), "--json") == 0
    assert _said(capsys)["proof"] == "signed and timestamped"


def _refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["evidence", *words])
    return code, capsys.readouterr().err


def test_an_authority_that_does_not_answer_says_nothing_against_the_recording(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = _refused(capsys, "stamp", str(sealed), "--tsa", "http://127.0.0.1:9/none")
    assert (code, "did not answer" in told) == (1, True)


def test_a_browser_that_does_not_print_says_nothing_against_the_recording(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "print_pdf", lambda *_: (_ for _ in ()).throw(BrowserError("gone")))
    with ThreadPoolExecutor() as apart:  # as below
        code = apart.submit(main, ["evidence", "report", str(sealed), "--format", "pdf"]).result()
    assert (code, "could not print" in capsys.readouterr().err) == (1, True)


def test_what_is_sealed_or_stamped_or_is_no_recording_is_not_begun_with(
    sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").mkdir()
    for words in (("seal", str(sealed)), ("seal", str(tmp_path / "notes")), ("report", str(tmp_path / "notes"))):
        assert _refused(capsys, *words)[0] == 2
    (sealed / package.TOKEN).touch()
    assert _refused(capsys, "stamp", str(sealed), "--tsa", "http://127.0.0.1:9/none")[0] == 2


def test_a_folder_that_is_not_there_or_is_no_recording_is_told_as_that_by_every_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, stamp = str(tmp_path / "gone"), ("--tsa", "http://127.0.0.1:9/none")
    for words in (("seal", gone), ("report", gone), ("stamp", gone, *stamp)):
        code, told = _refused(capsys, *words)
        assert (code, f"there is no recording at {gone}" in told) == (2, True)
    code, told = _refused(capsys, "stamp", str(tmp_path), *stamp)
    assert (code, "it is not sealed" in told, "bagit.txt" in told) == (2, True, True)


@pytest.mark.parametrize("option", ["--tsa-root", "--allowed-signers"])
def test_a_file_that_was_named_and_is_not_there_is_a_wrong_argument(
    sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    gone = str(tmp_path / "gone")
    html = ("--format", "html", "--to", str(tmp_path))
    for words in (
        ("verify", str(sealed)),
        ("list", "--recordings", str(sealed.parent)),
        ("report", str(sealed), *html),
    ):
        code, told = _refused(capsys, *words, option, gone)
        assert (code, f"{gone}: it cannot be read" in told) == (3, True)


def test_a_pdf_alone_is_printed(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with ThreadPoolExecutor() as apart:  # away from the browser library that the test session itself runs
        code = apart.submit(_run, "report", str(sealed), "--format", "pdf", "--to", str(tmp_path / "out")).result()
    assert code == 0
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".pdf"]


def test_a_gap_in_the_list_ends_with_8(
    recording: Path, seal: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    seal(recording, "0" * 64)
    assert _run("list", "--recordings", str(recording.parent), "--json") == 8
    (entry,) = _said(capsys)["recordings"]
    assert (entry["gap"], entry["chain"]) == (True, "the recording before it is missing")
    assert entry["digest"] == package.digest(recording)


def test_a_whole_list_ends_with_0(sealed: Path) -> None:
    assert _run("list", "--recordings", str(sealed.parent)) == 0
