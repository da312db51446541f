"""What the pages offer to a runbook, as a Markdown page: actions, probes, their arguments and outputs.

It is made from the page objects themselves, as `keyturn check` reads them, so that it cannot lag behind them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyturn.catalogue import ActionSpec, Catalogue, PageSpec, Parameter

_HEAD = """\
# What the pages offer

Made by `keyturn pages`. A runbook's portal names a folder of pages, `pages: entra`; a step names a page of that portal,
`page: portal.sign-in`, and one of its actions, `do: open`. Arguments go into `with`, and what an action returns is
taken into `outputs`. A probe stands in `done_when` and `expect`, and each `has_…` has its opposite `has_no_…`.

An action finds its page on screen: a step before has led to it, or the action brings its page up itself. Steps of one
portal share one tab. What an action returns are texts; a number is a text of digits.
"""
_SECRET = {
    "copies": "Copies a secret: name it in `outputs: {secret: NAME}`.",
    "pastes": "Pastes a secret: name it in `with: {secret: NAME}`.",
    "proves": "Shows that the secret pasted before works, which the store then notes.",
}


def offer_text(catalogue: Catalogue) -> str:
    """Return the page for all packages of `catalogue`."""
    lines = [_HEAD]
    for package in catalogue.packages():
        lines += [f"## `pages: {package}`", ""]
        for name in catalogue.pages(package):
            lines += _page(name, catalogue.page(package, name))
    return "\n".join(lines).rstrip() + "\n"


def _page(name: str, page: PageSpec) -> list[str]:
    lines = [f"### `{name}`: {page.cls.title}", ""]
    lines += ["A person signs in here: `gate: sign_in`.", ""] if page.signs_in else []
    for one in page.actions.values():
        lines.append(f"- do `{one.name}`{_arguments(one.parameters)}: {_told(one)}")
        lines += [f"  - {one.returns}"] if one.returns else []
    lines += [f"- probe `{one.name}`{_arguments(one.parameters)}: {_sentence(one.doc)}" for one in page.probes.values()]
    return [*lines, ""]


def _arguments(parameters: Mapping[str, Parameter]) -> str:
    told = [f"`{one.name}` {one.wants}{'' if one.required else ', or left out'}" for one in parameters.values()]
    return f" with {'; '.join(told)}" if told else ""


def _told(action: ActionSpec) -> str:
    parts = [_sentence(action.doc)]
    if action.outputs:
        parts.append(f"Outputs: {', '.join(f'`{field}`' for field in action.outputs)}.")
    if action.effect:
        parts.append(f"Its effect is `{action.effect}`.")
    if action.secret:
        parts.append(_SECRET[action.secret])
    if action.leads_to:
        parts.append(f"Leads to `{action.leads_to.name}`.")
    if action.anywhere:
        parts.append("Brings the page up itself.")
    return " ".join(parts)


def _sentence(doc: str) -> str:
    """Return `doc` as a sentence in an author's words."""
    first = re.sub(r"^Return (?=whether)", "", doc)
    return f"{first[:1].upper()}{first[1:]}."
