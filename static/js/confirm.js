// data-confirm="#dialog-id" on a form or an htmx element opens that <dialog> first; its button value "yes" goes on.
// A dialog with an input[data-must-equal] enables "yes" only when the text is typed exactly.
function ask(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.querySelectorAll("[data-must-equal]").forEach((input) => { input.value = ""; check(input); });
    dialog.showModal();
  });
}

function check(input) {
  const yes = input.closest("dialog, form").querySelector("[data-needs-match]");
  if (yes) yes.disabled = input.value !== input.dataset.mustEqual;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const dialog = form.dataset.confirm && document.querySelector(form.dataset.confirm);
  if (!dialog || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(dialog))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.confirmed;
}, true);

document.addEventListener("htmx:confirm", async (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  const dialog = document.querySelector(ctx.confirm);
  if (!dialog?.showModal) return;
  event.preventDefault();
  if (await ask(dialog)) issueRequest();
  else dropRequest();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  event.target.closest("[data-dialog-close]")?.closest("dialog").close();
  if (opener) document.querySelector(opener.dataset.dialogOpen)?.showModal();
});
document.addEventListener("input", (event) => { if (event.target.matches("[data-must-equal]")) check(event.target); });
document.querySelectorAll("[data-must-equal]").forEach(check);
