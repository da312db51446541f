// The portal's buttons. State lives on the server; the page is loaded anew after every change.
"use strict";
const byId = id => document.getElementById(id);
const on = (id, event, act) => byId(id)?.addEventListener(event, act);
const here = "/settings/user-management";

function tell(text) {
  forget();
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "alert");
  notice.textContent = text;
  document.querySelector("main h1").after(notice);
}

function forget() {
  document.querySelector("main > .notice[role=alert]")?.remove();
}

// Posts and returns the answer; tells a refusal and returns null.
async function ask(address, body = {}) {
  forget();
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (answer.status === 401) { location.assign("/u/login"); return null; }
    const content = await answer.json();
    if (answer.ok) return content;
    tell(content.text);
  } catch {
    tell(answer && !answer.ok ? `${answer.status} error. Please try again later.` : "The server could not be reached. Please try again later.");
  }
  return null;
}

async function change(address, body) {
  const done = await ask(address, body);
  if (done?.gone) location.replace("about:blank");
  else if (done) location.assign(here);
}

// Whether a fault of the page itself strikes now; asked only where it was chosen.
const chosen = name => name && (document.body.dataset.faults || "").split(" ").includes(name);
const struck = async name => chosen(name) && (await ask(`/api/strike/${name}`))?.strikes;

// --- the gear ---
on("settings", "click", () => {
  const menu = byId("settings-menu");
  menu.hidden = !menu.hidden;
  byId("settings").setAttribute("aria-expanded", String(!menu.hidden));
});

// --- saved credentials ---
async function question(dialog, act, cancels = "") {
  const cancelled = await struck(cancels);
  dialog.showModal();
  if (cancelled) dialog.close();
  dialog.onclick = event => {
    if (!event.target.value) return;
    dialog.close();
    if (event.target.value === "yes") act();
  };
}
on("reset", "click", () => question(byId("reset-dialog"), () => change("/api/integration/reset"), "ma-reset-cancelled"));
on("sync", "click", () => question(byId("sync-dialog"), () => change("/api/sync")));

// --- the group editor ---
on("edit-group", "click", () => { byId("editor").hidden = false; byId("group").focus(); });
on("group", "change", () => { byId("save-group").disabled = true; byId("found").hidden = true; });
on("query", "click", async () => {
  const found = await ask("/api/group/query", { group: byId("group").value });
  if (!found) return;
  const rows = found.users.map(cells => {
    const row = document.createElement("tr");
    row.append(...cells.map(text => Object.assign(document.createElement("td"), { textContent: text })));
    return row;
  });
  document.querySelector("#found tbody").replaceChildren(...rows);
  byId("found-count").textContent = `${rows.length} users found`;
  byId("found").hidden = false;
  byId("save-group").disabled = rows.length === 0;
});
on("save-group", "click", () => change("/api/group/save", { group: byId("group").value }));

// --- new integration ---
const form = byId("new-integration");
if (form) {
  const values = () => Object.fromEntries(new FormData(form));
  const sayTested = text => { byId("tested").textContent = text; };
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", () => { byId("save").disabled = true; sayTested(""); });
  on("type", "change", () => {
    const entra = byId("type").value.endsWith("Entra ID");
    byId("entra-fields").hidden = !entra;
    byId("other-type").hidden = entra || !byId("type").value;
  });
  on("secret", "paste", async event => {
    if (!chosen("ma-paste-blocked")) return;
    event.preventDefault(); // Whether it is blocked is known a moment later.
    const text = event.clipboardData.getData("text");
    if (await struck("ma-paste-blocked")) return;
    event.target.value = text;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  on("test", "click", async () => {
    byId("test").disabled = true;
    if (!(await struck("ma-result-stays"))) sayTested("Testing…");
    const result = await ask("/api/integration/test", values());
    byId("test").disabled = false;
    if (result && result.dialog !== "none") {
      byId("test-title").textContent = result.passed ? "Connection Successful" : "Connection Failed";
      byId("test-text").textContent = result.text;
      const show = () => byId("test-dialog").showModal();
      if (result.dialog === "late") setTimeout(show, 2000);
      else show();
    }
    sayTested(result?.passed ? "Connection tested" : "");
    byId("save").disabled = !result?.passed || result.saveDisabled;
  });
  byId("test-dialog").addEventListener("click", event => { if (event.target.value) byId("test-dialog").close(); });
  on("save", "click", () => change("/api/integration/save", values()));
}
