"""The list of what the pages offer is made from the pages, is current, and says what a runbook must know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyturn.catalogue import Catalogue
from keyturn.cli import main
from keyturn.offer import offer_text
from pages import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).parent.parent.parent / "runbooks" / "pages.md"

ADD = (
    "- do `add_and_copy` with `description` a text; `days` a whole number, or left out; `kind` one of short, long,"
    " or left out: Add a key and copy its value. Outputs: `secret_id`, `expires_on`. Its effect is `create`."
    " Copies a secret: name it in `outputs: {secret: NAME}`."
)


def test_the_committed_list_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == offer_text(Catalogue.of(REGISTRY))


def test_every_action_and_probe_of_every_page_is_listed() -> None:
    catalogue = Catalogue.of(REGISTRY)
    sections = PAGE.read_text(encoding="utf-8").split("## `pages: ")[1:]
    assert [section.partition("`")[0] for section in sections] == list(REGISTRY)
    for package, section in zip(REGISTRY, sections, strict=True):
        pages = section.split("### `")[1:]
        assert [page.partition("`")[0] for page in pages] == list(REGISTRY[package])
        for name, told in zip(REGISTRY[package], pages, strict=True):
            spec = catalogue.page(package, name)
            named = {one.name: [*one.parameters, *one.outputs] for one in spec.actions.values()}
            named |= {one.name: [*one.parameters] for one in spec.probes.values()}
            for offered, parts in named.items():
                (line,) = [line for line in told.splitlines() if re.match(rf"- (do|probe) `{offered}`", line)]
                assert all(f"`{one}`" in line for one in parts)


def test_arguments_outputs_and_secrets_are_told(catalogue: Catalogue) -> None:
    text = offer_text(catalogue)
    for line in (
        ADD,
        "  - A key just made. `expires_on` is the date that the list shows, in ISO form.",
        "- do `open_keys`: Open the keys. Leads to `keys`.",
        "A person signs in here: `gate: sign_in`.",
        "- do `paste_value`: Paste the value. Pastes a secret: name it in `with: {secret: NAME}`.",
        "- do `open`: Open the portal. Brings the page up itself.",
        "- probe `has_key` with `secret_id` a text: Say whether the key is listed.",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize(("arguments", "told"), [([], len(REGISTRY)), (["entra"], 1), (["entra", "ma_portal"], 2)])
def test_the_command_lists_the_pages_that_are_named(
    arguments: Sequence[str], told: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pages", *arguments]) == 0
    assert capsys.readouterr().out.count("## `pages: ") == told


def test_pages_that_there_are_not_are_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pages", "entre"]) == 3
    assert f"there are: {', '.join(REGISTRY)}" in capsys.readouterr().err


def test_a_reader_who_has_read_enough_is_no_failure() -> None:
    command = [sys.executable, "-m", "keyturn", "pages"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0
