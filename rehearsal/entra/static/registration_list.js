// The drawing of the list of app registrations. It opens on the operator's own, which mostly are none.
import { h, icon, localDate } from "./dom.js";
import { ask } from "./server.js";

const TABS = [["all", "All applications"], ["owned", "Owned applications"], ["deleted", "Deleted applications"], ["deactivated", "Deactivated applications"]];
const PLACEHOLDER = "Start typing a display name or application (client) ID to filter these results";
const COLOURS = 6;
const OVERVIEW = "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/";

function nameCell(one) {
  const initials = one.name.split(/[\s-]+/).slice(0, 2).map((word) => word[0]).join("").toUpperCase();
  const colour = [...one.applicationId].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % COLOURS;
  return h(
    "div",
    { class: "registration-name" },
    h("span", { class: `initials initials-${colour}`, "aria-hidden": "true" }, initials),
    h("a", { href: `${OVERVIEW}${one.applicationId}/isMSAApp~/false`, target: "_top" }, one.name),
  );
}

function statusCell(one) {
  const image = { Current: "check", "Expiring soon": "warning", Expired: "error" }[one.status];
  return h("span", { class: `status status-${(image || "none")}` }, image && icon(image), one.status);
}

export function drawList(content, kit, all) {
  let tab = "owned";
  let wanted = "";
  const below = h("div", { class: "registrations" });
  const refresh = async () => {
    all = await ask("registrations");
    draw();
  };
  const choose = (id) => {
    tab = id;
    draw();
  };
  function table() {
    const mine = all.filter((one) => ({ all: one.active, owned: one.owned, deleted: false, deactivated: !one.active })[tab]);
    if (tab === "owned" && !mine.length) {
      return [
        h("p", { class: "nothing-owned" }, "This account isn't listed as an owner of any applications in this directory."),
        kit.button("View all applications in the directory", () => choose("all"), { primary: true }),
      ];
    }
    const found = mine.filter((one) => [one.name, one.applicationId].some((text) => text.toLowerCase().startsWith(wanted.toLowerCase().trim())));
    return [
      h("p", { class: "count-line" }, `${found.length} applications found`),
      kit.grid(
        "App registrations",
        ["Display name", "Application (client) ID", "Created on", "Certificates & secrets"],
        found.map((one) => [nameCell(one), one.applicationId, localDate(one.created), statusCell(one)]),
      ),
    ];
  }
  const filter = kit.search(PLACEHOLDER, (text) => {
    wanted = text;
    draw();
  });
  const head = h("div", {});
  function draw() {
    head.replaceChildren(kit.tabs(TABS, tab, choose));
    below.replaceChildren(...table());
  }
  const command = (label, image, press) => ({ label, image, press });
  content.replaceChildren(
    kit.commandBar([
      command("New registration", "plus"), command("Endpoints", "link"), command("Troubleshoot", "gear"), command("Refresh", "refresh", refresh),
      command("Download", "down"), command("Preview features", "star"), command("Got feedback?", "feedback"),
    ]),
    kit.bar("info", "Starting June 30th, 2020 we will no longer add any new features to the older authentication libraries; they go on receiving security updates only. ", h("a", { href: "#", onclick: (event) => event.preventDefault() }, "Learn more")),
    head,
    h("div", { class: "filter-line" }, filter, kit.button("Add filters", () => {}, {})),
    below,
  );
  draw();
}
