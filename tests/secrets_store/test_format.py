"""A store of version 1, made once, still opens; and it is what `docs/store-format.md` says, read without our code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secrets_store import Store, errors, ledger
from secrets_store.export import RECIPES
from secrets_store.identity_file import read_keys
from secrets_store.reading import unseal

DATA = Path(__file__).parent / "data" / "format-1"
DOCS = Path(__file__).parents[2] / "docs"
PRIVATE = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a copy with the modes that version control does not keep."""
    copy = tmp_path / "format-1"
    shutil.copytree(DATA, copy)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    return copy


def test_a_store_of_version_1_still_opens_and_verifies(old: Path) -> None:
    store = Store.open(old / "store", signing_key=None)
    keys = read_keys((old / "operator.key").read_bytes())
    values = {entry.metadata.name: unseal(store, entry, keys)[1].reveal() for entry in store.entries()}
    assert values == {"one": "abc8Q~made-up-value-one", "two": "abc8Q~made-up-value-two"}
    assert [entry.status for entry in store.entries()] == ["tested", "tested"]
    assert [intent.metadata.name for intent in store.open_intents()] == ["five"]
    assert store.verify() == []


def test_the_page_is_enough_to_check_a_journal(old: Path) -> None:
    lines = (old / "store" / "journal.jsonl").read_bytes().split(b"\n")
    assert set(lines.pop()) <= set(b" ")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(json.loads(lines[0])["key"]))
    prev = "0" * 64
    for number, line in enumerate(lines):
        fields = json.loads(line)
        assert (fields["v"], fields["seq"], fields["prev"]) == (1, number, prev)
        signature = base64.b64decode(fields.pop("sig"))
        body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        key.verify(signature, b"keyturn store journal 1\n" + body)
        assert line.startswith(body[:-1] + b',"sig":"')
        prev = hashlib.sha256(line).hexdigest()


def test_the_recovery_page_works_with_age_alone(old: Path) -> None:
    intent = next(
        json.loads(line)
        for line in (old / "store" / "journal.jsonl").read_bytes().splitlines()
        if b'"op":"intent"' in line
    )
    file = old / "store" / "v" / f"{intent['id']}.g2.age"
    key = PRIVATE.search((old / "operator.key").read_text())
    assert key
    opened = subprocess.run(
        ["age", "-d", "-i", "-", file], input=key[0].encode(), capture_output=True, check=True
    ).stdout
    assert len(opened) % 1024 == 0
    assert opened.endswith(b"\n")
    fields = json.loads(opened)
    assert fields["value"] == f"abc8Q~made-up-value-{fields['name']}"
    assert fields["id"] == intent["id"]


def test_the_page_for_every_day_has_the_recipes_that_the_command_prints() -> None:
    page = (DOCS / "secrets.md").read_text()
    assert [vault for vault, recipe in RECIPES.items() if f"# {vault}\n{recipe}\n" not in page] == []


def test_the_pages_name_every_operation_and_every_refusal() -> None:
    page = (DOCS / "store-format.md").read_text()
    assert [op for op in ledger._HANDLERS if f"`{op}`" not in page] == []
    page = (DOCS / "recovery.md").read_text()
    assert [kind.exit_code for kind in errors.REFUSALS if f"| {kind.exit_code} |" not in page] == []
