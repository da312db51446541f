"""`keyturn secrets list`, `show`, `due` and `verify` from the outside: what is told without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyturn import signing
from secrets_store import BadInput, NotThere, NotVerified, RecipientsChanged, Secret, Store
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.secrets_store.cli.conftest import Run


def test_list_show_and_due_need_no_key(run: Run, store: Store) -> None:
    assert run("list")[1] == {"entries": [], "open": []}
    entry, waiting = sealed(store), store.intend(metadata("other"))
    code, result = run("list")
    assert (code, [one["id"] for one in result["entries"]], result["open"]) == (0, [entry.id], [waiting.id])
    assert run("show", "vendor-secret")[1]["expires_on"] == "2028-11-23"
    with pytest.raises(NotThere) as caught:
        run("show", "nothing")
    assert caught.value.exit_code == 2
    assert run("due", "--within", "7d")[0] == 0
    code, result = run("due", "--within", "9999", "--ics", str(store.folder.parent / "due.ics"))
    assert (code, [one["id"] for one in result["due"]]) == (20, [entry.id])
    assert "BEGIN:VEVENT" in (store.folder.parent / "due.ics").read_text()
    for wrong in ("soon", "40000", "-1d", "d"):
        with pytest.raises(SystemExit):
            run("due", "--within", wrong)


def test_on_a_narrow_terminal_nothing_that_is_to_be_copied_is_cut(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = sealed(store)
    monkeypatch.setenv("COLUMNS", "30")
    for words in (("list",), ("show", entry.id), ("due", "--within", "9999")):
        run(*words)
        assert "…" not in run.said
        assert entry.metadata.application_id in "".join(run.said.split())


def test_a_calendar_is_written_again_and_nothing_else_is_written_over(run: Run, store: Store, tmp_path: Path) -> None:
    sealed(store)
    calendar = tmp_path / "due.ics"
    run("due", "--ics", str(calendar))
    sealed(store, name="other")
    run("due", "--ics", str(calendar))
    assert calendar.read_text().count("BEGIN:VEVENT") == 2
    assert calendar.stat().st_mode & 0o777 == 0o600
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(BadInput, match="not a calendar"):
        run("due", "--ics", str(tmp_path / "letter"))
    with pytest.raises(BadInput, match="cannot be written"):
        run("due", "--ics", str(tmp_path / "nowhere" / "due.ics"))
    assert (tmp_path / "letter").read_text() == "dear"


def test_what_was_adopted_after_a_crash_is_told_until_a_drill_knows_its_date(
    run: Run, store: Store, key_fd: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = store.intend(metadata())
    with monkeypatch.context() as patch:
        patch.delattr(store.journal.__class__, "append")
        with pytest.raises(AttributeError):
            store.seal(intent, Secret(VALUE, "v"), secret_id="id-1", expires_on=EXPIRES)

    Store.open(store.folder, signing_key=signing.load_or_make())
    run("due")
    assert f"not known when it expires: {intent.id}" in run.said
    assert run("drill", "--identity-fd", key_fd())[0] == 0
    assert run("show", intent.id)[1]["expires_on"] == "2028-11-23"
    run("due")
    assert "not known" not in run.said


def test_the_list_tells_what_an_entry_is_known_by_even_on_a_narrow_screen(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    entry = sealed(store)
    run("list")
    for text in (entry.id, f"{entry.metadata.name} of {entry.metadata.application_id}", "2028-11-23"):
        assert text in run.said


def test_a_long_list_is_printed_plainly(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyturn.cli.secrets_read._TABLE_LIMIT", 0)
    sealed(store)
    assert len(run("list")[1]["entries"]) == 1


def test_verify_names_the_faults_and_refuses(run: Run, store: Store) -> None:
    entry = sealed(store)
    assert run("verify")[1] == {"faults": [], "head": store.head()}
    with pytest.raises(NotVerified):
        run("verify", "--head", "0" * 63 + "1")
    (store.folder / entry.file).unlink()
    with pytest.raises(NotVerified, match=r"\(1 fault\)"):
        run("verify")
    (store.folder / "recipients.txt").unlink()
    with pytest.raises(NotVerified):
        run("verify")


@pytest.mark.parametrize("head", ["zz", "", "0" * 63, "0" * 65, "g" * 64])
def test_what_is_no_head_is_not_compared_with(run: Run, store: Store, head: str) -> None:
    sealed(store)
    with pytest.raises(BadInput, match="64 hexadecimal digits"):
        run("verify", "--head", head)
    assert run("verify", "--head", store.head().upper())[0] == 0


def test_verify_tells_changed_recipients_from_the_rest(run: Run, store: Store) -> None:
    (store.folder / "recipients.txt").write_text("# nobody\n")
    with pytest.raises(RecipientsChanged):
        run("verify")
