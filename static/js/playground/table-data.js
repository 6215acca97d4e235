// Tables in and out of request values: columns of a way, records, pasted text, cells checked by their column's type.
import { check, typesOf } from "./validate.js";

const named = (ways, key) => ways.find((way) => way.key === key)?.schema.properties?.[key];

// [{name, schema, required, type}] of a tabular way; null where the request is no table of simple columns.
export function columnsOf(ways) {
  const record = named(ways, "dataframe_records")?.items;
  if (record?.properties) {
    const needed = new Set(record.required ?? []);
    return Object.entries(record.properties).map(([name, schema]) => column(name, schema, needed.has(name)));
  }
  const split = named(ways, "dataframe_split")?.properties;
  const names = split?.columns?.items?.enum;
  return names ? names.map((name, place) => column(name, split.data?.items?.prefixItems?.[place] ?? {}, true)) : null;
}

function column(name, schema, required) {
  const type = typesOf(schema).find((one) => one !== "null") ?? "any";
  return { name, schema, required, type };
}

export function recordsOf(value) {
  if (Array.isArray(value?.dataframe_records)) return value.dataframe_records;
  const split = value?.dataframe_split;
  if (!Array.isArray(split?.columns) || !Array.isArray(split.data)) return [];
  return split.data.map((row) => Object.fromEntries(split.columns.map((name, place) => [name, row?.[place]]).filter(([, one]) => one !== undefined)));
}

// The same request with these records, in the shape of `key`; everything else of it is kept.
export function withRecords(value, key, records, columns) {
  const { dataframe_records: _, dataframe_split: __, ...rest } = value ?? {};
  if (key === "dataframe_records") return { dataframe_records: records, ...rest };
  const known = columns.map((one) => one.name);
  const more = [...new Set(records.flatMap((row) => Object.keys(row)))].filter((name) => !known.includes(name));
  const names = [...known.filter((name, place) => columns[place].required || records.some((row) => name in row)), ...more];
  return { dataframe_split: { columns: names, data: records.map((row) => names.map((name) => row[name] ?? null)) }, ...rest };
}

// The text of a cell as a value of its column; undefined for an empty optional cell.
export function readCell(text, { type, required }) {
  const plain = text.trim();
  if (plain === "" && type !== "string") return required ? null : undefined;
  if (plain === "" && !required) return undefined;
  if (type === "integer" || type === "number") return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : text;
  if (type === "boolean") return /^(true|yes|1)$/i.test(plain) ? true : /^(false|no|0)$/i.test(plain) ? false : text;
  if (type === "array" || type === "object" || type === "any") { try { return JSON.parse(plain); } catch { return text; } }
  return text;
}

export const showCell = (value) => (value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

// What is wrong with a cell, or "".
export function cellProblem(value, { schema, required, name }) {
  if (value === undefined || value === null) return required ? `${name} is missing` : "";
  return check(value, schema)[0]?.message ?? "";
}

// What stands between the cells of the first row; what lies inside quotes is text.
function separatorOf(text) {
  const between = text.replaceAll(/(^|[\t;,\n])"(?:[^"]|"")*"/g, "$1").split("\n", 1)[0];
  return between.includes("\t") ? "\t" : between.includes(";") && !between.includes(",") ? ";" : ",";
}

// Rows of a spreadsheet (tab separated) or of a CSV, quotes respected.
export function readGrid(text) {
  const separator = separatorOf(text);
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const end = () => { rows.at(-1).push(cell); cell = ""; };
  for (let place = 0; place < text.length; place += 1) {
    const sign = text[place];
    if (quoted && sign === '"' && text[place + 1] === '"') { cell += '"'; place += 1; }
    else if (quoted) { if (sign === '"') quoted = false; else cell += sign; }
    else if (sign === '"' && cell === "") quoted = true;
    else if (sign === separator) end();
    else if (sign === "\n") { end(); rows.push([]); }
    else if (sign !== "\r") cell += sign;
  }
  end();
  return rows.filter((row) => row.some((one) => one.trim() !== ""));
}

// Records of a grid pasted at column `at`. A first row that mostly names columns is a header; what it names besides is skipped.
export function recordsFromGrid(grid, columns, at) {
  const names = new Map(columns.map((one) => [one.name.toLowerCase(), one]));
  const first = (grid[0] ?? []).map((cell) => cell.trim());
  const known = first.map((cell) => names.get(cell.toLowerCase()));
  const header = known.filter(Boolean).length * 2 > first.length;
  const order = header ? known : columns.slice(at);
  const skipped = header ? first.filter((_, place) => !known[place]) : [];
  const record = (row) => Object.fromEntries(order.map((one, place) => [one?.name, one && readCell(row[place] ?? "", one)]).filter(([, value]) => value !== undefined));
  return { header, skipped, records: (header ? grid.slice(1) : grid).map(record) };
}
