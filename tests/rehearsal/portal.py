"""The signed-in browser before the replica of the admin center, without any page object."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

    from rehearsal import Replicas

LEFT = "section.fxs-blade:not(.fxs-display-none)"

TOLD = """cell => ({ copied: new Promise((done) => {
  const look = new MutationObserver(() => {
    if (cell.querySelector('[role=status]')?.textContent === 'Copied') done(true);
  });
  look.observe(cell, { childList: true, subtree: true });
  setTimeout(done, 10000, false);
}) })"""


class Portal:
    """The signed-in browser on Certificates & secrets."""

    def __init__(self, tab: Tab, replicas: Replicas) -> None:
        self.tab, self.replicas = tab, replicas
        self.application_id = replicas.inputs["application_id"]

    def open(self, item: str = "Credentials") -> Portal:
        view = f"#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{item}/appId/{self.application_id}"
        self.tab.goto(f"{self.replicas.entra_url}/{view}")
        return self

    def add(self) -> Portal:
        self.tab.locator('div[title="New client secret"]').click()
        self.tab.get_by_role("textbox", name="Description").fill("Arctic Wolf Secret")
        self.tab.locator('div[role="button"][title="Add"]').click()
        return self

    @property
    def rows(self) -> Locator:
        return self.tab.locator(f"{LEFT} .fxc-gc-rows .fxc-gc-row")

    @property
    def fresh(self) -> Locator:
        return self.rows.filter(has_text="8Q~")

    def copy(self) -> str:
        cell = self.fresh.get_by_role("gridcell").nth(2)
        told = cell.evaluate_handle(TOLD)  # From before the press: a busy machine may look when it is gone again.
        cell.get_by_role("button").click()
        assert told.evaluate("one => one.copied")
        text: str = self.tab.evaluate("navigator.clipboard.readText()")
        return text

    def values(self) -> list[str]:
        found = self.replicas.state()["registrations"][self.application_id]["secrets"]
        return [secret["value"] for secret in found]
