// The newer rendering: the same content in a frame, with the marks of Fluent's controls (class names that begin with
// `ms-`, numbers in them that change from one rendering to the next, real <button> elements, portal layers).
import { h, icon } from "./dom.js";
import { tell } from "./server.js";

const serial = Math.floor(Math.random() * 900) + 100; // differs per rendering, so that nobody relies on it

function button(label, press, { primary = false, image = null, disabled = false } = {}) {
  const kind = primary ? "ms-Button--primary fxs-button fxs-button-primary" : image ? "ms-Button--action fxs-link-button" : "ms-Button--default fxs-button";
  return h(
    "button",
    { type: "button", class: `ms-Button ${kind} root-${serial}`, disabled, onclick: press },
    image && icon(image),
    h("span", { class: `ms-Button-label label-${serial}` }, label),
  );
}

function commandBar(commands) {
  return h(
    "div",
    { class: `ms-CommandBar fxs-blade-commandBarContainer root-${serial}`, role: "menubar" },
    h(
      "div",
      { class: "ms-CommandBar-primaryCommand fxs-commandBar" },
      commands.map(({ label, image, press, disabled }) =>
        h(
          "button",
          { type: "button", role: "menuitem", class: "ms-Button ms-CommandBarItem-link azc-toolbarButton-container", name: label, disabled, onclick: () => press?.() },
          icon(image),
          h("span", { class: `ms-Button-label label-${serial}` }, label),
        ),
      ),
    ),
  );
}

function bar(kind, ...content) {
  const box = h(
    "div",
    { class: `ms-MessageBar msportalfx-infobar ${kind} root-${serial}`, role: "region" },
    icon({ feedback: "feedback", warning: "warning", error: "error" }[kind] || "info"),
    h("div", { class: "ms-MessageBar-text msportalfx-infobar-text" }, ...content),
    h("button", { type: "button", class: "ms-MessageBar-dismissal msportalfx-infobar-close", "aria-label": "Close", onclick: () => box.remove() }, icon("close")),
  );
  return box;
}

function tabs(entries, chosen, choose) {
  return h(
    "div",
    { class: `ms-Pivot fxc-section-tabs root-${serial}`, role: "tablist" },
    entries.map(([id, label]) =>
      h(
        "button",
        { type: "button", role: "tab", class: `ms-Pivot-link fxc-section-tab-item${id === chosen ? " is-selected azc-br-active" : ""}`, "aria-selected": String(id === chosen), onclick: () => choose(id) },
        h("span", { class: "ms-Pivot-text" }, label),
      ),
    ),
  );
}

function grid(label, columns, rows, { wide = false } = {}) {
  return h(
    "div",
    { class: `ms-DetailsList fxc-gc-${columns.length}${wide ? " fxc-gc-wide" : ""}`, role: "grid", "aria-label": label, "aria-rowcount": String(rows.length + 1) },
    h(
      "div",
      { class: "ms-DetailsHeader fxc-gc-row fxc-gc-headerrow", role: "row" },
      columns.map((column, at) => h("div", { class: "ms-DetailsHeader-cell fxc-gc-cell", role: "columnheader", "aria-colindex": String(at + 1) }, column)),
    ),
    h(
      "div",
      { class: "ms-List fxc-gc-rows", role: "presentation" },
      rows.map((row, at) =>
        h(
          "div",
          { class: "ms-DetailsRow ms-DetailsRow-fields fxc-gc-row", role: "row", "aria-rowindex": String(at + 2) },
          row.map((content, column) => h("div", { class: "ms-DetailsRow-cell fxc-gc-cell", role: "gridcell", "aria-colindex": String(column + 1) }, content)),
        ),
      ),
    ),
  );
}

function copyButton(label, text, { refused = async () => false } = {}) {
  const press = async () => {
    if (await refused()) return;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return;
    }
    const balloon = h("div", { class: "ms-Tooltip fxc-copy-balloon", role: "status" }, "Copied");
    one.querySelector(".fxc-copy-balloon")?.remove();
    one.append(balloon);
    setTimeout(() => balloon.remove(), 1500);
  };
  const one = h("button", { type: "button", class: "ms-Button ms-Button--icon fxc-copyable-button", "aria-label": label, title: label, onclick: press }, icon("copy"));
  return one;
}

function layer(...content) {
  const host = h("div", { class: "ms-Layer ms-Layer--fixed" }, ...content);
  document.body.append(host);
  return host;
}

function messageBox(host, title, text, yes) {
  const close = () => box.remove();
  const confirm = async () => {
    close();
    await yes();
  };
  const box = layer(
    h(
      "div",
      { class: "ms-Dialog-main fxs-dialog", role: "dialog", "aria-modal": "true", "aria-label": title },
      h("div", { class: "ms-Dialog-title fxs-messagebox-title" }, title),
      h("p", { class: "ms-Dialog-subText fxs-messagebox-text" }, text),
      h("div", { class: "ms-Dialog-actions" }, button("Yes", confirm, { primary: true }), button("No", close)),
    ),
  );
}

let panel = null;

function closePane() {
  panel?.remove();
  panel = null;
  document.querySelector(".ms-Dropdown-items")?.remove();
}

function openPane(title, content, footer = null) {
  closePane();
  const pane = h(
    "div",
    { class: "ms-Panel-main fxs-contextpane", role: "dialog", "aria-modal": "true", "aria-labelledby": "ms-Panel-title" },
    h(
      "div",
      { class: "ms-Panel-header fxs-contextpane-header" },
      h("h2", { id: "ms-Panel-title", class: "ms-Panel-headerText" }, title),
      h("button", { type: "button", class: "ms-Button ms-Panel-closeButton fxs-contextpane-close", "aria-label": "Close", onclick: closePane }, icon("close")),
    ),
    h("div", { class: "ms-Panel-content fxs-contextpane-content" }, content),
    footer && h("div", { class: "ms-Panel-footer fxs-contextpane-footer" }, footer),
  );
  panel = layer(pane);
  return pane;
}

let fields = 0;

function field(label, props) {
  const id = `TextField${serial + (fields += 1)}`;
  const input = h("input", { class: "ms-TextField-field azc-input", type: "text", id, autocomplete: "off", ...props });
  const element = h(
    "div",
    { class: "ms-TextField msportalfx-form-element" },
    h("label", { class: "ms-Label", for: id }, label),
    h("div", { class: "ms-TextField-fieldGroup azc-textBox" }, input),
  );
  return { element, input };
}

function labelled(label, control) {
  return h("div", { class: "msportalfx-form-element" }, h("label", { class: "ms-Label" }, label), control);
}

function dropDown(label, labelId, options, chosen, choose) {
  const text = h("span", { class: "ms-Dropdown-title fxc-dropdown-input-text" }, chosen);
  let popup = null;
  const close = () => {
    popup?.remove();
    popup = null;
    control.setAttribute("aria-expanded", "false");
  };
  const take = (option) => {
    text.textContent = option;
    close();
    choose(option);
  };
  const show = () => {
    if (popup) return close();
    const box = control.getBoundingClientRect();
    popup = h(
      "div",
      { class: "ms-Dropdown-items ms-Layer fxc-dropdown-popup", role: "listbox", "aria-label": label },
      options.map((one) =>
        h("button", { type: "button", role: "option", class: "ms-Dropdown-item fxc-dropdown-option", "aria-selected": String(one === text.textContent), onclick: () => take(one) }, h("span", { class: "ms-Dropdown-optionText" }, one)),
      ),
    );
    Object.assign(popup.style, { left: `${box.left}px`, top: `${box.bottom + 1}px`, width: `${box.width}px` });
    document.body.append(popup);
    control.setAttribute("aria-expanded", "true");
  };
  const control = h(
    "div",
    { class: "ms-Dropdown fxc-dropdown-input", role: "combobox", tabindex: "0", "aria-label": label, "aria-haspopup": "listbox", "aria-expanded": "false", onpointerup: show, onkeydown: (event) => ["Enter", " ", "ArrowDown"].includes(event.key) && show() },
    text,
    h("span", { class: "ms-Dropdown-caretDownWrapper fxc-group-dropdown-arrow" }, icon("down")),
  );
  return { element: h("div", { class: "ms-Dropdown-container", id: labelId, "aria-label": label }, control), close };
}

// The value's wrapper holds its text twice, once hidden, and an icon font's glyph, as was seen in other blades.
function essentials(items) {
  const one = ({ label, value, href, copy }, at) =>
    h(
      "div",
      { class: `essentialsItem-${serial} fxc-essentials-row` },
      h("div", { class: `essentialsLabel-${serial} fxc-essentials-label-container`, id: `PropertyField${at}-label`, title: label }, label),
      h(
        "div",
        { class: "fxc-essentials-value-wrapper" },
        h(
          "div",
          { class: `essentialsValue-${serial} fxs-portal-text`, "aria-labelledby": `PropertyField${at}-label`, title: value },
          href ? h("a", { href }, value) : value,
          h("span", { class: "measure", "aria-hidden": "true" }, value),
          copy && h("i", { class: "ms-Icon", "aria-hidden": "true" }, "\ue8c8"),
        ),
        copy && copyButton(`Copy to clipboard: ${label}`, () => value),
      ),
    );
  return h(
    "div",
    { class: "fxc-essentials" },
    h("div", { class: "fxc-essentials-head" }, icon("down"), "Essentials"),
    h("div", { class: "fxc-essentials-columns" }, items.map(one)),
  );
}

function search(placeholder, changed) {
  const input = h("input", { class: "ms-SearchBox-field azc-input", type: "text", role: "searchbox", placeholder, "aria-label": placeholder, autocomplete: "off" });
  input.addEventListener("keydown", (event) => event.key === "Enter" && changed(input.value)); // nothing happens before Enter
  return h("div", { class: "ms-SearchBox fxc-searchbox" }, icon("search"), input);
}

function trash(press) {
  return h("button", { type: "button", class: "ms-Button ms-Button--icon fxs-row-trash", "aria-label": "Delete", title: "Delete", onclick: press }, icon("trash"));
}

export const fluent = {
  name: "fluent",
  commandBar, bar, tabs, grid, copyButton, messageBox, openPane, closePane, field, labelled, button, dropDown, essentials, search, trash,
  toast: (...toast) => tell({ kind: "toast", toast }),
  go: (hash) => tell({ kind: "go", hash }),
  reload: () => location.reload(),
};
