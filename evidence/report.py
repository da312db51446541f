"""The report: one HTML file that needs no network, and its PDF through a browser.

Everything in it comes from the recording's own payload, see `evidence.story`; pictures are embedded. It is for people;
what proves anything is the package around it.
"""

from __future__ import annotations

import base64
import html
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from evidence import story as stories
from evidence.error import EvidenceError
from evidence.report_parts import checks, concealment, steps, table_of_instructions
from evidence.report_words import chip, escaped, facts, span

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from evidence.story import Story

NAME = "report.html"
_FOOTER = (
    '<div style="font: 7pt sans-serif; color: #5d6a7a; width: 100%; margin: 0 14mm; display: flex;">'
    '<span style="flex: 1">RUN</span>'
    '<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)


def write(folder: Path, to: Path | None = None) -> Path:
    """Write the report of the recording in `folder` and return its path: `to`, or `data/report.html` before sealing.

    Raises `NotARecording` when there is no journal.
    """
    data = folder / "data" if (folder / "data").is_dir() else folder
    path = to or data / NAME
    path.write_text(render(stories.read(data), data), encoding="utf-8", newline="\n")
    return path


def print_pdf(browser: Browser, page: Path, to: Path | None = None) -> Path:
    """Print the HTML report `page` through a browser to A4 and return the PDF's path."""
    path = to or page.with_suffix(".pdf")
    context = browser.new_context(offline=True)
    try:
        tab = context.new_page()
        tab.goto(page.resolve().as_uri())
        title = html.escape(tab.title())
        tab.pdf(
            path=path,
            prefer_css_page_size=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=_FOOTER.replace("RUN", title),
            tagged=True,
            outline=True,
        )
    finally:
        context.close()
    return path


def render(story: Story, data: Path) -> str:
    """Return the report as HTML."""
    style = files("evidence").joinpath("report.css").read_text(encoding="utf-8")
    title = f"Recording {story.fact('run') or data.parent.name}"
    parts = [
        _head(story),
        _summary(story),
        _who(story),
        _changed(story),
        table_of_instructions(story),
        steps(story, lambda path: _embedded(data, path)),
        concealment(story),
        checks(story),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'unsafe-inline'\"><title>{escaped(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _head(story: Story) -> str:
    title = story.fact("title", "runbook") or "A run"
    return (
        f'<header><div class="kind">Record of a procedure carried out</div><h1>{escaped(title)}</h1>'
        f'{chip(story.status, "status")} <span class="soft">&ensp;{span(story.began, story.ended)}</span></header>'
    )


def _summary(story: Story) -> str:
    carried = sum(one.result in stories.CARRIED_OUT for one in story.instructions)
    overridden = sum(act.result == "overridden" for act in story.acts)
    answered = sum(kind == "gate" and "answered" in words for act in story.acts for _, kind, words in act.remarks)
    tiles = [
        (f"{carried} of {len(story.instructions)}", "instructions carried out"),
        (str(sum(len(act.pictures) for act in story.acts)), "pictures"),
        (str(answered), "questions asked and answered"),
        (str(overridden), "overrides"),
    ]
    cells = "".join(
        f'<div class="tile"><b>{escaped(big)}</b><span>{escaped(small)}</span></div>' for big, small in tiles
    )
    return f"<h2>Summary</h2>{_sentence(story)}<div class=tiles>{cells}</div>{_failure(story)}"


def _sentence(story: Story) -> str:
    made = "; ".join(
        f"a new secret was created (ID <code>{escaped(one.get('secret_id'))}</code>, expires "
        f"<b>{escaped(one.get('expires_on'))}</b>) and its value sealed in the encrypted store as "
        f"<code>{escaped(one.get('entry'))}</code>"
        for one in story.secrets
    )
    ended = "The run was carried out to its end" if story.status == "done" else "The run did not come to its end"
    gate = "" if not story.gate else _gate(story.gate)
    return f'<p class="lead">{ended}{": " + made if made else ""}. {gate}</p>'


def _gate(gate: dict[str, Any]) -> str:
    count = gate.get("findings")
    number = len(count) if isinstance(count, list) else int(count or 0)
    if number:
        return f"<b>The secret was found in {number} places of the recording.</b>"
    return "The whole recording was searched for the secret’s value afterwards; it was found nowhere."


def _failure(story: Story) -> str:
    failure = story.failure
    if not failure:
        return f'<div class="box bad">{escaped(story.fault)}</div>' if story.fault else ""
    pairs = [(word.capitalize(), failure.get(word)) for word in ("step", "expected", "seen", "next")]
    return f'<div class="box bad"><h3>Where it stopped</h3>{facts(pairs)}</div>'


def _who(story: Story) -> str:
    versions = story.facts.get("versions") or {}
    inputs = story.facts.get("inputs") or {}
    accounts = [(f"Account: {act.title}", act.outputs["account"]) for act in story.acts if act.outputs.get("account")]
    pairs = [
        ("Run", story.fact("run")),
        ("Began, ended", span(story.began, story.ended)),
        ("Operator", story.fact("operator")),
        *accounts,
        ("Directory", " · ".join(dict.fromkeys(filter(None, (story.fact("directory"), story.fact("directory_id")))))),
        ("Application", " · ".join(filter(None, (story.fact("application", "name"), story.fact("application_id"))))),
        ("Runbook", f"{story.fact('runbook')}, revision {story.fact('revision')}"),
        ("Mode", story.fact("mode")),
        ("Versions", " · ".join(f"{name} {version}" for name, version in dict(versions).items())),
        ("Inputs", " · ".join(f"{name}: {value}" for name, value in dict(inputs).items() if value)),
        ("Clock", story.fact("clock") or "this machine’s, in UTC"),
    ]
    return f"<h2>Who, when, where</h2>{facts(pairs)}"


def _changed(story: Story) -> str:
    lines = "".join(f"<li>{escaped(change)}</li>" for change in story.changed)
    text = f"<ul>{lines}</ul>" if lines else '<p class="none">Nothing was changed.</p>'
    return f"<h2>What was changed in the portals and the store</h2>{text}"


def _embedded(data: Path, path: str) -> str:
    """Return a picture of the payload as an address that holds it; empty when it is not there."""
    picture = (data / path.removeprefix("data/")).resolve()
    if not picture.is_relative_to(data.resolve()) or not picture.is_file():
        return ""
    if picture.suffix != ".png":
        raise EvidenceError(f"{path}: only PNG pictures belong in a report")
    return f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"
