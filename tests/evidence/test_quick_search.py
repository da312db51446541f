"""What is searched in a quick way is found as by the plain one."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from evidence import shape, stream

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{64,}")


def mixed(*parts: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return strategies' bytes one after another, in any order and number."""
    return st.lists(st.one_of(*parts), max_size=8).map(b"".join)


@given(mixed(st.binary(max_size=9), st.just(b"Q~"), st.from_regex(shape.SHAPE, fullmatch=True), st.just(b"7Q~" * 20)))
@example(b"Q~" + b"x" * 34)
@example(b"abc8Q~" + b"x" * 31)
@example(b"-7Q~" + b"x" * 40)
def test_the_shape_is_found_around_its_mark_wherever_it_stands(data: bytes) -> None:
    assert shape.shaped(data) == bool(shape.SHAPE.search(data))


@given(mixed(st.binary(max_size=9), st.integers(60, 70).map(lambda n: b"aZ0+/_-" * (n // 7) + b"b" * (n % 7))))
@example(b"A" * 64)
@example(b"=" + b"A" * 63 + b"." + b"A" * 65 + b"==")
def test_every_long_run_of_base64_is_found_whole(data: bytes) -> None:
    assert list(stream._runs(data)) == [(match.start(), match[0]) for match in _BASE64.finditer(data)]
