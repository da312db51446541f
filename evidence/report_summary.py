"""The first pages of the report: what came of it, who did it when and where, what changed, who answered what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence import story as stories
from evidence.report_words import chip, counted, escaped, facts, moment, seconds, span, table
from evidence.story_words import asked_for
from evidence.tolerant import amount, texts, whole
from evidence.tolerant import table as shaped

if TYPE_CHECKING:
    from evidence.story import Story

_REHEARSAL = (
    "This was a rehearsal: carried out against replicas of the portals on the operator’s own machine. Nothing in a "
    "real portal was touched."
)
_UNKNOWN = "Whether this was a rehearsal, or carried out in the real portals, the recording does not say."
_KINDS = {
    "run": ("Record of a procedure carried out", ""),
    "rehearsal": ("Record of a rehearsal", _REHEARSAL),
    "unknown": ("Record of a run or a rehearsal", _UNKNOWN),
}


def head(story: Story) -> str:
    """Return the heading with the run's status."""
    kind, said = _KINDS[story.kind]
    note = f'<p class="note">{said}</p>' if said else ""
    title = escaped(story.fact("title", "runbook") or "A run")
    when = f'<span class="soft">&ensp;{span(story.began, story.ended)}</span>'
    return f'<header><div class="kind">{kind}</div><h1>{title}</h1>{chip(story.status, "status")} {when}{note}</header>'


def summary(story: Story) -> str:
    """Return what came of it, in a sentence and in figures, and where it stopped."""
    carried = sum(one.result in stories.CARRIED_OUT for one in story.instructions)
    overridden = sum(act.result == "overridden" for act in story.acts)
    besides = [(word, sum(one.result == word for one in story.instructions)) for word in ("overridden", "in part")]
    others = "".join(f", {number} {word}" for word, number in besides if number)
    tiles = [
        (f"{carried} of {len(story.instructions)}", f"instructions carried out{others}"),
        (str(sum(len(act.pictures) for act in story.acts)), "pictures"),
        (str(sum(bool(one.answer) for one in story.asked)), "questions asked and answered"),
        (str(overridden), "override" if overridden == 1 else "overrides"),
    ]
    cells = "".join(
        f'<div class="tile"><b>{escaped(big)}</b><span>{escaped(small)}</span></div>' for big, small in tiles
    )
    return f"<h2>Summary</h2>{_sentence(story)}<div class=tiles>{cells}</div>{_stopped(story)}"


def _sentence(story: Story) -> str:
    made = "; ".join(
        f"a new secret was created (ID <code>{escaped(one.get('secret_id'))}</code>, expires "
        f"<b>{escaped(one.get('expires_on'))}</b>) and its value sealed in the encrypted store as "
        f"<code>{escaped(one.get('entry'))}</code>"
        for one in story.secrets
    )
    only = asked_for(shaped(story.facts.get("asked")))
    ended = {
        "done": "What was asked for was carried out" if only else "The run was carried out to its end",
        "rolled back": "What the run did was taken back, as far as the runbook says how",
    }.get(story.status, "The run did not come to its end")
    searched = _searched(story.gate, profile=bool(story.facts.get("profile")))
    kept_to = f"<b>{escaped(only[0].upper() + only[1:])}.</b> " if only else ""
    return f'<p class="lead">{ended}{": " + made if made else ""}. {kept_to}{searched}</p>'


def _searched(gate: dict[str, Any], *, profile: bool) -> str:
    """Return what the leak search came to, if the last part of the run was searched.

    `profile`: the browser was started with one.
    """
    if not gate:
        return "<b>The recording has not been searched for the secret’s value yet.</b>"
    found = gate.get("findings")
    number = len(found) if isinstance(found, list) else whole(found)
    what = "the secret’s value" if gate.get("values", 1) else "anything of a client secret’s shape"
    if number:
        return f"<b>{what[0].upper()}{what[1:]} was found in {counted(number, 'place')} of the recording.</b>"
    pictures = "its pictures and videos read too" if gate.get("pictures_read") else "its pictures and videos not read"
    took = seconds(amount(gate.get("seconds")))
    where = (
        "The whole recording, and what the run wrote into the browser’s profile," if profile else "The whole recording"
    )
    return f"{where} was searched for {what} afterwards ({pictures}; {took}); it was found nowhere."


def _stopped(story: Story) -> str:
    """Return where the run stopped, if it did; a journal that breaks off tells it too."""
    fault = f'<div class="box">{escaped(story.fault)}</div>' if story.fault else ""
    if story.failure:
        pairs = [(word.capitalize(), story.failure.get(word)) for word in ("step", "expected", "seen", "next")]
        return f'{fault}<div class="box"><h3>Where it stopped</h3>{facts(pairs)}</div>'
    cut = next((act for act in stories.last_times(story.acts) if not act.result), None)
    if cut is None:
        return fault
    pairs = [
        ("Step", f"{cut.number}. {cut.title}"),
        (
            "Known",
            "its action was announced and never confirmed: look in the portal whether it happened"
            if cut.announced
            else "its action had not begun",
        ),
    ]
    return f'{fault}<div class="box"><h3>Where it was cut short</h3>{facts(pairs)}</div>'


def who(story: Story) -> str:
    """Return who did it when, in which directory, for which application, with what."""
    versions, inputs, clock = (shaped(story.facts.get(name)) for name in ("versions", "inputs", "clock"))
    pairs = [
        ("Run", story.fact("run")),
        ("Began, ended", span(story.began, story.ended)),
        *[(f"Part {number}", _part(part)) for number, part in enumerate(story.parts, 1) if len(story.parts) > 1],
        ("Took", _took(story)),
        ("Operator", story.fact("operator")),
        *_signed_in(story),
        ("Directory", " · ".join(dict.fromkeys(filter(None, (story.fact("directory"), story.fact("directory_id")))))),
        ("Application", " · ".join(filter(None, (story.fact("application", "name"), story.fact("application_id"))))),
        ("Runbook", f"{story.fact('runbook')}, revision {story.fact('revision')}"),
        ("Mode", story.fact("mode")),
        ("Inputs", "\n".join(f"{name}: {value}" for name, value in inputs.items() if value)),
        ("Browser profile", str(story.facts.get("profile") or "")),
        ("Versions", " · ".join(f"{name} {version}" for name, version in versions.items())),
        ("Clock", _clock(clock)),
        ("Evidence for", " · ".join(texts(story.facts.get("controls")))),
    ]
    return f"<h2>Who, when, where</h2>{facts(pairs)}"


def _part(part: stories.Part) -> str:
    by = f" by {part.operator}" if part.operator else ""
    took = f", after {seconds(part.seconds)}" if part.seconds else ""
    return f"{moment(part.began, date=True)}{by}: {part.ended or 'cut short'}{took}"


def _took(story: Story) -> str:
    """Return how long it took; of a run that went on each part tells it."""
    if len(story.parts) != 1 or not story.parts[0].seconds:
        return ""
    return f"{seconds(story.parts[0].seconds)}, the start of the browser and the search of the recording included"


def went_on(story: Story) -> str:
    """Return how things stood each time that the run went on, and what could not be taken back."""
    text = ""
    for number, part in enumerate(story.parts[1:], start=2):
        lines = [*part.found, *(f"accepted by {part.accepted_by}: {change}" for change in part.changes)]
        items = "".join(f"<li>{escaped(line)}</li>" for line in lines)
        text += f"<p>Part {number}, {moment(part.began, date=True)}, found:</p><ul>{items}</ul>"
    titles = {act.id: f"{act.number}. {act.title}" for act in story.acts}
    kept = "".join(f"<li>{escaped(titles.get(step, step))}: {escaped(why)}</li>" for step, why in story.kept)
    text += f"<p>Not taken back:</p><ul>{kept}</ul>" if kept else ""
    return f"<h2>How the run went on</h2>{text}" if text else ""


def _signed_in(story: Story) -> list[tuple[str, str]]:
    """Return who was signed in in each portal, as its header showed it."""
    if portals := shaped(story.facts.get("signed_in")):
        return [
            (f"Signed in, {portal}", " · ".join(texts(list(shaped(shown).values()))))
            for portal, shown in portals.items()
        ]
    return [(f"Signed in: {act.title}", act.outputs["account"]) for act in story.acts if act.outputs.get("account")]


def _clock(clock: dict[str, Any]) -> str:
    if not clock:
        return "this machine’s, in UTC"
    states = dict.fromkeys(str(clock.get(name, "")) for name in ("at_the_beginning", "at_the_end"))
    was_set = amount(clock.get("set_in_between_by_seconds"))
    went = f"; set by {was_set:+.1f} s during the run" if was_set else "; not set during the run"
    return f"this machine’s, in UTC: {', then '.join(filter(None, states))}{went}"


def changed(story: Story) -> str:
    """Return what is otherwise than before."""
    lines = "".join(f"<li>{escaped(change)}</li>" for change in story.changed)
    text = f"<ul>{lines}</ul>" if lines else '<p class="none">Nothing was changed.</p>'
    return f"<h2>What was changed in the portals and the store</h2>{text}"


def answers(story: Story) -> str:
    """Return each question to a person, and who answered it how."""
    rows = [
        (
            moment(one.at),
            f'<a href="#{anchor(story, one.act)}">{one.act.number}. {escaped(one.act.title)}</a>',
            escaped(one.about),
            f"<b>{escaped(one.answer or 'no answer')}</b>{': ' if one.reason else ''}{escaped(one.reason)}",
            escaped(one.by),
        )
        for one in story.asked
    ]
    if not rows:
        return '<h2>Who was asked, and what they answered</h2><p class="none">Nobody was asked anything.</p>'
    return "<h2>Who was asked, and what they answered</h2>" + table(
        ("At (UTC)", "Step", "About", "Answer", "By"), rows, fit=(0, 2, 4)
    )


def exceptions(story: Story) -> str:
    """Return what was not done by keyturn and seen by it: overridden, done by hand, or skipped though it applied."""
    rows = [
        (
            f'<a href="#{anchor(story, act)}">{act.number}. {escaped(act.title)}</a>',
            chip(act.result),
            escaped(act.reason),
        )
        for act in story.acts
        if act.result in {"overridden", "by-operator"} or (act.result == "skipped" and act.applies)
    ]
    if not rows:
        return ""
    return "<h2>Overrides, and steps done by hand or passed over</h2>" + table(
        ("Step", "Result", "Reason"), rows, fit=(1,)
    )


def anchor(story: Story, act: stories.Act) -> str:
    """Return the name of a step's place in the report; a step may have gone more than once."""
    return f"step-{next(index for index, one in enumerate(story.acts, 1) if one is act)}"
