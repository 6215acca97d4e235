// The form made from the schema by jedison. Names come from other people, so whatever would be markup is drawn as text.
import { element } from "./pieces.js";
import { withRecords, recordsOf } from "./table-data.js";

const MOST_LEAVES = 400;
const SIGNS = { "<": "‹", ">": "›", "&": "＆" };
const harmless = (text) => String(text).replace(/[<>&]/g, (sign) => SIGNS[sign]);
let library = null;

// The schema with a harmless title everywhere and only the words jedison knows.
export function titled(schema, name = "") {
  if (!schema || typeof schema !== "object") return {};
  const { description, title, examples, example, default: preset, ...rest } = schema;
  const out = { ...rest, title: harmless(name || title || "") };
  const kinds = [schema.type].flat().filter((one) => one && one !== "null");
  if (kinds.length === 1) out.type = kinds[0];
  if (description) out.description = harmless(description);
  if (preset !== undefined) out.default = preset;
  if (schema.properties) out.properties = Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, titled(one, key)]));
  if (schema.items && typeof schema.items === "object") out.items = titled(schema.items, "entry");
  if (schema.prefixItems) out.prefixItems = schema.prefixItems.map((one, place) => titled(one, `value ${place + 1}`));
  for (const key of ["oneOf", "anyOf", "allOf"]) if (schema[key]) out[key] = schema[key].map((one) => titled(one, name));
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
    const schema = titled((this.tabular ? this.records : this.way()).schema);
    const data = this.tabular ? withRecords(value, "dataframe_records", recordsOf(value), this.columns) : value;
    this.given = data;
    this.root.replaceChildren();
    this.form = new Jedison.Create({
      container: this.root, theme: new Jedison.ThemeBootstrap5(), schema, data, btnIcons: false, showErrors: "change",
      arrayMove: false, arrayDeleteConfirm: false, enforceConst: true, enforceRequired: true, assertFormat: false, keepMissingSchemaFields: false, objectAdd: false,
      translations: { en: { arrayAdd: "Add entry", arrayDelete: "Remove entry" } },
    });
    this.form.on("change", () => this.changed(this.read()));
  }

  read() {
    const value = kept(this.given, this.form.getValue());
    return this.tabular ? withRecords(value, this.way().key, recordsOf(value), this.columns) : value;
  }
}
