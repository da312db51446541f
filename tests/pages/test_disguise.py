from __future__ import annotations

import pytest

from pages.disguise import disguised

VALUE = "Qx18Q~made.up-value_of.the-right~shape01"


@pytest.mark.parametrize("piece", [VALUE, VALUE[3:20], f"a {VALUE} b", VALUE[:12]])
def test_no_piece_of_a_secrets_shape_reaches_a_text(piece: str) -> None:
    assert "Q~" not in disguised(piece)
