from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import traceback
from dataclasses import asdict, dataclass
from io import StringIO
from operator import lt
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from rich.console import Console
from rich.traceback import Traceback

from secrets_store import Recipient, Secret, Store, disk, reseal, sealing, unlock
from secrets_store.age import X25519Identity
from secrets_store.export import to_env, to_kdbx
from secrets_store.reading import unseal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    "show", [str, repr, "{!r}".format, "%s".__mod__, ascii], ids=["str", "repr", "r", "%", "ascii"]
)
def test_it_prints_as_its_label(show: Callable[[Secret], str]) -> None:
    assert show(Secret(VALUE, "<vendor secret>")) == "<vendor secret>"


@pytest.mark.parametrize(
    "act",
    [
        "{}".format,
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        hash,
        lambda secret: secret == secret,  # noqa: PLR0124  # that is the question
        lambda secret: secret != VALUE,
        json.dumps,
        list,
        len,
        bytes,
        vars,
    ],
)
def test_what_would_let_it_out_is_refused(act: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError) as caught:
        act(Secret(VALUE, "label"))
    assert VALUE not in str(caught.value)


def test_a_dataclass_around_it_is_not_turned_into_a_dictionary() -> None:
    @dataclass
    class Holder:
        secret: Secret

    with pytest.raises(TypeError):
        asdict(Holder(Secret(VALUE, "label")))


def test_it_has_no_kinds() -> None:
    with pytest.raises(TypeError):
        type("Loud", (Secret,), {})


def test_only_the_named_door_gives_it() -> None:
    assert Secret(VALUE, "label").reveal() == VALUE
    assert Secret("é\ud800", "label").reveal() == "é\ud800"


def test_equal_values_match_and_others_do_not() -> None:
    assert Secret(VALUE, "a").matches(Secret(VALUE, "b"))
    assert not Secret(VALUE, "a").matches(Secret(VALUE[:-1], "a"))


def test_a_wiped_one_gives_nothing() -> None:
    secret = Secret(VALUE, "label")
    secret.wipe()
    with pytest.raises(ValueError, match="wiped"):
        secret.reveal()


def told(error: BaseException) -> str:
    """Return everything that a traceback can show of `error`: the standard library's and rich's, with variables."""
    out = StringIO()
    rich = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=9999, locals_max_length=9999
    )
    Console(file=out, width=400).print(rich)
    plain = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(plain.format()) + out.getvalue()


@pytest.mark.parametrize("kind", [OSError, RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("call", ["write", "ftruncate", "fsync", "rename", "open"])
def test_whatever_breaks_while_a_value_is_sealed_the_traceback_does_not_show_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, call: str, kind: type[BaseException]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise kind

    intent, secret = store.intend(metadata()), Secret(VALUE, "v")
    shown = {}
    for name, put in {"guarded": sealing.put, "bare": sealing.put.__wrapped__}.items():  # type: ignore[attr-defined]
        with monkeypatch.context() as patch:
            patch.setattr(sealing, "put", put)
            patch.setattr(os, call, broken)
            with pytest.raises(BaseException) as caught:  # noqa: PT011  # of three kinds, and what becomes of them
                store.seal(intent, secret, secret_id="id", expires_on=EXPIRES)
        shown[name] = told(caught.value)
    assert VALUE in shown["bare"], "the test sees what is there to be seen"
    assert VALUE not in shown["guarded"]
    assert "seal" in shown["guarded"]


def test_nor_does_one_of_reading_resealing_and_exporting(
    store: Store, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry = sealed(store)
    shown: list[str] = []

    def watch(act: Callable[[], object]) -> None:
        with pytest.raises(ZeroDivisionError) as caught:
            act()
        shown.append(told(caught.value))

    def broken(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    names = [Recipient(name, X25519Identity.generate().recipient) for name in ("a", "b")]
    with monkeypatch.context() as patch:
        patch.setattr(Secret, "__init__", broken)
        watch(lambda: unseal(store, entry, [operator]))
    with monkeypatch.context() as patch:
        patch.setattr(reseal, "seal", broken)
        watch(lambda: reseal.change_recipients(store, names, [operator]))
    with monkeypatch.context() as patch:
        patch.setattr(disk, "create", broken)
        watch(lambda: to_env(store, [entry], [operator], tmp_path / "env"))
        watch(lambda: to_kdbx(store, [entry], [operator], tmp_path / "kdbx", "words"))
    assert [text for text in shown if VALUE in text] == []


def test_nor_does_a_whole_command_show_key_or_passphrase(
    store: Store, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.write(writer, operator.text().encode())
    os.close(writer)

    def broken(_text: bytes) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr("secrets_store.unlock.read_keys", broken)
    with pytest.raises(ZeroDivisionError) as caught:
        unlock.identities(store, identity_fd=reader)
    os.close(reader)
    shown = told(caught.value)  # first: what pytest asserts on is a local variable too
    assert operator.text() not in shown


def _break(secret: Secret) -> None:
    raise RuntimeError(secret)


def test_tracebacks_with_locals_and_logs_do_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE, "label")
    try:
        _break(secret)
    except RuntimeError as error:
        logging.getLogger("x").exception("failed with %s", secret)
        text = told(error)
    assert "label" in text
    assert VALUE not in text + caplog.text


def test_sorting_is_refused() -> None:
    with pytest.raises(TypeError):
        lt(Secret("a", "a"), Secret("b", "b"))  # type: ignore[arg-type]  # that is the question
