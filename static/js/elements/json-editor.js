// <json-editor><textarea name="…"></textarea></json-editor>: CodeMirror over the textarea, which stays the form field.
// data-errors='[{"line": 3, "message": "…"}]' marks lines; editor.setErrors([...]) does the same later.
// editor.value reads and writes; it fires "input" (bubbling) on every edit. Without scripts the textarea is all there is.
import * as cm from "../../vendor/codemirror.js";

const theme = cm.EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "160px", maxHeight: "560px", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-gutters": { backgroundColor: "var(--bg-soft)", color: "var(--text-soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-soft) !important" },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft) !important", outline: "none" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line)" },
});

const { tags } = cm;
const colours = cm.HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.invalid, color: "var(--danger-text)" },
]);

const syntaxLinter = cm.jsonParseLinter();

function diagnostics(element, view) {
  const { doc } = view.state;
  const told = element.errors.map(({ line, message, severity = "error" }) => {
    const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    return { from, to, message, severity };
  });
  return doc.toString().trim() ? [...syntaxLinter(view), ...told] : told;
}

function extensions(element, field) {
  const nonce = document.querySelector("meta[name=csp-nonce]").content;
  const label = field.labels?.[0]?.textContent.trim() || field.getAttribute("aria-label") || "JSON";
  const described = field.getAttribute("aria-describedby");
  return [
    cm.EditorView.cspNonce.of(nonce), theme, cm.syntaxHighlighting(colours), cm.json(), cm.lineNumbers(), cm.history(),
    cm.foldGutter(), cm.drawSelection(), cm.bracketMatching(), cm.indentOnInput(), cm.highlightActiveLine(),
    cm.search({ top: true }), cm.lintGutter(), cm.linter((view) => diagnostics(element, view), { delay: 300 }), cm.EditorState.tabSize.of(2),
    cm.EditorState.readOnly.of(field.readOnly || field.disabled), cm.EditorView.lineWrapping,
    cm.keymap.of([...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.foldKeymap, ...cm.lintKeymap]),
    cm.EditorView.contentAttributes.of({ "aria-label": label, ...(described && { "aria-describedby": described }) }),
    cm.EditorView.updateListener.of((update) => update.docChanged && element.edited()),
  ];
}

class JsonEditor extends HTMLElement {
  errors = [];

  connectedCallback() {
    this.field = this.querySelector("textarea");
    if (!this.field || this.view) return;
    this.view = new cm.EditorView({ doc: this.field.value, extensions: extensions(this, this.field), parent: this });
    this.field.hidden = true;
    this.field.labels?.forEach((label) => label.addEventListener("click", () => this.view.focus()));
    this.view.scrollDOM.tabIndex = -1;
    if (this.dataset.errors) this.setErrors(JSON.parse(this.dataset.errors));
  }

  get value() { return this.view ? this.view.state.doc.toString() : this.querySelector("textarea").value; }

  set value(text) { this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } }); }

  edited() {
    this.errors = [];
    this.removeAttribute("data-invalid");
    this.field.value = this.value;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  setErrors(errors) {
    this.errors = errors;
    this.toggleAttribute("data-invalid", errors.length > 0);
    cm.forceLinting(this.view);
  }
}

customElements.define("json-editor", JsonEditor);
