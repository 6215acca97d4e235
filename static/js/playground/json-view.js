// The raw JSON of the request in the page's <json-editor>, with problems at their lines.
import { complete } from "./complete.js";
import { lineOf, linesOf } from "./json-text.js";
import { Suggest } from "./suggest.js";
import { pathText } from "./validate.js";

export class JsonView {
  // changed(value | undefined, message) is told every edit: undefined while the text is no JSON. schema() is what to suggest from.
  constructor(root, schema, changed) {
    Object.assign(this, { root, changed, editor: root.querySelector("json-editor"), field: root.querySelector("[data-json]"), quiet: false });
    this.suggest = new Suggest(this.editor, (text, at) => complete(text, at, schema()));
    this.field.addEventListener("input", () => { if (!this.quiet) { this.edited(); this.suggest.follow(); } });
  }

  get text() { return this.field.value; }

  async show(value) {
    const text = JSON.stringify(value, null, 2) ?? "";
    this.value = value;
    this.field.value = text;
    await customElements.whenDefined("json-editor");
    this.quiet = true;
    if (this.editor.value !== text) this.editor.value = text;
    this.quiet = false;
  }

  edited() {
    try {
      this.value = JSON.parse(this.text);
      this.changed(this.value, "");
    } catch (error) { this.changed(undefined, error.message); }
  }

  mark(problems) {
    if (!this.editor.setErrors) return;
    let lines;
    try { JSON.parse(this.text); lines = linesOf(this.text); } catch { return; }
    this.editor.setErrors(problems.slice(0, 20).map(({ path, message }) => ({ line: lineOf(lines, path), message: `${pathText(path)} ${message}`.trim() })));
  }
}
