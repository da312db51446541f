from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

import pytest

from keyturn.cli import main

RUNBOOK = str(Path(__file__).parents[2] / "runbooks" / "update-entra-client-secret.yaml")
APPLICATION = "application_id=6f1e1a52-70a8-4a5b-9f57-0f0c8ad0f7d3"


class Run(Protocol):
    def __call__(self, *arguments: str) -> tuple[int, str]: ...


def refuse(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("keyturn: error: ")
    assert "Traceback" not in captured.err
    return code, " ".join(captured.err.split())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command that must refuse, and see that it touched nothing."""

    def call(*arguments: str) -> tuple[int, str]:
        folder = tmp_path / "recordings"
        answer = refuse(capsys, *arguments, "--recordings", str(folder), "--store", str(tmp_path / "store"))
        assert list(tmp_path.iterdir()) == []
        return answer

    return call


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["application_id"]),
        (["--set", "application_id=12345"], ["application_id", "GUID"]),
        (["--set", APPLICATION, "--set", "entra_url=entra"], ["entra_url", "url"]),
        (["--set", APPLICATION, "--set", "entra_url=file:///etc/passwd"], ["entra_url"]),
        (["--set", APPLICATION, "--set", "expires=3 years"], ["expires", "730 days (24 months)"]),
        (["--set", APPLICATION, "--set", "descriptoin=x"], ["descriptoin", "description"]),
        (["--set", APPLICATION, "--set", "application_id"], ["NAME=VALUE"]),
        (["--set", APPLICATION, "--approve", "add-secrets"], ["add-secrets"]),
        (["--set", APPLICATION, "--from", "nowhere"], ["--from", "nowhere"]),
        (["--set", APPLICATION, "--until", "nowhere"], ["--until", "nowhere"]),
        (
            ["--set", APPLICATION, "--from", "add-secret", "--until", "sign-in"],
            ["--until sign-in comes before --from add-secret"],
        ),
        (["--values", "/nowhere/values.yaml"], ["/nowhere/values.yaml cannot be read: no such file"]),
        (["--values", __file__], ["is not a YAML file of names and values", "NAME: VALUE"]),
    ],
)
def test_a_wrong_input_is_refused_with_3(run: Run, arguments: list[str], words: list[str]) -> None:
    code, text = run("run", RUNBOOK, "--headless", *arguments)
    assert code == 3
    assert all(word in text for word in words)


def test_all_wrong_inputs_are_told_at_once(run: Run) -> None:
    code, text = run("run", RUNBOOK, "--headless", "--set", "entra_url=x", "--set", "expires=never")
    assert code == 3
    assert all(word in text for word in ("application_id", "entra_url", "expires"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scenario", "expird"], ["expird", "expired"]),
        (["--fault", "no-such-fault"], ["no-such-fault"]),
        (["--fault", "slow@no-such-step"], ["no-such-step"]),
    ],
)
def test_an_unknown_scenario_or_fault_is_refused_with_3(run: Run, arguments: list[str], words: list[str]) -> None:
    code, text = run("rehearse", "--headless", *arguments)
    assert code == 3
    assert all(word in text for word in words)


def test_a_rehearsal_never_goes_to_a_real_portal(run: Run) -> None:
    code, text = run("rehearse", "--headless", "--set", "ma_portal_url=https://dashboard.arcticwolf.com")
    assert code == 3
    assert "https://dashboard.arcticwolf.com is not on this machine" in text
    assert "called entra_url, ma_portal_url, sophos_url; `ma` takes its address from `ma_portal_url`" in text


def test_a_browser_that_is_not_there_is_refused_with_2(run: Run) -> None:
    code, text = run("rehearse", "--headless", "--browser", "/nowhere/chrome")
    assert code == 2
    assert "/nowhere/chrome" in text


def test_without_any_browser_the_way_to_one_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyturn.system.browser_places", lambda _name: iter(()))
    monkeypatch.setattr("keyturn.browser._playwrights_own", lambda: None)
    code, text = run("rehearse", "--headless")
    assert code == 2
    assert f'"{sys.executable}" -m playwright install chromium' in text


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc/nowhere"])
def test_recordings_that_cannot_be_written_are_refused_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").touch()
    code, text = refuse(capsys, "rehearse", "--headless", "--recordings", place)
    assert code == 2
    assert f"recordings cannot be written to {place}: " in text
    assert "name another folder with --recordings; nothing was touched" in text


@pytest.mark.parametrize("arguments", [["doctor", "--init"], ["rehearse", "--headless"], ["runs"]])
def test_a_home_that_cannot_be_written_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (tmp_path / "home").touch()
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nowhere" / "runtime"))
    code, text = refuse(capsys, *arguments)
    assert code == 2
    assert f"cannot be made in {tmp_path / 'home' / 'keyturn'}" in text or "home/keyturn cannot be made" in text
    assert "your home folder must be there" in text


def test_a_window_without_a_display_is_refused_with_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    code, text = run("rehearse", "--headed")
    assert code == 2
    assert "--headless" in text


@pytest.mark.parametrize("name", ["DEBUG", "DEBUG_FILE", "PWDEBUG"])
def test_switches_that_log_page_content_are_refused_with_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "pw:api")
    code, text = run("rehearse", "--headless")
    assert code == 2
    assert name in text


@pytest.mark.parametrize("pace", ["-1", "soon", "3601", "nan"])
def test_a_pace_is_seconds_that_a_person_can_wait(pace: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rehearse", "--pace", pace])
    assert "0 to 3600 seconds" in capsys.readouterr().err


def test_a_mode_that_there_is_not_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rehearse", "--mode", "slow"])
    told = capsys.readouterr().err.replace("'", "")
    assert "invalid choice: slow (choose from guided, auto, manual)" in told


def test_a_runbook_that_is_not_there_is_refused_with_3(run: Run) -> None:
    code, text = run("run", "/nowhere/runbook.yaml", "--headless")
    assert code == 3
    assert "/nowhere/runbook.yaml" in text


def test_a_store_that_is_not_there_is_refused_with_2(run: Run) -> None:
    code, text = run("run", RUNBOOK, "--headless", "--set", APPLICATION)
    assert code == 2
    assert "keyturn secrets init" in text


@pytest.mark.parametrize("command", ["run", "preflight", "rehearse"])
def test_a_profile_that_is_in_use_or_open_to_others_is_refused_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    profile = tmp_path_factory.mktemp("profile")  # elsewhere than what a run would make
    (profile / "SingletonLock").symlink_to("another-machine-4711")
    asked = [*([] if command == "rehearse" else [RUNBOOK, "--set", APPLICATION]), "--profile", str(profile)]
    code, text = refuse(capsys, command, "--headless", *asked)
    assert code == 2
    assert f"a browser is open with the profile {profile}" in text
    profile.chmod(0o755)
    code, text = refuse(capsys, command, "--headless", *asked)
    assert code == 2
    assert "open to others (mode 0755)" in text
    assert [path.name for path in profile.iterdir()] == ["SingletonLock"]
