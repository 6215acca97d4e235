// The JSON editor: everything <json-editor> needs, loaded only on pages that have one.
export { EditorState, Compartment } from "@codemirror/state";
export {
  EditorView, keymap, lineNumbers, drawSelection, highlightActiveLine, highlightSpecialChars, placeholder,
} from "@codemirror/view";
export { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
export { bracketMatching, codeFolding, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting }
  from "@codemirror/language";
export { json, jsonParseLinter } from "@codemirror/lang-json";
export { forceLinting, lintGutter, linter, lintKeymap, setDiagnostics } from "@codemirror/lint";
export { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
export { MergeView } from "@codemirror/merge";
export { tags } from "@lezer/highlight";
