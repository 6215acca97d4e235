// data-live="2": the element asks its hx-get again every 2 s (hx-trigger="live", hx-swap="outerMorph"), but not in a hidden
// tab (unless data-live-hidden says so). It stops when the answer comes without data-live. A failure keeps the old content, says so and waits longer.
// Without data-live it is asked again only when a kept page is shown once more (back.js).
const state = new WeakMap();
const LONGEST_S = 30;

function stateOf(element) {
  if (!state.has(element)) state.set(element, { at: performance.now(), failures: 0, busy: false });
  return state.get(element);
}

function due(element, now) {
  const known = stateOf(element);
  const wait = Math.min(Number(element.dataset.live) * 2 ** known.failures, LONGEST_S) * 1000;
  return !known.busy && now - known.at >= wait;
}

function ask(element) {
  stateOf(element).busy = true;
  element.dispatchEvent(new CustomEvent("live"));
}

function tick() {
  const now = performance.now();
  const which = document.hidden ? "[data-live][data-live-hidden]" : "[data-live]";
  for (const element of document.querySelectorAll(which)) if (due(element, now)) ask(element);
}

function failed(element) {
  stateOf(element).failures += 1;
  if (element.querySelector(":scope > .stale")) return;
  const note = document.getElementById("stale-note").content.firstElementChild.cloneNode(true);
  note.querySelector("[data-since]").textContent = new Date().toLocaleTimeString();
  element.prepend(note);
}

const isLive = (event) => event.target.matches?.('[hx-trigger="live"]');

document.addEventListener("htmx:response:error", (event) => {
  if (!isLive(event)) return;
  event.detail.ctx.hx.reswap = "none";
  failed(event.target);
});
document.addEventListener("htmx:error", (event) => { if (isLive(event)) failed(event.target); });
document.addEventListener("htmx:after:swap", (event) => {
  if (isLive(event) && event.detail.ctx.response.status < 400) stateOf(event.target).failures = 0;
});
document.addEventListener("htmx:finally:request", (event) => {
  if (isLive(event)) Object.assign(stateOf(event.target), { at: performance.now(), busy: false });
});
document.addEventListener("visibilitychange", tick);
setInterval(tick, 500);
