// The form made from the schema by jedison. Names come from other people, so whatever would be markup is drawn as text.
import { element } from "./pieces.js";
import { withRecords, recordsOf } from "./table-data.js";

const MOST_LEAVES = 400;
const SIGNS = { "<": "‹", ">": "›", "&": "＆" };
const harmless = (text) => String(text).replace(/[<>&]/g, (sign) => SIGNS[sign]);
// jedison sets texts as if they were markup; where the browser knows Trusted Types, they come through here.
try { window.trustedTypes?.createPolicy("default", { createHTML: harmless }); } catch { /* another copy of this module has made it */ }
let library = null;

const scalar = (schema) => schema?.type !== "object" && schema?.type !== "array" && !["properties", "items", "oneOf", "anyOf", "prefixItems"].some((key) => schema?.[key]);

// "integer · int64, optional": what stands beside a field's name.
function hint(schema, optional) {
  const named = [schema.type].flat().filter(Boolean);
  const words = named.filter((one) => one !== "null").join(" or ");
  const free = optional || named.includes("null") ? "optional" : "";
  return [[words, schema.format].filter(Boolean).join(" · "), free].filter(Boolean).join(", ");
}

// What tells the ways of a choice apart.
const KINDS = { array: "list", object: "fields", string: "text" };
const kindOf = (schema) => [schema?.type].flat().filter((one) => one && one !== "null").map((one) => KINDS[one] ?? one).join(" or ");

// A list of plain values lies in a row; one of a fixed length cannot be made longer or shorter.
function listed(schema, out) {
  const fixed = schema.minItems !== undefined && schema.minItems === schema.maxItems;
  out["x-containerAttributes"] = { class: scalar(schema.items) && schema.items?.type !== "string" ? "form-list form-flow" : "form-list" };
  if (fixed) Object.assign(out, { "x-arrayAdd": false, "x-arrayDelete": false });
}

// The schema with a harmless title everywhere, hints, and only the words jedison knows.
export function titled(schema, name = "", optional = false) {
  if (!schema || typeof schema !== "object") return {};
  const { description, title, examples, example, default: preset, ...rest } = schema;
  const out = { ...rest, title: harmless(name || title || "") };
  const kinds = [schema.type].flat().filter((one) => one && one !== "null");
  if (kinds.length === 1) out.type = kinds[0];
  const said = [scalar(schema) ? hint(schema, optional) : "", description].filter(Boolean).join(". ");
  if (said) out.description = harmless(said);
  if (preset !== undefined) out.default = preset;
  const needed = new Set(schema.required ?? []);
  if (schema.properties) out.properties = Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, titled(one, key, !needed.has(key) && needed.size > 0)]));
  if (schema.items && typeof schema.items === "object") { out.items = titled(schema.items, schema.items.type === "object" ? "row" : "value"); listed(schema, out); }
  if (schema.prefixItems) out.prefixItems = schema.prefixItems.map((one, place) => titled(one, `value ${place + 1}`));
  for (const key of ["oneOf", "anyOf", "allOf"]) if (schema[key]) out[key] = schema[key].map((one) => titled(one, [name, key !== "allOf" && kindOf(one)].filter(Boolean).join(": ")));
  return out;
}

const leaves = (value) => (value && typeof value === "object" ? Object.values(value).reduce((sum, one) => sum + leaves(one), 0) : 1);

// A form shows null as an empty field; what was null and still is empty stays null.
function kept(before, now) {
  if (before === null && (now === "" || now === undefined)) return null;
  if (!before || !now || typeof before !== "object" || typeof now !== "object") return now;
  for (const [key, value] of Object.entries(now)) if (key in before) now[key] = kept(before[key], value);
  return now;
}

export class FormView {
  // changed(value) is told every edit; way() gives the alternative in use, records: that of dataframe_records, if any.
  constructor(root, { way, records, columns, changed }) {
    Object.assign(this, { root, way, records, columns, changed, form: null });
  }

  get tabular() { return this.records && ["dataframe_split", "dataframe_records"].includes(this.way().key); }

  async show(value) {
    const asked = (this.asked = {});
    this.form?.destroy();
    this.form = null;
    if (leaves(value) > MOST_LEAVES) {
      this.root.replaceChildren(element("p", { className: "soft", text: "This is too much for a form. Edit it as a table or as JSON." }));
      return;
    }
    library ??= import("../../vendor/jedison.js").then((module) => module.default);
    const Jedison = await library;
    if (this.asked !== asked) return;
    this.build(Jedison, value);
  }

  build(Jedison, value) {
    const schema = { ...titled((this.tabular ? this.records : this.way()).schema), "x-card": false };
    const data = this.tabular ? withRecords(value, "dataframe_records", recordsOf(value), this.columns) : value;
    this.given = data;
    this.root.replaceChildren();
    this.form = new Jedison.Create({
      container: this.root, theme: new Jedison.ThemeBootstrap5(), schema, data, btnIcons: false, showErrors: "change",
      arrayMove: false, arrayDeleteConfirm: false, enforceConst: true, enforceRequired: true, assertFormat: false, keepMissingSchemaFields: false, objectAdd: false,
      translations: { en: { arrayAdd: "Add", arrayDelete: "Remove" } },
    });
    this.form.on("change", () => this.changed(this.read()));
  }

  read() {
    const value = kept(this.given, this.form.getValue());
    return this.tabular ? withRecords(value, this.way().key, recordsOf(value), this.columns) : value;
  }
}
