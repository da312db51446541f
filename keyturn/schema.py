"""The JSON Schema (2020-12) of a runbook, made from the tables that read it; editors use it through a comment."""

from __future__ import annotations

import json
from typing import Any

from keyturn.document.grammar import RUNBOOK, STEP, USE
from keyturn.model import FORMAT


def runbook_schema() -> dict[str, Any]:
    """Return the schema as a JSON object."""
    schema = RUNBOOK.schema()
    schema["properties"]["format"] |= {"const": FORMAT}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "keyturn runbook",
        "description": "A written procedure as data. `keyturn check` tells what this schema cannot: see README.md.",
        **schema,
        "$defs": {"step": STEP.schema(), "use": USE.schema()},
    }


def schema_text() -> str:
    """Return the schema as the file beside the runbooks holds it."""
    return json.dumps(runbook_schema(), indent=2, ensure_ascii=False) + "\n"
