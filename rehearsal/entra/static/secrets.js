// Certificates & secrets. A value is shown in full once, until the next operation; afterwards it is masked for good.
import { h, icon, localDate } from "./dom.js";
import { addPane } from "./add_pane.js";
import { Refusal, ask, struck } from "./server.js";

const TOLD = "Update application credentials";
const LATE = 2000; // milliseconds
const nowhere = (event) => event.preventDefault();
const pause = (time) => new Promise((done) => setTimeout(done, time));

export async function drawSecrets(content, kit, found) {
  const base = `registrations/${found.applicationId}/credentials`;
  const wide = await struck("trash-off-screen");
  let awaited = await struck("list-late"); // the header stands there, the rows do not
  let fresh = null; // the only place in the browser that holds a value
  let counted = found.secrets.length;
  let tab = "secrets";
  const section = h("div", { class: "credentials" });
  const feedback = h("div", {});

  const show = (rows) => {
    found = { ...found, secrets: rows };
    counted = rows.length;
    draw();
  };
  function valueCell(one) {
    if (fresh?.secretId !== one.secretId) return h("div", { class: "value-cell masked" }, h("span", {}, one.masked));
    const { value, copied } = fresh;
    return h(
      "div",
      { class: "value-cell" },
      h("span", { class: "cut" }, value),
      kit.copyButton("Copy to clipboard", () => copied, { refused: () => struck("clipboard-denied") }),
    );
  }

  function row(one) {
    const expired = new Date(one.end) < new Date();
    return [
      h("div", { class: "cut", title: one.description }, one.description),
      h("span", { class: expired ? "date expired" : "date" }, localDate(one.end)),
      valueCell(one),
      h("div", { class: "value-cell" }, h("span", { class: "cut", title: one.secretId }, one.secretId), kit.copyButton("Copy to clipboard", () => one.secretId)),
      kit.trash(() => kit.messageBox(content, "Delete client secret", "Applications that use this client secret will no longer be able to sign in with it. Do you want to delete it?", () => remove(one.secretId))),
    ];
  }

  const told = (good, text) => kit.toast(good ? "success" : "error", TOLD, text);

  async function remove(secretId) {
    try {
      await ask(`${base}/${secretId}`, "DELETE");
      told(true, `Successfully updated application ${found.name} credentials`);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return told(false, `Failed to update application ${found.name} credentials. Error detail: ${fault.message} [${fault.code}]`);
    }
    fresh = null;
    const rows = (await ask(base)).secrets;
    return show(rows);
  }

  async function add(asked) {
    let made;
    try {
      made = await ask(base, "POST", asked);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      told(false, `Failed to add password. Error detail: ${fault.message} [${fault.code}]`);
      return false;
    }
    const rows = (await ask(base)).secrets;
    told(true, `Successfully updated application ${found.name} credentials`);
    if (await struck("toast-without-row")) return true;
    if (await struck("masked-after-reload")) {
      kit.reload();
      return true;
    }
    const lags = await struck("count-lags");
    const place = () => {
      const before = counted;
      fresh = { secretId: made.secretId, value: made.value, copied: made.copied };
      show(rows);
      if (lags) {
        counted = before;
        draw();
      }
    };
    if (await struck("row-late")) pause(LATE).then(place);
    else place();
    // The bar comes a moment after the row and pushes the grid down while it is being read.
    pause(150).then(() => feedback.replaceChildren(kit.bar("feedback", "Got a second to give us some feedback? ", h("a", { href: "#", onclick: nowhere }, icon("arrow")))));
    return true;
  }

  function secretsTab() {
    const header = ["Description", "Expires", h("span", { class: "with-info" }, "Value", h("span", { title: "Client secret values cannot be viewed, except for immediately after creation. Be sure to save the secret when created before leaving the page." }, icon("info"))), "Secret ID", ""];
    const closed = found.readOnly || found.blocked;
    return [
      h("p", { class: "msportalfx-text" }, "A secret string that the application uses to prove its identity when requesting a token. Also can be referred to as application password."),
      found.blocked ? h("p", { class: "blocked" }, icon("error"), "Client secrets are blocked by tenant-wide policy. Contact your tenant administrator for more information.") : null,
      kit.button("New client secret", () => addPane(kit, add), { image: "plus", disabled: closed, link: true }),
      kit.grid("Client secrets", header, awaited ? [] : found.secrets.map(row), { wide }),
      awaited || found.secrets.length ? null : h("p", { class: "empty-grid" }, "No client secrets have been created for this application."),
    ];
  }

  function draw() {
    const other = { certificates: "No certificates have been added for this application.", federated: "No federated credentials have been added for this application." };
    const choose = (id) => {
      fresh = null; // leaving the tab is leaving the value
      tab = id;
      draw();
    };
    section.replaceChildren(
      kit.tabs([["certificates", "Certificates (0)"], ["secrets", `Client secrets (${counted})`], ["federated", "Federated credentials (0)"]], tab, choose),
      ...(tab === "secrets" ? secretsTab().filter(Boolean) : [h("p", { class: "empty-grid" }, other[tab])]),
    );
  }

  content.replaceChildren(
    kit.commandBar([{ label: "Got feedback?", image: "feedback" }]),
    feedback,
    h("p", { class: "msportalfx-text" }, "Credentials enable confidential applications to identify themselves to the authentication service when receiving tokens at a web addressable location (using an HTTPS scheme). For a higher level of assurance, we recommend using a certificate (instead of a client secret) as a credential."),
    kit.bar("info", "Application registration certificates, secrets and federated credentials can be found in the tabs below."),
    section,
  );
  draw();
  if (!awaited) return;
  pause(LATE).then(() => {
    awaited = false;
    draw();
  });
}
