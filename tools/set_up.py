"""Sets the checkout up on a machine where nothing is prepared: virtual environment, package, browser, programs.

Uses nothing but the standard library. Says what it takes and what it installs; a second run finds everything there.
`--tests` adds what only the tests need: Xvfb for the headed ones, and programs that judge from outside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
FIND_BROWSER = "from keyturn.browser import find_browser; b = find_browser('auto'); print(b.name, b.path)"
# Program -> Debian package. The first is for recordings; the others only for the tests.
RECORDING = {"ffmpeg": "ffmpeg"}
JUDGES = {"Xvfb": "xvfb", "age": "age", "xclip": "xclip", "tesseract": "tesseract-ocr", "ssh-keygen": "openssh-client",
          "openssl": "openssl", "shasum": "perl", "strace": "strace", "jq": "jq",
          "keepassxc-cli": "keepassxc"}  # fmt: skip


def say(text: str) -> None:
    """Tell the person what is going on."""
    print(f"set-up: {text}", flush=True)  # noqa: T201  # a script that talks to a person


def run(*command: str | Path, quiet: bool = False) -> bool:
    """Run a program and return whether it succeeded."""
    stdout = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(part) for part in command], check=False, stdout=stdout, stderr=stdout).returncode == 0


def apt(*packages: str) -> bool:
    """Install Debian packages where that may be done: on Debian, as root or with a password-less sudo."""
    if not shutil.which("apt-get"):
        return False
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not (shutil.which("sudo") and run("sudo", "-n", "true", quiet=True)):
        return False
    say(f"installing Debian's {', '.join(packages)}")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*sudo, *environment, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    return run(*install, quiet=True) or (
        run(*sudo, "apt-get", "update", "-q", quiet=True) and run(*install)
    )  # The lists may be missing or old: only then are they fetched.


def make_environment() -> None:
    """Make the virtual environment and install the package with its development tools."""
    if sys.version_info < OLDEST:
        sys.exit(f"set-up: Python {'.'.join(map(str, OLDEST))} or newer is needed; this is {sys.version.split()[0]}")
    if not PYTHON.exists():
        say(f"making a virtual environment in {VENV.name}")
        if not run(sys.executable, "-m", "venv", VENV, quiet=True):
            shutil.rmtree(VENV, ignore_errors=True)
            version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            if not apt(version) or not run(sys.executable, "-m", "venv", VENV):
                sys.exit(f"set-up: no virtual environment can be made; on Debian, install {version}")
    say("installing keyturn and its development tools")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not run(*pip, "--upgrade", "pip>=25.1") or not run(
        *pip, "--editable", ROOT, "--group", f"{ROOT / 'pyproject.toml'}:dev"
    ):
        sys.exit("set-up: the packages could not be installed; see above")


def find_browser() -> str:
    """Return the browser that keyturn would take, empty when there is none."""
    found = subprocess.run([PYTHON, "-c", FIND_BROWSER], check=False, capture_output=True, text=True, cwd=ROOT)
    return found.stdout.strip() if found.returncode == 0 else ""


def make_browser() -> None:
    """Take the browser that is installed; only where there is none, install one, and say which."""
    browser = find_browser()
    if browser:
        say(f"taking the installed browser: {browser}")
        return
    if not apt("chromium"):
        say("installing Playwright's own Chromium")
        run(PYTHON, "-m", "playwright", "install", "chromium")
    browser = find_browser()
    if not browser:
        sys.exit("set-up: no browser can be installed here; install Edge, Chrome or Chromium and run this again")
    say(f"taking the browser just installed: {browser}")


def make_programs(programs: dict[str, str], why: str) -> None:
    """Install what is missing of `programs`, or say what will be left out without them."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing and not apt(*(programs[program] for program in missing)):
        say(f"not here: {', '.join(missing)}; {why}")


def main() -> None:
    """Set up."""
    make_environment()
    make_browser()
    make_programs(RECORDING, "recordings will have pictures but no video")
    if "--tests" in sys.argv[1:]:
        make_programs(JUDGES, "the tests that need them are skipped")
    say("ready")


if __name__ == "__main__":
    main()
