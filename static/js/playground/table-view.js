// The table editor: one row a record, one typed column a field. A spreadsheet or CSV can be pasted into any cell; a CSV file is
// opened or dropped, and read here in the browser.
import { element } from "./pieces.js";
import { cellProblem, readCell, readGrid, recordsFromGrid, recordsOf, showCell } from "./table-data.js";

const MOST_ROWS = 200;
const MOST_BYTES = 16 * 1_048_576;

export class TableView {
  // changed(records) is told every edit.
  constructor(root, columns, changed) {
    Object.assign(this, { root, columns, changed, records: [] });
    root.addEventListener("dragover", (event) => { event.preventDefault(); root.toggleAttribute("data-drop", true); });
    root.addEventListener("dragleave", () => root.removeAttribute("data-drop"));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      root.removeAttribute("data-drop");
      this.open(event.dataTransfer.files[0]);
    });
  }

  show(value) {
    this.records = recordsOf(value).map((row) => ({ ...row }));
    this.draw();
  }

  draw() {
    const head = element("tr", {}, ...this.columns.map((one) => this.head(one)), element("th", { scope: "col" }, element("span", { className: "visually-hidden", text: "Remove" })));
    const rows = this.records.slice(0, MOST_ROWS).map((row, place) => this.row(row, place));
    const table = element("table", { className: "data grid" }, element("thead", {}, head), element("tbody", {}, ...rows));
    table.addEventListener("paste", (event) => this.paste(event));
    const frame = element("div", { className: "table-frame", tabIndex: 0, ariaLabel: "Rows to send", role: "region" }, table);
    const more = this.records.length - MOST_ROWS;
    const note = more > 0 ? `${more} more rows are kept and sent; edit them as JSON.` : "Or paste from a spreadsheet into any cell, or drop a CSV file here. A header row is recognized.";
    const add = element("button", { type: "button", className: "btn btn-sm", text: "Add row" });
    add.addEventListener("click", () => this.add());
    const file = element("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", hidden: true });
    file.addEventListener("change", () => this.open(file.files[0]));
    const open = element("button", { type: "button", className: "btn btn-sm", text: "Open CSV file" });
    open.addEventListener("click", () => file.click());
    this.root.replaceChildren(frame, element("div", { className: "row-flex grid-foot" }, add, open, file, element("span", { className: "soft small", text: note })));
  }

  head({ name, type, schema, required }) {
    const kind = `${type}${schema.format ? ` · ${schema.format}` : ""}${required ? "" : ", optional"}`;
    return element("th", { scope: "col" }, element("span", { className: "grid-name", text: name }), element("span", { className: "grid-type", text: kind }));
  }

  row(record, place) {
    const remove = element("button", { type: "button", className: "btn btn-quiet btn-icon btn-sm", text: "×", ariaLabel: `Remove row ${place + 1}` });
    remove.addEventListener("click", () => { this.records.splice(place, 1); this.draw(); this.changed(this.records); });
    return element("tr", {}, ...this.columns.map((one, at) => this.cell(record, one, place, at)), element("td", {}, remove));
  }

  cell(record, column, place, at) {
    const field = element("input", { className: "grid-cell", value: showCell(record[column.name]), autocomplete: "off", spellcheck: false });
    field.setAttribute("aria-label", `${column.name}, row ${place + 1}`);
    Object.assign(field.dataset, { row: place, column: at });
    const judge = () => {
      const problem = cellProblem(record[column.name], column);
      field.toggleAttribute("aria-invalid", Boolean(problem));
      if (problem) field.setAttribute("aria-invalid", "true");
      field.title = problem;
    };
    field.addEventListener("input", () => {
      const value = readCell(field.value, column);
      if (value === undefined) delete record[column.name];
      else record[column.name] = value;
      judge();
      this.changed(this.records);
    });
    judge();
    return element("td", {}, field);
  }

  add() {
    this.records.push({});
    this.draw();
    this.changed(this.records);
    this.root.querySelector(`[data-row="${Math.min(this.records.length, MOST_ROWS) - 1}"]`)?.focus();
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!event.target.dataset.row || !/[\t\n,;]/.test(text.trim())) return;
    const grid = readGrid(text);
    if (grid.length === 1 && grid[0].length === 1) return;
    event.preventDefault();
    const [row, at] = [Number(event.target.dataset.row), Number(event.target.dataset.column)];
    const { header, records, skipped } = recordsFromGrid(grid, this.columns, at);
    if (header) this.records = records;
    else records.forEach((one, place) => { this.records[row + place] = { ...this.records[row + place], ...one }; });
    this.draw();
    this.changed(this.records);
    window.portalAnnounce(`${records.length} rows pasted${leftOut(skipped)}`);
  }

  // A file takes the place of all rows. It is read in this browser and goes nowhere before Send.
  async open(file) {
    if (!file) return;
    if (file.size > MOST_BYTES) { window.portalToast({ text: `${file.name} is larger than 16 MB, the most that an endpoint takes.`, tone: "danger" }); return; }
    const { records, skipped } = recordsFromGrid(readGrid((await file.text()).replace(/^\ufeff/, "")), this.columns, 0);
    if (!records.length) { window.portalToast({ text: `${file.name} has no rows.`, tone: "warning" }); return; }
    this.records = records;
    this.draw();
    this.changed(this.records);
    window.portalToast({ text: `${records.length} rows of ${file.name}${leftOut(skipped)}`, tone: skipped.length ? "warning" : "success" });
  }
}

const leftOut = (names) => (names.length ? `; not of this schema, so left out: ${names.join(", ")}` : "");
