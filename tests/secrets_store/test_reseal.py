from __future__ import annotations

import os
import random
import signal
import time
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest

from secrets_store import BadInput, CannotUnlock, NotVerified, Recipient, RecipientsChanged, Secret, Store, disk, reseal
from secrets_store.age import AgeError, HybridIdentity, X25519Identity, open_sealed
from secrets_store.reading import drill, take, unseal
from secrets_store.reseal import change_recipients, still_known
from tests.secrets_store.conftest import VALUE, metadata, sealed
from tests.secrets_store.crash import ended, started
from tests.secrets_store.test_age import PQ

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture
def colleague() -> X25519Identity:
    return X25519Identity.generate()


def names(*identities: X25519Identity) -> list[Recipient]:
    return [Recipient(f"holder-{number}", one.recipient) for number, one in enumerate(identities)]


def change(folder: Path, key: Ed25519PrivateKey, after: list[Recipient], identity: X25519Identity) -> None:
    """Open the store and change its recipients."""
    change_recipients(Store.open(folder, signing_key=key), after, [identity])


def opens(path: Path, identity: X25519Identity) -> bool:
    try:
        open_sealed(path.read_bytes(), [identity])
    except AgeError:
        return False
    return True


def test_who_is_added_opens_everything_and_who_is_removed_nothing(
    store: Store,
    signing_key: Ed25519PrivateKey,
    operator: X25519Identity,
    break_glass: X25519Identity,
    colleague: X25519Identity,
) -> None:
    entries = [sealed(store, f"{VALUE}{number}") for number in range(3)]
    change_recipients(store, names(operator, colleague), [operator])
    assert still_known(store) == {"break-glass": [store.entry(entry.id) for entry in entries]}
    files = sorted((store.folder / "v").iterdir())
    assert len(files) == 3
    assert all(opens(file, colleague) and opens(file, operator) and not opens(file, break_glass) for file in files)
    again = Store.open(store.folder, signing_key=signing_key)
    assert again.recipients() == names(operator, colleague)
    assert again.verify() == []
    assert not opens(again.folder / sealed(again).file, break_glass)
    change_recipients(again, names(operator, colleague, break_glass), [colleague])
    assert sorted(path.suffixes[0] for path in (store.folder / "v").iterdir()) == [".g2", ".g3", ".g3", ".g3"]


def test_what_the_removed_know_is_told_until_it_is_gone(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity, colleague: X25519Identity
) -> None:
    gone, kept = sealed(store), sealed(store)
    expired = store.seal(store.intend(metadata()), Secret(VALUE, "v"), secret_id="id", expires_on=date(2020, 1, 1))
    change_recipients(store, names(operator, colleague), [operator])
    later = sealed(store)
    store.note(gone.id, "portal-deleted")
    again = Store.open(store.folder, signing_key=signing_key)
    assert [entry.id for entry in still_known(again)["break-glass"]] == [kept.id]
    assert {expired.id, later.id} <= {entry.id for entry in again.entries()}
    back = [*names(operator), Recipient("break-glass", X25519Identity.generate().recipient)]
    change_recipients(again, back, [operator])
    assert list(still_known(again)) == ["holder-1"]


def test_nothing_is_changed_with_the_wrong_key_or_too_few_keys(
    store: Store, operator: X25519Identity, colleague: X25519Identity
) -> None:
    sealed(store)
    head = store.head()
    with pytest.raises(CannotUnlock):
        change_recipients(store, names(operator, colleague), [colleague])
    with pytest.raises(BadInput, match="second recipient"):
        change_recipients(store, names(operator), [operator])
    assert store.head() == head
    change_recipients(store, names(operator), [operator], single_recipient_i_accept_loss=True)


def test_nothing_is_changed_while_a_secret_is_about_to_be_made(
    store: Store, operator: X25519Identity, colleague: X25519Identity
) -> None:
    store.intend(metadata())
    with pytest.raises(BadInput, match="about to be made"):
        change_recipients(store, names(operator, colleague), [operator])


def test_killed_at_every_call_it_is_completed_by_doing_it_again(
    store: Store,
    signing_key: Ed25519PrivateKey,
    operator: X25519Identity,
    break_glass: X25519Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reseal, "_BATCH", 1)
    for number in range(2):
        sealed(store, f"{VALUE}{number}")
    point, finished = 0, False
    before, after = names(operator, break_glass), names(operator, X25519Identity.generate())
    while not finished:
        point += 1
        child = started(partial(change, store.folder, signing_key, after, operator), die=point)
        finished = ended(child) == 0
        again = Store.open(store.folder, signing_key=signing_key)
        values = {unseal(again, entry, [operator])[1].reveal() for entry in again.entries()}
        assert values == {f"{VALUE}0", f"{VALUE}1"}
        assert again.verify() == []
        assert again.recipients() in (store.recipients(), before, after)
        change_recipients(again, before, [operator])
        assert len(list((store.folder / "v").iterdir())) == 2
    assert point > 20


@pytest.mark.soak
def test_killed_at_fifty_random_moments_everything_opens_and_who_is_removed_opens_nothing(
    store: Store,
    signing_key: Ed25519PrivateKey,
    operator: X25519Identity,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    monkeypatch.setattr(reseal, "_BATCH", 20)
    values = {sealed(store, f"{VALUE}{number}").id: f"{VALUE}{number}" for number in range(200)}
    draw, killed, leaving = random.Random(9), 0, X25519Identity.generate()  # noqa: S311  # moments, not keys
    change_recipients(store, names(operator, leaving), [operator])
    for _ in range(50):
        staying = X25519Identity.generate()
        child = started(partial(change, store.folder, signing_key, names(operator, staying), operator))
        time.sleep(draw.uniform(0.01, 0.5))
        os.kill(child, signal.SIGKILL)
        killed += ended(child) != 0
        again = Store.open(store.folder, signing_key=signing_key)
        assert {one.id: unseal(again, one, [operator])[1].reveal() for one in again.entries()} == values
        assert again.verify() == []
        change_recipients(again, names(operator, staying), [operator])
        files = list((store.folder / "v").iterdir())
        assert len(files) == 200
        assert all(opens(file, staying) and not opens(file, leaving) for file in files)
        leaving = staying
    figure(f"{killed} of 50 changes killed, 200 secrets open after each, none with a removed key")
    assert killed > 10


def test_a_list_changed_by_hand_is_not_taken_for_an_interrupted_change(
    store: Store, signing_key: Ed25519PrivateKey, colleague: X25519Identity
) -> None:
    for name in ("recipients.txt", ".next-recipients.txt"):
        path = store.folder / name
        path.write_text(f"# thief\n{colleague.recipient}\n")
        path.chmod(0o600)
    with pytest.raises(RecipientsChanged) as caught:
        Store.open(store.folder, signing_key=signing_key)
    assert caught.value.exit_code == 17


def test_what_an_interrupted_change_left_is_swept_away_when_it_came_to_nothing(
    store: Store, signing_key: Ed25519PrivateKey
) -> None:
    for name in (".next-recipients.txt", ".new-recipients.txt", ".new-checkpoint.json"):
        disk.create(store.folder / name, b"half of it")
    again = Store.open(store.folder, signing_key=signing_key)
    assert sorted(path.name for path in store.folder.glob(".*")) == []
    assert again.recipients() == store.recipients()


@pytest.mark.parametrize("text", [b"# a\nage1x\n", b"# a\n", b"\xff", b"# \n\n"])
def test_a_pinned_list_that_cannot_be_read_is_a_fault(text: bytes) -> None:
    from secrets_store.recipients import read_recipients  # noqa: PLC0415  # only here

    with pytest.raises(NotVerified):
        read_recipients(text)


def test_a_list_in_another_form_is_a_fault(operator: X25519Identity) -> None:
    from secrets_store.recipients import read_recipients  # noqa: PLC0415  # only here

    with pytest.raises(NotVerified):
        read_recipients(f"operator\n{operator.recipient}\n".encode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin"),
        ("age1", "no key has|checksum|cut"),
        ("ssh-ed25519 AAAA", "that the store can seal to"),
        ("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9", "a plugin's or a post-quantum"),
        ("age1pq1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9", "a plugin's or a post-quantum"),
        (f" {X25519Identity.generate().text()}", "a private key, and now it was shown"),
        (PQ.lower(), "a private key, and now it was shown"),
    ],
    ids=["nothing", "begun", "ssh", "yubikey", "post-quantum", "private", "private post-quantum"],
)
def test_what_is_no_public_key_is_refused_as_what_it_is(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Recipient.from_text("somebody", text)


def test_a_recipient_s_name_is_of_one_line() -> None:
    with pytest.raises(BadInput):
        Recipient("two\nlines", X25519Identity.generate().recipient)


def test_more_recipients_than_the_journal_can_name_are_refused(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity
) -> None:
    most = [Recipient(f"{number:02}" + "\U0001f511" * 38, X25519Identity.generate().recipient) for number in range(15)]
    change_recipients(store, [*names(operator), *most], [operator])
    change_recipients(store, names(operator, X25519Identity.generate()), [operator])
    with pytest.raises(BadInput, match="at most 16"):
        change_recipients(store, [*most, *names(operator, X25519Identity.generate())], [operator])
    with pytest.raises(BadInput, match="at most 40"):
        Recipient("x" * 41, operator.recipient)
    assert Store.open(store.folder, signing_key=signing_key).verify() == []


def test_a_drill_proves_each_key_and_is_noted(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity, break_glass: X25519Identity
) -> None:
    sealed(store)
    sealed(store)
    assert drill(store, operator) == (store.recipients()[0], 2)
    assert drill(store, break_glass)[0].name == "break-glass"
    again = Store.open(store.folder, signing_key=signing_key)
    assert set(again.ledger.drilled) == {str(operator.recipient), str(break_glass.recipient)}


def test_a_drill_with_a_strange_key_or_a_broken_entry_fails(
    store: Store, operator: X25519Identity, colleague: X25519Identity
) -> None:
    entry = sealed(store)
    for key in (colleague, HybridIdentity.from_text(PQ)):
        with pytest.raises(CannotUnlock, match="none of the recipients"):
            drill(store, key)
    disk.remove(store.folder / entry.file)
    with pytest.raises(NotVerified):
        drill(store, operator)
    assert store.ledger.drilled == {}


def test_a_reading_is_noted_before_the_value_is_given(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity
) -> None:
    entry = sealed(store)
    assert take(store, entry, [operator], "copied").reveal() == VALUE
    assert b'"op":"copied"' in (store.folder / "journal.jsonl").read_bytes()
    with pytest.raises(BadInput):
        take(store, entry, [operator], "told")
    with pytest.raises(BadInput, match="reading only"):
        take(Store.open(store.folder, signing_key=None), entry, [operator], "copied")
    assert Store.open(store.folder, signing_key=signing_key).entries() == store.entries()


def test_a_left_over_sealing_is_kept_when_the_named_one_is_damaged(
    store: Store, signing_key: Ed25519PrivateKey
) -> None:
    whole, damaged = sealed(store), sealed(store)
    for entry in (whole, damaged):
        path = store.folder / entry.file
        left = path.with_name(f"{entry.id}.g2.age")
        left.write_bytes(path.read_bytes())
        left.chmod(0o400)
    disk.remove(store.folder / damaged.file)
    Store.open(store.folder, signing_key=signing_key)
    assert not (store.folder / "v" / f"{whole.id}.g2.age").exists()
    assert (store.folder / "v" / f"{damaged.id}.g2.age").exists()
