"""Words and colours that every view of a run shares. Colour never carries meaning alone."""

from __future__ import annotations

from keyturn.events import Result

MARKS = {
    Result.DONE: ("✓", "green"),
    Result.ALREADY: ("=", "green"),
    Result.SKIPPED: ("–", "dim"),
    Result.BY_OPERATOR: ("✓", "cyan"),
    Result.OVERRIDDEN: ("!", "yellow"),
    Result.FAILED: ("✗", "bold red"),
}
EFFECTS = {"read": "", "create": "creates", "change": "changes", "delete": "deletes"}
SEARCHING = {
    True: "Searching everything that was recorded for the value, pictures too. This takes up to a minute.",
    False: "Searching everything that was recorded for the value.",
}


def instructions(covers: tuple[int, ...] | list[int]) -> str:
    """Return the numbers of the procedure as it writes them: `P09–P11`, `P02 P05`."""
    numbers = sorted(covers)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"P{run[0]:02}" if len(run) == 1 else f"P{run[0]:02}–P{run[-1]:02}" for run in runs)


def duration(seconds: float) -> str:
    """Return a time for people: `0.4 s`, `12 s`, `2 min 05 s`."""
    if seconds < 10:  # noqa: PLR2004  # below ten seconds the tenth is worth reading
        return f"{seconds:.1f} s"
    if seconds < 60:  # noqa: PLR2004  # a minute
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02} s"
