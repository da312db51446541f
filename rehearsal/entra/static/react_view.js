// What a frame of the newer rendering shows: one blade, or nothing where the frame is a spare one.
import { broken } from "./dom.js";
import { fluent } from "./fluent.js";
import { drawOverview } from "./overview.js";
import { drawList } from "./registration_list.js";
import { drawSecrets } from "./secrets.js";
import { Refusal, ask, open } from "./server.js";

const wanted = new URLSearchParams(location.hash.slice(1));
const root = document.querySelector("#root");

// A link in the frame is a link of the portal around it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[target=_top]");
  if (!link) return;
  event.preventDefault();
  fluent.go(link.hash);
});

async function begin() {
  const view = wanted.get("view");
  if (!view) return;
  await open();
  root.className = "fxs-blade-content-wrapper";
  const base = `registrations/${wanted.get("applicationId")}`;
  if (view === "ApplicationsList") drawList(root, fluent, await ask("registrations"));
  if (view === "ApplicationOverview") drawOverview(root, fluent, await ask(base), await ask("session"));
  if (view === "ApplicationCredentials") await drawSecrets(root, fluent, await ask(`${base}/credentials`));
}

begin().catch((fault) => {
  if (!(fault instanceof Refusal)) throw fault;
  broken(root, "Something went wrong", fault.message, fault.code);
});
