// Checks a value against a JSON Schema (2020-12, the parts that signatures use). Gives [{path: ["a", 0], message}].
// oneOf is read as anyOf: the alternatives of live documents do not require their own field, so several always match.
const MOST_PROBLEMS = 50;
const MOST_ITEMS = 2000;
const RANGES = { int32: 2 ** 31, int64: 2 ** 63 };

export function typeOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

export const typesOf = (schema) => (Array.isArray(schema?.type) ? schema.type : schema?.type ? [schema.type] : []);

const fits = (type, allowed) => allowed.includes(type) || (type === "integer" && allowed.includes("number"));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const words = { integer: "a whole number", number: "a number", string: "a text", boolean: "true or false", array: "a list", object: "an object", null: "null" };

function number(value, schema, tell) {
  if (schema.minimum !== undefined && value < schema.minimum) tell(`must be at least ${schema.minimum}`);
  if (schema.maximum !== undefined && value > schema.maximum) tell(`must be at most ${schema.maximum}`);
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) tell(`must be more than ${schema.exclusiveMinimum}`);
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum) tell(`must be less than ${schema.exclusiveMaximum}`);
  const range = RANGES[schema.format];
  if (range && !(value >= -range && value < range)) tell(`is out of range for ${schema.format}`);
}

function string(value, schema, tell) {
  if (schema.minLength !== undefined && value.length < schema.minLength) tell(`must have at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined && value.length > schema.maxLength) tell(`must have at most ${schema.maxLength} characters`);
  if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) tell("must be a date and time, such as 2026-01-31T12:00:00");
}

function object(value, schema, path, found) {
  for (const name of schema.required ?? []) {
    if (!(name in value)) found.push({ path: [...path, name], message: `${name} is missing` });
  }
  const known = schema.properties ?? {};
  for (const [name, inner] of Object.entries(value)) {
    if (Object.hasOwn(known, name)) check(inner, known[name], [...path, name], found);
    else if (schema.additionalProperties === false) found.push({ path: [...path, name], message: `${name} is not known` });
    else if (typeof schema.additionalProperties === "object") check(inner, schema.additionalProperties, [...path, name], found);
  }
}

function array(value, schema, path, found, tell) {
  if (schema.minItems !== undefined && value.length < schema.minItems) tell(`needs at least ${schema.minItems} items, has ${value.length}`);
  if (schema.maxItems !== undefined && value.length > schema.maxItems) tell(`takes at most ${schema.maxItems} items, has ${value.length}`);
  for (let place = 0; place < Math.min(value.length, MOST_ITEMS) && found.length < MOST_PROBLEMS; place += 1) {
    const inner = schema.prefixItems?.[place] ?? schema.items;
    if (inner && typeof inner === "object") check(value[place], inner, [...path, place], found);
  }
}

function ways(value, choices, path, found) {
  let best = null;
  for (const choice of choices) {
    const problems = check(value, choice, path, []);
    if (!problems.length) return;
    if (!best || problems.length < best.length) best = problems;
  }
  found.push(...(best ?? []));
}

export function check(value, schema, path = [], found = []) {
  if (found.length >= MOST_PROBLEMS || !schema || typeof schema !== "object") return found;
  const tell = (message) => found.push({ path, message });
  const type = typeOf(value);
  const allowed = typesOf(schema);
  if (allowed.length && !fits(type, allowed)) {
    tell(`must be ${allowed.map((one) => words[one] ?? one).join(" or ")}, is ${words[type] ?? type}`);
    return found;
  }
  if (schema.enum && !schema.enum.some((one) => same(one, value))) tell(`must be one of ${schema.enum.map((one) => JSON.stringify(one)).join(", ")}`);
  if ("const" in schema && !same(schema.const, value)) tell(`must be ${JSON.stringify(schema.const)}`);
  if (typeof value === "number") number(value, schema, tell);
  if (typeof value === "string") string(value, schema, tell);
  if (type === "object") object(value, schema, path, found);
  if (type === "array") array(value, schema, path, found, tell);
  for (const key of ["oneOf", "anyOf"]) if (schema[key]) ways(value, schema[key], path, found);
  for (const part of schema.allOf ?? []) check(value, part, path, found);
  return found;
}

export const pathText = (path) => path.reduce((text, part) => (typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${part}` : part), "");
