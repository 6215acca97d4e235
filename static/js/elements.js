// Custom elements are loaded when a page has one: <json-editor> imports js/elements/json-editor.js, and so on. One in a part
// that is hidden ([hidden]) is loaded once that part is shown.
const base = document.querySelector("meta[name=static-base]").content;
const asked = new Set();

function bring(name) {
  if (asked.has(name)) return;
  asked.add(name);
  import(`${base}js/elements/${name}.js`);
}

const shown = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    shown.unobserve(target);
    bring(target.localName);
  }
}, { rootMargin: "100000px" });

function load(root) {
  for (const element of root.querySelectorAll(":not(:defined)")) {
    const name = element.localName;
    if (!name.includes("-") || name.startsWith("hx-")) continue;
    if (element.parentElement.closest("[hidden]")) shown.observe(element);
    else bring(name);
  }
}

document.addEventListener("htmx:after:swap", () => load(document));
load(document);
