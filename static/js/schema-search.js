// [data-schema-search] filters the fields of a schema ([data-field]); [data-schema-raw] loads the document when opened.
// A link to a field (#entity.request…) opens what hides it.
function filter(words) {
  const fields = [...document.querySelectorAll("[data-field]")];
  const hit = (field) => words.every((word) => field.dataset.field.includes(word));
  let found = 0;
  for (const field of fields) {
    const own = hit(field);
    found += own && words.length ? 1 : 0;
    field.hidden = words.length > 0 && !own && !field.querySelector("[data-field]") && !insideHit(field, hit);
    field.toggleAttribute("data-hit", own && words.length > 0);
  }
  for (const field of fields.toReversed()) {
    if (!words.length || hit(field) || !field.querySelector("[data-field]")) continue;
    field.hidden = !insideHit(field, hit) && ![...field.querySelectorAll("[data-field]")].some((inner) => !inner.hidden);
  }
  return found;
}

function insideHit(field, hit) {
  const outer = field.parentElement.closest("[data-field]");
  return outer !== null && (hit(outer) || insideHit(outer, hit));
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-schema-search]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = filter(words);
  if (words.length) document.querySelectorAll(".schema-way").forEach((way) => { way.open = true; });
  document.getElementById("schema-found").textContent = words.length ? `${found} ${found === 1 ? "field" : "fields"}` : "";
});

document.addEventListener("toggle", async (event) => {
  const { schemaRaw } = event.target.dataset ?? {};
  if (!schemaRaw || !event.target.open) return;
  const place = event.target.querySelector("code");
  const answer = await fetch(schemaRaw).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  try { place.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { place.textContent = text || "Could not be loaded."; }
}, true);

function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.matches("[data-field]")) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", showTarget);
showTarget();
