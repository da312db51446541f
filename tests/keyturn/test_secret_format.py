from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyturn import secret_format
from keyturn.secret_format import ALPHABET, checksum, faults, make, marvin32

PUBLISHED = "zzz8Q~" + "z" * 31 + "blP"


def says(value: str) -> str:
    found = faults(value)
    assert len(found) == 1
    assert found[0].certain
    return found[0].says


@pytest.mark.parametrize(
    ("data", "seed", "expected"),
    [
        (b"abc", 0xD53CD9CECD0893B7, 0x22C74339492769BF),
        (b"abcdefghijklmnopqrstuvwxyz", 0x0DDDDEEEEFFFF000, 0xA128EB7E7260ACA2),
    ],
)
def test_the_hash_agrees_with_the_published_vectors(data: bytes, seed: int, expected: int) -> None:
    assert marvin32(data, seed) == expected


def test_the_published_secret_is_accepted() -> None:
    assert checksum(PUBLISHED[:-3]) == "blP"
    assert faults(PUBLISHED) == []


def test_made_up_values_are_accepted_and_differ() -> None:
    values = {make() for _ in range(200)}
    assert len(values) == 200
    assert all(len(value) == 40 and not faults(value) for value in values)


@given(st.integers(0, 39), st.sampled_from(ALPHABET))
def test_one_changed_character_is_found(position: int, character: str) -> None:
    changed = PUBLISHED[:position] + character + PUBLISHED[position + 1 :]
    assert bool(faults(changed)) == (changed != PUBLISHED)


@given(st.integers(1, 39))
def test_a_value_that_was_cut_is_refused(length: int) -> None:
    assert faults(PUBLISHED[:length])[0].certain


def test_a_secret_id_is_refused_as_a_guid() -> None:
    assert "Secret ID" in says("0c9a1c35-2a1d-4f8b-9d53-6a0f6a9d6d01")
    assert secret_format.is_guid(" 0c9a1c35-2a1d-4f8b-9d53-6a0f6a9d6d01 ")


@pytest.mark.parametrize("value", [f" {PUBLISHED}", f"{PUBLISHED} ", f"{PUBLISHED}\n", f"\t{PUBLISHED}"])
def test_white_space_at_the_ends_is_refused(value: str) -> None:
    assert "white space" in says(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "nothing"),
        ("abc8Q~abcdefgh…", "cut"),
        ("abc8Q~abcdefghijklm...", "cut"),
        ("55m******************", "no secret has"),
        ("abc8Q~ with a space inside it", "no secret has"),
        ("x" * 65, "65 characters"),
        ("x" * 15, "15 characters"),
        ("abc8Q~" + "z" * 20, "cut"),
    ],
)
def test_what_cannot_be_a_value_is_refused(value: str, words: str) -> None:
    assert words in says(value)


def test_the_older_format_has_no_checksum_to_fail() -> None:
    assert faults("abc7Q~" + "z" * 31) == []


def test_an_unknown_format_is_a_remark_and_no_refusal() -> None:
    found = faults("an-older-kind-of-secret/+==")
    assert [fault.certain for fault in found] == [False]


def test_no_finding_repeats_the_value() -> None:
    for value in (PUBLISHED[:-1] + "x", "abc8Q~" + "secretsecret" * 2, f" {PUBLISHED}"):
        assert all(value.strip()[6:14] not in fault.says for fault in faults(value))
