// The blade of all app registrations.
import { classic } from "./classic.js";
import { frame } from "./frame.js";
import { drawList } from "./registration_list.js";
import { blade, dots } from "./router.js";
import { ask, session } from "./server.js";

export async function list(current) {
  const { content } = blade({ title: "App registrations" });
  content.append(dots());
  if (session.rendering === "react") return frame(content, "ApplicationsList", {});
  const all = await ask("registrations");
  if (current()) drawList(content, classic, all);
  return undefined;
}
