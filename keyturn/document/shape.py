"""The shapes of names in a runbook."""

from __future__ import annotations

from keyturn.document.scalar import Text

_WORD = "[a-z][a-z0-9_]*"
_KEBAB = "[a-z0-9]+(?:-[a-z0-9]+)*"

SLUG = Text("a name in kebab-case, as in `update-entra-client-secret`", _KEBAB)
ID = Text("a name in kebab-case, as in `add-secret`", _KEBAB)
NAME = Text("a name in lower case, as in `open_registration`", _WORD)
ARGUMENT = Text("a name in lower case, as in `application_id`", _WORD)
PAGE = Text("a page, as in `entra.client-secrets`", rf"{_WORD}\.{_KEBAB}")
PROBE = Text(
    "a question, as in `has_secret`, `client-secrets.has_secret` or `entra.client-secrets.has_no_secret`",
    rf"(?:(?:{_WORD}\.)?{_KEBAB}\.)?has_[a-z0-9_]+",
)
CONTROL = Text("a control's identifier, as in `ia-5` or `A.5.17`", r"[A-Za-z_][A-Za-z0-9_.\-]*")
SHA256 = Text("a SHA-256, 64 hexadecimal digits in lower case", "[0-9a-f]{64}")
BESIDE = Text("the name of a file beside the runbook", r"[\w][\w.\-]*")
FILE = Text("the name of a runbook beside this one, as in `sign-in.yaml`", r"[\w][\w.\-]*\.yaml")
WITHIN = Text("a step and its output, as in `choose-account.account`", rf"{_KEBAB}\.{_WORD}")
