// [data-traffic-sum] says what the [data-traffic] fields of its form add up to, while they are typed.
function say(form) {
  const place = form.querySelector("[data-traffic-sum]");
  if (!place) return;
  const sum = [...form.querySelectorAll("[data-traffic]")].reduce((total, field) => total + (Number(field.value) || 0), 0);
  place.textContent = sum === 100 ? "Traffic adds up to 100 %." : `Traffic adds up to ${sum} %, not to 100 %.`;
  place.toggleAttribute("data-ok", sum === 100);
  place.toggleAttribute("data-off", sum !== 100);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-traffic]")) say(event.target.form);
});
