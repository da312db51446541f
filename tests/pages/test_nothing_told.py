"""Whatever a portal shows with a secret's shape in it, such as the value that it refuses, is told without that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages.entra import RegistrationOverviewPage
from pages.entra.blade import Blade
from pages.entra.message import BladeNotice
from pages.entra.registrations_grid import RegistrationsGrid
from pages.entra.secrets_grid import SecretsGrid
from pages.entra.shell import Shell
from pages.errors import NoEffect
from pages.ma_portal.portal import MaPortal
from pages.sophos_central.portal import SophosCentral
from pages.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page as Tab

VALUE = "Qx18Q~made.up-value_of.the-right~shape01"
ALERT = f"<p role=alert>no: {VALUE}</p>"
ID = "35624bad-7988-469b-9304-6a84194aba4c"
LIST = f"""<section class=fxs-blade><p>1 applications found</p><div role=row><div role=columnheader>Display name</div>
  <div role=columnheader>Application (client) ID</div><div role=columnheader>Certificates &amp; secrets</div></div>
  <div role=row><div role=gridcell>no: {VALUE}</div><div role=gridcell>{ID}</div><div role=gridcell>-</div></div>"""
ESSENTIALS = "<section class=fxs-blade>" + "".join(
    f"<div class=fxc-essentials-item><b>{label}</b><div class=fxc-essentials-value>{value}</div></div>"
    for label, value in {
        "Display name": f"no: {VALUE}",
        "Application (client) ID": ID,
        "Directory (tenant) ID": ID,
        "Client credentials": "1",
    }.items()
)


SECRETS = f"""<section class=fxs-blade><div role=row>{
    "".join(f"<div role=columnheader>{name}</div>" for name in ("Description", "Expires", "Value", "Secret ID"))
}</div><div role=row>{"".join(f"<div role=gridcell>{text}</div>" for text in ("A", f"no: {VALUE}", "", ID))}</div>"""


def unread(grid: SecretsGrid) -> str:
    with pytest.raises(NoEffect) as caught:
        grid.listed("list")
    return caught.value.seen


def trouble(around: Any) -> str:
    found: str = around.trouble().seen
    return found


TOLD: dict[str, tuple[str, Callable[[Tab], str]]] = {
    "a title": (f"<title>no: {VALUE}</title>", lambda tab: Surroundings(tab).seen()),
    "an alert of the MA Portal": (ALERT, lambda tab: trouble(MaPortal(tab))),
    "its dialog": (f"<dialog open aria-label='Connection Failed'><p>no: {VALUE}", lambda tab: trouble(MaPortal(tab))),
    "its heading": (f"<h1>no: {VALUE}</h1>", lambda tab: MaPortal(tab).seen()),
    "its sign-in": (f"<h1>Welcome</h1>{ALERT}", lambda tab: MaPortal(tab).screen()),
    "an alert of Sophos Central": (ALERT, lambda tab: trouble(SophosCentral(tab))),
    "its heading, too": (f"<h1>no: {VALUE}</h1>", lambda tab: SophosCentral(tab).seen()),
    "a toast": (f"<p class=fxs-toast-item>error no: {VALUE}</p>", lambda tab: trouble(Shell(tab))),
    "a blade": (f"<p>AADSTS1 no: {VALUE}</p>", lambda tab: BladeNotice(tab.locator("body")).refusal()),
    "a blade's heading": (
        f"<section class=fxs-blade><h2 class=fxs-blade-title-titleText>no: {VALUE}</h2>",
        lambda tab: Shell(tab).seen(),
    ),
    "a refused sign-in": (f"<p>AADSTS1 no: {VALUE}</p>", lambda tab: Shell(tab).sign_in.refusal()),
    "a mistake at the sign-in": (
        f"<input id=i0116><p id=usernameError>no: {VALUE}</p>",
        lambda tab: Shell(tab).sign_in.which(),
    ),
    "a registration's name in the list": (LIST, lambda tab: RegistrationsGrid(Blade(tab)).listed("list")[0].name),
    "a cell where a date belongs": (SECRETS, lambda tab: unread(SecretsGrid(Blade(tab)))),
    "its name on the Overview": (
        ESSENTIALS,
        lambda tab: RegistrationOverviewPage(tab, "https://entra.invalid").read_essentials().display_name,
    ),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_has_a_secrets_shape_is_told_without_it(page: Tab, what: str) -> None:
    html, tell = TOLD[what]
    page.set_content(html)
    told = tell(page)
    assert "no: ••••••" in told
    assert "Q~" not in told
