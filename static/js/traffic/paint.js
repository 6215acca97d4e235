// Draws a split onto the rows and the bar that the server rendered. Writes only what differs: nothing flickers.
const put = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };
const flag = (element, name, on) => { if (element.hasAttribute(name) !== on) element.toggleAttribute(name, on); };
const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };

/** What fits into a part of the bar, as in traffic.html: 0 and 1 nothing, 2 the letter, 3 the share on a wide screen, 4 the
    share on any, 5 the name too on a wide one. */
function fit(percent, label) {
  if (percent < 5) return percent < 3 ? String(Math.min(percent, 1)) : "2";
  if (percent < 13) return "3";
  return percent > 12 + label.length ? "5" : "4";
}

/** The bar: one nested svg for each row. */
export function paintBar(bar, rows) {
  let at = 0;
  rows.forEach(({ label, percent }, place) => {
    const part = bar.children[place];
    if (!part) return;
    put(part, "x", `${at}%`);
    put(part, "width", `${percent}%`);
    put(part, "data-fit", fit(percent, label));
    say(part.querySelector(".split-part-share"), `${percent} %`);
    at += percent;
  });
  put(bar, "aria-label", `Traffic: ${rows.map((row) => `${row.label} ${row.percent} %`).join(", ")}`);
}

/** One row: field, slider, lock, and what it was. A field somebody is typing in keeps its text. */
export function paintRow(parts, { label, percent, locked }, { typing, alone }) {
  const { field, range, was, live, lock, all } = parts;
  if (!typing && field.value !== String(percent)) field.value = percent;
  if (range) {
    if (range.value !== String(percent)) range.value = percent;
    put(range, "aria-valuetext", `${label}: ${percent} percent${locked ? ", locked" : ""}`);
    flag(range, "disabled", locked);
  }
  flag(field, "readonly", locked || alone);
  flag(parts.row, "data-locked", locked);
  flag(parts.row, "data-changed", live !== null && live !== percent);
  if (was) flag(was, "hidden", live === percent);
  if (lock) put(lock, "aria-pressed", String(locked));
  if (all) able(all, !locked);
}

/** A button that cannot be used now stays where it is, so that the keyboard does not lose its place. */
export function able(button, on) {
  if (button) put(button, "aria-disabled", String(!on));
}

/** What the fields add up to. */
export function paintSum(place, sum) {
  if (!place) return;
  say(place, sum === 100 ? "Adds up to 100 %." : `Adds up to ${sum} %, not to 100 %.`);
  flag(place, "data-off", sum !== 100);
}
