// <form data-submit-on-change>: a choice in it is sent at once; its button is for pages without scripts.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});
