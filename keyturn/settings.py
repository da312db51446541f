"""Where things live: recordings, the store, the operator's key, locks. Each can be said on the command line instead."""

from __future__ import annotations

import warnings
from pathlib import Path

import platformdirs

from keyturn.errors import cannot_start

HOME_HINT = "your home folder must be there, and yours to write to"

_APP = "keyturn"
_HOME = Path(__file__).resolve().parent.parent  # the checkout, or the folder of installed packages


def default_recordings() -> Path:
    """Return `recordings/` of the checkout, else of the user's data folder."""
    if (_HOME / "pyproject.toml").is_file():
        return _HOME / "recordings"
    return _data() / "recordings"


def default_store() -> Path:
    """Return the folder of the operator's store."""
    return _data() / "store"


def default_signing_key() -> Path:
    """Return the file of the operator's signing key."""
    return platformdirs.user_config_path(_APP, appauthor=False) / "signing_key"


def clipboard_lock() -> Path:
    """Return the file by which runs on one desktop take turns at the clipboard. Its folder is made."""
    return _runtime() / "clipboard.lock"


def sealing_lock() -> Path:
    """Return the lock of whoever seals a recording: each names the one before it, so that they go one by one."""
    return _runtime() / "sealing.lock"


def registration_lock(application_id: str) -> Path:
    """Return the file by which two runs for one registration are kept apart. Its folder is made."""
    return _made(_runtime() / "registrations") / f"{application_id.lower()}.lock"


def kept_browsers() -> Path:
    """Return the folder that tells of browsers that outlive keyturn. It is made."""
    return _made(_runtime() / "browsers")


def chosen_profiles() -> Path:
    """Return the folder that tells which profile each unfinished run's browser was started with. It is made."""
    return _made(platformdirs.user_state_path(_APP, appauthor=False) / "profiles")


def shipped_runbooks() -> Path:
    """Return the folder of the runbooks that come with keyturn."""
    return _HOME / "runbooks"


def _runtime() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The library warns where there is none; what we do then stands below.
        folder = platformdirs.user_runtime_path(_APP, appauthor=False)
    if not folder.parent.is_dir():  # A user without a login session has no runtime folder on Linux.
        folder = _data()
    return _made(folder)


def _made(folder: Path) -> Path:
    with cannot_start(f"{folder} cannot be made", HOME_HINT):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _data() -> Path:
    return platformdirs.user_data_path(_APP, appauthor=False)
