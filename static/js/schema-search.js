// [data-schema-search] filters the fields of a schema ([data-field]): "/" goes there, Enter and Shift+Enter go through what
// was found, Escape clears. [data-schema-raw] loads the document when opened. A link to a field opens what hides it.
function filter(words) {
  const fields = [...document.querySelectorAll("[data-field]")];
  const hit = (field) => words.every((word) => field.dataset.field.includes(word));
  const hits = words.length ? fields.filter(hit) : [];
  for (const field of fields) {
    const own = hits.includes(field);
    field.hidden = words.length > 0 && !own && !insideHit(field, hit) && !hits.some((one) => field.contains(one));
    field.toggleAttribute("data-hit", own);
    field.removeAttribute("data-now");
  }
  return hits.length;
}

function insideHit(field, hit) {
  const outer = field.parentElement.closest("[data-field]");
  return outer !== null && (hit(outer) || insideHit(outer, hit));
}

function search(box) {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = filter(words);
  if (words.length) document.querySelectorAll(".schema-way").forEach((way) => { way.open = way.querySelector("[data-hit]") !== null || way.open; });
  const many = `${found} ${found === 1 ? "field" : "fields"}`;
  document.getElementById("schema-found").textContent = !words.length ? "" : found ? `${many}, Enter goes to the next` : "No field";
}

// The next field found becomes the current one, is scrolled to, and its link becomes the address.
function walk(box, by) {
  const hits = [...document.querySelectorAll("[data-hit]")];
  if (!hits.length) return;
  const at = (hits.findIndex((one) => one.matches("[data-now]")) + by + hits.length) % hits.length;
  hits.forEach((one, place) => one.toggleAttribute("data-now", place === at));
  const field = hits[at];
  reveal(field);
  history.replaceState(null, "", `#${encodeURIComponent(field.id)}`);
  const found = document.getElementById("schema-found");
  found.textContent = `${at + 1} of ${hits.length}: ${field.querySelector(".schema-name").textContent}`;
  box.focus({ preventScroll: true });
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-schema-search]")) search(event.target);
});

document.addEventListener("keydown", (event) => {
  const box = document.querySelector("[data-schema-search]");
  if (!box) return;
  if (event.target === box) {
    if (event.key === "Enter") walk(box, event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") { box.value = ""; search(box); }
    else return;
    event.preventDefault();
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

document.addEventListener("toggle", async (event) => {
  const { schemaRaw } = event.target.dataset ?? {};
  if (!schemaRaw || !event.target.open) return;
  const place = event.target.querySelector("code");
  const answer = await fetch(schemaRaw).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  try { place.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { place.textContent = text || "Could not be loaded."; }
}, true);

function reveal(field) {
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  field.scrollIntoView({ block: "center" });
}

function showTarget() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* not ours */ }
  const target = document.getElementById(id);
  if (target?.matches("[data-field]")) reveal(target);
}
addEventListener("hashchange", showTarget);
showTarget();
