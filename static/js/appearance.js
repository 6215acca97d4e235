// Buttons with data-theme-set="system|light|dark" choose the theme; the chosen one is aria-pressed.
function showChoice() {
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === window.portalTheme.stored()));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (button) window.portalTheme.set(button.dataset.themeSet);
});
document.addEventListener("portal:theme", showChoice);
showChoice();
