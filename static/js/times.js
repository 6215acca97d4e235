// Keeps "5 min ago" true: <time datetime> inside [data-relative] pages is refreshed every half minute, and in local time on hover.
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

function words(seconds) {
  if (seconds < 10) return "just now";
  const [size, unit] = UNITS.find(([one]) => seconds >= one);
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

function refresh() {
  for (const element of document.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    const seconds = (Date.now() - at) / 1000;
    if (seconds >= 0 && seconds < 30 * 86400) element.textContent = words(seconds);
    element.title = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  }
}

document.addEventListener("htmx:after:swap", refresh);
setInterval(() => document.hidden || refresh(), 30000);
refresh();
