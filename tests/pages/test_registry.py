from __future__ import annotations

import pytest

from pages import REGISTRY


def test_the_registry_holds_the_portals_and_nothing_else() -> None:
    assert {"entra", "ma_portal"} <= set(REGISTRY)
    assert "components" not in REGISTRY
    assert len(REGISTRY) == len(list(REGISTRY))
    with pytest.raises(KeyError):
        REGISTRY["components"]
