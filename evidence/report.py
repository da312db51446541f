"""The report: one HTML file that needs no network, and its PDF through a browser.

Everything in it comes from the recording's own payload, see `evidence.story`; pictures are embedded. It is for people;
what proves anything is the package around it.
"""

from __future__ import annotations

import html
from importlib.resources import files
from typing import TYPE_CHECKING

from evidence import story_reading
from evidence.report_album import Album
from evidence.report_package import package_of
from evidence.report_parts import checks, concealment, steps, table_of_instructions
from evidence.report_summary import answers, changed, exceptions, head, summary, went_on, who
from evidence.report_words import escaped

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


def write(
    folder: Path, to: Path | None = None, *, allowed_signers: Path | None = None, tsa_root: Path | None = None
) -> Path:
    """Write the report of the recording in `folder` and return its path: `to`, or `data/report.html` before sealing.

    The others: as of `verify.verify`, for one that is sealed. Raises `NotARecording` when there is no journal.
    """
    data = folder / "data" if (folder / "data").is_dir() else folder
    path = to or data / NAME
    # One that is about to be sealed may hold what is left of a seal that was cut short; that says nothing of it.
    package = package_of(data.parent, allowed_signers, tsa_root) if to else ""
    path.write_text(render(story_reading.read(data), data, package), encoding="utf-8", newline="\n")
    return path


def print_pdf(browser: Browser, page: Path) -> Path:
    """Print the HTML report `page` through a browser to A4 and return the PDF's path."""
    path = page.with_suffix(".pdf")
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


def render(story: Story, data: Path, package: str = "") -> str:
    """Return the report as HTML; `package`: what is to be said of the package, as HTML."""
    style = files("evidence").joinpath("report.css").read_text(encoding="utf-8")
    title = f"Recording {story.fact('run') or data.parent.name}"
    parts = [
        head(story),
        summary(story),
        who(story),
        changed(story),
        answers(story),
        exceptions(story),
        went_on(story),
        table_of_instructions(story),
        steps(story, Album(data)),
        concealment(story),
        package,
        checks(story),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'unsafe-inline'\"><title>{escaped(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )
