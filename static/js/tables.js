// A table wider than its frame scrolls sideways; one that fits (data-fits) keeps its head in sight while the page scrolls.
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const frame = target.closest(".table-frame");
    frame?.toggleAttribute("data-fits", target.scrollWidth <= frame.clientWidth + 1);
  }
});

const watch = () => document.querySelectorAll(".table-frame > table").forEach((table) => watcher.observe(table));
document.addEventListener("htmx:after:swap", watch);
watch();
