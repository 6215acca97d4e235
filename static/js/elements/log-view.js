// <log-view><pre>…</pre></log-view>: draws only the lines in sight, so that 50,000 scroll like 50. Finds, filters by level,
// jumps to the first error, wraps, and follows what #logs-more brings (scrolling up pauses). The text stays text: no HTML.
import { Lines } from "../logs/lines.js";

const ROW = 20;
const BEYOND = 24;
const NEAR_END = 30;

function part(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function filled(element, text, words) {
  element.replaceChildren();
  const [low, wanted] = [text.toLowerCase(), words.toLowerCase()];
  let from = 0;
  for (let at = wanted ? low.indexOf(wanted) : -1; at >= 0; at = low.indexOf(wanted, from)) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + wanted.length);
    element.append(text.slice(from, at), mark);
    from = at + wanted.length;
  }
  element.append(text.slice(from));
}

class LogView extends HTMLElement {
  lines = new Lines();
  words = "";
  found = [];
  here = -1;
  unread = 0;
  pinned = false;

  connectedCallback() {
    if (this.scroller) return;
    const plain = this.querySelector(".logs-plain");
    const text = plain.textContent.replace(/^\n/, "");
    if (text.trim()) this.lines.add(text);
    this.build(plain);
    this.listen();
    if (matchMedia("(max-width: 767.98px)").matches) this.narrow();
    this.redraw();
    if (this.dataset.at === "error" && this.lines.firstError() >= 0) {
      this.toError();
      this.scroller.scrollIntoView({ block: "nearest" });
    }
    else if ("follow" in this.dataset) this.toEnd();
  }

  disconnectedCallback() { this.watcher?.disconnect(); document.removeEventListener("htmx:after:swap", this.onSwap); }

  build(plain) {
    this.scroller = part("div", "logs-scroll", { tabindex: "0", role: "region", "aria-label": this.dataset.label || "Log" });
    this.space = part("div", "logs-space");
    this.rows = part("div", "logs-rows");
    this.fresh = part("button", "btn btn-primary btn-sm logs-new", { type: "button", hidden: "" });
    this.space.append(this.rows);
    this.scroller.append(this.space);
    plain.replaceWith(this.scroller);
    this.append(this.fresh);
    this.dataset.drawn = "";
  }

  // On a narrow screen a line is read whole or not at all.
  narrow() {
    this.toggleAttribute("data-wrap", true);
    this.lines.times = false;
    if (!this.tool("wrap")) return;
    this.tool("wrap").checked = true;
    this.tool("times").checked = false;
  }

  tool(name) { return this.querySelector(`[data-log="${name}"]`); }

  listen() {
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.fresh.addEventListener("click", () => { this.toEnd(); this.scroller.focus(); });
    this.watcher = new ResizeObserver(() => this.redraw());
    this.watcher.observe(this.scroller);
    this.onSwap = () => this.take();
    document.addEventListener("htmx:after:swap", this.onSwap);
    this.tool("find")?.addEventListener("input", (event) => this.search(event.target.value));
    this.tool("find")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); this.step(event.shiftKey ? -1 : 1); }
    });
    const clicks = { previous: () => this.step(-1), next: () => this.step(1), error: () => this.toError() };
    for (const [name, act] of Object.entries(clicks)) this.tool(name)?.addEventListener("click", act);
    this.tool("level")?.addEventListener("change", (event) => { this.lines.level = Number(event.target.value); this.anew(); });
    this.tool("times")?.addEventListener("change", (event) => { this.lines.times = event.target.checked; this.anew(); });
    this.tool("wrap")?.addEventListener("change", (event) => { this.toggleAttribute("data-wrap", event.target.checked); this.anew(); });
    this.tool("follow")?.addEventListener("change", (event) => this.follow(event.target.checked));
  }

  key(event) {
    if (event.key === "/" || ((event.ctrlKey || event.metaKey) && event.key === "f")) {
      const box = this.tool("find");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (event.key === "End") { event.preventDefault(); this.toEnd(); }
    if (event.key === "Home") { event.preventDefault(); this.scroller.scrollTop = 0; }
  }

  // The width of a letter decides how many rows a wrapped line takes: the font has letters of one width.
  letters() {
    if (!this.hasAttribute("data-wrap")) return Infinity;
    const probe = part("span", "");
    probe.textContent = "0".repeat(100);
    this.rows.append(probe);
    const width = probe.getBoundingClientRect().width / 100;
    probe.remove();
    const gutter = getComputedStyle(this.rows.querySelector(".logs-row") ?? this.rows, "::before");
    const taken = (parseFloat(gutter.width) || 0) + (parseFloat(gutter.marginRight) || 0) + 16;
    return Math.max(10, Math.floor((this.scroller.clientWidth - taken) / width));
  }

  redraw() {
    this.lines.columns = this.letters();
    this.lines.measure();
    this.space.style.height = `${this.lines.rows * ROW}px`;
    this.found = this.lines.find(this.words);
    this.draw(true);
  }

  // After a filter or a switch: what stood at the top stays in sight.
  anew() {
    const top = this.lines.shown[this.lines.at(Math.floor(this.scroller.scrollTop / ROW))] ?? 0;
    this.redraw();
    const index = this.lines.shown.findIndex((place) => place >= top);
    this.scroller.scrollTop = this.lines.starts[Math.max(index, 0)] * ROW;
    this.search(this.words, false);
    this.draw(true);
  }

  draw(force = false) {
    const first = Math.max(0, this.lines.at(Math.floor(this.scroller.scrollTop / ROW)) - BEYOND);
    const last = Math.min(this.lines.shown.length, this.lines.at(Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / ROW)) + BEYOND + 1);
    if (!force && first === this.first && last === this.last) return;
    [this.first, this.last] = [first, last];
    const made = [];
    for (let index = first; index < last; index += 1) made.push(this.row(index));
    if (!made.length) { made.push(part("p", "logs-none")); made[0].textContent = "No line has this level."; }
    this.rows.replaceChildren(...made);
    this.rows.style.transform = `translateY(${this.lines.starts[first] * ROW}px)`;
  }

  row(index) {
    const place = this.lines.shown[index];
    const row = part("div", "logs-row", { "data-n": place + 1, "data-level": this.lines.levels[place] });
    if (index === this.here) row.dataset.here = "";
    const text = document.createElement("span");
    filled(text, this.lines.text(place), this.words);
    row.append(text);
    return row;
  }

  scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.pinned) this.tell(0);
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => { this.waiting = false; this.draw(); });
    }
  }

  search(words, jump = true) {
    this.words = words;
    this.found = this.lines.find(words);
    this.here = -1;
    this.say();
    this.draw(true);
    if (jump && this.found.length) this.step(1);
  }

  step(by) {
    if (!this.found.length) return;
    const top = this.lines.at(Math.floor(this.scroller.scrollTop / ROW));
    const now = this.found.indexOf(this.here);
    const from = now >= 0 ? now + by : Math.max(0, this.found.findIndex((index) => index >= top));
    this.show(this.found[(from + this.found.length) % this.found.length]);
    this.say();
  }

  say() {
    const told = this.tool("found");
    if (!told) return;
    const at = this.found.indexOf(this.here);
    const count = `${this.found.length} ${this.found.length === 1 ? "line" : "lines"}`;
    told.textContent = !this.words ? "" : !this.found.length ? "No match" : at >= 0 ? `${at + 1} of ${count}` : count;
  }

  show(index) {
    this.here = index;
    const row = this.lines.starts[index];
    this.scroller.scrollTop = Math.max(0, row * ROW - this.scroller.clientHeight / 3);
    this.draw(true);
  }

  toError() {
    const index = this.lines.firstError();
    if (index >= 0) this.show(index);
    else if (this.tool("found")) this.tool("found").textContent = "No line about an error";
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.pinned = true;
    this.tell(0);
    this.draw();
  }

  follow(on) {
    const source = this.querySelector("#logs-more");
    if (source && !on) { this.every = source.dataset.live; delete source.dataset.live; }
    if (source && on && this.every) { source.dataset.live = this.every; this.toEnd(); }
  }

  tell(count) {
    this.unread = count;
    this.fresh.hidden = !count;
    this.fresh.textContent = `Paused. ${count} new ${count === 1 ? "line" : "lines"}: go on`;
  }

  // What #logs-more brought, once each; all of it when the log began anew.
  take() {
    const added = this.querySelector("#logs-more pre[data-added]");
    if (!added || added.dataset.added === this.taken) return;
    this.taken = added.dataset.added;
    if (this.querySelector("#logs-more").hasAttribute("data-anew")) this.lines.clear();
    const stay = this.pinned || !this.lines.all.length;
    const count = this.lines.add(added.textContent.replace(/^\n/, ""));
    added.textContent = "";
    if (this.hidden) { this.hidden = false; this.parentElement.querySelector(".empty")?.closest(".card-box")?.remove(); }
    this.redraw();
    this.say();
    if (stay) this.toEnd();
    else this.tell(this.unread + count);
  }
}

customElements.define("log-view", LogView);
