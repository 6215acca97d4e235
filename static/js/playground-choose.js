// A <select data-submit-on-change> sends its form as soon as something is chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit-on-change]")) event.target.form.requestSubmit();
});

// Enter in a <chat-panel> whose script is still on its way is remembered: the panel sends once it is there.
document.addEventListener("keydown", (event) => {
  const prompt = event.target.closest?.("chat-panel:not(:defined) [data-prompt]");
  if (!prompt || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  prompt.form.dataset.early = "";
});
