// A list of texts to embed: one field a text.
import { element } from "./pieces.js";

export class TextsView {
  constructor(root, changed) { Object.assign(this, { root, changed, texts: [] }); }

  show(value) {
    const { input } = value ?? {};
    this.texts = Array.isArray(input) ? input.map(String) : [String(input ?? "")];
    this.draw();
  }

  draw() {
    const rows = this.texts.map((text, place) => this.row(text, place));
    const add = element("button", { type: "button", className: "btn btn-sm", text: "Add text" });
    add.addEventListener("click", () => { this.texts.push(""); this.draw(); this.root.querySelectorAll("textarea")[this.texts.length - 1].focus(); this.changed(this.texts); });
    this.root.replaceChildren(...rows, add);
  }

  row(text, place) {
    const field = element("textarea", { className: "form-control", rows: 1, value: text, ariaLabel: `Text ${place + 1}` });
    field.addEventListener("input", () => { this.texts[place] = field.value; this.changed(this.texts); });
    const remove = element("button", { type: "button", className: "btn btn-quiet btn-icon", text: "×", ariaLabel: `Remove text ${place + 1}`, disabled: this.texts.length === 1 });
    remove.addEventListener("click", () => { this.texts.splice(place, 1); this.draw(); this.changed(this.texts); });
    return element("div", { className: "text-row" }, field, remove);
  }
}
