// Keeps the "Will be created" card true while the form is filled in, and puts the keyboard where a new row of any form is.
const form = () => document.getElementById("create-form");
const value = (name) => {
  const fields = [...form().querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((field) => !field.disabled);
  const field = fields.find((one) => one.type !== "radio" || one.checked);
  return field?.value.trim() ?? "";
};

function modelOf(prefix, kind) {
  if (kind === "external") return [value(`${prefix}external_model.provider`), value(`${prefix}external_model.name`)].filter(Boolean).join(" ");
  const named = ["catalog", "schema", "model"].map((part) => value(prefix + part));
  if (value(`${prefix}source`) && value(`${prefix}source`) !== "catalog") return named[2];
  return named[2] ? named.filter(Boolean).join(".") : "";
}

function factsOf(prefix) {
  const [version, traffic, zero] = ["entity_version", "traffic", "scale_to_zero_enabled"].map((part) => value(prefix + part));
  const size = value(`${prefix}sizing`) === "size" ? value(`${prefix}workload_size`) : "";
  const units = value(`${prefix}provisioned_model_units`);
  const tokens = value(`${prefix}max_provisioned_throughput`);
  return [
    version && (version.startsWith("@") ? version : `version ${version}`), value(`${prefix}workload_type`), size,
    units && `${units} model units`, tokens && `up to ${tokens} tokens/s`,
    zero && (zero === "true" ? "scales to zero" : "always warm"), traffic && `${traffic} %`,
  ].filter(Boolean).join(" · ");
}

function draw() {
  if (!form()?.querySelector(".create-summary")) return;
  form().querySelector("[data-summary=name]").textContent = value("name") || "Unnamed";
  for (const place of form().querySelectorAll("[data-summary-entity]")) {
    const prefix = `served_entities[${place.dataset.summaryEntity}].`;
    place.querySelector("[data-part=model]").textContent = modelOf(prefix, place.dataset.kind) || "No model yet";
    place.querySelector("[data-part=facts]").textContent = factsOf(prefix);
  }
}

function refocus() {
  const changed = document.querySelector("form[data-focus]");
  if (!changed) return;
  const wanted = changed.dataset.focus;
  delete changed.dataset.focus;
  const button = document.getElementById(wanted.replace(/^new-/, "add-"));
  const entity = wanted === "new-entity" && [...changed.querySelectorAll(".entity-form")].at(-1);
  const row = wanted.startsWith("new-") && (entity || button?.previousElementSibling);
  ((row && row.querySelector("input:not([type=hidden]):not(:disabled), select:not(:disabled)")) || button)?.focus();
}

for (const type of ["input", "change"]) document.addEventListener(type, (event) => event.target.closest?.("#create-form") && draw());
document.addEventListener("htmx:after:swap", () => { draw(); refocus(); });
draw();
document.getElementById("problems")?.focus();
