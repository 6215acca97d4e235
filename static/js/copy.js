// data-copy="text" copies that text; data-copy-from="#id" copies the text of that element. The button says so for a moment.
async function copy(button) {
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
  await navigator.clipboard.writeText(text);
  const label = button.getAttribute("aria-label");
  button.dataset.copied = "";
  button.setAttribute("aria-label", "Copied");
  window.portalAnnounce("Copied");
  setTimeout(() => {
    delete button.dataset.copied;
    if (label) button.setAttribute("aria-label", label);
    else button.removeAttribute("aria-label");
  }, 1600);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (button) copy(button).catch(() => window.portalToast({ tone: "warning", text: "Your browser did not allow copying." }));
});
