// Suggestions under the cursor of a <json-editor>: they open while typing or with Ctrl+Space; arrows choose, Enter or Tab
// takes, Escape closes.
import { element } from "./pieces.js";

let made = 0;

export class Suggest {
  // options(text, at) gives {from, to, options: [{label, detail, insert}]}.
  constructor(editor, options) {
    Object.assign(this, { editor, options, found: null, chosen: 0, id: `suggest-${made += 1}` });
    this.list = element("ul", { className: "suggest", popover: "manual", id: this.id, role: "listbox", ariaLabel: "Suggestions" });
    editor.append(this.list);
    editor.addEventListener("keydown", (event) => this.key(event), true);
    editor.addEventListener("focusout", () => this.close());
    editor.addEventListener("pointerdown", () => this.close());
    this.list.addEventListener("pointerdown", (event) => { event.preventDefault(); event.stopPropagation(); this.take(Number(event.target.closest("li")?.dataset.at)); });
  }

  get open() { return this.found !== null; }

  get content() { return this.editor.view.contentDOM; }

  // Opens, follows what was typed, or closes where there is nothing to suggest. `asked`: the person asked for it.
  follow(asked = false) {
    const { view } = this.editor;
    if (!view?.hasFocus) { this.close(); return; }
    const text = view.state.doc.toString();
    const at = view.state.selection.main.head;
    const found = this.options(text, at);
    const exact = found.options.length === 1 && text.slice(found.from, found.to).replaceAll('"', "") === found.options[0].label.replaceAll('"', "");
    if (!found.options.length || exact || (!asked && found.from === found.to)) { this.close(); return; }
    this.found = found;
    this.chosen = 0;
    this.draw();
  }

  draw() {
    const rows = this.found.options.map(({ label, detail }, at) => {
      const row = element("li", { id: `${this.id}-${at}`, role: "option" }, element("span", { className: "suggest-name", text: label }), element("span", { className: "soft", text: detail }));
      row.dataset.at = String(at);
      row.setAttribute("aria-selected", String(at === this.chosen));
      return row;
    });
    this.list.replaceChildren(...rows);
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    const place = this.editor.view.coordsAtPos(this.found.from);
    if (place) Object.assign(this.list.style, { left: `${Math.min(place.left, innerWidth - this.list.offsetWidth - 8)}px`, top: `${place.bottom + 4}px` });
    rows[this.chosen].scrollIntoView({ block: "nearest" });
    this.content.setAttribute("aria-controls", this.id);
    this.content.setAttribute("aria-activedescendant", `${this.id}-${this.chosen}`);
  }

  close() {
    if (!this.open) return;
    this.found = null;
    this.list.hidePopover();
    this.content.removeAttribute("aria-controls");
    this.content.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); this.follow(true); return; }
    if (!this.open) return;
    const count = this.found.options.length;
    const move = { ArrowDown: 1, ArrowUp: count - 1 }[event.key];
    if (move) { this.chosen = (this.chosen + move) % count; this.draw(); }
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else { if (event.key.startsWith("Arrow")) this.close(); return; }
    event.preventDefault();
    event.stopPropagation();
  }

  take(at) {
    const option = this.found?.options[at];
    if (!option) return;
    const { from, to } = this.found;
    this.close();
    this.editor.view.dispatch({ changes: { from, to, insert: option.insert }, selection: { anchor: from + option.insert.length } });
    this.close();
  }
}
