// data-show-when="name=value|value" shows an element only while the field has one of these values, and disables it otherwise.
// data-reveal="#id" toggles a secret field between dots and text.
function holds(form, rule) {
  const [name, values] = rule.split("=");
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const chosen = fields.find((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : true));
  return values.split("|").includes(chosen?.value ?? "");
}

function apply(root) {
  for (const element of root.querySelectorAll("[data-show-when]")) {
    const shown = holds(element.closest("form") ?? document, element.dataset.showWhen);
    element.hidden = !shown;
    if ("disabled" in element) element.disabled = !shown;
    for (const field of element.querySelectorAll("input, select, textarea")) field.disabled = !shown;
  }
}

document.addEventListener("change", () => apply(document));
document.addEventListener("htmx:after:swap", () => apply(document));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const field = document.querySelector(button.dataset.reveal);
  field.type = field.type === "password" ? "text" : "password";
  button.setAttribute("aria-pressed", String(field.type === "text"));
});
apply(document);
