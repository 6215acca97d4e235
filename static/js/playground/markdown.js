// Model answers as Markdown, made harmless: raw HTML and images become text, DOMPurify lets a short list of tags and href
// through and nothing else, links show where they go. Resolves to a DocumentFragment.
const TAGS = ["p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr", "a"];
const LONGEST = 200_000;
const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => escapes[sign]);
let library = null;
let languages = [];

const renderer = {
  html: ({ text }) => escape(text),
  image: ({ text, href }) => escape(`[image: ${text || href}]`),
  heading({ tokens }) { return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`; },
  checkbox: ({ checked }) => (checked ? "[x] " : "[ ] "),
  code({ text, lang }) {
    languages.push((lang ?? "").split(/\s/)[0].toLowerCase());
    return `<pre><code>${escape(text)}</code></pre>`;
  },
};

// Formulas stay as they were written: \(…\), \[…\], $$…$$ and $…$.
const FORMULA = /^(?:\\\([\s\S]{1,500}?\\\)|\\\[[\s\S]{1,500}?\\\]|\$\$[\s\S]{1,500}?\$\$|\$(?!\s)[^$\n]*[^\s$]\$(?!\d))/;
const formula = {
  name: "formula", level: "inline",
  start: (source) => source.search(/\\[([]|\$/),
  tokenizer(source) { const found = FORMULA.exec(source); return found ? { type: "formula", raw: found[0] } : undefined; },
  renderer: ({ raw }) => escape(raw),
};

async function load() {
  library ??= import("../../vendor/markdown.js").then(({ Marked, DOMPurify, hljs }) =>
    ({ marked: new Marked({ gfm: true, breaks: true, async: false, renderer, extensions: [formula] }), DOMPurify, hljs }));
  return library;
}

function plain(text) {
  const box = document.createElement("p");
  box.textContent = text;
  const fragment = new DocumentFragment();
  fragment.append(box);
  return fragment;
}

function tellWhere(link) {
  const { protocol, host } = new URL(link.href);
  Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow", title: link.href });
  const shown = protocol === "mailto:" ? link.href.slice(7) : host;
  if (link.textContent.includes(shown)) return;
  const note = document.createElement("span");
  note.className = "link-host";
  note.textContent = ` (${shown})`;
  link.append(note);
}

const coloured = (markup, DOMPurify) => DOMPurify.sanitize(markup, { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], RETURN_DOM_FRAGMENT: true });

function block(pre, language, { hljs, DOMPurify }) {
  const code = pre.querySelector("code");
  const text = code.textContent;
  if (hljs.getLanguage(language) && text.length < 50_000) code.replaceChildren(coloured(hljs.highlight(text, { language, ignoreIllegals: true }).value, DOMPurify));
  const frame = document.createElement("div");
  frame.className = "code-block";
  pre.replaceWith(frame);
  pre.tabIndex = 0;
  frame.append(pre);
  const button = document.querySelector("[data-piece=copy]")?.content.firstElementChild.cloneNode(true);
  if (button) { button.dataset.copy = text; frame.append(button); }
}

export async function render(text, { finished = true } = {}) {
  if (text.length > LONGEST) return plain(text);
  const { marked, DOMPurify, hljs } = await load();
  languages = [];
  let fragment;
  try {
    fragment = DOMPurify.sanitize(marked.parse(text), {
      ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ["href"], ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false,
      ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i, RETURN_DOM_FRAGMENT: true,
    });
  } catch {
    return plain(text);
  }
  const named = [...languages];
  fragment.querySelectorAll("a").forEach((link) => (link.hasAttribute("href") ? tellWhere(link) : link.replaceWith(link.textContent)));
  fragment.querySelectorAll("pre").forEach((pre, place) => finished && block(pre, named[place] ?? "", { hljs, DOMPurify }));
  fragment.querySelectorAll("table").forEach((table) => {
    const frame = document.createElement("div");
    frame.className = "prose-table";
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  });
  return fragment;
}
