from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pykeepass
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secrets_store import BadInput, Entry, NotHandedOut, NotThere, NotVerified, Secret, Store, StoreError, disk, journal
from secrets_store.due import due, in_use, to_calendar
from secrets_store.entry import LONGEST_VALUE, now
from secrets_store.export import RECIPES, to_env, to_kdbx, write_private
from secrets_store.ledger import Ledger
from secrets_store.reading import unseal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from secrets_store.age import X25519Identity


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    value=st.text(min_size=1, max_size=400),
    text=st.text(max_size=200),
    name=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,30}", fullmatch=True),
)
def test_any_value_and_any_name_come_back(
    store: Store, operator: X25519Identity, value: str, text: str, name: str
) -> None:
    known = replace(metadata(name), description=text, run=text)
    try:
        intent = store.intend(known)
    except BadInput:
        assert not text.isprintable()
        return
    entry = store.seal(intent, Secret(value, "v"), secret_id="id", expires_on=EXPIRES)
    assert unseal(store, entry, [operator])[1].reveal() == value
    assert entry.metadata == replace(known, secret_id="id", expires_on=EXPIRES)


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "Vendor Secret"},
        {"name": ""},
        {"name": "-x"},
        {"description": "two\nlines"},
        {"run": "x" * 201},
        {"application_id": "\ud800"},
        {"directory_id": 7},
        {"secret_id": "known"},
        {"expires_on": EXPIRES},
    ],
)
def test_what_the_journal_cannot_carry_is_refused_before_anything_is_made(store: Store, bad: dict[str, str]) -> None:
    head = store.head()
    with pytest.raises(BadInput) as caught:
        store.intend(replace(metadata(), **bad))  # type: ignore[arg-type]  # on purpose
    assert caught.value.exit_code == 3
    assert store.head() == head


def test_a_secret_id_that_is_no_plain_line_is_refused(store: Store) -> None:
    intent = store.intend(metadata())
    with pytest.raises(BadInput):
        store.seal(intent, Secret(VALUE, "v"), secret_id="a\nb", expires_on=EXPIRES)
    with pytest.raises(BadInput, match="not stored"):
        store.seal(intent, Secret("x" * (LONGEST_VALUE + 1), "v"), secret_id="id", expires_on=EXPIRES)


def test_a_value_larger_than_its_slot_is_stored_too(store: Store, operator: X25519Identity) -> None:
    value = "é" * LONGEST_VALUE
    assert unseal(store, sealed(store, value), [operator])[1].reveal() == value


def test_notes_are_of_a_closed_list_and_on_entries_that_exist(store: Store) -> None:
    entry = sealed(store)
    with pytest.raises(BadInput):
        store.note(entry.id, "admired")
    with pytest.raises(NotThere):
        store.note("20200101T000000Z-0000000000000000", "tested")


def test_a_line_that_cannot_follow_is_refused(store: Store) -> None:
    known = metadata().to_json()
    for fields in (
        {"op": "unheard-of"},
        {"op": "sealed", "id": "none"},
        {"op": "lost", "id": "none"},
        {"op": "tested", "id": "none"},
        {"op": "copied", "id": "none"},
        {"op": "intent", "id": sealed(store).id, "meta": known},
    ):
        with pytest.raises(NotVerified):
            store.ledger.add({"seq": 1, "at": "2026-11-24T00:00:00Z", **fields})
    with pytest.raises(NotVerified):
        Ledger().add({"seq": 0, "op": "created"})


def test_a_line_that_is_too_long_is_never_written(store: Store) -> None:
    with pytest.raises(ValueError, match="too long"), store.writing("x"):
        store.append("lost", {"id": "x" * journal.LONGEST_LINE})
    assert store.verify() == []


def test_a_signature_by_something_that_is_no_key_is_none() -> None:
    line = b'{"a":1,"sig":"' + b"A" * 86 + b'=="}'
    assert not journal.is_signed(line, b"short")
    assert not journal.is_signed(b"{}", bytes(32))


def made(store: Store, name: str, expires: date | None, *notes: str) -> Entry:
    intent = store.intend(metadata(name))
    entry = store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=expires or EXPIRES)
    for note in notes:
        store.note(entry.id, note)
    return store.entry(entry.id)


def test_due_is_the_newest_in_use_soonest_first(store: Store) -> None:
    made(store, "one", date(2026, 12, 1))
    later = made(store, "one", date(2026, 12, 31), "tested")
    past = made(store, "two", date(2026, 11, 1))
    made(store, "three", date(2026, 12, 2), "superseded")
    made(store, "four", date(2028, 1, 1))
    back = made(store, "six", date(2027, 1, 2))
    made(store, "six", date(2028, 1, 1), "portal-deleted")
    today = date(2026, 11, 24)
    assert due(store.entries(), within_days=60, today=today) == [past, later, back]
    assert due(store.entries(), within_days=7, today=today) == [past]
    unknown = replace(past, metadata=replace(past.metadata, name="five", expires_on=None))
    assert due([unknown], within_days=9999) == []
    assert in_use([unknown, later, past]) == [unknown, later, past]
    coming = replace(past, metadata=replace(past.metadata, expires_on=now().date() + timedelta(days=3)))
    assert (due([coming], within_days=3), due([coming], within_days=2)) == ([coming], [])


def test_the_calendar_has_one_event_each_and_folds_long_lines(store: Store) -> None:
    entry = made(store, "one", date(2026, 12, 1))
    known = replace(entry.metadata, description="a;b,c\\ " + "é" * 60)
    text = to_calendar(
        [replace(entry, metadata=known), replace(entry, metadata=replace(known, expires_on=None))], warn_days=30
    )
    assert text.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20261201\r\n" in text
    assert "TRIGGER:-P30D\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "a\\;b\\,c\\\\ " + "é" * 60 in text.replace("\r\n ", "")


@pytest.mark.parametrize("value", [VALUE, 'it\'s $HOME `x` "y" \\', "~"])
def test_a_shell_reads_the_environment_file_as_it_was(
    store: Store, operator: X25519Identity, tmp_path: Path, value: str
) -> None:
    entries = [sealed(store, value, "vendor-secret"), sealed(store, "x", "2nd")]
    to_env(store, entries, [operator], tmp_path / "env")
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    read = subprocess.run(
        ["sh", "-c", '. "$1"; printf %s "$VENDOR_SECRET$_2ND"', "sh", tmp_path / "env"], capture_output=True, check=True
    ).stdout.decode()
    assert read == value + "x"


def test_a_value_of_several_lines_is_not_put_into_an_environment_file(
    store: Store, operator: X25519Identity, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="several lines"):
        to_env(store, [sealed(store, "a\nb")], [operator], tmp_path / "env")


def test_two_secrets_of_one_name_are_not_put_into_one_environment_file(
    store: Store, operator: X25519Identity, tmp_path: Path
) -> None:
    entries = [sealed(store, "old"), sealed(store, VALUE), sealed(store, name="vendor.secret")]
    with pytest.raises(BadInput, match="VENDOR_SECRET"):
        to_env(store, entries, [operator], tmp_path / "env")
    to_env(store, entries[1:2], [operator], tmp_path / "env")
    assert (tmp_path / "env").read_text() == f"VENDOR_SECRET='{VALUE}'\n"


def test_a_keepass_file_holds_every_field(store: Store, operator: X25519Identity, tmp_path: Path) -> None:
    entry, other = sealed(store), sealed(store)
    unknown = replace(other, metadata=replace(other.metadata, expires_on=None, secret_id=None), read_back=False)
    to_kdbx(store, [entry, unknown], [operator], tmp_path / "out.kdbx", "words")
    assert (tmp_path / "out.kdbx").stat().st_mode & 0o777 == 0o600
    first, second = pykeepass.PyKeePass(tmp_path / "out.kdbx", "words").entries
    assert (first.password, first.username) == (VALUE, entry.metadata.application_id)
    assert first.expiry_time.date() == EXPIRES
    assert first.get_custom_property("secret_id") == "id-1"
    assert not second.expires


@pytest.mark.skipif(not shutil.which("keepassxc-cli"), reason="KeePassXC is the outside judge")
def test_keepassxc_opens_the_file_and_shows_every_field(store: Store, operator: X25519Identity, tmp_path: Path) -> None:
    file, entry = tmp_path / "out.kdbx", sealed(store)
    to_kdbx(store, [entry], [operator], file, "words")

    def tell(passphrase: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["keepassxc-cli", words[0], "-q", *words[1:]]
        alone = {**os.environ, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
        return subprocess.run(
            command, input=f"{passphrase}\n", capture_output=True, text=True, check=False, env=alone, timeout=60
        )

    names = ("Password", "UserName", "secret_id", "directory_id", "Notes")
    wanted = [word for name in names for word in ("-a", name)]
    shown = tell("words", "show", "-s", *wanted, str(file), f"vendor-secret {entry.id}").stdout
    known = entry.metadata
    told = [VALUE, known.application_id, known.secret_id, known.directory_id, known.description]
    assert shown.splitlines()[:5] == told
    xml = tell("words", "export", "-f", "xml", str(file)).stdout
    assert "<Expires>True</Expires>" in xml
    assert VALUE in xml
    assert tell("other", "show", "-s", str(file), f"vendor-secret {entry.id}").returncode != 0


def test_without_the_keepass_package_it_says_how_to_get_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pykeepass", None)
    with pytest.raises(BadInput, match="pykeepass") as refused:
        to_kdbx(store, [], [], tmp_path / "out.kdbx", "words")
    assert refused.value.hint == 'pip install ".[kdbx]" in the checkout, or pipx inject keyturn pykeepass'


def test_an_export_never_overwrites_and_says_why_it_cannot_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(tmp_path / "one", b"x")
    with pytest.raises(BadInput, match="already"):
        write_private(tmp_path / "one", b"y")
    with pytest.raises(BadInput, match="no file can be made"):
        write_private(tmp_path / "none" / "one", b"y")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "create", full)
    with pytest.raises(NotHandedOut, match="two could not be written: no space left") as refused:
        write_private(tmp_path / "two", b"y")
    assert refused.value.exit_code == 9  # what `keyturn` says where all was done and the result did not get out
    assert (tmp_path / "one").read_bytes() == b"x"


def test_no_recipe_puts_a_value_on_an_argument_list() -> None:
    for recipe in RECIPES.values():
        assert recipe.startswith("… | ")
        assert "--value" not in recipe
        assert "--body" not in recipe


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is what the recipes use")
@pytest.mark.parametrize("vault", [vault for vault, recipe in RECIPES.items() if "jq" in recipe])
def test_a_recipe_wraps_any_value_as_it_is(vault: str) -> None:
    value = 'it\'s "8Q~" \\ and\na line more'
    command = RECIPES[vault].split(" | ")[1]
    made = subprocess.run(["sh", "-c", command], input=value.encode(), capture_output=True, check=True).stdout
    assert value in texts_in(json.loads(made))


def texts_in(found: object) -> list[str]:
    """Return all texts in a JSON value."""
    if isinstance(found, dict):
        return [text for inner in found.values() for text in texts_in(inner)]
    if isinstance(found, list):
        return [text for inner in found for text in texts_in(inner)]
    return [found] if isinstance(found, str) else []


def test_an_error_carries_its_hint() -> None:
    error = BadInput("what", hint="do")
    assert (error.message, error.hint, str(error), isinstance(error, StoreError)) == ("what", "do", "what", True)
