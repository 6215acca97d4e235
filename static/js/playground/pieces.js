// Copies of the <template data-piece> drawings of the page, and small helpers for filling them.
export function piece(name) {
  return document.querySelector(`template[data-piece="${name}"]`).content.firstElementChild.cloneNode(true);
}

export function element(tag, { text, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

export function download(name, text, type = "application/json") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function trouble(problem) {
  const box = piece("trouble");
  box.classList.add(`alert-${problem.tone}`);
  box.querySelector("[data-title]").textContent = problem.title;
  box.querySelector("[data-words]").textContent = problem.words;
  box.querySelector("[data-hint]").textContent = problem.hint;
  const link = box.querySelector("[data-link]");
  if (problem.link) Object.assign(link, { href: problem.link, textContent: problem.label });
  else link.remove();
  const detail = box.querySelector("details");
  detail.hidden = !problem.detail;
  detail.querySelector("pre").textContent = problem.detail;
  return box;
}
