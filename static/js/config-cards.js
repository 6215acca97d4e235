// details[data-shown=name] remembers in the field of that name whether it is open, so that a form drawn again leaves it so.
document.addEventListener("toggle", (event) => {
  const card = event.target;
  const field = card.dataset?.shown && card.closest("form")?.elements[card.dataset.shown];
  if (field) field.value = card.open ? "yes" : "no";
}, true);
