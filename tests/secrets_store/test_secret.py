from __future__ import annotations

import copy
import json
import logging
import operator
import pickle
import traceback
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

from secrets_store import Secret
from tests.secrets_store.conftest import VALUE

if TYPE_CHECKING:
    from collections.abc import Callable


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


def _break(secret: Secret) -> None:
    raise RuntimeError(secret)


def test_tracebacks_with_locals_and_logs_do_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE, "label")
    out = StringIO()
    try:
        _break(secret)
    except RuntimeError as error:
        logging.getLogger("x").exception("failed with %s", secret)
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        rich = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
        Console(file=out, width=200).print(rich)
    assert "label" in text
    for shown in (text, out.getvalue(), caplog.text):
        assert VALUE not in shown


def test_sorting_is_refused() -> None:
    with pytest.raises(TypeError):
        operator.lt(Secret("a", "a"), Secret("b", "b"))  # type: ignore[arg-type]  # that is the question
