// Shows the screen that the server says is up, and tells the server which one a person has dealt with by hand.
"use strict";

const attempt = document.body.dataset.attempt;
const LOOK_AGAIN = 60; // milliseconds
let up = ""; // the screen, as the server calls it

function show(called, state) {
  up = called;
  const name = called.replace(/-again$/, "");
  for (const wrong of document.querySelectorAll(".again")) wrong.hidden = name === called;
  for (const screen of document.querySelectorAll(".screen")) {
    const shown = screen.dataset.screen === name;
    screen.classList.toggle("moveOffScreen", !shown);
    screen.toggleAttribute("inert", !shown);
    // On the real pages the main button has this one id on whichever screen is up.
    for (const button of screen.querySelectorAll("[data-id]")) button.id = shown ? button.dataset.id : "";
    if (shown) document.querySelector("meta[name=PageID]").content = screen.dataset.page;
  }
  document.querySelector("#displayName").textContent =
    ["picker", "email", "kind", "error"].includes(name) ? "" : document.body.dataset.account;
  document.querySelector("#idRichContext_DisplaySign").textContent = state.number || "";
  document.querySelector("#service_exception_message").textContent = state.error || "";
}

async function look() {
  const answer = await fetch(`/attempt/${attempt}`).catch(() => null);
  if (!answer) return void setTimeout(look, 10 * LOOK_AGAIN); // A network that fails for a while.
  if (answer.status === 404) return;
  const state = await answer.json();
  if (state.go) {
    location.replace(state.go);
    return;
  }
  show(state.error ? "error" : state.screen, state);
  setTimeout(look, LOOK_AGAIN);
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (link) event.preventDefault();
  const other = event.target.closest("#otherTile");
  const passes = event.target.closest("[data-pass], .table");
  if (!passes || other) return;
  const no = passes.id === "idBtn_Back" ? "?no" : "";
  await fetch(`/attempt/${attempt}/${up}${no}`, { method: "POST" });
});

document.addEventListener("submit", (event) => event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) {
    event.target.closest(".screen").querySelector("[data-pass]").click();
  }
});

look();
