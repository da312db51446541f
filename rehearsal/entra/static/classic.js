// The classic rendering: everything stands in the top document.
import * as controls from "./controls.js";
import { divButton, h, icon } from "./dom.js";
import { closePane, openPane } from "./pane.js";
import { toast } from "./toast.js";

let serial = 0;

function field(label, props) {
  const id = `form-label-id-${(serial += 1)}-for`;
  const input = h("input", { class: "azc-input azc-formControl azc-validation-border", type: "text", id, autocomplete: "off", ...props });
  const element = h(
    "div",
    { class: "msportalfx-form-element fxc-base" },
    h("label", { class: "msportalfx-form-label", for: id }, label),
    h("div", { class: "azc-control azc-textBox", "aria-label": label }, input),
  );
  return { element, input };
}

function labelled(label, control) {
  return h("div", { class: "msportalfx-form-element fxc-base" }, h("div", { class: "msportalfx-form-label" }, label), control);
}

function button(label, press, { primary = false, image = null, disabled = false, link = false } = {}) {
  return divButton(
    {
      class: `${link ? "fxs-link-button" : "fxs-button"}${primary ? " fxs-button-primary" : ""}${disabled ? " azc-disabled" : ""}`,
      title: label,
      "aria-disabled": disabled ? "true" : null,
      onclick: () => !disabled && press(),
    },
    image && icon(image),
    h("span", { class: "fxs-button-text" }, label),
  );
}

// The value's wrapper holds a second, hidden copy of the text for measuring, as the portal's does.
function essentials(items) {
  const one = ({ label, value, href, copy }) =>
    h(
      "div",
      { class: "fxc-essentials-item" },
      h("div", { class: "fxc-essentials-label-container" }, h("label", { title: label }, label)),
      h(
        "div",
        { class: "fxc-essentials-value-wrapper" },
        href
          ? h("a", { class: "fxc-essentials-value fxs-portal-text fxs-portal-link", href, title: value }, value)
          : h("div", { class: "fxc-essentials-value fxs-portal-text", title: value }, value),
        copy && controls.copyButton(`Copy to clipboard: ${label}`, () => value),
      ),
    );
  const half = Math.ceil(items.length / 2);
  return h(
    "div",
    { class: "fxc-essentials" },
    h("div", { class: "fxc-essentials-head" }, icon("down"), "Essentials"),
    h("div", { class: "fxc-essentials-columns" }, [items.slice(0, half), items.slice(half)].map((column) => h("div", { class: "fxc-essentials-column" }, column.map(one)))),
  );
}

function search(placeholder, changed) {
  const input = h("input", { class: "azc-input azc-formControl fxc-search", type: "search", role: "searchbox", placeholder, "aria-label": placeholder, autocomplete: "off" });
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => changed(input.value), 150);
  });
  return h("div", { class: "fxc-searchbox" }, icon("search"), input);
}

function trash(press) {
  return divButton({ class: "fxs-row-trash", title: "Delete", "aria-label": "Delete", onclick: press }, icon("trash"));
}

export const classic = {
  name: "classic",
  ...controls,
  field,
  labelled,
  button,
  essentials,
  search,
  trash,
  openPane,
  closePane,
  toast,
  host: document.body,
  go: (hash) => (location.hash = hash),
  reload: () => location.reload(),
};
