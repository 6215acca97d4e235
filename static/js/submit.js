// A form sends once: its submit buttons are busy until the answer comes (aria-busy), also after going back in history.
function busy(form, on) {
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
  if (on) form.dataset.sending = "";
  else delete form.dataset.sending;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.method === "get" || form.target === "_blank") return;
  if ("sending" in form.dataset) event.preventDefault();
  else if (!event.defaultPrevented) busy(form, true);
});
document.addEventListener("htmx:before:request", (event) => event.target.matches?.("form") && busy(event.target, true));
document.addEventListener("htmx:finally:request", (event) => event.target.matches?.("form") && busy(event.target, false));
addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("[data-sending]").forEach((f) => busy(f, false)));
