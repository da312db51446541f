"""What every page object promises: errors in our words, nothing of the browser's, and what was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, TimeoutError, expect  # noqa: A004  # the library's own name

from pages.errors import NoEffect, NotOne, PageError, PortalRefused, ScreenNotReached
from pages.mark import action, probe
from pages.page import Page
from pages.surroundings import Surroundings, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

VALUE = "Qx18Q~made.up-value_of.the-right~shape01"
HTML = f"""<title>A form</title><button>Go</button><button disabled>Gone</button>
<input aria-label=Name value="{VALUE}">
<script>let n = 0;
document.querySelector('button').onclick = () => {{ document.title = `pressed ${{++n}}` }}</script>"""


class Form(Page):
    """A page of one button."""

    name = "form"
    title = "A form"

    @property
    def proof(self) -> Iterable[Locator]:
        return [self.tab.get_by_role("button", name="Go", exact=True)]

    @action()
    def press_go(self) -> None:
        """Press Go."""
        self.press_once(self.tab.get_by_role("button", name="Go", exact=True))
        with self.expecting("thanks"):
            expect(self.tab.get_by_text("Thank you")).to_be_visible()

    @action()
    def press_what_is_off(self) -> None:
        """Press Gone."""
        self.press_once(self.tab.get_by_role("button", name="Gone"))

    @action()
    def guess(self) -> None:
        """Choose after the press."""
        self.press_once(self.tab.get_by_role("button", name="Go", exact=True))
        raise NotOne(self.title, "guess", expected="one", seen="two")

    @action()
    def read_back(self) -> None:
        """Read the name back."""
        expect(self.tab.get_by_label("Name")).to_have_value("something else")

    @action()
    def press_and_count(self) -> int:
        """Count after the press."""
        self.press_once(self.tab.get_by_role("button", name="Go", exact=True))
        return int(self.tab.get_by_label("Name").input_value())

    @probe
    def has_many(self) -> bool:
        """Return what is no number."""
        return int(self.tab.get_by_label("Name").input_value()) > 1

    @probe
    def has_two(self) -> bool:
        """Return what cannot be decided."""
        return self.tab.get_by_role("button").is_visible()  # two of them


class Talking(Surroundings):
    """A portal that says why."""

    def trouble(self) -> Trouble | None:
        return Trouble(PortalRefused, "“no”")


class TalkingForm(Form):
    surroundings = Talking


class Leaving(Surroundings):
    """A page that is being left when it is looked at, and then the one that comes."""

    left = 1  # looks that fail
    error: type[Error] = Error

    def _looked(self) -> None:
        if self.left:
            self.left -= 1
            raise self.error("Execution context was destroyed, most likely because of a navigation")

    def trouble(self) -> Trouble | None:
        self._looked()
        return Trouble(PortalRefused, "“no”")

    def seen(self) -> str:
        self._looked()
        return "a sign-in page"


class LeavingForm(Form):
    surroundings = Leaving


@pytest.fixture
def form(page: Tab) -> Iterator[Form]:
    page.set_content(HTML)
    page.set_default_timeout(1_500)
    expect.set_options(timeout=1_500)
    yield Form(page, "http://form.example/")
    expect.set_options(timeout=5_000)


def chain(error: BaseException) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__  # type: ignore[assignment]


def test_an_effect_that_does_not_come_is_told_with_what_was_pressed(form: Form) -> None:
    with pytest.raises(NoEffect) as caught:
        form.press_go()
    assert str(caught.value) == "A form: press_go: expected thanks; saw a page titled “pressed 1”"
    assert caught.value.pressed


def test_a_button_that_cannot_be_pressed_does_not_count_as_pressed(form: Form) -> None:
    with pytest.raises(NoEffect) as caught:
        form.press_what_is_off()
    assert not caught.value.pressed
    assert caught.value.expected == "“Press Gone” to take effect"


def test_what_cannot_be_read_after_the_press_is_told_with_what_was_pressed(form: Form) -> None:
    with pytest.raises(NoEffect) as caught:
        form.press_and_count()
    assert caught.value.pressed


def test_an_error_of_our_own_after_the_press_knows_of_it(form: Form) -> None:
    with pytest.raises(NotOne) as caught:
        form.guess()
    assert caught.value.pressed


def test_while_a_page_is_being_left_the_one_that_comes_is_looked_at(form: Form) -> None:
    with pytest.raises(PortalRefused, match="saw “no”"):
        LeavingForm(form.tab, form.url).press_go()
    assert LeavingForm(form.tab, form.url).seen() == "a sign-in page"


@pytest.mark.parametrize(("left", "error"), [(5, Error), (1, TimeoutError)])
def test_what_cannot_be_looked_at_again_and_again_or_in_time_does_not_answer(
    form: Form, monkeypatch: pytest.MonkeyPatch, left: int, error: type[Error]
) -> None:
    monkeypatch.setattr(Leaving, "left", left)
    monkeypatch.setattr(Leaving, "error", error)
    assert LeavingForm(form.tab, form.url).seen() == "a tab that no longer answers"


def test_what_was_pressed_is_forgotten_by_the_next_action(form: Form) -> None:
    with pytest.raises(NotOne):
        form.guess()
    with pytest.raises(NoEffect) as caught:
        form.press_what_is_off()
    assert not caught.value.pressed


@pytest.mark.parametrize("verb", ["read_back", "has_two", "press_and_count", "has_many"])
def test_nothing_of_the_browsers_own_errors_is_left_in_an_error(form: Form, verb: str) -> None:
    with pytest.raises(PageError) as caught:
        getattr(form, verb)()
    told = list(chain(caught.value))
    assert told == [caught.value]
    assert VALUE not in repr(caught.value)


@pytest.mark.parametrize("acted", [False, True])
def test_a_question_that_finds_no_answer_says_that_and_nothing_of_an_act_before_it(form: Form, acted: bool) -> None:
    if acted:
        with pytest.raises(NoEffect):
            form.press_go()
    with pytest.raises(NoEffect) as caught:
        form.has_two()
    assert caught.value.expected == "the page to answer"


def test_a_page_that_is_not_there_is_not_reached_and_not_on_screen(form: Form) -> None:
    assert form.arrive() is form
    form.tab.set_content("<title>Elsewhere</title>")
    assert not form.is_on_screen()
    with pytest.raises(ScreenNotReached, match="saw a page titled “Elsewhere”"):
        form.arrive()


def test_what_the_portal_says_takes_the_place_of_what_is_seen(form: Form) -> None:
    page = TalkingForm(form.tab, form.url)
    with pytest.raises(PortalRefused) as caught:
        page.press_go()
    assert caught.value.seen == "“no”"
    form.tab.set_content("")
    with pytest.raises(PortalRefused):
        page.arrive()


def test_a_tab_that_has_been_closed_is_told_and_not_on_screen(form: Form) -> None:
    form.tab.close()
    assert not form.is_on_screen()
    with pytest.raises(PageError, match="a tab that has been closed"):
        form.press_go()
