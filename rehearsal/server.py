"""Serving the replicas: each portal on a port of its own, on this machine only."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from rehearsal import entra, ma_portal, operator_side, sign_in, sophos
from rehearsal.faults import FaultPlan
from rehearsal.network import Line
from rehearsal.nowhere import Nowhere
from rehearsal.scenarios import HOME, build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

LOOPBACK = "127.0.0.1"  # a secure context for the browser even without TLS, so that the clipboard works


class _Quiet(WSGIRequestHandler):
    """Writes no access log: addresses and times of a rehearsal are nobody's business."""

    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell the portal's time, which need not be this computer's."""
        line = self.server.app
        return line.time() if isinstance(line, Line) else super().date_time_string(timestamp)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the library's own name
        """Write nothing."""


class Replicas:
    """The portals of one rehearsal, serving from `with` to its end.

    `scenario` is one of `SCENARIOS`; `faults` are `NAME` or `NAME@STEP`; `make_secret` returns made-up values of the
    real format; `replication_delay` is in seconds; `menu` is "entra-id" or "identity", the older one; `rendering` is
    "classic" or "react". Raises `ValueError` for a scenario or fault that does not exist.
    """

    def __init__(  # noqa: PLR0913  # keywords, each a switch of its own
        self,
        *,
        make_secret: Callable[[], str],
        scenario: str = "expired",
        faults: Sequence[str] = (),
        replication_delay: float = 0.0,
        menu: str = "entra-id",
        rendering: str = "classic",
    ) -> None:
        self.world = build(scenario, make_secret, FaultPlan.read(list(faults)), replication_delay)
        self.world.menu, self.world.rendering = menu, rendering
        self._nowhere = Nowhere()
        self._servers: list[BaseWSGIServer] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        world = self.world
        apps: dict[str, Flask] = {
            "entra": entra.make_app(world),
            "sign_in": sign_in.make_app(world),
            "sandbox": entra.make_sandbox(world),
            "ma_portal": ma_portal.make_app(world),
            "sophos": sophos.make_app(world),
            "operator": operator_side.make_app(world),
        }
        self._nowhere.__enter__()
        for name, app in apps.items():
            line = app if name == "operator" else Line(app, world, name, self._nowhere)
            server = make_server(LOOPBACK, 0, line, threaded=True, request_handler=_Quiet)
            server.daemon_threads = True  # type: ignore[attr-defined]  # of the threading mix-in
            server.block_on_close = False  # type: ignore[attr-defined]  # a browser may hold a connection open
            self._servers.append(server)
            world.urls[name] = f"http://{LOOPBACK}:{server.port}"
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=f"replica {name}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        ending = [threading.Thread(target=server.shutdown) for server in self._servers]  # Each waits for its next look.
        for thread in ending:
            thread.start()
        for thread in (*ending, *self._threads):
            thread.join()
        for server in self._servers:
            server.server_close()
        self._nowhere.__exit__()
        self._servers.clear()
        self._threads.clear()

    @property
    def entra_url(self) -> str:
        """Address of the Entra admin center."""
        return self.world.urls["entra"]

    @property
    def sign_in_url(self) -> str:
        """Address of Microsoft's sign-in pages and token endpoint."""
        return self.world.urls["sign_in"]

    @property
    def ma_portal_url(self) -> str:
        """Address of the MA Portal."""
        return self.world.urls["ma_portal"]

    @property
    def sophos_url(self) -> str:
        """Address of Sophos Central."""
        return self.world.urls["sophos"]

    @property
    def operator_url(self) -> str:
        """Address at which the operator of the rehearsal acts and answers."""
        return self.world.urls["operator"]

    @property
    def inputs(self) -> dict[str, str]:
        """What a runbook is given to run against these replicas."""
        return {
            "entra_url": self.entra_url,
            "ma_portal_url": self.ma_portal_url,
            "ma_organisation": HOME.name,
            "application_id": self.world.application_id,
            "sophos_url": self.sophos_url,
            "sophos_application_id": self.world.portals["sophos"].snapshot()["settings"]["client_id"],
        }

    def state(self) -> dict[str, Any]:
        """Return what all portals hold at this moment, as plain values, secrets included."""
        return self.world.snapshot()

    def at_step(self, step: str) -> None:
        """Say which step of the runbook is being done, for faults bound to one."""
        self.world.faults.step = step
