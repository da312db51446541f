// One registration: its menu and the blades behind it.
import { classic } from "./classic.js";
import { divButton, h, icon } from "./dom.js";
import { frame } from "./frame.js";
import { drawOverview } from "./overview.js";
import { blade, dots } from "./router.js";
import { drawSecrets } from "./secrets.js";
import { ask, session, struck } from "./server.js";

const MANAGE = [
  ["Branding", "Branding & properties", "list"], ["Authentication", "Authentication (Preview)", "shield"], ["Credentials", "Certificates & secrets", "key"],
  ["TokenConfiguration", "Token configuration", "gear"], ["CallAnAPI", "API permissions", "link"], ["ProtectAnAPI", "Expose an API", "app"],
  ["AppRoles", "App roles", "group"], ["Owners", "Owners", "person"], ["RolesAndAdministrators", "Roles and administrators", "person"], ["Manifest", "Manifest", "book"],
];
const ABOVE = [["Overview", "Overview", "app"], ["Quickstart", "Quickstart", "star"], ["IntegrationAssistant", "Integration assistant", "check"], ["Diagnose", "Diagnose and solve problems", "gear"]];
const BELOW = [["Troubleshooting", "Troubleshooting", "gear"], ["NewSupportRequest", "New support request", "help"]];
const TITLES = Object.fromEntries([...ABOVE, ...MANAGE, ...BELOW]);

export function address(item, applicationId) {
  return `#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/${item}/appId/${applicationId}/isMSAApp~/false`;
}

function menu(chosen, applicationId, folded) {
  const item = ([id, label, image]) =>
    h(
      "div",
      {
        class: `fxc-menu-listView-item${id === chosen ? " fxc-menu-selected" : ""}`,
        role: "treeitem",
        tabindex: "0",
        "data-telemetryname": `Menu-${id}`,
        "aria-selected": String(id === chosen),
        onclick: () => (location.hash = address(id, applicationId)),
        onkeydown: (event) => event.key === "Enter" && (location.hash = address(id, applicationId)),
      },
      icon(image),
      h("div", { class: "fxc-menu-item-text" }, label),
    );
  const manage = h("div", { role: "group", hidden: folded && !MANAGE.some(([id]) => id === chosen) }, MANAGE.map(item));
  const fold = () => {
    manage.hidden = !manage.hidden;
    head.setAttribute("aria-expanded", String(!manage.hidden));
  };
  const head = folded
    ? divButton({ class: "fxc-menu-group fxc-menu-folding", "aria-expanded": String(!manage.hidden), onclick: fold }, icon("right", "chevron"), "Manage")
    : h("div", { class: "fxc-menu-group" }, "Manage");
  return h(
    "div",
    { class: "fxc-menu" },
    h("div", { class: "fxc-menu-search" }, icon("search"), h("input", { class: "azc-input", type: "text", placeholder: "Search", "aria-label": "Search the menu" })),
    h(
      "div",
      { class: "fxc-menu-scrollarea", role: "tree", "aria-label": "Menu" },
      ABOVE.map(item), head, manage, h("div", { class: "fxc-menu-group" }, "Support + Troubleshooting"), BELOW.map(item),
    ),
  );
}

// A copy of the blade with what it showed before, hidden: same labels, nothing behind them.
function twin(section) {
  const copy = section.cloneNode(true);
  copy.classList.add("fxs-display-none");
  section.before(copy);
}

export async function registration(item, applicationId, current) {
  const one = await ask(`registrations/${applicationId}`);
  const folded = await struck("manage-collapsed");
  if (!current()) return;
  const title = item === "Overview" ? one.name : `${one.name} | ${TITLES[item] || item}`;
  const crumbs = [["App registrations", "#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"]];
  if (item !== "Overview") crumbs.push([one.name, address("Overview", applicationId)]);
  const { section, content } = blade({ title, image: item === "Credentials" ? "key" : "app", crumbs });
  section.querySelector(".fxs-blade-body").prepend(menu(item, applicationId, folded));
  content.append(dots());
  const view = { Overview: "ApplicationOverview", Credentials: "ApplicationCredentials" }[item];
  if (!view) content.replaceChildren(h("p", { class: "msportalfx-text" }, "This blade is not part of the rehearsal."));
  else if (session.rendering === "react") await frame(content, view, { applicationId });
  else if (item === "Overview") drawOverview(content, classic, one, await ask("session"));
  else {
    const found = await ask(`registrations/${applicationId}/credentials`);
    if (current()) await drawSecrets(content, classic, found);
  }
  if (current() && (await struck("stale-twin"))) twin(section);
}
