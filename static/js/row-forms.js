// After a row was added or removed the keyboard goes where the form says (data-row-focus).
document.addEventListener("htmx:after:swap", () => {
  for (const form of document.querySelectorAll("form[data-row-focus]")) {
    const wanted = form.dataset.rowFocus;
    delete form.dataset.rowFocus;
    document.getElementById(wanted)?.focus();
  }
});
