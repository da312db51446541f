// The shell: top bar, menu, addresses. Blades are drawn by the modules that `router` names.
import { divButton, h, icon } from "./dom.js";
import { closePane, openPane } from "./pane.js";
import { route } from "./router.js";
import { open, session, struck } from "./server.js";
import { told } from "./toast.js";

const SEARCH = "Search resources, services, and docs (G+/)";

function topBar() {
  const button = (label, image, press, ...more) =>
    h("button", { type: "button", class: "fxs-topbar-button", "aria-label": label, title: label, onclick: press }, icon(image), ...more);
  const count = h("span", { class: "fxs-topbar-count", hidden: true });
  const history = () =>
    openPane(
      "Notifications",
      told.length
        ? told.map((one) => h("div", { class: "fxs-notification" }, h("b", {}, one.title), h("p", {}, one.text), h("small", {}, one.time)))
        : h("p", {}, "No new notifications from this session"),
    );
  // Earlier searches lie hidden in the document, with the role that a drop-down's options have.
  const earlier = h(
    "div",
    { class: "fxs-search-history fxs-display-none", role: "listbox" },
    ["app registrations", "users", "conditional access"].map((text) => h("div", { role: "option" }, text)),
  );
  const search = h("input", { class: "fxs-search-box", type: "text", role: "combobox", "aria-expanded": "false", placeholder: SEARCH, "aria-label": SEARCH, autocomplete: "off" });
  const copilot = h("button", { type: "button", class: "fxs-topbar-copilot" }, icon("star"), "Copilot");
  const tenant = `${session.directory} (${session.domain})`.toUpperCase();
  document
    .querySelector(".fxs-topbar")
    .append(
      h("a", { class: "fxs-topbar-home", href: "#home" }, "Microsoft Entra admin center"),
      h("div", { class: "fxs-topbar-search", role: "search" }, icon("search"), search, earlier),
      h(
        "div",
        { class: "fxs-topbar-right" },
        copilot,
        button("Notifications", "bell", history, count),
        button("Settings", "gear"),
        button("Help + support", "help"),
        button("Feedback", "feedback"),
        h(
          "button",
          { type: "button", id: "fxs-avatarmenu", class: "fxs-avatarmenu", "data-telemetryname": "AvatarMenuButton", "aria-label": `Account manager for ${session.person}` },
          h(
            "span",
            { class: "fxs-avatarmenu-header" },
            h("span", { class: "fxs-avatarmenu-username" }, session.account),
            h("span", { class: "fxs-avatarmenu-tenant" }, tenant),
          ),
          h("span", { class: "fxs-avatarmenu-face", "aria-hidden": "true" }, session.person.split(" ").map((word) => word[0]).join("")),
        ),
      ),
    );
}

const LIST = "#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade/quickStartType~/null/sourceType/Microsoft_AAD_IAM";
const ITEMS = { "App registrations": ["app", LIST], Home: ["home", "#home"] };
const MENUS = {
  "entra-id": [
    ["Home"], ["Entra agents", "star"], ["Favorites", "star", []],
    ["Entra ID", "shield", [
      ["Overview", "info"], ["Users", "person"], ["Groups", "group"], ["Devices", "device"], ["Agent ID (Preview)", "key"],
      ["Enterprise apps", "app"], ["App registrations"], ["Roles & admins", "person"], ["Delegated admin partners", "group"],
      ["Domain services", "device"], ["Identity Secure Score", "check"], ["Authentication methods", "key"], ["Account recovery (Preview)", "refresh"],
    ]],
    ["ID Protection", "shield", []], ["ID Governance", "list", []], ["Verified ID", "check", []], ["Learn & support", "help", []],
  ],
  identity: [
    ["Home"], ["What's new", "star"], ["Diagnose & solve problems", "gear"], ["Favorites", "star", []],
    ["Identity", "shield", [
      ["Overview", "info"], ["Users", "person", []], ["Groups", "group", []], ["Devices", "device", []],
      ["Applications", "app", [["Enterprise applications", "app"], ["App registrations"]]],
      ["Protection", "shield", []], ["Identity Governance", "list", []], ["External Identities", "group", []], ["Show more", "down", []],
    ]],
    ["Learn & support", "help", []],
  ],
};

function menuItem([name, image, inner], depth) {
  const [own, href] = ITEMS[name] || [image, `#view/Microsoft_AAD_IAM/${name.replace(/\W/g, "")}Blade`];
  const face = [icon(own), h("span", { class: "fxs-sidebar-item-text" }, name)];
  if (!inner) return h("a", { class: `fxs-sidebar-item-link depth-${depth}`, href }, ...face);
  const list = h("div", { class: "fxs-sidebar-group", hidden: true }, inner.map((item) => menuItem(item, depth + 1)));
  const toggle = () => {
    list.hidden = !list.hidden;
    head.setAttribute("aria-expanded", String(!list.hidden));
  };
  const head = divButton({ class: `fxs-sidebar-item-link fxs-sidebar-head depth-${depth}`, "aria-expanded": "false", onclick: toggle }, ...face, icon("right", "chevron"));
  return h("div", {}, head, list);
}

export function markMenu() {
  for (const link of document.querySelectorAll(".fxs-sidebar a")) {
    const mine = link.hash.startsWith("#view/Microsoft_AAD_RegisteredApps") && location.hash.includes("Microsoft_AAD_RegisteredApps");
    link.classList.toggle("fxs-sidebar-selected", mine || (link.hash === "#home" && location.hash === "#home"));
  }
}

async function welcome() {
  if (!(await struck("welcome-tour"))) return;
  const close = () => tour.remove();
  const tour = h(
    "div",
    { class: "fxs-tour", role: "alertdialog", "aria-modal": "true", "aria-label": "Welcome to the Microsoft Entra admin center" },
    h("div", { class: "fxs-tour-box" },
      h("h2", {}, "Welcome to the Microsoft Entra admin center"),
      h("p", {}, "Take a short tour to see what is new."),
      divButton({ class: "fxs-button fxs-button-primary", onclick: close }, "Start tour"),
      divButton({ class: "fxs-button", onclick: close }, "Maybe later"),
    ),
  );
  document.body.append(tour);
}

async function begin() {
  await open();
  topBar();
  document.querySelector(".fxs-sidebar").append(...MENUS[session.menu].map((item) => menuItem(item, 0)));
  const kept = sessionStorage.getItem("fragment");
  sessionStorage.removeItem("fragment");
  if (kept && !location.hash) history.replaceState(null, "", kept);
  if (!location.hash) history.replaceState(null, "", "#home");
  const go = (first) => {
    closePane();
    markMenu();
    route(first);
  };
  addEventListener("hashchange", () => go(false));
  addEventListener("message", (event) => event.origin === session.sandbox && event.data.kind === "signed-out" && location.replace("/"));
  welcome();
  go(true);
}

begin();
