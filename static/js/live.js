// data-live="2": the element asks its hx-get again every 2 s (hx-trigger="live", hx-swap="outerMorph"), but not in a hidden
// tab (unless data-live-hidden says so). It stops when the answer comes without data-live. A failure keeps the old content, says so and waits longer.
const state = new WeakMap();
const LONGEST_S = 30;

function due(element, now) {
  const known = state.get(element) ?? { at: now, failures: 0, busy: false };
  state.set(element, known);
  const wait = Math.min(Number(element.dataset.live) * 2 ** known.failures, LONGEST_S) * 1000;
  return !known.busy && now - known.at >= wait;
}

function ask(element) {
  state.get(element).busy = true;
  element.dispatchEvent(new CustomEvent("live"));
}

function tick() {
  const now = performance.now();
  const which = document.hidden ? "[data-live][data-live-hidden]" : "[data-live]";
  for (const element of document.querySelectorAll(which)) if (due(element, now)) ask(element);
}

function failed(element) {
  state.get(element).failures += 1;
  if (element.querySelector(":scope > .stale")) return;
  const note = document.getElementById("stale-note").content.firstElementChild.cloneNode(true);
  note.querySelector("[data-since]").textContent = new Date().toLocaleTimeString();
  element.prepend(note);
}

const isLive = (event) => event.target.matches?.("[data-live]") && state.has(event.target);

document.addEventListener("htmx:response:error", (event) => {
  if (!isLive(event)) return;
  event.detail.ctx.hx.reswap = "none";
  failed(event.target);
});
document.addEventListener("htmx:error", (event) => { if (isLive(event)) failed(event.target); });
document.addEventListener("htmx:after:swap", (event) => {
  if (isLive(event) && event.detail.ctx.response.status < 400) state.get(event.target).failures = 0;
});
document.addEventListener("htmx:finally:request", (event) => {
  if (isLive(event)) Object.assign(state.get(event.target), { at: performance.now(), busy: false });
});
document.addEventListener("visibilitychange", tick);
setInterval(tick, 500);
