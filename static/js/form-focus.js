// form[data-focus] says where the keyboard goes once the form was drawn again: "new-tag" to the row just added, "add-tag" to the
// button that adds one, "#id" to that element. Messages above a form take the keyboard when the page is shown.
function target(form, wanted) {
  if (wanted.startsWith("#")) return document.querySelector(wanted);
  const button = document.getElementById(wanted.replace(/^new-/, "add-"));
  const entity = wanted === "new-entity" && [...form.querySelectorAll(".entity-form")].at(-1);
  const row = wanted.startsWith("new-") && (entity || button?.previousElementSibling);
  return (row && row.querySelector("input:not([type=hidden]):not(:disabled), select:not(:disabled)")) || button;
}

function refocus() {
  for (const form of document.querySelectorAll("form[data-focus]")) {
    const wanted = form.dataset.focus;
    delete form.dataset.focus;
    target(form, wanted)?.focus();
  }
}

document.addEventListener("htmx:after:swap", refocus);
document.getElementById("problems")?.focus();
