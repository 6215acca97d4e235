// What could be written at a place of a JSON text, by its schema: [{label, detail, insert}] and the range they replace.
import { preset } from "./json-text.js";
import { typesOf } from "./validate.js";

const TOKEN = /"(?:[^"\\\n]|\\.)*"?|[[\]{},:]|[^\s[\]{},:"]+/g;
const MOST = 50;

function step(stack, token) {
  const top = stack.at(-1);
  const take = () => { if (top?.list) top.place += 1; else if (top) top.expects = "comma"; };
  if (token === "{" || token === "[") { take(); stack.push({ list: token === "[", place: -1, key: null, expects: token === "[" ? "value" : "key", taken: [] }); }
  else if (token === "}" || token === "]") stack.pop();
  else if (!top) return;
  else if (token === ",") top.expects = top.list ? "value" : "key";
  else if (token === ":") top.expects = "value";
  else if (top.expects === "key") { top.key = token.replaceAll('"', ""); top.taken.push(top.key); top.expects = "colon"; }
  else { take(); if (top.list) top.expects = "comma"; }
}

// Keys that the object around `at` has further on.
function later(text, at) {
  const stack = [{ list: false, place: -1, key: null, expects: "comma", taken: [] }];
  for (const [token] of text.slice(at).matchAll(TOKEN)) {
    step(stack, token);
    if (!stack.length) break;
  }
  return stack[0]?.taken ?? [];
}

// {kind: "key" | "value", path, from, to, prefix, taken} at an offset; null where nothing can be written.
export function contextAt(text, at) {
  const stack = [];
  let open = null;
  for (const match of text.matchAll(TOKEN)) {
    const end = match.index + match[0].length;
    if (match.index >= at) break;
    const word = !/^[[\]{},:]$/.test(match[0]);
    if (word && end >= at && !(match[0].length > 1 && match[0].endsWith('"') && end === at)) { open = { from: match.index, to: end, prefix: text.slice(match.index, at).replaceAll('"', "") }; break; }
    step(stack, match[0]);
  }
  const top = stack.at(-1);
  if (!top || !["key", "value"].includes(top.expects)) return null;
  const place = open ?? { from: at, to: at, prefix: "" };
  const path = stack.slice(0, -1).map((one) => (one.list ? one.place : one.key));
  if (top.expects === "value") path.push(top.list ? top.place + 1 : top.key);
  return { kind: top.expects, path, ...place, taken: [...top.taken, ...later(text, place.to)] };
}

const ways = (schema) => [schema, ...["oneOf", "anyOf", "allOf"].flatMap((key) => (schema?.[key] ?? []).flatMap(ways))].filter((one) => one && typeof one === "object");

// All schemas that may describe the value at a path.
export function schemasAt(schema, path) {
  return path.reduce((found, part) => found.flatMap((one) => ways(typeof part === "number" ? (one.prefixItems?.[part] ?? one.items) : one.properties?.[part])), ways(schema));
}

function values(schema) {
  const types = typesOf(schema);
  const found = [...(schema.enum ?? []), ...("const" in schema ? [schema.const] : [])];
  if (!found.length && types.includes("boolean")) found.push(true, false);
  if (!found.length && schema.default !== undefined) found.push(schema.default);
  if (!found.length && (types.includes("object") || types.includes("array"))) found.push(preset(schema));
  if (types.includes("null")) found.push(null);
  return found;
}

const detail = (schema) => [typesOf(schema).filter((one) => one !== "null").join(" or "), schema.format].filter(Boolean).join(" · ");
const fits = (label, prefix) => label.toLowerCase().includes(prefix.toLowerCase());
const unique = (options) => [...new Map(options.map((one) => [one.label, one])).values()].slice(0, MOST);

// {from, to, options} for the text and cursor; options is empty where the schema says nothing.
export function complete(text, at, schema) {
  const here = contextAt(text, at);
  if (!here) return { from: at, to: at, options: [] };
  const known = schemasAt(schema, here.path);
  const colon = /^\s*:/.test(text.slice(here.to)) ? "" : ": ";
  const keys = () => known.flatMap((one) => Object.entries(one.properties ?? {})).filter(([name]) => !here.taken.includes(name))
    .map(([name, one]) => ({ label: name, detail: detail(one), insert: `${JSON.stringify(name)}${colon && colon + JSON.stringify(preset(one))}` }));
  const written = () => known.flatMap(values).map((one) => ({ label: JSON.stringify(one), detail: "", insert: JSON.stringify(one) }));
  const options = unique((here.kind === "key" ? keys() : written()).filter((one) => fits(one.label, here.prefix)));
  return { from: here.from, to: here.to, options };
}
