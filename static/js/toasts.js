// portalToast({text, tone, hint}) and the event "toast" (HX-Trigger header) show a message; danger stays until closed.
const SHOWN_FOR_MS = 6000;

function retire(note) {
  if (note.dataset.tone === "danger") return;
  let timer = setTimeout(() => note.remove(), SHOWN_FOR_MS);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("focusin", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => { timer = setTimeout(() => note.remove(), SHOWN_FOR_MS); });
}

window.portalToast = ({ text, tone = "success", hint = "" }) => {
  const template = document.querySelector(`template[data-toast="${CSS.escape(tone)}"]`);
  if (!template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("[data-toast-text]").textContent = text;
  note.querySelector("[data-toast-hint]").textContent = hint;
  document.getElementById("toasts").append(note);
  retire(note);
};

document.addEventListener("toast", (event) => window.portalToast(event.detail));
document.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-tone]").remove());
document.querySelectorAll("#toasts [data-tone]").forEach(retire);
