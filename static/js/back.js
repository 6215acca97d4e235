// A page that the browser kept (back, forward), or fetched before the click, may be old, or another person's. What may have
// changed is asked for again: every part with hx-trigger="live" by itself, a page with <form data-leave> as a whole. When
// somebody else has signed in since, or nobody is, nothing of it is shown: the page is loaded anew.
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

function renew() {
  stillTheirs();
  document.querySelectorAll('[hx-trigger="live"]').forEach((part) => part.dispatchEvent(new CustomEvent("live")));
}

addEventListener("pageshow", (event) => {
  if (!event.persisted || !person) return;
  if (localStorage.getItem(STORED) !== person || document.querySelector("form[data-leave]")) { anew(); return; }
  document.querySelectorAll("#toasts [data-tone]").forEach((note) => note.remove());
  renew();
});

// The server notes when it drew the page; where the two clocks disagree, a page fetched before the click is always renewed.
const OLD_MS = 5000;
const [arrival] = performance.getEntriesByType("navigation");
const drawn = arrival?.serverTiming?.find(({ name }) => name === "drawn")?.duration ?? 0;
const old = arrival?.deliveryType === "navigational-prefetch" && Math.abs(Date.now() - drawn) > OLD_MS;
if (old && person) addEventListener("load", renew);
