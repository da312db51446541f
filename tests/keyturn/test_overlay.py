"""Banner and outline in the page: seen by a person, in nobody's way, and never a reason to stop."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from evidence.camera import Camera
from evidence.concealment import Concealment
from keyturn.overlay import Overlay

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FloatRect, Locator, Route
    from playwright.sync_api import Page as Tab

RUN = "20261124T030621Z-practice"
TITLE = "Click Add, verify that the new secret is listed, copy its value and seal it into the store"
PAGE = """<!doctype html><title>A page</title><style>body { margin: 0; font: 16px sans-serif } .high { height: 3000px }
  button { margin: 0; height: 30px } #top { position: fixed; top: 2px; left: 500px } #tall { position: fixed;
  inset: 0 auto 0 400px; height: auto; opacity: .1 }</style>
<button id=top onclick="document.title = 'top pressed'">At the top</button>
<p style="margin: 100px 40px"><button id=go onclick="document.title = 'pressed'">Go</button> and <button>Go</button></p>
<iframe src="https://frame.example/inside" style="border: 0; margin: 0 60px; width: 400px; height: 150px"></iframe>
<dialog>A question <button onclick="document.title = 'answered'">Yes</button></dialog>
<div class=high></div><button id=low>Down below</button>"""
INSIDE = '<body style="margin: 30px"><button onclick="this.textContent = 1">Inside</button>'
STRICT = {
    "styles": "default-src 'none'",
    "trusted-nothing-else": "default-src 'none'; require-trusted-types-for 'script'",
    "trusted": "require-trusted-types-for 'script'",
}
CUT = """async ([png, clip]) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const context = new OffscreenCanvas(innerWidth, innerHeight).getContext('2d');
  context.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0);
  const [x, y] = [Math.round(clip.x), Math.round(clip.y)];
  const [right, low] = [Math.round(clip.x + clip.width), Math.round(clip.y + clip.height)];
  return context.getImageData(x, y, right - x, low - y).data.join(' ');
}"""
TOP: FloatRect = {"x": 264, "y": 0, "width": 400, "height": 24}
BOTTOM: FloatRect = {"x": 264, "y": 776, "width": 400, "height": 24}
CORNER: FloatRect = {"x": 0, "y": 0, "width": 260, "height": 60}


@pytest.fixture
def tab(context: BrowserContext) -> Tab:
    def answer(route: Route) -> None:
        place = route.request.url
        policy = next((text for name, text in STRICT.items() if name in place), "")
        headers = {"Content-Type": "text/html", **({"Content-Security-Policy": policy} if policy else {})}
        route.fulfill(body=INSIDE if "frame.example" in place else PAGE, headers=headers)

    context.route("https://*.example/**", answer)
    opened = context.new_page()
    opened.goto("https://page.example/")
    settled(opened)
    return opened


@pytest.fixture
def overlay(context: BrowserContext) -> Overlay:
    return Overlay(context, RUN)


def around(target: Locator, gap: int) -> FloatRect:
    box = target.bounding_box()
    assert box
    return {
        "x": box["x"] - gap,
        "y": box["y"] - gap,
        "width": box["width"] + 2 * gap,
        "height": box["height"] + 2 * gap,
    }


def look(tab: Tab, clip: FloatRect) -> str:
    """Return the pixels of `clip`. A picture that the browser itself cuts out lacks the outline, so this one is cut."""
    png = base64.b64encode(Camera().shot(tab)).decode()
    found: str = tab.evaluate(CUT, [png, clip])
    return found


def settled(tab: Tab) -> bytes:
    """Return a picture of the whole tab once it looks the same twice: painting takes a moment."""
    before = b""
    for _ in range(100):
        seen = Camera().shot(tab)
        if seen == before:
            return seen
        before = seen
    pytest.fail("it never came to rest")


def comes_to(
    tab: Tab, clip: FloatRect, *, differ_from: str = "", be: str = "", followed_by: Overlay | None = None
) -> str:
    """Return what `clip` of the tab looks like once it is another, or once it is `be`: painting takes a moment.

    `followed_by`: which is told to follow before each look, as it is while a person has the browser.
    """
    for _ in range(100):
        if followed_by:
            followed_by.follow(tab)
        seen = look(tab, clip)
        if seen == be or (not be and seen != differ_from):
            return seen
        tab.wait_for_timeout(50)
    pytest.fail("it never came to look so")


def test_a_person_sees_the_step_and_where_it_happens_and_the_control_is_left_as_it_is(
    tab: Tab, overlay: Overlay
) -> None:
    target = tab.locator("#go")
    before = {gap: look(tab, around(target, gap)) for gap in (0, 6)}
    plain = look(tab, TOP)
    overlay.show(tab, 14, 33, TITLE)
    overlay.point(tab, target)
    assert look(tab, TOP) != plain
    comes_to(tab, around(target, 6), differ_from=before[6])
    assert look(tab, around(target, 0)) == before[0]


def test_the_banner_makes_room_for_what_it_would_cover(tab: Tab, overlay: Overlay) -> None:
    plain = {place: look(tab, clip) for place, clip in (("top", TOP), ("bottom", BOTTOM))}
    button = look(tab, around(tab.locator("#top"), 0))
    overlay.show(tab, 1, 2, TITLE)
    assert look(tab, TOP) != plain["top"]
    overlay.point(tab, tab.locator("#top"))
    assert look(tab, around(tab.locator("#top"), 0)) == button
    assert look(tab, BOTTOM) != plain["bottom"]
    overlay.show(tab, 2, 2, TITLE)
    assert look(tab, BOTTOM) == plain["bottom"]
    assert look(tab, TOP) != plain["top"]


def test_the_outline_goes_along_when_the_person_scrolls_or_the_page_moves(tab: Tab, overlay: Overlay) -> None:
    target = tab.locator("#go")
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, target)
    for moved in ("scrollTo(0, 60)", "document.querySelector('p').style.margin = '300px 90px'", "scrollTo(0, 0)"):
        before = around(target, 6)
        tab.evaluate(moved)
        plain = {"new": look(tab, around(target, 6)), "old": look(tab, before)}
        comes_to(tab, around(target, 6), differ_from=plain["new"], followed_by=overlay)
        comes_to(tab, before, differ_from=plain["old"])
    tab.evaluate("scrollTo(0, 2000)")
    overlay.follow(tab)
    assert tab.evaluate("scrollY") == 2000  # It was the person who moved it out of sight.


def test_the_outline_goes_with_its_target_and_comes_with_it(tab: Tab, overlay: Overlay) -> None:
    target = tab.locator("#go")
    plain, clip = look(tab, around(target, 6)), around(target, 6)
    overlay.point(tab, target)
    marked = comes_to(tab, clip, differ_from=plain)
    tab.evaluate("document.querySelector('#go').id = 'gone'")
    comes_to(tab, clip, be=plain, followed_by=overlay)
    tab.evaluate("document.querySelector('#gone').id = 'go'")
    comes_to(tab, clip, be=marked, followed_by=overlay)
    tab.reload()
    assert look(tab, clip) == plain
    comes_to(tab, clip, be=marked, followed_by=overlay)
    overlay.point(tab, None)
    comes_to(tab, clip, be=plain, followed_by=overlay)


def test_the_banner_makes_room_for_what_the_person_moves_below_it(tab: Tab, overlay: Overlay) -> None:
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, tab.locator("#go"))
    bottom = look(tab, BOTTOM)
    tab.evaluate("document.querySelector('p').style.margin = '0 300px'")
    comes_to(tab, BOTTOM, differ_from=bottom, followed_by=overlay)


def test_every_click_passes_through(tab: Tab, overlay: Overlay) -> None:
    overlay.show(tab, 1, 2, TITLE)
    tab.mouse.click(540, 12)
    assert tab.title() == "top pressed"
    overlay.point(tab, tab.locator("#go"))
    tab.locator("#go").click()
    assert tab.title() == "pressed"


def test_the_banner_comes_along_to_the_next_page_and_the_outline_does_not(tab: Tab, overlay: Overlay) -> None:
    plain = look(tab, around(tab.locator("#go"), 6))
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, tab.locator("#go"))
    comes_to(tab, around(tab.locator("#go"), 6), differ_from=plain)
    shown = look(tab, TOP)
    tab.goto("https://page.example/next")
    comes_to(tab, TOP, be=shown)
    assert look(tab, around(tab.locator("#go"), 6)) == plain


def test_both_are_above_a_dialog(tab: Tab, overlay: Overlay) -> None:
    overlay.show(tab, 1, 2, TITLE)
    shown = look(tab, TOP)
    tab.evaluate("document.querySelector('dialog').showModal()")
    comes_to(tab, TOP, be=shown)
    yes = tab.get_by_role("button", name="Yes")
    plain = look(tab, around(yes, 6))
    overlay.point(tab, yes)
    comes_to(tab, around(yes, 6), differ_from=plain)
    yes.click()
    assert tab.title() == "answered"


def test_an_element_in_a_frame_of_another_site_is_outlined_where_it_is(tab: Tab, overlay: Overlay) -> None:
    inside = tab.frame_locator("iframe").get_by_role("button")
    inside.wait_for()
    before = {gap: look(tab, around(inside, gap)) for gap in (0, 6)}
    overlay.point(tab, inside)
    comes_to(tab, around(inside, 6), differ_from=before[6])
    assert look(tab, around(inside, 0)) == before[0]


def test_what_is_out_of_sight_is_brought_into_view(tab: Tab, overlay: Overlay) -> None:
    low = tab.locator("#low")
    overlay.point(tab, low)
    box = low.bounding_box()
    assert box
    assert 0 <= box["y"] <= 800 - box["height"]


def test_a_policy_against_styles_leaves_the_banner_standing(tab: Tab, overlay: Overlay) -> None:
    tab.goto("https://page.example/styles")
    plain = look(tab, TOP)
    overlay.show(tab, 1, 2, TITLE)
    assert look(tab, TOP) != plain


@pytest.mark.parametrize("place", ["trusted", "trusted-nothing-else"])
def test_a_page_that_demands_trusted_types_has_a_banner_too(tab: Tab, overlay: Overlay, place: str) -> None:
    overlay.show(tab, 1, 2, TITLE)
    tab.goto(f"https://page.example/{place}")
    plain, corner = look(tab, TOP), look(tab, CORNER)
    overlay.follow(tab)
    shown = look(tab, TOP)
    assert shown != plain
    assert look(tab, CORNER) == corner
    tab.evaluate("history.pushState(0, '', '/trusted-and-on')")
    with overlay.hidden(tab):
        assert look(tab, TOP) == plain
    assert look(tab, TOP) == shown
    overlay.clear(tab)
    assert look(tab, TOP) == plain


def test_the_banner_on_such_a_page_lets_clicks_through_and_makes_room(tab: Tab, overlay: Overlay) -> None:
    tab.goto("https://page.example/trusted")
    bottom, button = look(tab, BOTTOM), look(tab, around(tab.locator("#top"), 0))
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, tab.locator("#top"))
    assert look(tab, around(tab.locator("#top"), 0)) == button
    assert look(tab, BOTTOM) != bottom
    overlay.show(tab, 2, 2, TITLE)
    assert look(tab, BOTTOM) == bottom
    tab.mouse.click(540, 12)
    assert tab.title() == "top pressed"


def test_the_words_on_such_a_page_stay_legible_in_the_disguise_and_are_no_styles(
    context: BrowserContext, tab: Tab, overlay: Overlay
) -> None:
    concealment = Concealment()
    concealment.attach(context)
    tab.goto("https://page.example/trusted")
    overlay.show(tab, 1, 2, '"; } html { display: none } \\')
    shown = look(tab, TOP)
    assert tab.locator("#go").is_visible()
    said = tab.evaluate("getComputedStyle(document.documentElement, '::before').content")
    assert 'Step 1 of 2\u2003\\"; } html { display: none } \\\\' in said
    concealment.conceal()
    concealment.painted(tab)
    assert look(tab, TOP) == shown


@pytest.mark.parametrize("place", ["trusted", "styles"])
def test_the_outline_needs_no_leave_from_the_page(tab: Tab, overlay: Overlay, place: str) -> None:
    tab.goto(f"https://page.example/{place}")
    target = tab.locator("#go")
    plain = look(tab, around(target, 6))
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, target)
    comes_to(tab, around(target, 6), differ_from=plain)


def test_nothing_of_it_stops_a_run(tab: Tab, overlay: Overlay) -> None:
    plain = settled(tab)
    for absent in (tab.get_by_text("nowhere"), tab.get_by_role("button", name="Go"), None):  # none, two, nothing
        overlay.point(tab, absent)
        assert settled(tab) == plain
    overlay.show(tab, 1, 2, TITLE)
    tab.close()
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, tab.locator("#go"))
    overlay.clear(tab)
    overlay.follow(tab)
    with overlay.hidden(tab):
        pass


def test_clear_and_hidden_take_everything_away(tab: Tab, overlay: Overlay) -> None:
    plain, target = settled(tab), tab.locator("#go")
    unmarked = look(tab, around(target, 6))
    with overlay.hidden(tab):
        assert settled(tab) == plain
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, target)
    marked = comes_to(tab, around(target, 6), differ_from=unmarked)
    with overlay.hidden(tab):
        assert settled(tab) == plain
    assert comes_to(tab, around(target, 6), differ_from=unmarked) == marked
    overlay.clear(tab)
    assert settled(tab) == plain


def test_it_does_not_stand_in_the_way_of_proving_concealment(context: BrowserContext, overlay: Overlay) -> None:
    concealment = Concealment()
    concealment.attach(context)
    tab = context.new_page()
    tab.set_content("<p>A page</p>")
    corner = look(tab, CORNER)
    overlay.show(tab, 1, 2, TITLE)
    shown = look(tab, TOP)
    assert look(tab, CORNER) == corner
    assert concealment.prove([tab]) == 1
    assert concealment.concealed
    assert look(tab, TOP) == shown  # Our own words stay legible.


@pytest.mark.parametrize("address", ["https://page.example/", "https://page.example/styles"])
def test_the_banner_stays_within_its_place(tab: Tab, overlay: Overlay, address: str) -> None:
    tab.goto(address)
    beyond: FloatRect = {"x": 980, "y": 0, "width": 300, "height": 24}
    plain = look(tab, beyond)
    overlay.show(tab, 100, 100, f"{TITLE} {TITLE}")
    assert look(tab, TOP) != look(tab, {**TOP, "y": 100})
    assert look(tab, beyond) == plain


@pytest.mark.headed
def test_a_visible_window_shows_it_too(headed_context: BrowserContext) -> None:
    tab = headed_context.new_page()
    tab.set_content("<p style='margin: 100px'><button>Go</button>")
    overlay = Overlay(headed_context, RUN)
    target = tab.get_by_role("button")
    before = {gap: look(tab, around(target, gap)) for gap in (0, 6)}
    plain = look(tab, TOP)
    overlay.show(tab, 1, 2, TITLE)
    overlay.point(tab, target)
    comes_to(tab, around(target, 6), differ_from=before[6])
    assert look(tab, around(target, 0)) == before[0]
    assert look(tab, TOP) != plain
