// <details class="menu">: closes on Escape, on a click elsewhere and when focus leaves; arrow keys walk its items.
// [data-nav-toggle] shows and hides the navigation on narrow screens.
const items = (menu) => [...menu.querySelectorAll(".menu-item")];

function close(menu, refocus) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) close(menu, true);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  menu.open = true;
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]?.focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu, false);
    else if (event.target.closest(".menu-item")) close(menu, true);
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu, false);
});

function toggleNav(open) {
  const nav = document.getElementById("navigation");
  const button = document.querySelector("[data-nav-toggle]");
  if (!nav || !button) return;
  nav.toggleAttribute("data-open", open);
  button.setAttribute("aria-expanded", String(nav.hasAttribute("data-open")));
}
document.addEventListener("click", (event) => event.target.closest("[data-nav-toggle]") && toggleNav());
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("#navigation[data-open]");
  if (event.key !== "Escape" || !open || event.target.closest?.("details.menu[open]")) return;
  toggleNav(false);
  document.querySelector("[data-nav-toggle]").focus();
});
