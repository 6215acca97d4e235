// A table wider than its frame scrolls sideways (data-wide); any other keeps its head in sight while the page scrolls.
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const frame = target.closest(".table-frame");
    frame?.toggleAttribute("data-wide", target.scrollWidth > frame.clientWidth + 1);
  }
});

const watch = () => document.querySelectorAll(".table-frame > table").forEach((table) => watcher.observe(table));
document.addEventListener("htmx:after:swap", watch);
watch();
