// The portal's buttons. State lives on the server; the page is loaded anew after every change.
"use strict";
const byId = id => document.getElementById(id);
const on = (id, event, act) => byId(id)?.addEventListener(event, act);
const here = "/settings/azure-ad-sync";

// Posts and returns the answer; tells a refusal and returns null.
async function ask(address, body = {}) {
  document.querySelector("main > .notice[role=alert]")?.remove();
  let content;
  try {
    const answer = await fetch(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (answer.status === 401) { location.assign("/login"); return null; }
    content = await answer.json();
    if (answer.ok) return content;
  } catch {
    content = { text: "The server could not be reached. Please try again later." };
  }
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: content.text });
  notice.setAttribute("role", "alert");
  document.querySelector("main h1").after(notice);
  return null;
}

on("edit", "click", () => location.assign(`${here}/edit`));
on("sync", "click", async () => { if (await ask("/api/sync")) location.assign(here); });

const form = byId("settings");
if (form) {
  const values = () => Object.fromEntries(new FormData(form));
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", () => { byId("save").disabled = true; byId("tested").textContent = ""; });
  on("test", "click", async () => {
    byId("tested").textContent = "";
    const result = await ask("/api/test", values());
    byId("save").disabled = !result;
    byId("tested").textContent = result ? result.text : "";
  });
  on("save", "click", async () => { if (await ask("/api/save", values())) location.assign(here); });
}
