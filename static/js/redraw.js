// A form that is drawn again shows what it had when that was asked for. Whatever was typed or chosen since would be lost with
// a late answer: such an answer is passed by, and asked for once more with all that the form has now.
const edits = new WeakMap();
const asked = new WeakMap();
const redraws = ({ target, sourceElement }) => target instanceof HTMLFormElement && target.contains(sourceElement) && sourceElement !== target;

document.addEventListener("input", ({ target }) => target.form && edits.set(target.form, (edits.get(target.form) ?? 0) + 1));
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => redraws(ctx) && asked.set(ctx, edits.get(ctx.target)));
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (!asked.has(ctx) || asked.get(ctx) === edits.get(ctx.target)) return;
  event.preventDefault();
  const again = new Event(ctx.sourceEvent.type, { bubbles: true, cancelable: true });
  setTimeout(() => ctx.sourceElement.dispatchEvent(again)); // once this request has ended
});
