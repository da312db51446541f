"""The long sections of the report: the instructions, the steps, concealment, and how to check it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.package import NAMESPACE, SIGNATURE, TAG_MANIFEST
from evidence.report_summary import anchor
from evidence.report_words import chip, counted, escaped, facts, moment, seconds, span, table
from evidence.tolerant import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.report_album import Album
    from evidence.story import Act, Instruction, Story


def table_of_instructions(story: Story) -> str:
    """Each instruction of the procedure with its result and the steps that carried it out."""
    rows = "".join(_instruction(story, one) for one in story.instructions)
    return (
        "<h2>The procedure, instruction by instruction</h2><table><thead><tr><th>No.</th><th>Instruction</th>"
        f"<th>Carried out by</th><th class=fit>At (UTC)</th><th class=fit>Result</th></tr></thead>{rows}</table>"
    )


def _instruction(story: Story, one: Instruction) -> str:
    begun = [_link(story, act) for act in one.acts]
    missing = [f'<span class="none">{escaped(step.title)}: not begun</span>' for step in one.missing if begun]
    acts = "<br>".join([*begun, *missing]) or '<span class="none">no step was reached</span>'
    times = "<br>".join(moment(act.began) for act in one.acts if act.result != "skipped")
    where = f'<div class="meta">{escaped(one.where)}</div>' if one.where else ""
    return (
        f'<tr><td class="num">P{one.number:02d}</td><td>{escaped(one.text)}{where}</td><td>{acts}</td>'
        f'<td class="fit">{times}</td><td class="fit">{chip(one.result)}</td></tr>'
    )


def _link(story: Story, act: Act) -> str:
    reason = f' <span class="soft">({escaped(act.result)}: {escaped(act.reason)})</span>' if act.reason else ""
    return f'<a href="#{anchor(story, act)}">{act.number}. {escaped(act.title)}</a>{reason}'


def steps(story: Story, album: Album) -> str:
    """Every step in the order in which it went, with gates, guards and pictures."""
    texts = {one.number: one.text for one in story.instructions}
    return "<h2 class=new-page>The steps, in the order in which they went</h2>" + "".join(
        _act(act, anchor(story, act), texts, album, _unpictured(story, act)) for act in story.acts
    )


def _act(act: Act, name: str, texts: Mapping[int, str], album: Album, unpictured: str) -> str:
    covers = "".join(f"<li><b>P{number:02d}</b> {escaped(texts.get(number))}</li>" for number in act.covers)
    instructions = f'<ul class="covers">{covers}</ul>' if covers else ""
    reason = f"<p><b>Reason:</b> {escaped(act.reason)}</p>" if act.reason else ""
    bar = (
        f'<div class="bar"><span class="n">{act.number}</span><h3>{escaped(act.title)}</h3>'
        f"{chip(act.result or 'unfinished')}</div>"
    )
    if act.result == "skipped" and not act.pictures and not act.remarks:
        meta = " · ".join([act.id, *(f"P{number:02d}" for number in act.covers)])
        return (
            f'<article id="{name}" class="slim">{bar}<div><p class="meta">{escaped(meta)}</p>{reason}</div></article>'
        )
    meta = " · ".join(
        part
        for part in (
            act.id,
            f"{moment(act.began)} UTC",
            f"took {seconds(act.seconds)}" if act.result else "",
            "" if act.effect == "read" else f"effect: {act.effect}",
        )
        if part
    )
    outputs = facts((name.replace("_", " "), value) for name, value in act.outputs.items()) if act.outputs else ""
    remarks = "".join(
        f'<tr class="{escaped(kind)}"><td>{moment(at)}</td><td>{escaped(kind)}</td><td>{escaped(words)}</td></tr>'
        for at, kind, words in act.remarks
    )
    told = f'<table class="remarks">{remarks}</table>' if remarks else ""
    return (
        f'<article id="{name}">{bar}<div>{instructions}<p class="meta">{escaped(meta)}</p>{reason}{outputs}{told}'
        f"{_pictures(act, album) or unpictured}</div></article>"
    )


def _pictures(act: Act, album: Album) -> str:
    shown = ""
    for picture in act.pictures:
        when = f"{picture.moment}, {moment(picture.at)} UTC"
        before = album.same_as(picture.path)
        if before:
            words = f"{escaped(when)}: {escaped(picture.path)} shows, pixel for pixel, what {escaped(before)} shows"
            shown += f'<p class="same">{words}</p>'
            continue
        address = album.address(picture.path)
        words = f"{when}: {picture.path}{'' if address else ' is missing'}"
        image = f'<img src="{address}" alt="{escaped(act.title)}, {escaped(picture.moment)}">' if address else ""
        shown += f"<figure tabindex=0>{image}<figcaption>{escaped(words)}</figcaption></figure>"
    return f'<div class="pictures">{shown}</div>' if shown else ""


def _unpictured(story: Story, act: Act) -> str:
    """Say that a step has no pictures, and why where the recording knows."""
    dark = any(
        one.get("what") == "dark" and one.get("reason") == act.title for one in tables(story.recorded.get("periods"))
    )
    why = ": while a person signs in, nothing is recorded" if dark else ""
    return f'<p class="none">No pictures were taken during this step{why}.</p>'


def concealment(story: Story) -> str:
    """Where the value is concealed and why, what was not recorded and why, and what the search found."""
    periods = [
        (escaped(one.get("what")), _period(one), escaped(one.get("reason")))
        for one in tables(story.recorded.get("periods"))
    ]
    missing = "".join(
        f"<li>{escaped(one.get('part'))}: {escaped(one.get('why'))}</li>"
        for one in tables(story.recorded.get("not_recorded"))
    )
    videos = "".join(
        f"<li><code>data/{escaped(one.get('path'))}</code>, from {moment(one.get('from'), date=True)}</li>"
        for one in tables(story.recorded.get("videos"))
    )
    proven = (
        f" Before the secret was made, this was proven in {counted(story.frames_proven, 'frame')}."
        if story.frames_proven
        else ""
    )
    return (
        "<h2>What is concealed, what was not recorded, and why</h2>"
        "<p>The value of a client secret works like a password, so it must not be in any recording. Wherever text of "
        "its shape appears it is replaced by bullets before it is painted, and while a value is on a page all text of "
        f"every page is disguised by dots. Nothing was cut out or edited afterwards.{proven} While a person signs in, "
        "nothing is recorded.</p>"
        + (table(("What", "When", "Why"), periods, fit=(0, 1)) if periods else "")
        + (f"<p>Not recorded:</p><ul>{missing}</ul>" if missing else "")
        + (f"<p>Videos, with a chapter for each step:</p><ul>{videos}</ul>" if videos else "")
    )


def _period(one: Mapping[str, object]) -> str:
    if one.get("to"):
        return span(one.get("from"), one.get("to"))
    return f"{moment(one.get('from'), date=True)}, until it was cut short"


def checks(story: Story) -> str:
    """How an auditor checks the recording, and what that cannot show."""
    return (
        "<h2>How to check this recording</h2><p>In the recording’s folder, with stock tools (macOS: "
        "<code>shasum -a 256 -c</code>). The signer’s <code>allowed_signers</code>, handed over by another way, lies "
        "beside that folder: the file of that name in it came with it. SIGNER is the line <code>Signer:</code> of "
        "<code>bag-info.txt</code>.</p>"
        "<pre class=mono>sha256sum --strict --quiet -c manifest-sha256.txt\n"
        f"sha256sum --strict --quiet -c {TAG_MANIFEST}\n"
        f"ssh-keygen -Y verify -f ../allowed_signers -I SIGNER -n {NAMESPACE} \\\n"
        f"  -s {SIGNATURE} &lt; {TAG_MANIFEST}</pre>"
        "<p><code>keyturn evidence verify</code> does the same, follows the journal’s chain, and names what is "
        "wrong. It cannot show that the recorder told the truth while it recorded: compare with the directory’s own "
        "audit log.</p>"
        f"<footer>Journal up to the report: SHA-256 of its last line <code>{escaped(story.head)}</code></footer>"
    )
