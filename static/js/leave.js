// <form data-leave>: what it would send is sent when the page is left, so that nobody works on what nobody waits for.
addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-leave]")) navigator.sendBeacon(form.action, new FormData(form));
});
