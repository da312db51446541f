// Asking the server. A session that has ended leads to the sign-in pages, wherever it is noticed.

export const session = {};

export class Refusal extends Error {
  constructor(status, code, text) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export async function ask(path, method = "GET", body = undefined) {
  let answer;
  let found;
  try {
    answer = await fetch(`/api/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
    });
    if (answer.status === 401) {
      leave();
      return new Promise(() => {});
    }
    found = await answer.json();
  } catch {
    // What the portal says of a network that fails is not public.
    const [code, text] = answer && !answer.ok ? ["ServiceUnavailable", `The service answered with ${answer.status}.`] : ["NetworkError", "The service could not be reached."];
    throw new Refusal(answer?.status || 0, code, text);
  }
  if (!answer.ok) throw new Refusal(answer.status, found.code, found.text);
  return found;
}

// Whether a fault of the page itself strikes now; asked only when the rehearsal has any.
export async function struck(name) {
  return session.faults && (await ask(`strike/${name}`, "POST")).strikes;
}

// A frame speaks to the portal around it, whose origin is in the frame's address.
export function tell(message) {
  window.parent.postMessage(message, new URLSearchParams(location.hash.slice(1)).get("portal"));
}

export function leave() {
  if (window.top !== window) tell({ kind: "signed-out" });
  else {
    if (location.hash) sessionStorage.setItem("fragment", location.hash);
    location.replace("/");
  }
}

export async function open() {
  Object.assign(session, await ask("session"));
  if (session.faults && window.top === window) setInterval(() => ask("heartbeat").catch(() => {}), 250);
}
