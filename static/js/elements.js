// Custom elements are loaded when a page has one: <json-editor> imports js/elements/json-editor.js, and so on.
const base = document.querySelector("meta[name=static-base]").content;
const asked = new Set();

function load(root) {
  for (const element of root.querySelectorAll(":not(:defined)")) {
    const name = element.localName;
    if (asked.has(name) || !name.includes("-") || name.startsWith("hx-")) continue;
    asked.add(name);
    import(`${base}js/elements/${name}.js`);
  }
}

document.addEventListener("htmx:after:swap", () => load(document));
load(document);
