// A classic script in <head>: sets the theme before the first paint, and says that scripts run.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => localStorage.getItem("portal-theme") || "system";
  const apply = () => {
    const wanted = stored();
    root.dataset.bsTheme = wanted === "system" ? (dark.matches ? "dark" : "light") : wanted;
    document.dispatchEvent(new CustomEvent("portal:theme", { detail: root.dataset.bsTheme }));
  };
  root.classList.add("js");
  window.portalTheme = {
    stored,
    set(theme) {
      localStorage.setItem("portal-theme", theme);
      apply();
    },
  };
  dark.addEventListener("change", apply);
  apply();
})();
