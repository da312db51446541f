// The Overview of a registration: Essentials, the message about its credentials, and the command that deletes it all.
import { h, icon } from "./dom.js";
import { ask, struck } from "./server.js";

const BANNERS = { expired: "A certificate or secret has expired.", expiring: "A certificate or secret is expiring soon." };
const nowhere = (event) => event.preventDefault();

async function deletePane(kit, one) {
  const box = h("input", { type: "checkbox", id: "implications" });
  const remove = async () => {
    await ask(`registrations/${one.applicationId}`, "DELETE");
    kit.closePane();
    kit.go("#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade");
  };
  if (await struck("registration-delete-unasked")) return remove();
  const press = () => box.checked && remove();
  const content = [
    h("p", {}, `You are about to delete the app registration ${one.name}. Users and services will no longer be able to sign in with it.`),
    h("label", { class: "check", for: "implications" }, box, "I understand the implications of deleting this app registration."),
  ];
  return kit.openPane("Delete app registration", content, [kit.button("Delete", press, { primary: true }), kit.button("Cancel", kit.closePane)]);
}

export function drawOverview(content, kit, one, who) {
  const address = `#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${one.applicationId}/isMSAApp~/false`;
  const command = (label, image, press) => ({ label, image, press });
  const switchState = async () => {
    await ask(`registrations/${one.applicationId}/state`, "POST");
    kit.reload();
  };
  const parts = [
    kit.commandBar([
      command("Delete", "trash", () => deletePane(kit, one)), command("Endpoints", "link"),
      command(one.active ? "Deactivate" : "Reactivate", "close", switchState), command("Preview features", "star"),
    ]),
    kit.bar("feedback", "Got a second? We would love your feedback on Microsoft identity platform (previously Azure AD for developer). ", h("a", { href: "#", onclick: nowhere }, icon("arrow"))),
  ];
  if (one.banner) {
    parts.push(
      kit.bar(
        one.banner === "expired" ? "error" : "warning",
        h("span", {}, BANNERS[one.banner]),
        " ",
        h("a", { class: "fxs-portal-link", href: address, target: "_top" }, "Create a new one ", icon("arrow")),
      ),
    );
  }
  const secrets = one.secrets ? `0 certificate, ${one.secrets} secret` : "Add a certificate or secret";
  const items = [
    { label: "Display name", value: one.name, href: "#", copy: true },
    { label: "Application (client) ID", value: one.applicationId, copy: true },
    { label: "Object ID", value: one.objectId, copy: true },
    { label: "Directory (tenant) ID", value: who.directoryId, copy: true },
    { label: "Supported account types", value: "My organization only", href: "#" },
    { label: "Client credentials", value: secrets, href: address },
    { label: "Redirect URIs", value: "Add a Redirect URI", href: "#" },
    { label: "Application ID URI", value: "Add an Application ID URI", href: "#" },
    { label: "Managed application in local directory", value: one.name, href: "#" },
    { label: "State", value: one.active ? "Activated" : "Deactivated" },
  ];
  const essentials = kit.essentials(items);
  for (const link of essentials.querySelectorAll("a[href='#']")) link.addEventListener("click", nowhere);
  for (const link of essentials.querySelectorAll("a:not([href='#'])")) link.target = "_top";
  const card = (title, text) => h("div", { class: "start-card" }, h("b", {}, title), h("p", {}, text));
  parts.push(
    essentials,
    kit.bar("info", "Welcome to the new and improved App registrations. Looking to learn how it’s changed? ", h("a", { href: "#", onclick: nowhere }, "Learn more")),
    kit.tabs([["start", "Get Started"], ["documentation", "Documentation"]], "start", () => {}),
    h(
      "div",
      { class: "start" },
      h("h3", {}, "Build your application with the identity platform"),
      h("p", {}, "An authentication service, open libraries and tools to manage applications. Create modern solutions that follow the standards, protect your API, and sign people in."),
      h("div", { class: "start-cards" }, card("Call APIs", "Reach data of your organization with the permissions that were consented to."), card("Sign in users", "Let people of your directory sign in, in minutes."), card("Configure for your organization", "Assign users and groups, and set conditions.")),
    ),
  );
  content.replaceChildren(...parts);
}
