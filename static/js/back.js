// A page that the browser kept and shows again at once (back, forward) may be old, or another person's. What may have changed
// is asked for again: every part with hx-trigger="live" by itself, a page with <form data-leave> as a whole. When somebody
// else has signed in since, or nobody is, nothing of it is shown: the page is loaded anew.
const STORED = "portal-person";
const person = document.querySelector("meta[name=person]")?.content;
if (person) localStorage.setItem(STORED, person);

function anew() {
  document.documentElement.hidden = true;
  location.reload();
}

async function stillTheirs() {
  const reply = await fetch("/about/person", { redirect: "manual" }).catch(() => null);
  if (reply && (!reply.ok || (await reply.text()) !== person)) anew();
}

addEventListener("pageshow", (event) => {
  if (!event.persisted || !person) return;
  if (localStorage.getItem(STORED) !== person || document.querySelector("form[data-leave]")) { anew(); return; }
  stillTheirs();
  document.querySelectorAll("#toasts [data-tone]").forEach((note) => note.remove());
  document.querySelectorAll('[hx-trigger="live"]').forEach((part) => part.dispatchEvent(new CustomEvent("live")));
});
