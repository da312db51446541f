// The pane “Add a client secret”.
import { h } from "./dom.js";
import { struck } from "./server.js";

const TERMS = [[180, 6], [90, 3], [365, 12], [545, 18], [730, 24]];

function options(months, short) {
  const word = ([days, count], at) => `${at ? "" : "Recommended: "}${months ? `${count} months` : `${days} days (${count} months)`}`;
  const all = TERMS.map((term, at) => [word(term, at), term[0]]);
  return [...all.filter(([, days]) => !short || days <= 365), ["Custom", 0]];
}

function survey(pane) {
  const close = () => box.remove();
  const box = h(
    "div",
    { class: "fxs-survey", role: "alertdialog", "aria-label": "Feedback" },
    h("b", {}, "How likely are you to recommend this portal?"),
    h("p", {}, "Your answer helps us to make it better."),
    h("button", { type: "button", onclick: close }, "Rate now"),
    h("button", { type: "button", onclick: close }, "No thanks"),
  );
  pane.append(box);
}

export async function addPane(kit, add) {
  const [months, short] = [await struck("months-wording"), await struck("long-lifetimes-removed")];
  const terms = options(months, short);
  const description = kit.field("Description", { placeholder: "Enter a description for this client secret" });
  const [start, end] = ["Start", "End"].map((label) => kit.field(label, { placeholder: "MM/DD/YYYY" }));
  const custom = h("div", { class: "custom-term", hidden: true }, start.element, end.element);
  let days = terms[0][1];
  const role = months ? "treeitem" : "option"; // the older version of the list has the older role
  const expires = kit.dropDown("Expires", "expires-label", terms.map(([text]) => text), terms[0][0], (text) => {
    days = new Map(terms).get(text);
    custom.hidden = days !== 0;
  }, role);
  let waiting = false;
  const press = async () => {
    if (waiting) return;
    waiting = true;
    expires.close();
    const text = description.input.value;
    const asked = days ? { days } : { start: iso(start.input.value), end: iso(end.input.value) };
    const good = await add({ description: text, ...asked });
    waiting = false;
    if (good) kit.closePane(pane);
  };
  const pane = kit.openPane(
    "Add a client secret",
    h("div", { class: "add-form" }, description.element, kit.labelled("Expires", expires.element), custom),
    [kit.button("Add", press, { primary: true }), kit.button("Cancel", () => kit.closePane(pane))],
  );
  description.input.focus();
  if (await struck("toast-over-x")) kit.toast("info", "Preview features", "Some features of this page are in preview.", { stays: true });
  if (await struck("survey-over-add")) survey(pane);
}

function iso(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
