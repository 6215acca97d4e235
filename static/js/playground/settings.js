// System prompt, the parameters the schemas offer, streaming, and presets kept in this browser.
import { element } from "./pieces.js";

const PRESETS = "playground:presets";

const union = (columns) => [...new Map(columns.flatMap((column) => column.parameters).map((one) => [one.name, one])).values()];

function control(knob, id) {
  const shared = { id, className: "form-control" };
  if (knob.kind === "choice") {
    const options = ["", ...knob.values].map((value) => element("option", { value: String(value), text: value === "" ? "not set" : String(value) }));
    return element("select", { ...shared, className: "form-select" }, ...options);
  }
  if (knob.kind === "boolean") {
    const options = [["", "not set"], ["true", "yes"], ["false", "no"]].map(([value, text]) => element("option", { value, text }));
    return element("select", { ...shared, className: "form-select" }, ...options);
  }
  if (knob.kind === "json") return element("textarea", { ...shared, rows: 2, placeholder: "{}", className: "form-control mono" });
  const number = knob.kind === "integer" || knob.kind === "number";
  const made = element("input", { ...shared, type: number ? "number" : "text", step: knob.kind === "integer" ? "1" : "any" });
  for (const [key, attribute] of [["minimum", "min"], ["maximum", "max"]]) if (knob[key] !== undefined) made[attribute] = knob[key];
  made.placeholder = knob.default !== undefined && knob.default !== null ? String(knob.default) : knob.kind === "texts" ? "one, or several with commas" : "not set";
  return made;
}

function read(knob, text) {
  if (text === "") return undefined;
  if (knob.kind === "integer" || knob.kind === "number") return Number(text);
  if (knob.kind === "boolean") return text === "true";
  if (knob.kind === "texts") return text.split(",").map((one) => one.trim()).filter(Boolean);
  if (knob.kind === "json") return JSON.parse(text);
  return text;
}

// "0 to 2", and which columns know the parameter where not all do.
function helpOf(knob, columns) {
  const { minimum, maximum } = knob;
  const bounds = minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : minimum !== undefined ? `${minimum} or more` : maximum !== undefined ? `up to ${maximum}` : "";
  const knowing = columns.filter((column) => column.parameters.some((one) => one.name === knob.name));
  const others = columns.filter((column) => !knowing.includes(column));
  const names = (some) => some.map((column) => column.id).join(", ");
  const only = !others.length ? "" : others.length < knowing.length ? `not ${names(others)}` : `only ${names(knowing)}`;
  return [bounds, only].filter(Boolean).join("; ");
}

export class Settings {
  constructor(root, columns) {
    this.root = root;
    this.system = root.querySelector("[data-system]");
    this.streams = root.querySelector("[data-stream]");
    this.extra = root.querySelector("[data-extra]");
    this.knobs = union(columns).map((knob, place) => ({ ...knob, field: this.addKnob(knob, `knob-${place}`, columns) }));
    this.presets = root.querySelector("[data-preset]");
    this.root.addEventListener("input", () => this.note());
    this.presets.addEventListener("change", () => this.apply(this.stored()[this.presets.value]));
    root.querySelector("[data-preset-save]").addEventListener("click", () => this.save());
    root.querySelector("[data-preset-delete]").addEventListener("click", () => this.forget());
    this.list();
    this.note();
  }

  addKnob(knob, id, columns) {
    const field = control(knob, id);
    const help = helpOf(knob, columns);
    if (help) field.setAttribute("aria-describedby", `${id}-help`);
    const label = element("label", { className: "field-label", htmlFor: id, text: knob.name.replaceAll("_", " ") });
    this.root.querySelector("[data-knobs]").append(element("div", { className: "field" }, label, field, ...(help ? [element("p", { id: `${id}-help`, className: "field-help", text: help })] : [])));
    return field;
  }

  // {system, parameters, stream}; throws with a message for the person when a field is no good.
  read() {
    const parameters = {};
    for (const knob of this.knobs) {
      if (!knob.field.checkValidity()) throw new Error(`${knob.name}: ${knob.field.validationMessage}`);
      let value;
      try { value = read(knob, knob.field.value.trim()); } catch { throw new Error(`${knob.name} is not JSON.`); }
      if (value !== undefined) parameters[knob.name] = value;
    }
    return { system: this.system.value.trim(), parameters, extra: this.readExtra(), stream: this.streams.checked };
  }

  readExtra() {
    const text = this.extra.value.trim();
    if (!text) return {};
    let value;
    try { value = JSON.parse(text); } catch { throw new Error("“Other fields” is not JSON."); }
    if (!value || typeof value !== "object" || Array.isArray(value)) throw new Error("“Other fields” must be a JSON object.");
    return value;
  }

  note() {
    const set = this.knobs.filter((knob) => knob.field.value.trim() !== "").length + [this.system, this.extra].filter((field) => field.value.trim()).length;
    this.root.querySelector("[data-settings-note]").textContent = set ? `${set} set` : "";
  }

  raw() { return { system: this.system.value, extra: this.extra.value, knobs: Object.fromEntries(this.knobs.map((knob) => [knob.name, knob.field.value])), stream: this.streams.checked }; }

  apply(preset) {
    this.root.querySelector("[data-preset-delete]").hidden = !preset;
    if (!preset) return;
    this.system.value = preset.system ?? "";
    this.extra.value = preset.extra ?? "";
    this.streams.checked = preset.stream ?? true;
    for (const knob of this.knobs) knob.field.value = preset.knobs?.[knob.name] ?? "";
    this.note();
  }

  stored() { try { return JSON.parse(localStorage.getItem(PRESETS)) ?? {}; } catch { return {}; } }

  list(chosen = "") {
    const names = Object.keys(this.stored()).sort();
    this.presets.replaceChildren(...["", ...names].map((name) => element("option", { value: name, text: name || "Presets", selected: name === chosen })));
    this.root.querySelector("[data-preset-delete]").hidden = !chosen;
  }

  save() {
    const first = this.system.value.trim().split(/\s+/).slice(0, 5).join(" ") || "Parameters";
    const taken = this.stored();
    let name = this.presets.value || first;
    for (let place = 2; !this.presets.value && name in taken; place += 1) name = `${first} ${place}`;
    localStorage.setItem(PRESETS, JSON.stringify({ ...taken, [name]: this.raw() }));
    this.list(name);
    window.portalToast({ text: `Saved as preset “${name}”`, hint: "Presets are kept in this browser." });
  }

  forget() {
    const kept = this.stored();
    delete kept[this.presets.value];
    localStorage.setItem(PRESETS, JSON.stringify(kept));
    this.list();
  }
}
