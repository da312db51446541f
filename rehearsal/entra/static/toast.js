// Toasts at the top right, over the X of a pane, and the bell's count.
import { h, icon } from "./dom.js";

const STAYS = 5000; // milliseconds
export const told = [];

export function toast(kind, title, text, { stays = false } = {}) {
  const time = new Date().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
  const close = h(
    "button",
    { type: "button", class: "fxs-toast-close fxs-portal-svg", "aria-label": "Dismiss toast notification", onclick: () => item.remove() },
    icon("close"),
  );
  const item = h(
    "div",
    { class: `fxs-toast-item fxs-popup fxs-toast-${kind}`, role: "status" },
    h("div", { class: "fxs-toast-icon" }, icon({ success: "check", error: "error" }[kind] || "info")),
    h(
      "div",
      { class: "fxs-toast-content" },
      h("div", { class: "fxs-toast-title" }, title),
      h("div", { class: "fxs-toast-description fxs-portal-title" }, text),
    ),
    h("div", { class: "fxs-toast-time" }, time),
    close,
  );
  document.querySelector(".fxs-toast").prepend(item);
  told.unshift({ kind, title, text, time });
  const count = document.querySelector(".fxs-topbar-count");
  count.textContent = String(told.length);
  count.hidden = false;
  if (!stays) setTimeout(() => item.remove(), STAYS);
}
