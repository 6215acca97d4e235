// "/" puts the cursor into the page's search box, unless something is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], .cm-editor, dialog[open]")) return;
  const box = document.querySelector(".filter-bar input[type=search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
