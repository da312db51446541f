"""The recorder of one run: pictures, videos and trace, with the secret concealed at the source.

It is attached to the browser context before any page exists. Nothing that records plaintext is ever on: the trace has
no snapshots, no network, no pictures and no sources, and there is no HAR. While it is dark nothing is recorded, and the
recording says from when to when, and why. A part that cannot be recorded is told, never silently left out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Error as BrowserError

from evidence import banner as strip
from evidence.chain import stamp, utc_now
from evidence.concealment import Concealment
from evidence.error import EvidenceError
from evidence.film import Chapter, Film, WindowFilm, encode, now, region_of, why_no_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

Moment = Literal["before", "after"]
_PATIENCE = 10_000  # ms for one picture; a page whose fonts never load must not stop a run


class Recorder:
    """Records one run into `folder`, the payload of the recording.

    `banner`: static words for the strip above each picture, or a function that returns them. `video`: film every
    watched tab. `window`: film the window with its address bar too, where the system lets us.
    """

    def __init__(
        self, folder: Path, *, banner: Callable[[], str] | str, video: bool = True, window: bool = False
    ) -> None:
        self._folder = folder
        self._banner = banner
        self._video = video
        self._window = window
        self._concealment = Concealment()
        self._context: BrowserContext | None = None
        self._films: list[Film] = []
        self._window_film: WindowFilm | None = None
        self._chapters: list[Chapter] = []
        self._step = ""
        self._number = 0
        self._traces = 0
        self._tracing = False
        self._dark: dict[str, str] | None = None
        self._periods: list[dict[str, str]] = []
        self._concealed_since = ""
        self._missing: dict[str, str] = {}

    @property
    def concealed(self) -> bool:
        """Whether all text on every page is disguised at this moment."""
        return self._concealment.concealed

    def attach(self, context: BrowserContext) -> None:
        """Put concealment into every frame of `context` and begin the trace. To be called before any page exists."""
        self._context = context
        for place in ("pictures", "video", "trace"):
            (self._folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._concealment.attach(context)
        try:
            context.tracing.start(screenshots=False, snapshots=False, sources=False)
        except BrowserError:
            self._missing["trace"] = "the browser library could not begin it"
        else:
            self._tracing = True

    def watch(self, tab: Tab, name: str) -> None:
        """Film `tab` from now on under `name`; the first one also tells where the window is."""
        if self._video:
            names = {film.name for film in self._films}
            unique = next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in names)
            try:
                film = Film(tab, self._folder / "video", unique)
            except BrowserError:
                self._missing[f"video of {unique}"] = "the browser could not film the tab"
            else:
                self._films.append(film)
                if self._dark:
                    film.dark(self._card(film, self._dark["reason"]))
        if self._window and self._window_film is None:
            self._watch_window(tab)

    def step(self, number: int, total: int, step_id: str, title: str) -> None:
        """Begin the chapter of a step."""
        self._step = f"step {number}/{total} {step_id}"
        self._number = number
        self._chapters.append(Chapter(now(), f"{number}. {title}"))

    def picture(self, tab: Tab, step_id: str, moment: Moment) -> str | None:
        """Take a picture of what `tab` shows, with the banner above it; return its path below the recording's payload.

        None while it is dark, or when the picture could not be taken; the latter is told by `close`.
        """
        if self._dark:
            return None
        path = self._free(f"{self._number:02d}-{step_id}-{moment}")
        words = self._banner if isinstance(self._banner, str) else self._banner()
        try:
            png = tab.screenshot(timeout=_PATIENCE)
            path.write_bytes(strip.stamped(png, tab, f"{stamp(utc_now())} · {words} · {self._step} · {moment}"))
        except (BrowserError, EvidenceError):
            self._missing[f"picture {path.stem}"] = "the browser could not take it"
            return None
        return path.relative_to(self._folder).as_posix()

    def dark(self, reason: str) -> None:
        """Record nothing from now on, and say why: a person signs in."""
        if self._dark:
            return
        self._dark = {"from": stamp(utc_now()), "reason": reason}
        for film in self._films:
            film.dark(self._card(film, reason))
        if self._window_film and not self._window_film.stop():
            self._missing["video of the window"] = "the screen grabber recorded nothing"
        self._end_trace()

    def light(self) -> None:
        """Record again, from what is painted after this moment."""
        if self._dark is None:
            return
        for film in self._films:
            if not film.tab.is_closed():
                self._concealment.painted(film.tab)
        self._periods.append({"what": "dark", **self._dark, "to": stamp(utc_now())})
        self._dark = None
        for film in self._films:
            film.light()
        if self._window_film:
            self._window_film.start()
        if self._context and "trace" not in self._missing:
            self._context.tracing.start_chunk()
            self._tracing = True

    def conceal(self) -> None:
        """Disguise all text on every page from now on. Raises `ConcealmentFailed` when a frame does not answer."""
        if not self.concealed:
            self._concealed_since = stamp(utc_now())
        self._concealment.conceal()

    def uncover(self) -> bool:
        """End the disguise in each tab where no value is legible any longer; return whether it ended everywhere."""
        if not self.concealed:
            return True
        if not self._concealment.uncover():
            return False
        self._end_concealed()
        return True

    def prove(self, tabs: Iterable[Tab]) -> int:
        """Conceal, and prove in every frame of `tabs` that a made-up value is illegible; return how many frames.

        Raises `ConcealmentFailed`; then no secret may be made.
        """
        self.conceal()
        return self._concealment.prove(tabs)

    def close(self) -> list[dict[str, str]]:
        """End everything, encode the videos, write `recorded.json`; return what could not be recorded: part and why."""
        self._end_trace()
        if self._window_film and not self._dark and not self._window_film.stop():
            self._missing["video of the window"] = "the screen grabber recorded nothing"
        if self._dark:
            self._periods.append({"what": "dark", **self._dark, "to": stamp(utc_now())})
        if self.concealed:
            self._end_concealed()
        videos = [self._encoded(film) for film in self._films]
        if self._window_film:
            parts = self._window_film.parts
            videos += [{"path": f"video/{name}", "from": _iso(began), "of": "window"} for name, began in parts]
        missing = [{"part": part, "why": why} for part, why in sorted(self._missing.items())]
        facts = {
            "videos": [video for video in videos if video],
            "chapters": [{"at": _iso(chapter.at), "title": chapter.title} for chapter in self._chapters],
            "periods": self._periods,
            "not_recorded": missing,
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (self._folder / "recorded.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        return missing

    def _encoded(self, film: Film) -> dict[str, str]:
        film.stop()
        frames = sorted(film.frames.glob("*.jpg"))
        if not frames:
            film.frames.rmdir()
            self._missing.setdefault(f"video of {film.name}", "nothing was painted while it was recorded")
            return {}
        began = float(frames[0].stem)
        video = encode(film.frames, self._chapters, film.width, film.height)
        if video is None:
            self._missing[f"video of {film.name}"] = "no ffmpeg could encode it; its frames are kept as pictures"
        return {"path": f"video/{(video or film.frames).name}", "from": _iso(began), "of": film.name}

    def _watch_window(self, tab: Tab) -> None:
        why = why_no_window()
        try:
            region = region_of(tab) if not why else (0, 0, 0, 0)
        except BrowserError:
            why = "the browser does not tell where its window is"
        if why:
            self._missing["video of the window"] = why
            self._window = False
            return
        self._window_film = WindowFilm(self._folder / "video", region)
        if not self._dark:
            self._window_film.start()

    def _card(self, film: Film, reason: str) -> bytes:
        words = f"not recorded since {stamp(utc_now())}: {reason}"
        return strip.card(film.tab, words, film.width, film.height)

    def _end_trace(self) -> None:
        if not self._tracing or self._context is None:
            return
        self._tracing = False
        self._traces += 1
        try:
            self._context.tracing.stop_chunk(path=self._folder / "trace" / f"trace-{self._traces}.zip")
        except BrowserError:
            self._missing["trace"] = "the browser ended before it could be written"

    def _end_concealed(self) -> None:
        why = "a secret's value was on a page or in a field"
        self._periods.append(
            {"what": "concealed", "from": self._concealed_since, "reason": why, "to": stamp(utc_now())}
        )

    def _free(self, stem: str) -> Path:
        """Return a picture's path that is not taken: a step that is tried again has pictures of its own.

        The id of a sub-flow's step holds slashes, `sign-in/open`; its pictures lie beside all others nevertheless.
        """
        folder = self._folder / "pictures"
        stem = stem.replace("/", "-")
        names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
        return next(path for path in (folder / f"{name}.png" for name in names) if not path.exists())


def _iso(milliseconds: float) -> str:
    return stamp(datetime.fromtimestamp(milliseconds / 1000, UTC))
