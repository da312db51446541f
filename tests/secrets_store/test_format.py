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
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from secrets_store import Store, errors, ledger
from secrets_store.export import RECIPES
from secrets_store.identity_file import read_keys
from secrets_store.reading import unseal
from tests.secrets_store.conftest import with_age

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


def signed_line(key: Ed25519PrivateKey, fields: dict[str, object]) -> bytes:
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = base64.b64encode(key.sign(b"keyturn store journal 1\n" + body))
    return body[:-1] + b',"sig":"' + signature + b'"}'


@with_age
def test_the_page_is_enough_to_write_a_store_that_we_open(tmp_path: Path) -> None:
    """Another program: json, SHA-256, Ed25519 and `age`, and nothing of ours."""
    key, folder, entry = Ed25519PrivateKey.generate(), tmp_path / "store", "20261124T021355Z-07c1d4c2b1de6626"
    keys = [subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout for _ in range(2)]
    public = [re.findall(r"age1[0-9a-z]+", text)[0] for text in keys]
    (folder / "v").mkdir(parents=True)
    (folder / "recipients.txt").write_text(f"# operator\n{public[0]}\n# break-glass\n{public[1]}\n")
    meta = {"name": "one", "application_id": "a", "directory_id": "d", "description": "One", "run": "r"}
    known = {"secret_id": "s", "expires_on": "2028-11-23"}
    text = json.dumps({"format": 1, "id": entry, "value": "8Q~ by another", **meta, **known}).encode()
    text = text.ljust(1023) + b"\n"
    seal = ["age", "-R", folder / "recipients.txt", "-o", folder / "v" / f"{entry}.age"]
    subprocess.run(seal, input=text, check=True)  # type: ignore[arg-type]  # paths are fine
    file = (folder / "v" / f"{entry}.age").read_bytes()
    pin = hashlib.sha256((folder / "recipients.txt").read_bytes()).hexdigest()
    sealed = {"file": f"v/{entry}.age", "sha256": hashlib.sha256(file).hexdigest(), "bytes": len(file)}
    told: list[dict[str, object]] = [
        {"op": "created", "store": "x", "key": key.public_key().public_bytes_raw().hex(), "recipients": pin},
        {"op": "intent", "id": entry, "meta": {**meta, "secret_id": None, "expires_on": None}},
        {"op": "sealed", "id": entry, **known, **sealed, "read_back": True},
    ]
    lines = [b""]
    for number, fields in enumerate(told):
        prev = hashlib.sha256(lines[-1]).hexdigest() if number else "0" * 64
        lines.append(signed_line(key, {"v": 1, "seq": number, "prev": prev, "at": "2026-11-24T02:13:55Z", **fields}))
    (folder / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in lines[1:]))
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    store = Store.open(folder, signing_key=key)
    assert store.verify() == []
    for text_of_key in keys:
        opened = unseal(store, store.entry(entry), read_keys(text_of_key.encode()))[1]
        assert opened.reveal() == "8Q~ by another"


def in_a_shell(command: str, folder: Path, typed: str = "") -> str:
    """Return what a command prints in `folder`, where nothing but the system's own programs is to be had."""
    alone = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["sh", "-c", command], input=typed, capture_output=True, text=True, check=True, cwd=folder, env=alone
    ).stdout


@with_age
@pytest.mark.skipif(not shutil.which("jq"), reason="jq is what the page uses at its end")
def test_what_the_recovery_page_says_opens_a_secret_with_stock_programs_alone(old: Path) -> None:
    page = (DOCS / "recovery.md").read_text()
    find, look = (line.strip() for line in re.findall(r"```sh\n(.*?)\n *```", page, re.DOTALL))
    entry = re.search(r'"id":"([^"]+)"', in_a_shell(find, old / "store"))
    example = re.search(r"v/(\S+)\.age", look)
    key = PRIVATE.search((old / "operator.key").read_text())
    assert entry
    assert example
    assert key
    command = look.replace(example[1], f"{entry[1]}.g2") + " | jq -r .value"
    assert in_a_shell(command, old / "store", f"{key[0]}\n") == "abc8Q~made-up-value-one\n"


def test_the_page_for_every_day_has_the_recipes_that_the_command_prints() -> None:
    page = (DOCS / "secrets.md").read_text()
    assert [vault for vault, recipe in RECIPES.items() if f"# {vault}\n{recipe}\n" not in page] == []


def test_the_pages_name_every_operation_and_every_refusal() -> None:
    page = (DOCS / "store-format.md").read_text()
    assert [op for op in ledger._HANDLERS if f"`{op}`" not in page] == []
    page = (DOCS / "recovery.md").read_text()
    assert [kind.exit_code for kind in errors.REFUSALS if f"| {kind.exit_code} |" not in page] == []
