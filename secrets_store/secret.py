"""The one type that a secret value lives in from the clipboard to the sealed file and back."""

from __future__ import annotations

import hmac
import traceback
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Secret:
    """A value that cannot slip out by accident; it prints as its `label`.

    It is not formatted, pickled, copied, hashed, compared with `==`, or iterated: each of these raises `TypeError`.
    `reveal()` is the one door, named so that a reviewer can search for it.
    """

    __slots__ = ("_value", "label")

    label: str

    def __init__(self, value: str, label: str) -> None:
        self._value = bytearray(value.encode("utf-8", "surrogatepass"))  # whatever was copied is kept, never refused
        self.label = label

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("a secret has no kinds")

    def reveal(self) -> str:
        """Return the value itself. Keep it in no variable that outlives the call it is for."""
        if not self._value:
            raise ValueError("this secret was wiped")
        return self._value.decode("utf-8", "surrogatepass")

    def matches(self, other: Secret) -> bool:
        """Return whether both hold the same value, in time that does not depend on where they differ."""
        return hmac.compare_digest(self._value, other._value)

    def wipe(self) -> None:
        """Overwrite the value. Best effort: Python may have left copies of what `reveal()` returned."""
        self._value[:] = bytes(len(self._value))
        self._value.clear()

    def __repr__(self) -> str:
        return self.label

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a secret is not formatted; use its label")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a secret is not compared in the open; use matches()")

    __hash__ = None  # type: ignore[assignment]  # a hash would confirm guesses

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __deepcopy__(self, memo: Any) -> NoReturn:
        raise TypeError("a secret is not copied")


def discreet(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let `function` handle values in the clear: an exception that leaves it takes no local variable along.

    Tracebacks can be shown with the variables of every frame (rich and the standard library both can); of whatever ran
    inside they show none. The arguments themselves are the caller's, and must not be plain values.
    """

    @wraps(function)
    def forgetting(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            _forget(error)
            raise

    return forgetting


def _forget(error: BaseException) -> None:
    told: BaseException | None = error
    while told is not None:
        traceback.clear_frames(told.__traceback__)
        told = told.__cause__ or told.__context__
