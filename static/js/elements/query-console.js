// <query-console data-seat="{…}" data-host="…">: one request as texts, form, table or JSON (all the same value), and its answer.
import { FormView } from "../playground/form-view.js";
import { preset } from "../playground/json-text.js";
import { JsonView } from "../playground/json-view.js";
import { element, trouble } from "../playground/pieces.js";
import { explain } from "../playground/problems.js";
import { drawResult } from "../playground/result-view.js";
import { columnsOf, recordsOf, withRecords } from "../playground/table-data.js";
import { TableView } from "../playground/table-view.js";
import { TextsView } from "../playground/texts-view.js";
import { UseCode } from "../playground/use-code.js";
import { check, pathText } from "../playground/validate.js";

const TABULAR = ["dataframe_split", "dataframe_records"];
const NAMES = { texts: "Texts", form: "Form", table: "Table", json: "JSON" };
const simple = ({ type }) => type !== "object" && type !== "array" && type !== "any";
const size = (bytes) => (bytes < 10_240 ? `${bytes} bytes` : `${(bytes / 1_048_576).toFixed(2)} MiB`);

class QueryConsole extends HTMLElement {
  connectedCallback() {
    if (this.seat) return;
    this.seat = JSON.parse(this.dataset.seat);
    this.ways = this.seat.ways;
    this.at = 0;
    this.columns = columnsOf(this.ways);
    this.value = this.good = this.example();
    this.makeViews();
    this.drawWays();
    this.code = new UseCode(this.querySelector("[data-use-code]"), this.dataset.host, () => this.value && { seat: this.seat, body: this.value });
    this.find("[data-send]").addEventListener("click", () => this.send());
    this.find("[data-stop]").addEventListener("click", () => this.stops?.abort());
    this.find("[data-example]").addEventListener("click", () => { this.value = this.example(); this.choose(this.current); this.judge(); });
    this.find("[data-send]").disabled = false;
    this.choose(this.order[0]);
    this.judge();
  }

  find(mark) { return this.querySelector(mark); }

  get way() { return this.ways[this.at] ?? { key: "", schema: null, example: null }; }

  example() {
    if (this.way.example) return structuredClone(this.way.example);
    return this.seat.style === "embeddings" ? { input: ["first text", "second text"] } : { dataframe_records: [{}] };
  }

  makeViews() {
    const changed = (from) => (value) => this.edited(value, from);
    const records = this.ways.find((one) => one.key === "dataframe_records");
    const root = (name) => this.find(`[data-view="${name}"]`);
    this.views = { json: new JsonView(root("json"), () => ({ anyOf: this.ways.map((one) => one.schema) }), (value, message) => this.edited(value, "json", message)) };
    if (this.ways.length) this.views.form = new FormView(root("form"), { way: () => this.way, records, columns: this.columns, changed: changed("form") });
    if (this.columns) this.views.table = new TableView(root("table"), this.columns, (rows) => this.edited(withRecords(this.value, this.way.key, rows, this.columns), "table"));
    if (this.seat.style === "embeddings") this.views.texts = new TextsView(root("texts"), (texts) => this.edited({ ...this.value, input: [...texts] }, "texts"));
    this.order = ["texts", ...(this.columns?.every(simple) ? ["table", "form"] : ["form", "table"]), "json"].filter((name) => this.views[name]);
    this.find("[data-views]").append(...this.order.map((name) => this.tab(name)));
  }

  tab(name) {
    const made = element("button", { type: "button", className: "tab", role: "tab", text: NAMES[name] });
    made.dataset.tabFor = name;
    made.addEventListener("click", () => this.choose(name));
    made.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = this.order[(this.order.indexOf(name) + step + this.order.length) % this.order.length];
      this.choose(next);
      this.find(`[data-tab-for="${next}"]`).focus();
    });
    return made;
  }

  drawWays() {
    const choice = this.find("[data-way]");
    choice.hidden = this.ways.length < 2;
    choice.append(...this.ways.map((one, place) => element("option", { value: String(place), text: one.key })));
    choice.addEventListener("change", () => this.changeWay(Number(choice.value)));
  }

  changeWay(to) {
    const rows = recordsOf(this.value);
    this.at = to;
    this.value = this.columns && TABULAR.includes(this.way.key) ? withRecords(this.value, this.way.key, rows, this.columns) : this.example();
    this.choose(this.current);
    this.judge();
  }

  choose(name) {
    this.current = name;
    if (this.value === undefined && name !== "json") this.restore();
    for (const one of this.order) {
      const tab = this.find(`[data-tab-for="${one}"]`);
      tab.setAttribute("aria-selected", String(one === name));
      tab.tabIndex = one === name ? 0 : -1;
      this.find(`[data-view="${one}"]`).hidden = one !== name;
    }
    const drawn = this.value !== undefined && this.views[name].show(this.value);
    Promise.resolve(drawn).finally(() => this.toggleAttribute("data-drawn", true));
  }

  // Text that is no JSON cannot be shown in another way: back to the last that was.
  restore() {
    this.value = this.good;
    this.judge();
    window.portalAnnounce("The text was not JSON; the last valid request is shown.");
  }

  edited(value, from, message = "") {
    this.value = value;
    if (value !== undefined) this.good = value;
    this.follow(value);
    this.judge(message);
    this.code.refresh();
  }

  // JSON that uses another alternative's field switches to that alternative.
  follow(value) {
    const place = value ? this.ways.findIndex((one) => one.key in value) : -1;
    if (place < 0 || place === this.at || this.way.key in value) return;
    this.at = place;
    this.find("[data-way]").value = String(place);
  }

  judge(message = "") {
    const broken = this.value === undefined ? [{ path: [], message: `This is not JSON yet: ${message}` }] : [];
    this.problems = broken.length || !this.way.schema ? broken : this.complete();
    const shown = this.problems.slice(0, 8).map((one) => element("li", { text: `${pathText(one.path)} ${one.message}`.trim() }));
    if (this.problems.length > 8) shown.push(element("li", { text: `and ${this.problems.length - 8} more` }));
    this.find("[data-problems]").replaceChildren(...shown);
    if (this.current === "json") this.views.json.mark(this.problems);
    this.find("[data-size]").textContent = this.value === undefined ? "" : size(JSON.stringify(this.value).length);
    this.find("[data-send]").lastChild.textContent = "Send";
    this.insists = false;
    this.offer();
  }

  // Buttons for fields of the schema that the request does not have yet.
  offer() {
    const known = this.way.schema?.properties ?? {};
    const missing = this.value ? Object.keys(known).filter((name) => !(name in this.value)) : [];
    const buttons = missing.map((name) => {
      const made = element("button", { type: "button", className: "btn btn-sm", text: `+ ${name}` });
      made.addEventListener("click", () => { this.value = { ...this.value, [name]: preset(known[name]) }; this.choose(this.current); this.judge(); });
      return made;
    });
    this.find("[data-missing]").replaceChildren(...buttons);
  }

  complete() {
    const key = this.way.key;
    const missing = key && !(key in this.value) ? [{ path: [key], message: "is missing" }] : [];
    return [...missing, ...check(this.value, this.way.schema)];
  }

  send() {
    if (this.value === undefined) { this.choose("json"); return; }
    if (this.problems.length && !this.insists) {
      this.insists = true;
      this.find("[data-send]").lastChild.textContent = "Send anyway";
      window.portalAnnounce(`${this.problems.length} problems with the request. Send again to send it anyway.`);
      return;
    }
    this.ask();
  }

  busy(on) {
    this.find("[data-send]").hidden = on;
    this.find("[data-stop]").hidden = !on;
    this.find("[data-answer]").toggleAttribute("aria-busy", on);
  }

  async ask() {
    const sent = this.value;
    const place = this.find("[data-answer]");
    const began = performance.now();
    this.stops = new AbortController();
    this.busy(true);
    const clock = setInterval(() => this.waiting(place, began), 500);
    let reply = null;
    try {
      reply = await fetch(this.seat.address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent), signal: this.stops.signal });
      const text = await reply.text();
      clearInterval(clock);
      this.answered(place, reply, { text, ms: performance.now() - began, bytes: new Blob([text]).size }, sent);
    } catch (error) {
      const words = this.stops.signal.aborted ? null : { status: reply?.status ?? 0, code: reply ? "BROKEN" : "NO_CONNECTION", message: String(error.message) };
      place.replaceChildren(words ? trouble(explain(words, this.seat)) : element("p", { className: "chat-hello", text: "Stopped." }));
    }
    clearInterval(clock);
    this.busy(false);
  }

  waiting(place, began) {
    const seconds = Math.floor((performance.now() - began) / 1000);
    if (seconds < 1) return;
    const slow = seconds >= 5 ? " An endpoint that had scaled to zero wakes up first; that can take minutes." : "";
    place.replaceChildren(element("p", { className: "chat-hello", text: `Waiting for the answer: ${seconds} s.${slow}` }));
  }

  answered(place, reply, answer, sent) {
    if (reply.redirected || (reply.headers.get("content-type") ?? "").includes("text/html")) {
      place.replaceChildren(trouble(explain({ status: 401, code: "UNAUTHENTICATED", message: "The portal asked to sign in." }, this.seat)));
    } else if (reply.ok) {
      drawResult(place, { ...answer, status: reply.status, entity: reply.headers.get("served-model-name") ?? "" }, sent, this.seat.style);
    } else place.replaceChildren(trouble(explain(this.refusal(reply, answer.text), this.seat)));
    window.portalAnnounce(reply.ok ? "The answer is here" : "The endpoint refused");
  }

  refusal(reply, text) {
    try { const data = JSON.parse(text); return { status: reply.status, ...data.error, details: data }; } catch { return { status: reply.status, code: "", message: text.slice(0, 500) }; }
  }
}

customElements.define("query-console", QueryConsole);
