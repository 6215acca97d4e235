// How alike embedded texts are: the cosine of every pair, as a table.
import { element } from "./pieces.js";

const MOST_TEXTS = 30;

function vector(entry) {
  if (Array.isArray(entry.embedding)) return entry.embedding;
  const bytes = Uint8Array.from(atob(entry.embedding ?? ""), (sign) => sign.charCodeAt(0));
  return [...new Float32Array(bytes.buffer)];
}

export function cosine(a, b) {
  let [dot, first, second] = [0, 0, 0];
  for (let place = 0; place < a.length; place += 1) { dot += a[place] * b[place]; first += a[place] ** 2; second += b[place] ** 2; }
  return first && second ? dot / Math.sqrt(first * second) : 0;
}

export function similarity(input, data) {
  const texts = (Array.isArray(input) ? input : [input]).slice(0, MOST_TEXTS);
  const vectors = data.slice(0, texts.length).sort((a, b) => a.index - b.index).map(vector);
  const head = element("tr", {}, element("th", { scope: "col", text: "Text" }), ...texts.map((_, place) => element("th", { scope: "col", className: "num", text: String(place + 1) })));
  const body = vectors.map((one, place) => element("tr", {}, element("th", { scope: "row", className: "similar-text", text: `${place + 1}. ${texts[place]}` }), ...vectors.map((other) => cell(cosine(one, other)))));
  const table = element("table", { className: "data similar" }, element("thead", {}, head), element("tbody", {}, ...body));
  const note = `${vectors[0]?.length ?? 0} dimensions. 1 means the same direction, 0 nothing in common.${data.length > MOST_TEXTS ? ` The first ${MOST_TEXTS} of ${data.length} texts.` : ""}`;
  return element("div", {}, element("div", { className: "table-frame", tabIndex: 0, role: "region", ariaLabel: "Similarity of the texts" }, table), element("p", { className: "soft small", text: note }));
}

function cell(value) {
  const made = element("td", { className: "num", text: value.toFixed(3) });
  made.dataset.likeness = String(Math.max(0, Math.min(5, Math.floor(value * 5.001))));
  return made;
}
