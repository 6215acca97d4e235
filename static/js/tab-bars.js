// A bar of tabs wider than its place scrolls: the current tab is brought into view, and data-before and data-after tell the
// style sheet on which side more is hidden.
function tell(bar) {
  bar.toggleAttribute("data-before", bar.scrollLeft > 1);
  bar.toggleAttribute("data-after", bar.scrollLeft + bar.clientWidth < bar.scrollWidth - 1);
}

const known = new WeakSet();
const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => tell(target)));

function watchBars() {
  for (const bar of document.querySelectorAll(".tabs")) {
    if (known.has(bar)) continue;
    known.add(bar);
    const current = bar.querySelector("[aria-current]");
    if (current) bar.scrollLeft = current.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2;
    bar.addEventListener("scroll", () => tell(bar), { passive: true });
    bar.addEventListener("focusin", (event) => event.target.scrollIntoView({ block: "nearest", inline: "nearest" }));
    widths.observe(bar);
  }
}

document.addEventListener("htmx:after:swap", watchBars);
watchBars();
