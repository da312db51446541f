"""The recorder of one run: pictures, videos and trace, with the secret concealed at the source.

It is attached to the browser context before any page exists. Nothing that records plaintext is ever on: the trace has
no snapshots, no network, no pictures and no sources, and there is no HAR. While it is dark nothing is recorded, and the
recording says from when to when, and why. A part that cannot be recorded is told, never silently left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Error as BrowserError

from evidence import letters, reserve
from evidence.camera import Camera
from evidence.chain import stamp, utc_now
from evidence.concealment import Concealment
from evidence.encoding import Chapter
from evidence.error import EvidenceError
from evidence.film import Film, now
from evidence.leftover import EMPTY, Reel, finish, keep
from evidence.pictures import Pictures
from evidence.recorded import NAME, Recorded, iso
from evidence.window_film import WindowFilm, region_of, why_no_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

    from evidence.pictures import Moment

_WHY_CONCEALED = "a secret's value was on a page or in a field"


class Recorder:
    """Records one run into `folder`, the payload of the recording.

    `banner`: static words for the strip above each picture, or a function that returns them. `video`: film every
    watched tab. `window`: film the window with its address bar too, where the system lets us.

    A run that goes on is recorded into the same folder: what an earlier part left stays, and what it could not finish
    is finished. `disguise`: the name of the disguise that an earlier part left in pages that are still open.
    """

    def __init__(
        self,
        folder: Path,
        *,
        banner: Callable[[], str] | str,
        video: bool = True,
        window: bool = False,
        disguise: str = "",
    ) -> None:
        self._folder = folder
        self._banner = banner
        self._video = video
        self._window = window
        self._camera = Camera()
        self._concealment = Concealment(disguise, self._camera)
        self._context: BrowserContext | None = None
        self._pictures = Pictures(folder / "pictures", self._camera)
        self._films: list[Film] = []
        self._window_film: WindowFilm | None = None
        self._recorded = Recorded(folder / NAME)
        self._step = ""
        self._number = 0
        self._tracing = False
        self._dark = ""  # why nothing is recorded at this moment

    @property
    def concealed(self) -> bool:
        """Whether all text on every page is disguised at this moment."""
        return self._concealment.concealed

    @property
    def disguise(self) -> str:
        """The name under which the disguise stands in the pages; whoever comes back to them needs it."""
        return self._concealment.name

    def attach(self, context: BrowserContext) -> None:
        """Put concealment into every frame of `context` and begin the trace.

        To be called before any page exists, but for those that an earlier part left open. Raises `ConcealmentFailed`
        when one of these does not answer.
        """
        self._context = context
        for place in ("pictures", "video", "trace"):
            (self._folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
        reserve.take(self._folder)
        self._recorded.begin()
        finish(self._folder, self._recorded)
        self._concealment.attach(context)
        if not self.concealed:
            self._recorded.end_period("concealed")
        elif not self._recorded.is_open("concealed"):
            self._recorded.open_period("concealed", _WHY_CONCEALED)
        try:
            context.tracing.start(screenshots=False, snapshots=False, sources=False)
        except BrowserError:
            self._recorded.missing["trace"] = "the browser library could not begin it"
        else:
            self._tracing = True

    def watch(self, tab: Tab, name: str) -> None:
        """Film `tab` from now on under `name`; the first one also tells where the window is."""
        if self._video:
            names = {path.name.partition(".")[0] for path in (self._folder / "video").iterdir()}
            unique = next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in names)
            try:
                film = Film(tab, self._folder / "video", unique, self._camera)
            except BrowserError:
                self._recorded.missing[f"video of {unique}"] = "the browser could not film the tab"
            else:
                self._films.append(film)
                if self._dark:
                    film.dark(self._card(film, self._dark))
        if self._window and self._window_film is None:
            self._watch_window(tab)

    def step(self, number: int, total: int, step_id: str, title: str) -> None:
        """Begin the chapter of a step."""
        self._step = f"step {number}/{total} {step_id}"
        self._number = number
        self._recorded.chapters.append(Chapter(now(), f"{number}. {title}"))
        self._recorded.write()

    def picture(self, tab: Tab, step_id: str, moment: Moment, *, anew: bool = True) -> str | None:
        """Take a picture of what `tab` shows, with the banner above it; return its path below the recording's payload.

        Not `anew`: before a step, what was seen when the last one ended may do, see `evidence.pictures`. None while it
        is dark, or when the picture could not be taken; the latter is told by `close`. Raises `NoRoom`.
        """
        if self._dark:
            return None
        path = self._pictures.free(f"{self._number:02d}-{step_id}-{moment}")
        words = self._banner if isinstance(self._banner, str) else self._banner()
        try:
            self._pictures.take(tab, path, (self._step, words), moment, anew=anew)
        except (BrowserError, EvidenceError):
            self._recorded.missing[f"picture {path.stem}"] = "the browser could not take it"
            return None
        except OSError as error:
            why = error
        else:
            return path.relative_to(self._folder).as_posix()
        raise reserve.NoRoom("a picture", why)

    def disturbed(self) -> None:
        """Take it that a tab does not show any longer what it showed in the last picture."""
        self._pictures.disturbed()

    def make_room(self) -> None:
        """Give back the room that was kept: from here on the recording is coming to its end."""
        reserve.give_back(self._folder)

    def dark(self, reason: str) -> None:
        """Record nothing from now on, and say why: a person signs in. Where it is dark already, say so anew."""
        if self._dark:
            self._recorded.end_period("dark")
        self._dark = reason
        self.disturbed()
        self._recorded.open_period("dark", reason)
        for film in self._films:
            if not film.tab.is_closed():
                film.dark(self._card(film, reason))
        self._stop_window()
        self._end_trace()

    def light(self) -> None:
        """Record again, from what is painted after this moment."""
        if not self._dark:
            return
        for film in self._films:
            if not film.tab.is_closed():
                self._concealment.painted(film.tab)
        self._dark = ""
        self._recorded.end_period("dark")
        for film in self._films:
            film.light()
        self._start_window()
        if self._context and "trace" not in self._recorded.missing:
            try:
                self._context.tracing.start_chunk()
            except BrowserError:
                self._recorded.missing["trace"] = "the browser ended while it was dark"
            else:
                self._tracing = True

    def conceal(self) -> None:
        """Disguise all text on every page from now on. Raises `ConcealmentFailed` when a frame does not answer."""
        if not self.concealed:
            self._recorded.open_period("concealed", _WHY_CONCEALED)
        self.disturbed()
        self._concealment.conceal()

    def uncover(self) -> bool:
        """End the disguise in each tab where no value is legible any longer; return whether it ended everywhere."""
        if not self.concealed:
            return True
        self.disturbed()
        if not self._concealment.uncover():
            return False
        self._recorded.end_period("concealed")
        return True

    def prove(self, tabs: Iterable[Tab]) -> int:
        """Conceal, and prove in every frame of `tabs` that a made-up value is illegible; return how many frames.

        Raises `ConcealmentFailed`; then no secret may be made.
        """
        self.conceal()
        return self._concealment.prove(tabs)

    def close(self) -> list[dict[str, str]]:
        """End everything, encode the videos, write `recorded.json`; return what could not be recorded: part and why."""
        self.make_room()
        self._end_trace()
        self._stop_window()
        if self._dark:
            self._recorded.end_period("dark")
        if self.concealed:
            self._recorded.end_period("concealed")
        for film in self._films:
            film.stop()
            if film.broken:
                self._recorded.missing[f"video of {film.name}, to its end"] = film.broken
        keep(self._recorded, [Reel(film.frames, (film.width, film.height), now()) for film in self._films])
        self._recorded.end()
        return self._recorded.not_recorded()

    def _watch_window(self, tab: Tab) -> None:
        why = why_no_window()
        try:
            region = region_of(tab) if not why else (0, 0, 0, 0)
        except BrowserError:
            why = "the browser does not tell where its window is"
        if why:
            self._recorded.missing["video of the window"] = why
            self._window = False
            return
        self._window_film = WindowFilm(region)
        if not self._dark:
            self._start_window()

    def _start_window(self) -> None:
        if self._window_film:
            path = self._numbered("video", "window", ".mkv")
            self._window_film.start(path)
            self._recorded.videos.append({"path": f"video/{path.name}", "from": iso(now()), "of": "window"})
            self._recorded.write()

    def _stop_window(self) -> None:
        if self._window_film and not self._window_film.stop():
            empty = self._recorded.videos.pop()  # The last one told: films of tabs are told at the end.
            self._recorded.missing[f"video of the window from {empty['from']}"] = EMPTY

    def _card(self, film: Film, reason: str) -> bytes:
        words = f"not recorded since {stamp(utc_now())}: {reason}"
        return letters.card(film.tab, words, film.width, film.height)

    def _end_trace(self) -> None:
        if not self._tracing or self._context is None:
            return
        self._tracing = False
        path = self._numbered("trace", "trace", ".zip")
        try:
            self._context.tracing.stop_chunk(path=path)
        except BrowserError:
            path.unlink(missing_ok=True)  # A torn one could not be searched.
            self._recorded.missing["trace"] = "the browser ended, or the disk was full, before it could be written"

    def _numbered(self, place: str, stem: str, suffix: str) -> Path:
        """Return the path of the next part of something that is recorded in parts."""
        paths = (self._folder / place / f"{stem}-{number}{suffix}" for number in range(1, 1000))
        return next(path for path in paths if not path.exists())
