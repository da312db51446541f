// The context pane: slides in at the right and covers what is behind it.
import { divButton, h, icon } from "./dom.js";

export function closePane() {
  document.querySelector(".fxs-contextpane")?.remove();
  document.querySelector(".fxc-dropdown-popup")?.remove();
}

export function openPane(title, content, footer = null) {
  closePane();
  const pane = h(
    "div",
    { class: "fxs-contextpane fxs-portal-contextpane-right fxs-contextpane-visible", role: "dialog", "aria-labelledby": "fxsContextPaneTitle" },
    h(
      "div",
      { class: "fxs-contextpane-header" },
      h("h2", { id: "fxsContextPaneTitle" }, title),
      divButton({ class: "fxs-contextpane-close", title: "Close", "aria-label": "Close", onclick: closePane }, icon("close")),
    ),
    h("div", { class: "fxs-contextpane-content" }, content),
    footer && h("div", { class: "fxs-contextpane-footer" }, footer),
  );
  document.body.append(pane);
  return pane;
}
