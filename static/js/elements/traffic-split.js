// <traffic-split> (templates/components/traffic.html): the number fields of a split become linked sliders that always add up
// to 100. The server renders every control, so a morph may add, remove or rename rows at any time: they are read again.
// Fires "traffic-split:change" (bubbles) after each move. Buttons [data-split-step="10"] of the same form set the share of the
// entity chosen in its select[data-split-step-of] (or named in the button's data-split-step-of); option values are labels.
import * as moves from "../traffic/split.js";
import { able, paintBar, paintRow, paintSum } from "../traffic/paint.js";

const SAY_AFTER_MS = 400;
const NAMED = 5;

class TrafficSplit extends HTMLElement {
  sent = new WeakMap();

  connectedCallback() {
    this.away = new AbortController();
    const { signal } = this.away;
    for (const type of ["input", "change", "click", "keydown"]) this.addEventListener(type, (event) => this[`on_${type}`](event), { signal });
    this.closest("form")?.addEventListener("click", (event) => this.preset(event), { signal });
    document.addEventListener("htmx:after:swap", () => this.read(), { signal });
    this.rows = new MutationObserver(() => this.read());
    this.rows.observe(this, { childList: true, subtree: true, attributeFilter: ["data-key", "value"] });
    addEventListener("pageshow", (event) => event.persisted && this.read(), { signal });
    this.read();
  }

  disconnectedCallback() {
    this.away.abort();
    this.rows.disconnect();
    clearTimeout(this.telling);
  }

  // What the rows say now. Locks are remembered by label; when a row went, the rest takes its share.
  read() {
    const before = new Map(this.split?.rows.map((row) => [row.name, row]));
    this.parts = partsOf(this);
    if (!this.parts.length) return;
    for (const part of this.parts) this.heed(part);
    const given = this.parts.map(({ key, field }) => {
      const known = before.get(key);
      return { name: key, percent: field === this.typing && known ? known.percent : Number(field.value), locked: Boolean(known?.locked) };
    });
    const old = [...before.values()];
    const same = given.length === old.length && given.every((row, at) => row.name === old[at].name && row.percent === old[at].percent);
    const gone = [...before.keys()].some((name) => !this.parts.some((part) => part.key === name));
    const sum = given.reduce((total, row) => total + row.percent, 0);
    if (!same) this.split = moves.start(given);
    this.shown = sum === 100 || gone || given.length === 1 || (same && this.shown);
    this.paint(sum);
    this.told ??= this.percents();
  }

  // A morph renews a field's value attribute but keeps what was typed: right for the same entity, wrong when rows have shifted.
  heed({ field, label }) {
    const last = this.sent.get(field);
    const renamed = last && last.label !== label;
    if (renamed || (last && last.value !== field.defaultValue && field !== this.typing)) field.value = field.defaultValue;
    this.sent.set(field, { label, value: field.defaultValue });
  }

  move(split, first = "") {
    if (split === this.split && this.shown) return this.paint();
    this.split = split;
    this.shown = true;
    this.forgive();
    this.paint();
    this.dispatchEvent(new CustomEvent("traffic-split:change", { bubbles: true, detail: { shares: Object.fromEntries(this.percents()) } }));
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(first), SAY_AFTER_MS);
  }

  // What the server found wrong was said of numbers that are no longer there.
  forgive() {
    for (const error of this.querySelectorAll(".field-error")) error.remove();
    for (const { field } of this.parts) {
      field.removeAttribute("aria-invalid");
      field.classList.remove("is-invalid");
      field.setAttribute("aria-describedby", `${this.id}-rule`);
    }
  }

  percents() { return new Map(this.split.rows.map((row) => [row.name, row.percent])); }

  // Shares that the server sent and that do not add up stay as they are, with a word about it, until the first move.
  paint(sum = 100) {
    paintSum(this.querySelector("[data-sum]"), this.shown ? 100 : sum);
    if (!this.shown) return;
    const rows = this.split.rows.map((row, place) => ({ ...row, label: this.parts[place].label }));
    const alone = rows.length < 2;
    rows.forEach((row, place) => paintRow(this.parts[place], row, { typing: this.parts[place].field === this.typing, alone }));
    paintBar(this.querySelector(".split-bar"), rows);
    able(this.querySelector("[data-act=even]"), rows.filter((row) => !row.locked).length > 1);
    able(this.querySelector("[data-act=reset]"), this.parts.some(({ live }, place) => (live ?? 0) !== rows[place].percent));
    const pair = this.pair();
    able(this.querySelector("[data-act=swap]"), Boolean(pair) && moves.swap(this.split, ...pair) !== this.split);
  }

  // The two to swap: the only two there are, or the two chosen.
  pair() {
    const chosen = [...this.querySelectorAll("[data-swap]")].map((select) => this.parts[select.selectedIndex]?.key);
    const two = chosen.length ? chosen : this.parts.map((part) => part.key);
    return two.length === 2 && two[0] !== two[1] ? two : null;
  }

  tell(first) {
    const now = this.split.rows.map((row, place) => ({ ...row, label: this.parts[place]?.label }));
    const changed = now.filter((row) => this.told.get(row.name) !== row.percent);
    changed.sort((a, b) => (b.name === first) - (a.name === first));
    this.told = this.percents();
    const named = changed.slice(0, NAMED).map((row) => `${row.label} ${row.percent} %`);
    if (changed.length > NAMED) named.push(`and ${changed.length - NAMED} more`);
    this.querySelector("[data-said]").textContent = named.join(", ");
  }

  of(target) { return this.parts.find(({ row }) => row.contains(target)); }

  on_input({ target }) {
    const part = this.of(target);
    if (part && target === part.range) this.move(moves.set(this.split, part.key, target.valueAsNumber), part.key);
    else if (part && target === part.field) this.typing = target;
  }

  on_change({ target }) {
    const part = this.of(target);
    if (target.matches("[data-swap]")) this.paint();
    else if (part && target === part.field) this.commit(part);
  }

  commit({ key, field }) {
    this.typing = null;
    const typed = field.valueAsNumber;
    this.move(Number.isFinite(typed) ? moves.set(this.split, key, typed) : this.split, key);
  }

  on_keydown(event) {
    const part = this.of(event.target);
    if (!part || event.target !== part.field || part.field.readOnly) return;
    const by = { PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Enter") this.commit(part);
    else if (by) this.move(moves.set(this.split, part.key, (part.field.valueAsNumber || 0) + by), part.key);
    else return;
    this.typing = null;
    this.paint();
    event.preventDefault();
  }

  on_click({ target }) {
    const button = target.closest("[data-act]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const key = this.of(button)?.key;
    const acts = {
      lock: () => moves.lock(this.split, key, button.getAttribute("aria-pressed") !== "true"),
      all: () => moves.all(this.split, key),
      even: () => moves.even(this.split),
      swap: () => moves.swap(this.split, ...this.pair()),
      reset: () => moves.start(this.parts.map((part) => ({ name: part.key, percent: part.live ?? 0 }))),
    };
    this.move(acts[button.dataset.act](), key);
  }

  preset(event) {
    const button = event.target.closest("[data-split-step]");
    if (!button) return;
    event.preventDefault();
    const label = button.dataset.splitStepOf ?? button.form.querySelector("select[data-split-step-of]")?.value;
    const part = this.parts.find((one) => one.label === label);
    if (part) this.move(moves.set(this.split, part.key, Number(button.dataset.splitStep)), part.key);
  }
}

// The pieces of each row. Labels may repeat while somebody edits names: the second `a` is kept apart from the first.
function partsOf(element) {
  const seen = new Map();
  return [...element.querySelectorAll(".split-row")].map((row) => {
    const label = row.dataset.key;
    const times = seen.get(label) ?? 0;
    seen.set(label, times + 1);
    const [field, range, was] = [".split-number input", ".split-range", "[data-was]"].map((one) => row.querySelector(one));
    const [lock, all] = ["lock", "all"].map((act) => row.querySelector(`[data-act=${act}]`));
    const live = "live" in row.dataset ? Number(row.dataset.live) : null;
    return { key: times ? `${label}\n${times}` : label, label, row, field, range, was, lock, all, live };
  });
}

customElements.define("traffic-split", TrafficSplit);
