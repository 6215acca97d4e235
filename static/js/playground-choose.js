// A <select data-submit-on-change> sends its form as soon as something is chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit-on-change]")) event.target.form.requestSubmit();
});
