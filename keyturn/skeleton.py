"""A new runbook to begin with: commented, small, and passing `keyturn check`."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from keyturn.document.shape import SLUG
from keyturn.errors import CannotStart, Invalid

if TYPE_CHECKING:
    from pathlib import Path

_PROCEDURE = """\
# {title}

Write the instructions here, one a row, in your own words. `covers` in the runbook names them by number; after every
change write the new SHA-256 of this file into the runbook (`keyturn check` says it).

| # | instruction | where |
|---|---|---|
| P01 | Sign in to the Microsoft Entra admin center | sign-in pages |
| P02 | In the menu open App registrations | admin center |
"""

_RUNBOOK = """\
# yaml-language-server: $schema=runbook.schema.json
# The first line is for editors; `keyturn schema > runbook.schema.json` puts that file beside this one.
# The grammar is on one page, README.md; `keyturn pages` lists what the pages offer.
# `keyturn check {name}.yaml` tells all that is wrong.
runbook: {name}
format: 1
revision: 1 # count it up with every change
title: {title}

procedure:
  file: {name}.procedure.md
  sha256: {sha256}
  source: # where the procedure comes from; its text is not kept
    name: {title}, our own procedure
    sha256: {sha256}

inputs: # what the operator gives; never a secret
  entra_url:
    type: url # text, guid, url, date or choice
    default: https://entra.microsoft.com
    help: The Microsoft Entra admin center.

portals: # name -> page objects and address; steps say `portal.page`
  entra:
    pages: entra
    url: "{{{{ inputs.entra_url }}}}"

steps:
  - id: open-admin-center
    title: Open the Microsoft Entra admin center
    covers: [1]
    page: entra.sign-in
    do: open
    effect: read # read, create, change or delete: what it does to the data in the portal
    evidence: dark # no pictures while someone signs in

  - id: sign-in
    title: Sign in to the Microsoft Entra admin center
    covers: [1]
    page: entra.sign-in
    do: wait_until_signed_in
    effect: read
    gate: sign_in # waits for the person, who signs in on the portal's own pages
    timeout: 5m
    outputs: {{account: account}} # our name: field of what the action returns
    expect:
      - entra.admin-center.has_account: {{account: "{{{{ steps.sign-in.account }}}}"}}
    evidence: dark

  - id: open-app-registrations
    title: In the menu, open App registrations
    covers: [2]
    page: entra.admin-center
    do: open_app_registrations
    effect: read

  # A step that creates, changes or deletes also needs `done_when` and `expect`, one that creates or deletes a `gate`,
  # and a deletion a `guard`.

always: [clear_clipboard, tell_what_is_open]
"""


def write_skeleton(name: str, folder: Path) -> tuple[Path, Path]:
    """Write `NAME.yaml` and `NAME.procedure.md` into `folder` and return both. Overwrites nothing.

    Raises `Invalid`, and `CannotStart` where nothing can be written.
    """
    if not re.fullmatch(SLUG.shape, name):
        raise Invalid(f"{name} cannot be the name of a runbook", hint=f"take {SLUG.what}")
    runbook, procedure = folder / f"{name}.yaml", folder / f"{name}.procedure.md"
    there = [path for path in (runbook, procedure) if path.exists()]
    hint = "nothing was written; take another name or folder"
    if there or not folder.is_dir():
        what = f"{there[0]} is there already" if there else f"{folder} is no folder"
        raise Invalid(what, hint=hint)
    title = name.replace("-", " ").capitalize()
    table = _PROCEDURE.format(title=title)
    sha256 = hashlib.sha256(table.encode()).hexdigest()
    text = _RUNBOOK.format(name=name, title=title, sha256=sha256)
    try:
        procedure.write_text(table, encoding="utf-8", newline="\n")
        runbook.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        with suppress(OSError):  # Neither was there before; half a pair would be in the way of another try.
            procedure.unlink(missing_ok=True)
            runbook.unlink(missing_ok=True)
        why = (error.strerror or "unknown").lower()
        raise CannotStart(f"no runbook can be written into {folder}: {why}", hint=hint) from None
    return runbook, procedure
