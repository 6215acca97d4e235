// JSON as models really write it (NaN, Infinity), where a value stands in a text, and values to begin with.
const ODD = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

// Parses JSON with NaN and Infinity in it, which become the texts "NaN", "Infinity", "-Infinity". Throws SyntaxError.
export function parseLoose(text) {
  try { return JSON.parse(text); } catch { /* it may still be JSON with NaN */ }
  return JSON.parse(text.replace(ODD, (found) => (found[0] === '"' ? found : `"${found}"`)));
}

// {"/a/0": line, …}: the line (from 1) on which each value begins. The text must be JSON.
export function linesOf(text) {
  const lines = new Map();
  const stack = [];
  let line = 1;
  let key = null;
  const begin = () => {
    const top = stack.at(-1);
    if (top) top.key = top.list ? top.place++ : key;
    lines.set(`/${stack.map((one) => one.key).join("/")}`, line);
  };
  const token = /"(?:[^"\\]|\\.)*"|[[\]{},:\n]|[^\s[\]{},:"]+/g;
  for (const [found] of text.matchAll(token)) {
    const top = stack.at(-1);
    if (found === "\n") line += 1;
    else if (found === "{" || found === "[") { begin(); stack.push({ list: found === "[", place: 0, key: null, expects: "key" }); }
    else if (found === "}" || found === "]") stack.pop();
    else if (found === ",") { if (top) top.expects = "key"; }
    else if (found === ":") { if (top) top.expects = "value"; }
    else if (top && !top.list && top.expects === "key") key = JSON.parse(found);
    else begin();
  }
  return lines;
}

// The line of a path, or of the nearest thing around it that is there.
export function lineOf(lines, path) {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = lines.get(`/${path.slice(0, length).join("/")}`);
    if (found) return found;
  }
  return 1;
}

// A value to begin with for a field of that schema.
export function preset(schema) {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat().find((one) => one !== "null");
  if (type === "object") return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, preset(one)]));
  return { array: [], string: "", boolean: false, integer: schema.minimum ?? 0, number: schema.minimum ?? 0 }[type] ?? null;
}
