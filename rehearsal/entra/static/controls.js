// The portal's controls in the classic rendering: command bars, tabs, grids, bars, boxes, copy buttons, drop-downs.
import { divButton, h, icon } from "./dom.js";

export function commandBar(commands) {
  return h(
    "div",
    { class: "fxs-blade-commandBarContainer" },
    h(
      "ul",
      { class: "fxs-commandBar azc-toolbar", role: "toolbar" },
      commands.map(({ label, image, press, disabled }) =>
        h(
          "li",
          { role: "presentation", title: label, class: "azc-toolbar-item fxs-commandBar-item" },
          divButton(
            {
              class: `azc-toolbarButton-container${disabled ? " azc-disabled" : ""}`,
              "data-telemetryname": `Command-${label.replace(/\W/g, "")}`,
              "aria-disabled": disabled ? "true" : null,
              onclick: () => !disabled && press?.(),
            },
            icon(image),
            h("div", { class: "azc-toolbarButton-label fxs-commandBar-item-text" }, label),
          ),
        ),
      ),
    ),
  );
}

export function bar(kind, ...content) {
  const box = h(
    "div",
    { class: `msportalfx-infobar azc-infoBox fxc-base ${kind}` },
    icon({ feedback: "feedback", warning: "warning", error: "error" }[kind] || "info"),
    h("div", { class: "msportalfx-infobar-text" }, ...content),
    divButton({ class: "msportalfx-infobar-close", "aria-label": "Close", title: "Close", onclick: () => box.remove() }, icon("close")),
  );
  return box;
}

// Tabs in sections: the text is in a span of its own, the count in the text.
export function tabs(entries, chosen, choose) {
  return h(
    "div",
    { class: "fxc-section-tabs", role: "tablist" },
    entries.map(([id, label]) =>
      h(
        "div",
        {
          class: `fxc-section-tab-item${id === chosen ? " azc-br-active" : ""}`,
          role: "tab",
          tabindex: "0",
          "aria-selected": String(id === chosen),
          onclick: () => choose(id),
          onkeydown: (event) => event.key === "Enter" && choose(id),
        },
        h("span", {}, label),
      ),
    ),
  );
}

export function grid(label, columns, rows, { wide = false } = {}) {
  const cell = (content, at, role) =>
    h(
      "div",
      { class: `fxc-gc-cell fxc-gc-${role === "gridcell" ? "columncell" : "columnheader"}_${at}`, role, "aria-colindex": String(at + 1) },
      h("div", { class: "fxc-gc-row-content" }, content),
    );
  return h(
    "div",
    { class: `fxc-gc fxc-gc-${columns.length}${wide ? " fxc-gc-wide" : ""}`, role: "grid", "aria-label": label },
    h(
      "div",
      { class: "fxc-gc-header", role: "rowgroup" },
      h("div", { class: "fxc-gc-row fxc-gc-headerrow", role: "row" }, columns.map((column, at) => cell(column, at, "columnheader"))),
    ),
    h(
      "div",
      { class: "fxc-gc-rows", role: "rowgroup" },
      rows.map((row) => h("div", { class: "fxc-gc-row", role: "row" }, row.map((content, at) => cell(content, at, "gridcell")))),
    ),
  );
}

// A copy button writes to the clipboard itself and says “Copied” in a small balloon for a moment.
export function copyButton(label, text, { refused = async () => false } = {}) {
  const press = async () => {
    if (await refused()) return;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return;
    }
    button.querySelector(".fxc-copy-balloon")?.remove();
    const balloon = h("div", { class: "fxc-copy-balloon", role: "status" }, "Copied");
    button.append(balloon);
    setTimeout(() => balloon.remove(), 1500);
  };
  const button = divButton({ class: "fxc-copyable-button", type: "button", "aria-label": label, title: label, onclick: press }, icon("copy"));
  return button;
}

// The question drops from under the command bar; what is answered closes it.
export function messageBox(host, title, text, yes) {
  const close = () => box.remove();
  const answer = (label, primary, press) =>
    divButton({ class: `fxs-button${primary ? " fxs-button-primary" : ""}`, title: label, onclick: press }, h("span", { class: "fxs-button-text" }, label));
  const box = h(
    "div",
    { class: "fxs-messagebox fxs-popup" },
    h("h3", { class: "fxs-messagebox-title" }, title),
    h("div", { class: "fxs-messagebox-text" }, text),
    h(
      "div",
      { class: "fxs-messagebox-buttons" },
      answer("Yes", true, async () => {
        close();
        await yes();
      }),
      answer("No", false, close),
    ),
  );
  host.querySelector(".fxs-messagebox")?.remove();
  host.append(box);
}

// A drop-down whose options are drawn in a pop-up at the end of the body. Label and control bear the same aria-label.
export function dropDown(label, labelId, options, chosen, choose, role) {
  const text = h("div", { class: "fxc-dropdown-input-text" }, chosen);
  let popup = null;
  const close = () => {
    popup?.remove();
    popup = null;
    control.setAttribute("aria-expanded", "false");
    control.classList.remove("fxc-dropdown-opened");
  };
  const take = (option) => {
    text.textContent = option;
    for (const one of popup.querySelectorAll(".fxc-dropdown-option")) one.setAttribute("aria-selected", String(one.textContent === option));
    close();
    choose(option);
  };
  const show = () => {
    if (popup) return close();
    const box = control.getBoundingClientRect();
    const option = (one) =>
      h(
        "div",
        { class: "fxc-dropdown-option", role, tabindex: "-1", "aria-selected": String(one === text.textContent), onclick: () => take(one) },
        h("span", {}, one),
      );
    popup = h("div", { class: "fxc-dropdown-popup azc-popup", role: role === "option" ? "listbox" : "tree", "aria-label": label }, options.map(option));
    Object.assign(popup.style, { left: `${box.left}px`, top: `${box.bottom + 1}px`, width: `${box.width}px` });
    document.body.append(popup);
    control.setAttribute("aria-expanded", "true");
    control.classList.add("fxc-dropdown-opened");
  };
  // Opened by the pointer, not by a made-up click: a script's element.click() does nothing.
  const control = h(
    "div",
    {
      class: "azc-formControl azc-input fxc-dropdown-open fxc-dropdown-input",
      role: "combobox",
      tabindex: "0",
      "aria-label": label,
      "aria-expanded": "false",
      "aria-haspopup": role === "option" ? "listbox" : "tree",
      onpointerup: show,
      onkeydown: (event) => {
        if (["Enter", " ", "ArrowDown"].includes(event.key)) show();
        if (event.key === "Escape") close();
      },
    },
    text,
    h("div", { class: "fxc-group-dropdown-arrow" }, icon("down")),
  );
  return { element: h("div", { class: "fxc-dropdown azc-control", "aria-label": label, id: labelId }, control), close };
}
