// .tabset: tabs over panels on one page (role=tablist). Arrow keys, Home and End move; the choice is kept per data-tabs name.
function select(tab, focus) {
  const list = tab.closest("[role=tablist]");
  for (const other of list.querySelectorAll("[role=tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls"))?.toggleAttribute("data-active", chosen);
  }
  if (focus) tab.focus();
}

function remembered(root) {
  for (const set of root.querySelectorAll(".tabset[data-tabs]")) {
    const label = sessionStorage.getItem(`tab:${set.dataset.tabs}`);
    const tab = label && [...set.querySelectorAll("[role=tab]")].find((one) => one.dataset.tab === label);
    if (tab) select(tab, false);
  }
}

function choose(tab, focus) {
  select(tab, focus);
  const name = tab.closest(".tabset").dataset.tabs;
  if (name) sessionStorage.setItem(`tab:${name}`, tab.dataset.tab);
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".tabset [role=tab]");
  if (tab) choose(tab, false);
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.(".tabset [role=tab]");
  if (!tab) return;
  const all = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  const at = all.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(all[to % all.length], true);
});
document.addEventListener("htmx:after:swap", () => remembered(document));
remembered(document);
