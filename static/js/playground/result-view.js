// What came back of a query: as a table, a tree or raw text; large answers are cut on the page and whole in the download.
import { ms } from "./figures.js";
import { parseLoose } from "./json-text.js";
import { download, element } from "./pieces.js";
import { similarity } from "./similarity.js";
import { recordsOf } from "./table-data.js";

const MOST_ROWS = 200;
const MOST_CHARACTERS = 100_000;
const MOST_CHILDREN = 100;
const PARSED_BYTES = 20_000_000;
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`);
const short = (value) => { const text = typeof value === "string" ? value : JSON.stringify(value); return text.length > 300 ? `${text.slice(0, 300)}…` : text; };

// `sent`: the records that were asked about, one per row, shown beside their predictions.
function table(rows, sent) {
  const plain = rows.some((row) => row === null || typeof row !== "object" || Array.isArray(row));
  const names = plain ? ["value"] : [...new Set(rows.slice(0, MOST_ROWS).flatMap(Object.keys))].slice(0, 60);
  const cells = (row) => (plain ? [row] : names.map((name) => row[name]));
  const asked = sent.length ? [...new Set(sent.flatMap(Object.keys))].slice(0, 40) : [];
  const of = (place, name) => sent[place][name] ?? "";
  const head = element("tr", {}, ...["#", ...names].map((text, at) => element("th", { scope: "col", className: at > 0 && typeof cells(rows[0])[at - 1] === "number" ? "num" : "", text: text === "value" && asked.length ? "prediction" : text })),
    ...asked.map((text) => element("th", { scope: "col", className: "result-sent", text })));
  const body = rows.slice(0, MOST_ROWS).map((row, place) => element("tr", {}, element("th", { scope: "row", className: "num", text: String(place + 1) }),
    ...cells(row).map((one) => element("td", { className: typeof one === "number" ? "num" : "", text: one === undefined ? "" : short(one) })),
    ...asked.map((name) => element("td", { className: `result-sent${typeof of(place, name) === "number" ? " num" : ""}`, text: short(of(place, name)) }))));
  const made = element("table", { className: "data" }, element("thead", {}, head), element("tbody", {}, ...body));
  const note = rows.length > MOST_ROWS ? [element("p", { className: "soft small", text: `The first ${MOST_ROWS} of ${rows.length} rows.` })] : [];
  return element("div", {}, element("div", { className: "table-frame", tabIndex: 0, role: "region", ariaLabel: "Answer as a table" }, made), ...note);
}

// A tree whose branches are drawn when they are opened.
function tree(name, value, open = false) {
  if (value === null || typeof value !== "object") return element("div", { className: "tree-leaf" }, element("span", { className: "tree-name", text: `${name}: ` }), element("span", { text: short(value) }));
  const entries = Array.isArray(value) ? value.map((one, place) => [place, one]) : Object.entries(value);
  const about = Array.isArray(value) ? `list of ${entries.length}` : `${entries.length} fields`;
  const branch = element("details", { className: "tree-branch" }, element("summary", {}, element("span", { className: "tree-name", text: `${name} ` }), element("span", { className: "soft", text: about })));
  const fill = (from) => {
    branch.append(...entries.slice(from, from + MOST_CHILDREN).map(([key, one]) => tree(key, one)));
    if (entries.length <= from + MOST_CHILDREN) return;
    const more = element("button", { type: "button", className: "btn btn-sm", text: `Show more of ${entries.length}` });
    more.addEventListener("click", () => { more.remove(); fill(from + MOST_CHILDREN); });
    branch.append(more);
  };
  branch.addEventListener("toggle", () => { if (branch.open && branch.children.length === 1) fill(0); });
  branch.open = open;
  return branch;
}

function raw(text) {
  const box = element("pre", { className: "result-raw", tabIndex: 0, role: "region", ariaLabel: "Raw answer", text: text.slice(0, MOST_CHARACTERS) });
  const note = text.length > MOST_CHARACTERS ? [element("p", { className: "soft small", text: `The first ${MOST_CHARACTERS / 1000} thousand of ${text.length.toLocaleString("en")} characters; download has all.` })] : [];
  return element("div", {}, box, ...note);
}

const rowsOf = (value) => (Array.isArray(value?.predictions) ? value.predictions : Array.isArray(value) ? value : null);

function views(text, sent, style) {
  let value;
  if (text.length <= PARSED_BYTES) { try { value = parseLoose(text); } catch { /* only raw then */ } }
  const shown = [["Raw", () => raw(text)]];
  if (value !== undefined) shown.unshift(["Tree", () => tree("answer", value, true)]);
  const rows = rowsOf(value);
  const records = recordsOf(sent);
  if (rows?.length) shown.unshift(["Table", () => table(rows, records.length === rows.length && records.every((one) => one && typeof one === "object") ? records.slice(0, MOST_ROWS) : [])]);
  if (style === "embeddings" && Array.isArray(value?.data)) shown.unshift(["Similarity", () => similarity(sent.input, value.data)]);
  return shown;
}

// Draws the answer {text, ms, entity, status} with its tabs; the views are made when first shown.
export function drawResult(place, answer, sent, style) {
  const shown = views(answer.text, sent, style);
  const panel = element("div", { role: "tabpanel", className: "result-panel" });
  const tabs = shown.map(([name, make], at) => {
    const tab = element("button", { type: "button", className: "tab", role: "tab", text: name });
    tab.addEventListener("click", () => choose(at));
    tab.addEventListener("keydown", (event) => { const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]; if (step) choose((at + step + shown.length) % shown.length, true); });
    return { tab, make };
  });
  function choose(at, focus) {
    tabs.forEach(({ tab }, one) => { tab.setAttribute("aria-selected", String(one === at)); tab.tabIndex = one === at ? 0 : -1; });
    panel.setAttribute("aria-label", shown[at][0]);
    panel.replaceChildren(tabs[at].make());
    if (focus) tabs[at].tab.focus();
  }
  const save = element("button", { type: "button", className: "btn btn-sm", text: "Download" });
  save.addEventListener("click", () => download("answer.json", answer.text));
  const facts = [`${answer.status}`, ms(answer.ms), size(answer.bytes), answer.entity && `answered by ${answer.entity}`].filter(Boolean).join(" · ");
  const list = element("div", { className: "tabs", role: "tablist", ariaLabel: "Ways to see the answer" }, ...tabs.map(({ tab }) => tab));
  place.replaceChildren(element("div", { className: "result-bar" }, element("span", { className: "soft num", text: facts }), save), list, panel);
  choose(0);
}
