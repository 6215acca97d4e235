// Runs a set of prompts over all columns: columns side by side, prompts one after the other; results as a table to keep.
import { ask } from "./ask.js";
import { cost, measure } from "./figures.js";
import { download, element } from "./pieces.js";
import { explain } from "./problems.js";
import { requestBody } from "./requests.js";

export function readLines(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line, place) => {
    if (!line.startsWith("{")) return [{ role: "user", content: line }];
    let data;
    try { data = JSON.parse(line); } catch { throw new Error(`Line ${place + 1} is not JSON.`); }
    const messages = data.messages ?? data.request?.messages;
    if (Array.isArray(messages) && messages.length) return messages;
    const prompt = data.prompt ?? data.input ?? data.question ?? data.inputs?.question;
    if (typeof prompt !== "string") throw new Error(`Line ${place + 1} has neither "prompt" nor "messages".`);
    return [{ role: "user", content: prompt }];
  });
}

// The middle of what is known; null where nothing is.
const middle = (values) => { const known = values.filter((one) => one !== null).sort((a, b) => a - b); return known.length ? known[Math.floor(known.length / 2)] : null; };

const csv = (rows) => rows.map((row) => row.map((cell) => `"${String(cell ?? "").replaceAll('"', '""').replace(/^\s*[=+\-@＝＋－＠]|^[\t\r\n\0]/, "'$&")}"`).join(",")).join("\r\n");

export class PromptSet {
  constructor(root, columns, settings) {
    Object.assign(this, { root, columns, settings, rows: [], stops: null });
    const on = (mark, what, event = "click") => root.querySelector(mark).addEventListener(event, what);
    on("[data-set-run]", () => this.run());
    on("[data-set-stop]", () => this.stops?.abort());
    on("[data-set-file]", (event) => this.upload(event.target.files[0]), "change");
    root.querySelectorAll("[data-set-save]").forEach((button) => button.addEventListener("click", () => this.save(button.dataset.setSave)));
    root.querySelector("[data-set-run]").disabled = false;
  }

  async upload(file) { if (file) this.root.querySelector("[data-set-lines]").value = await file.text(); }

  note(text) { this.root.querySelector("[data-set-note]").textContent = text; }

  async run() {
    let prompts;
    let settings;
    try { prompts = readLines(this.root.querySelector("[data-set-lines]").value); settings = this.settings.read(); } catch (error) { this.note(error.message); return; }
    if (!prompts.length) { this.note("Paste at least one prompt."); return; }
    this.stops = new AbortController();
    this.running(true);
    this.rows = [];
    this.total = prompts.length * this.columns.length;
    this.draw(prompts);
    await Promise.all(this.columns.map((column, at) => this.runColumn(column, at, prompts, settings)));
    this.running(false);
    this.sum();
    const failed = this.rows.filter((row) => row.error).length;
    this.note(`${this.stops.signal.aborted ? "Stopped. " : ""}${this.rows.length - failed} of ${prompts.length * this.columns.length} answered${failed ? `, ${failed} failed` : ""}.`);
  }

  async runColumn(column, at, prompts, settings) {
    for (const [place, messages] of prompts.entries()) {
      if (this.stops.signal.aborted) return;
      const run = await ask(column.address, requestBody(column, messages, settings), this.stops.signal);
      if (!run.stopped) this.result(column, at, place, messages, run);
    }
  }

  result(column, at, place, messages, run) {
    const measured = measure(run);
    const error = run.refusal ? `${explain(run.refusal, column).title}: ${run.refusal.message}` : (run.answer.error?.message ?? "");
    this.rows.push({
      prompt: messages.at(-1).content, column: column.id, answer: run.answer.text, error, first_token_ms: measured.ttft === null ? null : Math.round(measured.ttft),
      total_ms: Math.round(measured.total), tokens: measured.tokens, tokens_estimated: measured.estimated,
      tokens_per_second: measured.rate === null ? null : Number(measured.rate.toFixed(1)), price: cost(measured, column.price), place,
    });
    const cell = this.root.querySelector(`[data-cell="${place}-${at}"]`);
    const figures = error ? "" : [measured.ttft && `${Math.round(measured.ttft)} ms`, `${measured.estimated ? "≈ " : ""}${measured.tokens} tokens`].filter(Boolean).join(" · ");
    cell.replaceChildren(element("div", { text: error || run.answer.text.slice(0, 400) }), element("div", { className: "soft small", text: figures }));
    if (error) cell.classList.add("set-error");
    this.note(`${this.rows.length} of ${this.total} done`);
  }

  // A last row: what each column did over all prompts.
  sum() {
    const cells = this.columns.map((column) => {
      const rows = this.rows.filter((row) => row.column === column.id);
      const good = rows.filter((row) => !row.error);
      const first = middle(good.map((row) => row.first_token_ms));
      const rate = middle(good.map((row) => row.tokens_per_second));
      const price = good.some((row) => row.price !== null) ? `${good.reduce((sum, row) => sum + row.price, 0).toPrecision(2)} ${column.price.currency}` : "";
      const facts = [first !== null && `${first} ms to the first token`, rate !== null && `${rate} tokens/s`, `${good.some((row) => row.tokens_estimated) ? "≈ " : ""}${good.reduce((sum, row) => sum + row.tokens, 0)} tokens`, price, rows.length > good.length && `${rows.length - good.length} failed`];
      return element("td", { text: facts.filter(Boolean).join(" · ") });
    });
    this.root.querySelector("[data-set-result] table").append(element("tfoot", {}, element("tr", {}, element("th", { scope: "row", text: "Median and sum" }), ...cells)));
  }

  draw(prompts) {
    const head = element("tr", {}, ...["Prompt", ...this.columns.map((one) => one.id)].map((text) => element("th", { text, scope: "col" })));
    const body = prompts.map((messages, place) => element("tr", {}, element("th", { text: messages.at(-1).content, scope: "row" }),
      ...this.columns.map((_, at) => this.cell(place, at))));
    const table = element("table", { className: "data" }, element("thead", {}, head), element("tbody", {}, ...body));
    const frame = element("div", { className: "table-frame", tabIndex: 0 }, table);
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", "Results");
    this.root.querySelector("[data-set-result]").replaceChildren(frame);
  }

  cell(place, at) {
    const made = element("td", { text: "…" });
    made.dataset.cell = `${place}-${at}`;
    return made;
  }

  running(on) {
    this.root.querySelector("[data-set-run]").disabled = on;
    this.root.querySelector("[data-set-stop]").hidden = !on;
    this.root.querySelectorAll("[data-set-save]").forEach((button) => { button.hidden = on || !this.rows.length; });
    if (on) this.note("Running…");
  }

  save(format) {
    const rows = this.rows.toSorted((a, b) => a.place - b.place).map(({ place, ...row }) => row);
    if (format === "jsonl") download("playground-results.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"), "application/x-ndjson");
    else download("playground-results.csv", csv([Object.keys(rows[0]), ...rows.map(Object.values)]), "text/csv");
  }
}
