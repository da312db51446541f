// Keeps a secret illegible in one document, before it is ever painted. Runs in every frame before the page's scripts.
//
// Two layers. Always: whatever has a secret's shape is replaced by bullets in text and attributes; mutation callbacks
// are microtasks, so they run before the next painting. While concealing: an adopted stylesheet, which a strict content
// security policy lets pass, disguises all text, canvases and generated pictures, whatever their shape.
//
// What was copied or pasted while concealing is remembered in here, and nowhere else, and from then on treated like
// text of the shape, so that a value of an unknown shape is covered too; no function returns it.
//
// The page's own use goes on: a field's value is never touched, only disguised, and a copy button that copies what is
// displayed copies what was meant, not the bullets.
((name, concealing) => {
  const installed = window[name];
  if (installed && installed.document === document) { // A window may outlive its first, empty document.
    if (concealing) installed.set(true);
    return;
  }
  const SHAPE = /[A-Za-z0-9~._-]{3}[78]Q~[A-Za-z0-9~._-]{31,34}/g;
  const SHORTEST = 37; // characters
  const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i; // an ID, and no secret
  const SHEET = `
    *, *::before, *::after, *::placeholder, *::selection, *::file-selector-button {
      -webkit-text-security: disc !important; text-shadow: none !important;
    }
    *::marker { content: "" !important; }
    canvas, object, embed, img[src^="data:"], img[src^="blob:"] { opacity: 0 !important; }`;
  const CODE = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT']);
  const FIELD = 'input, textarea';

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  sheet.disabled = !concealing;
  const roots = new Set(); // documents and shadow roots under watch
  const disguises = new Map(); // a value -> its bullets, of a length of their own, between word joiners: no page's own
  const remembered = new Set(); // what was copied or pasted while concealing
  const homeless = new Set(); // of these, what a press in here copied and nobody has seen displayed yet
  const guarded = new Set(); // fields that hold a value, each disguised by itself
  let pressed = false; // whether a person, or a real gesture, did something in here while concealing
  let watching = false; // whether the fields are looked at before each painting

  const bullets = (value) => {
    if (!disguises.has(value)) disguises.set(value, `\u2060${'•'.repeat(12 + disguises.size)}\u2060`);
    homeless.delete(value);
    return disguises.get(value);
  };
  const disguised = (text) => {
    let plain = text;
    for (const value of remembered) plain = plain.replaceAll(value, () => bullets(value));
    return plain.replace(SHAPE, bullets);
  };
  const known = (text) => (text.length >= SHORTEST && text.search(SHAPE) >= 0)
    || [...remembered].some((value) => text.includes(value));
  const meant = (text) => {
    for (const [value, bullets] of disguises) if (text.trim() === bullets) return text.replace(bullets, value);
    return text;
  };
  const remember = (text, copied) => {
    const value = String(text).trim();
    if (sheet.disabled || value.length < 8 || GUID.test(value) || remembered.has(value)) return;
    remembered.add(value);
    if (copied && pressed && !disguises.has(value)) homeless.add(value);
    for (const root of roots) root.childNodes.forEach(visit);
    guard();
  };

  const visitText = (node) => {
    if (!known(node.data) || CODE.has(node.parentNode && node.parentNode.nodeName)) return;
    const field = node.parentNode && node.parentNode.nodeName === 'TEXTAREA' ? node.parentNode : null;
    const value = field && field.value;
    node.data = disguised(node.data);
    if (field && field.value !== value) field.value = value;
  };
  const visitAttributes = (element) => {
    for (const attribute of element.attributes) {
      if (!known(attribute.value)) continue;
      const field = attribute.name === 'value' && element.matches(FIELD) ? element : null;
      const value = field && field.value;
      attribute.value = disguised(attribute.value);
      if (field && field.value !== value) field.value = value; // What the page sends stays what it was.
    }
    if (!sheet.disabled && element.style && element.style.webkitTextSecurity) cover(element);
  };
  const cover = ({ style }) => {
    const property = '-webkit-text-security';
    if (style.getPropertyValue(property) === 'disc' && style.getPropertyPriority(property)) return;
    style.setProperty(property, 'disc', 'important');
  };
  const guard = () => { // A field's value changes without a mutation, so it is looked at anew each time.
    for (const root of roots) {
      for (const field of root.querySelectorAll(FIELD)) {
        if (known(field.value)) {
          cover(field);
          guarded.add(field);
          homeless.delete(field.value.trim());
        } else if (guarded.delete(field)) field.style.removeProperty('-webkit-text-security');
      }
    }
    if (watching || !(remembered.size || disguises.size || guarded.size)) return;
    watching = true;
    const look = () => {
      guard();
      requestAnimationFrame(look); // Runs before each painting.
    };
    requestAnimationFrame(look);
  };
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return visitText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    visitAttributes(node);
    if (node.shadowRoot) watch(node.shadowRoot);
    const inside = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (inside.nextNode()) {
      const found = inside.currentNode;
      if (found.nodeType === Node.TEXT_NODE) visitText(found);
      else {
        visitAttributes(found);
        if (found.shadowRoot) watch(found.shadowRoot);
      }
    }
  };
  const adopt = (root) => {
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  const observer = new MutationObserver((mutations) => {
    for (const root of roots) adopt(root);
    for (const mutation of mutations) {
      if (mutation.type === 'characterData') visitText(mutation.target);
      else if (mutation.type === 'attributes') visitAttributes(mutation.target);
      else mutation.addedNodes.forEach(visit);
    }
    guard();
  });
  const watch = (root) => {
    if (roots.has(root)) return;
    roots.add(root);
    adopt(root);
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    root.childNodes.forEach(visit);
  };

  // A page that assigns its stylesheets anew keeps ours.
  for (const prototype of [Document.prototype, ShadowRoot.prototype]) {
    const own = Object.getOwnPropertyDescriptor(prototype, 'adoptedStyleSheets');
    if (!own || !own.set) continue;
    Object.defineProperty(prototype, 'adoptedStyleSheets', {
      ...own,
      set(sheets) {
        const others = [...sheets].filter((one) => one !== sheet);
        own.set.call(this, roots.has(this) ? [...others, sheet] : others);
      },
    });
  }
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(...options) {
    const root = attach.apply(this, options);
    watch(root); // closed ones too: nobody else can reach them
    return root;
  };

  // The three ways in which a page copies.
  const clipboard = window.Clipboard && Clipboard.prototype;
  if (clipboard) {
    const writeText = clipboard.writeText;
    clipboard.writeText = function (text) {
      const whole = meant(String(text));
      remember(whole, true);
      return writeText.call(this, whole);
    };
    const write = clipboard.write;
    clipboard.write = async function (items) {
      const plain = [];
      for (const item of items) {
        const text = item.types.includes('text/plain') ? await (await item.getType('text/plain')).text() : '';
        const whole = meant(text);
        remember(whole, true);
        plain.push(whole === text ? item : new ClipboardItem({ 'text/plain': whole }));
      }
      return write.call(this, plain);
    };
  }
  window.addEventListener('copy', (event) => {
    const field = event.target instanceof Element && event.target.matches(FIELD) ? event.target : null;
    const own = event.clipboardData && event.clipboardData.getData('text/plain'); // set by the page's own listener
    const selection = getSelection();
    const range = selection.rangeCount ? selection.getRangeAt(0) : document.createRange();
    const selected = field ? field.value.slice(field.selectionStart, field.selectionEnd) : range.cloneContents().textContent;
    const whole = meant(own || selected);
    remember(whole, true);
    if (!whole || (sheet.disabled && whole === (own || selected))) return;
    event.clipboardData.setData('text/plain', whole); // The browser itself would copy the disguise.
    event.preventDefault();
  });
  window.addEventListener('paste', (event) => {
    if (event.clipboardData) remember(event.clipboardData.getData('text/plain'), false);
  }, true);
  for (const gesture of ['pointerdown', 'keydown']) {
    window.addEventListener(gesture, (event) => { pressed ||= event.isTrusted && !sheet.disabled; }, true);
  }
  for (const change of ['input', 'change']) window.addEventListener(change, guard, true);

  // Native dialogs and the tab's title are outside the document.
  for (const box of ['alert', 'confirm', 'prompt']) {
    const show = window[box];
    window[box] = (text = '', ...rest) => show.call(window, disguised(String(text)), ...rest);
  }

  // Whether a value could be read in this document if the disguise of all text ended now. Not one that stands disguised
  // in a place that is known; but one that was copied in here, and that no text, attribute or field was ever seen to
  // hold, is displayed in a way that cannot be looked into, and only leaving the document ends that.
  const legible = () => {
    guard();
    if (homeless.size) return true;
    for (const root of roots) {
      if (root !== document && !root.isConnected) continue;
      let joined = '';
      const inside = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
      while (inside.nextNode()) {
        const node = inside.currentNode;
        if (CODE.has(node.parentNode && node.parentNode.nodeName)) continue; // Never painted.
        if (node.nodeType === Node.TEXT_NODE) joined += node.data.trim();
        else if ([...node.attributes].some((attribute) => known(attribute.value))) return true;
      }
      if (known(joined)) return true; // A value may be split over many elements.
    }
    return false;
  };

  // Puts a made-up value where the page could show one, and says where it could still be read.
  const trial = async (codes) => {
    const value = String.fromCharCode(...codes);
    const box = document.createElement('div');
    const host = document.createElement('div');
    const closed = host.attachShadow({ mode: 'closed' });
    box.append(value, host);
    box.title = value;
    closed.append(value);
    (document.body || document.documentElement).append(box);
    await null; // The observer's turn comes first.
    const faults = [];
    if (box.textContent.includes(value)) faults.push('text');
    if (box.title.includes(value)) faults.push('attribute');
    if (closed.textContent.includes(value)) faults.push('shadow root');
    if (getComputedStyle(box).webkitTextSecurity !== 'disc') faults.push('style');
    box.remove();
    disguises.delete(value);
    return faults;
  };
  let plate = null; // holds a text without a secret's shape, for the stylesheet alone to disguise
  const show = (codes) => {
    if (!plate) {
      plate = document.createElement('div');
      plate.style.cssText = 'display: block; position: fixed; inset: 0 auto auto 0; margin: 0; border: 0; padding: 2px;'
        + 'opacity: 1; font: 14px monospace; color: black; background: white; white-space: pre; pointer-events: none;';
      plate.setAttribute(`data-${name}`, '');
      plate.popover = 'manual';
      (document.body || document.documentElement).append(plate);
      plate.showPopover(); // In the top layer nothing hides it.
    }
    plate.textContent = String.fromCharCode(...codes);
  };
  const hide = () => {
    if (plate) plate.remove();
    plate = null;
  };

  const painted = () => new Promise((done) => {
    setTimeout(done, 200); // A tab in the background, or a hidden frame, paints nothing.
    requestAnimationFrame(() => requestAnimationFrame(done));
  });

  const api = {
    document,
    painted,
    concealing: () => !sheet.disabled,
    set(on) {
      sheet.disabled = !on;
      for (const root of roots) {
        adopt(root);
        if (on) root.querySelectorAll('[style*="text-security"]').forEach(visitAttributes);
      }
    },
    legible,
    trial,
    show,
    hide,
  };
  Object.defineProperty(window, name, { value: Object.freeze(api), configurable: true });
  watch(document);
})(__NAME__, __CONCEALING__);
