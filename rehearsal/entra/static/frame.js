// The newer rendering: content comes from another origin, in a frame; spare copies of it wait hidden beside it.
import { h } from "./dom.js";
import { session } from "./server.js";
import { toast } from "./toast.js";

addEventListener("message", (event) => {
  if (event.origin !== session.sandbox) return;
  if (event.data.kind === "toast") toast(...event.data.toast);
  if (event.data.kind === "go") location.hash = event.data.hash;
});

export function frame(content, view, wanted) {
  const one = (active) =>
    h("iframe", {
      name: `${view}.ReactView`,
      title: view,
      class: active ? "fxs-reactview-frame fxs-reactview-frame-active" : "fxs-reactview-frame fxs-display-none",
      allow: "clipboard-write",
      src: `${session.sandbox}/ReactView#${new URLSearchParams({ portal: location.origin, ...(active ? { view, ...wanted } : {}) })}`,
    });
  content.replaceChildren(one(false), one(true));
  content.classList.add("fxs-blade-content-react");
}
