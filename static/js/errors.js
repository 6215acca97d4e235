// Failed htmx requests: an expired session, an unreachable portal, an answer that is not the portal's own.
async function explain() {
  const answer = await fetch("/healthz", { redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer === null) return { text: "The portal cannot be reached.", hint: "Check your connection, then try again." };
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    return { text: "Your session has expired.", hint: "Reload the page to sign in again. What you typed here is not saved." };
  }
  return { text: "The request failed.", hint: "Try again; if it keeps failing, reload the page." };
}

async function report(quiet) {
  const message = await explain();
  const expired = document.getElementById("session-expired");
  if (message.text.includes("session") && expired) expired.hidden = false;
  else if (!quiet) window.portalToast({ tone: "danger", ...message });
}

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.request && !event.detail.ctx.response) report(Boolean(event.target.closest?.("[data-live]")));
});

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status === 401) report(false);
  if (ctx.response.status < 500 || ctx.hx.reswap) return;
  ctx.swap = "none";
  window.portalToast({ tone: "danger", text: `The portal answered ${ctx.response.status}.`, hint: "Try again in a moment." });
});
