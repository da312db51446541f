"""The operator of a rehearsal: does the human acts, over HTTP only, at the replicas' operator side."""

from __future__ import annotations

import json
import threading
import urllib.request
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rehearsal.server import Replicas

_PATIENCE = 10.0  # seconds for an answer of the replicas


class Operator:
    """Signs in wherever a sign-in waits, and answers every gate with `answer`; `pace` is the seconds between two looks.

    A second hand: it shares nothing with the browser or with keyturn, so that their waiting is real. `signs_in=False`
    leaves the sign-ins to somebody else. Raises what stopped it, if anything did, at the end of `with`.
    """

    def __init__(self, replicas: Replicas, pace: float = 0.05, answer: str = "yes", *, signs_in: bool = True) -> None:
        self._url = replicas.operator_url
        self._pace = pace
        self._answer = answer
        self._signs_in = signs_in
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._work, name="operator", daemon=True)
        self._stopped_by: OSError | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join()
        if self._stopped_by:
            raise self._stopped_by

    def _work(self) -> None:
        try:
            while not self._leave.wait(self._pace):
                self._look()
        except OSError as fault:
            self._stopped_by = fault

    def _look(self) -> None:
        waiting = self._call("/_operator/waiting")
        for one in waiting["sign_ins"] if self._signs_in else ():
            self._call(f"/_operator/sign-ins/{one['key']}", {"screen": one["screen"]})
        if waiting["elsewhere"] and self._signs_in:
            self._call("/_operator/portals", {})
        for number in waiting["gates"]:
            self._call(f"/_operator/gates/{number}", {"answer": self._answer})

    def _call(self, path: str, data: dict[str, str] | None = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self._url + path, data=body, headers={"Content-Type": "application/json"})  # noqa: S310  # http on loopback
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310  # the same
            return json.load(answer)
