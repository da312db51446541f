"""Ways in which a page can show a value, each a body of JavaScript over `box` (an element) and `v` (the value).

`TOP` and `BLADE` stand for the addresses of two sites. All run under a content security policy without inline scripts
and styles, as strict portals have it.
"""

from __future__ import annotations

_FRAME = "const f = document.createElement('iframe'); f.width = 560; f.height = 60; "
_FIELD = "const i = document.createElement('{tag}'); i.className = 'wide'; {set} box.append(i);"

VARIANTS: dict[str, str] = {
    "text": "box.textContent = v;",
    "markup": "box.innerHTML = `<b>Value:</b> <i>${v}</i>`;",
    "painted-later": "requestAnimationFrame(() => requestAnimationFrame(() => { box.textContent = v; }));",
    "text-node-changed": "box.textContent = 'none'; box.firstChild.data = v;",
    "cross-origin-frame": _FRAME + "f.src = 'BLADE/frame'; box.append(f);",
    "nested-frames": _FRAME + "f.src = 'BLADE/nested'; box.append(f);",
    "sandboxed-frame": _FRAME + "f.sandbox = 'allow-scripts'; f.src = 'TOP/frame'; box.append(f);",
    "srcdoc-frame": _FRAME
    + "f.srcdoc = '<p></p>'; f.onload = () => { f.contentDocument.body.textContent = v; }; box.append(f);",
    "blank-frame": _FRAME + "box.append(f); f.contentDocument.body.textContent = v;",
    "open-shadow-root": "box.attachShadow({ mode: 'open' }).innerHTML = `<p>${v}</p>`;",
    "closed-shadow-root": "box.attachShadow({ mode: 'closed' }).innerHTML = `<p>${v}</p>`;",
    "declared-shadow-root": "box.setHTMLUnsafe(`<div><template shadowrootmode=closed><p>${v}</p></template></div>`);",
    "field-value": _FIELD.format(tag="input", set="i.readOnly = true; i.value = v;"),
    "field-attribute": _FIELD.format(tag="input", set="i.setAttribute('value', v);"),
    "text-area": _FIELD.format(tag="textarea", set="i.value = v;"),
    "svg-text": "box.innerHTML = `<svg width=600 height=30><text y=20>${v}</text></svg>`;",
    "generated-content": "box.className = 'generated'; box.dataset.value = v;",
    "one-span-a-character": "box.innerHTML = [...v].map((c) => `<span>${c}</span>`).join('');",
    "typed-slowly": "let n = 0; const t = setInterval(() => { box.textContent = v.slice(0, n += 4);"
    " if (n > 40) clearInterval(t); }, 8);",
    "canvas": "const c = document.createElement('canvas'); c.width = 600; c.height = 40; const x = c.getContext('2d');"
    " x.font = '16px monospace'; x.fillText(v, 4, 24); box.append(c);",
    "picture-of-text": "const s = `<svg xmlns='http://www.w3.org/2000/svg' width='600' height='30'>"
    "<text y='20' font-family='monospace'>${v}</text></svg>`;"
    " const g = new Image(); g.src = 'data:image/svg+xml,' + encodeURIComponent(s); box.append(g);",
    "top-layer-dialog": "const d = document.createElement('dialog'); d.className = 'wide';"
    " d.textContent = v; box.append(d); d.showModal();",
    "style-of-its-own": "box.style.webkitTextSecurity = 'none'; box.textContent = v;",
    "important-style-of-its-own": "box.style.setProperty('-webkit-text-security', 'none', 'important');"
    " box.textContent = v;",
    "stylesheets-assigned-anew": "document.adoptedStyleSheets = [new CSSStyleSheet()]; box.textContent = v;",
}
# One of each kind: written at once, two frames late, in a foreign frame, drawn. The soak shows all.
FEW = ("text", "painted-later", "cross-origin-frame", "canvas")
IN_A_FRAME = {"cross-origin-frame", "nested-frames", "sandboxed-frame"}  # of a page of its own, which asks by itself

SHEET = """
  body { margin: 8px; font: 15px monospace; } .wide { width: 560px; font: 15px monospace; }
  .generated::before { content: attr(data-value); }
"""
COPIES: dict[str, str] = {
    "what-is-displayed": "navigator.clipboard.writeText(box.textContent);",
    "what-the-page-knows": "navigator.clipboard.writeText(v);",
    "as-an-item": "navigator.clipboard.write([new ClipboardItem({ 'text/plain': new Blob([box.textContent]) })]);",
    "by-selection": "getSelection().selectAllChildren(box); document.execCommand('copy');",
    "by-a-hidden-field": "const i = document.createElement('textarea'); i.value = box.textContent;"
    " document.body.append(i); i.select(); document.execCommand('copy'); i.remove();",
    "by-a-hidden-field-of-its-own-knowledge": "const i = document.createElement('textarea'); i.value = v;"
    " document.body.append(i); i.select(); document.execCommand('copy'); i.remove();",
    "by-its-own-listener": "document.addEventListener('copy', (e) => {"
    " e.clipboardData.setData('text/plain', box.textContent); e.preventDefault(); },"
    " { once: true }); document.execCommand('copy');",
}


def script(show: str, copy: str = "") -> str:
    """Return the page's own script: it fetches the value when asked to, and shows it in its way."""
    return f"""
    const box = document.getElementById('box');
    let v = '';
    const show = () => {{ {show} }};
    window.reveal = async () => {{
      v = await (await fetch('/value')).text();
      show();
    }};
    window.tick = () => {{ document.getElementById('tick').textContent += '.'; }};
    window.copied = async () => (await navigator.clipboard.readText()) === v;
    document.getElementById('copy').addEventListener('click', () => {{ {copy} }});
    """


PAGE = (
    "<!doctype html><link rel=stylesheet href=TOP/style.css><p>A page with words</p><div id=box></div>"
    "<button id=copy>Copy</button><input id=field class=wide><p id=tick></p><script src=/app.js?SHOW></script>"
)
FRAME = "<!doctype html><link rel=stylesheet href=TOP/style.css><div id=box></div><script src=/frame.js></script>"
FRAME_SCRIPT = "fetch('/value').then((a) => a.text()).then((v) => { document.getElementById('box').textContent = v; });"
NESTED = "<!doctype html><iframe src='TOP/frame' width=540 height=50></iframe>"
