// Building elements, and icons drawn by hand.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Many of the portal's buttons are no <button> elements, so the keyboard has to be added.
export function divButton(props, ...children) {
  const press = props.onclick;
  const keydown = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      press(event);
    }
  };
  return h("div", { role: "button", tabindex: "0", ...props, onkeydown: keydown }, ...children);
}

const PATHS = {
  plus: "M8 2v12M2 8h12",
  close: "M3 3l10 10M13 3L3 13",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4",
  copy: "M5.5 4.5h7v9h-7zM3.5 11V2.5H10",
  info: "M8 7v4.5M8 4.5v1M14.5 8a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z",
  warning: "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 11.2v1",
  check: "M3 8.5l3.5 3.5L13 5",
  error: "M8 4.5v4.5M8 10.5v1M14.5 8a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z",
  arrow: "M2.5 8h11M9.5 4l4 4-4 4",
  down: "M3 5.5l5 5 5-5",
  right: "M5.5 3l5 5-5 5",
  refresh: "M13 4v3.5H9.5M12.7 7.2A5 5 0 1 0 13 9.5",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5L14 14",
  home: "M2.5 8L8 3l5.5 5M4 7v6.5h8V7",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c0-3 2.5-5 5.5-5s5.5 2 5.5 5",
  group: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.6 2-4.5 4.5-4.5s4.5 1.9 4.5 4.5M11 7.5a2 2 0 1 0 0-4M12 9.5c1.6.5 2.5 2 2.5 4",
  device: "M2.5 3.5h11v7.5h-11zM6 13.5h4",
  app: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  star: "M8 2l1.8 4 4.2.4-3.2 2.9 1 4.2L8 11.3l-3.8 2.2 1-4.2L2 6.4 6.200 6z",
  shield: "M8 1.5l5 2v4c0 3.300-2 5.500-5 7-3-1.500-5-3.700-5-7v-4z",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.500H3zM6.500 14.500h3",
  gear: "M8 10.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM8 1.500v2M8 12.500v2M1.500 8h2M12.500 8h2M3.400 3.400l1.400 1.400M11.200 11.200l1.400 1.400M12.600 3.400l-1.400 1.400M4.800 11.200l-1.400 1.400",
  help: "M6 6a2 2 0 1 1 2.700 1.900c-.5.2-.7.600-.7 1.100v.5M8 11.500v.8M14.500 8a6.500 6.500 0 1 1-13 0 6.500 6.500 0 0 1 13 0z",
  feedback: "M2.500 3h11v8H8l-3 3v-3H2.500zM5.500 6h5M5.500 8.200h3",
  key: "M10.500 9a3.500 3.500 0 1 0-3.300-2.300L2 12v2h2.500v-1.500H6V11l1.600-1.600c.8.4 1.800.600 2.900-.4zM11 5.500h.01",
  pin: "M6 2.500h4l-.5 4.500 2 2h-7l2-2zM8 9v5",
  link: "M6.500 9.500l3-3M7 4.500L8.500 3a2.500 2.500 0 0 1 3.600 3.600L10.500 8M9 11.500L7.500 13a2.500 2.500 0 0 1-3.600-3.600L5.500 8",
  list: "M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4h.01M2.500 8h.01M2.500 12h.01",
  book: "M3 2.500h4.500L8 3l.5-.5H13v10H8.500L8 13l-.5-.5H3zM8 3v10",
};

export function icon(name, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `fxs-portal-svg icon icon-${name} ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// What stands in the place of a blade that failed.
export function broken(content, title, ...text) {
  content.replaceChildren(h("div", { class: "fxs-blade-error" }, icon("error"), h("h3", {}, title), ...text.map((one) => h("p", {}, one))));
}

// The portal shows the local date of an instant, in the form of its regional format; here that is en-US.
export function localDate(iso) {
  return new Date(iso).toLocaleDateString("en-US");
}
