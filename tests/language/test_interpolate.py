from __future__ import annotations

import pytest

from keyturn.interpolate import NotYetKnown, fill, references

NAMES = {"inputs.x": "one", "steps.a/b.c": "{{ inputs.x }}", "run.id": "r"}


def test_names_are_filled_in_and_what_was_filled_in_is_not_looked_at_again() -> None:
    assert fill("{{ inputs.x }}-{{run.id}}-{{  steps.a/b.c  }}", NAMES) == "one-r-{{ inputs.x }}"


def test_numbers_and_truth_values_come_back_as_they_are() -> None:
    assert fill(7, NAMES) == 7
    assert fill(text=True, names=NAMES) is True
    assert references(7) == []


def test_an_output_that_no_step_has_given_is_a_signal_of_its_own() -> None:
    with pytest.raises(NotYetKnown) as caught:
        fill("{{ inputs.x }} {{ steps.z.out }}", NAMES)
    assert caught.value.name == "steps.z.out"


def test_what_is_no_name_stays_as_it_is() -> None:
    assert fill("{{ secrets.x }} { {} }} {{", NAMES) == "{{ secrets.x }} { {} }} {{"


def test_a_reference_tells_its_parts() -> None:
    (found,) = references("a {{ steps.sign-in/choose.account }} b")
    assert (found.root, found.of, found.output) == ("steps", "sign-in/choose", "account")
    assert found.written == "{{ steps.sign-in/choose.account }}"
