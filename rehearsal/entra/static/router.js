// From the address to the blade. Both forms of addresses are known; a blade opened before stays hidden in the document.
import { broken, h, icon } from "./dom.js";
import { frame } from "./frame.js";
import { list } from "./registrations.js";
import { registration } from "./registration.js";
import { Refusal, session, struck } from "./server.js";

const VIEW = /^#(?:@[^/]*\/)?(?:view|blade)\/Microsoft_AAD_RegisteredApps\/(ApplicationsListBlade|ApplicationMenuBlade)(?:\/(.*))?$/;
const KEPT = 2; // hidden blades
let serial = 0;

function parse(hash) {
  const found = VIEW.exec(hash);
  if (!found) return null;
  if (found[1] === "ApplicationsListBlade") return { blade: "list" };
  const parts = (found[2] || "").split("/").map(decodeURIComponent);
  const item = parts[0] === "~" ? parts[1] : parts[0];
  const at = parts.indexOf("appId");
  return at < 0 ? null : { blade: "registration", item, applicationId: parts[at + 1] };
}

export function blade({ title, image = "app", crumbs = [] }) {
  const host = document.querySelector(".fxs-portal-content");
  for (const old of host.querySelectorAll("section.fxs-blade")) old.classList.add("fxs-display-none");
  for (const frame of host.querySelectorAll("iframe")) frame.className = "fxs-reactview-frame fxs-display-none";
  for (const old of [...host.querySelectorAll("section.fxs-blade")].slice(0, -KEPT)) old.remove();
  const content = h("div", { class: "fxs-blade-content-wrapper fxs-blade-content-container-default-details" });
  const section = h(
    "section",
    { class: "fxs-blade" },
    h(
      "div",
      { class: "fxs-breadcrumb" },
      [["Home", "#home"], ...crumbs].map(([text, href]) => [h("a", { href }, text), icon("right", "crumb")]).flat(),
    ),
    h(
      "header",
      { class: "fxs-blade-header" },
      h("div", { class: `fxs-blade-icon fxs-blade-icon-${image}` }, icon(image)),
      h("h2", { class: "fxs-blade-title-titleText" }, title),
      h("button", { type: "button", class: "fxs-blade-action", "aria-label": "Pin", title: "Pin" }, icon("pin")),
      h("button", { type: "button", class: "fxs-blade-action", "aria-label": "More", title: "More" }, "…"),
      h("a", { class: "fxs-blade-close", href: "#home", "aria-label": `Close ${title}`, title: "Close" }, icon("close")),
    ),
    h("div", { class: "fxs-blade-body" }, content),
  );
  host.append(section);
  document.title = `${title} - Microsoft Entra admin center`;
  return { section, content };
}

export function dots() {
  return h("div", { class: "fxs-progress", role: "progressbar", "aria-label": "Loading" }, h("i"), h("i"), h("i"));
}

function home() {
  const { content } = blade({ title: `Welcome, ${session.person.split(" ")[0]}`, image: "home" });
  const card = (title, text, href) => h("a", { class: "fxs-home-card", href }, h("b", {}, title), h("span", {}, text));
  content.append(
    h("h3", { class: "fxs-home-tenant" }, session.directory),
    h("p", { class: "msportalfx-text" }, `Tenant ID ${session.directoryId}`),
    h(
      "div",
      { class: "fxs-home-cards" },
      card("Applications", "Register and manage the applications of your organization", "#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"),
      card("Users", "Create and manage the people of your directory", "#view/Microsoft_AAD_IAM/UsersBlade"),
      card("Security", "See the state of your directory's protection", "#view/Microsoft_AAD_IAM/SecurityBlade"),
    ),
  );
}

// Draws what the address says. `first`: the document has just been loaded.
export async function route(first) {
  const mine = ++serial;
  const current = () => mine === serial;
  const target = parse(location.hash);
  if (session.refused) {
    const { content } = blade({ title: "Access denied", image: "error" });
    return broken(content, "You do not have access", "401: your directory restricts access to the Microsoft Entra admin center.");
  }
  if (target && first && (await struck("home-bounce"))) {
    location.hash = "#home";
    return undefined;
  }
  if (target && first && (await struck("blank-first-load"))) return document.querySelector(".fxs-portal-content").replaceChildren();
  if (!current()) return undefined;
  if (target && (await struck("blank-blade"))) {
    const { content } = blade({ title: "App registrations" });
    return session.rendering === "react" ? frame(content, "", {}) : content.append(dots());
  }
  if (target && (await struck("content-closed"))) return broken(blade({ title: "App registrations" }).content, "Content closed");
  try {
    if (location.hash === "#home") home();
    else if (target?.blade === "list") await list(current);
    else if (target) await registration(target.item, target.applicationId, current);
    else broken(blade({ title: "Dashboard not found", image: "error" }).content, "Dashboard not found", "The address leads nowhere.");
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    if (!current()) return undefined;
    const { content } = blade({ title: "App registrations", image: "error" });
    broken(content, fault.status === 404 ? "Not found" : "Something went wrong", fault.message, fault.code);
  }
  return undefined;
}
