// One column of the chat: draws its turns, asks for answers and can be stopped, without regard to the other columns.
import { ask } from "./ask.js";
import { figures, measure } from "./figures.js";
import { render } from "./markdown.js";
import { element, piece, trouble } from "./pieces.js";
import { brokeOff, explain } from "./problems.js";

const DRAW_EVERY_MS = 80;
const SLOW_MS = 5000;
const LABELS = { reasoning: "Reasoning", custom: "Custom outputs" };

export class Column {
  constructor(config, root) {
    Object.assign(this, config, { log: root.querySelector("[data-log]"), hello: root.querySelector("[data-hello]"), stops: null, active: false, queued: [] });
  }

  get busy() { return this.stops !== null; }

  stop() { this.stops?.abort(); }

  clear() { this.log.replaceChildren(this.hello); }

  // The user's words, once per turn; edit(turn) is called with a new text.
  drawPrompt(turn, edit) {
    this.hello.remove();
    const box = piece("user");
    box.querySelector("[data-said]").textContent = turn.prompt;
    box.querySelector("[data-edit]").addEventListener("click", () => this.startEdit(box, turn, edit));
    this.log.append(box);
  }

  startEdit(box, turn, edit) {
    const form = piece("edit");
    const field = form.querySelector("textarea");
    field.value = turn.prompt;
    const back = () => form.replaceWith(box);
    form.querySelector("[data-cancel]").addEventListener("click", back);
    form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); back(); if (field.value.trim()) edit(turn, field.value.trim()); });
    box.replaceWith(form);
    field.focus();
  }

  // Shows an answer of an earlier visit.
  drawSaved(saved, again) {
    const box = this.box(again);
    this.finish(box, saved);
  }

  box(again, after = null) {
    const box = piece("answer");
    box.querySelector("[data-again]").addEventListener("click", () => again(box));
    if (after) after.replaceWith(box);
    else this.log.append(box);
    return box;
  }

  // Asks and draws; gives back what is worth keeping.
  async answer(body, again, after = null) {
    const box = this.box(again, after);
    this.stops = new AbortController();
    const clock = setInterval(() => this.waiting(box, run), 250);
    let run = null;
    let drawn = 0;
    const draw = (now) => {
      run = now;
      const at = performance.now();
      if (at - drawn < DRAW_EVERY_MS && now.ended === null) return;
      drawn = at;
      if (now.ended === null) this.drawRunning(box, now);
    };
    this.asked = performance.now();
    run = await ask(this.address, body, this.stops.signal, draw);
    clearInterval(clock);
    this.stops = null;
    const saved = this.keep(run);
    await this.finish(box, saved);
    return { ...saved, run };
  }

  waiting(box, run) {
    const since = performance.now() - this.asked;
    const place = box.querySelector("[data-waiting]");
    if (run?.firstToken || since < 700) { if (run?.firstToken) place.textContent = ""; return; }
    const slow = since > SLOW_MS ? " An endpoint that had scaled to zero wakes up first; that can take minutes." : "";
    place.textContent = `Waiting for the first token: ${Math.floor(since / 1000)} s.${slow}`;
  }

  drawRunning(box, run) {
    this.drawSteps(box, run.answer.steps);
    this.drawText(box, run.answer.text, false);
  }

  async drawText(box, text, finished) {
    const place = box.querySelector("[data-text]");
    const order = (place.order = (place.order ?? 0) + 1);
    const fragment = await render(text, { finished });
    if (place.order === order) this.stick(() => place.replaceChildren(fragment));
  }

  // Keeps the newest words in view unless the person has scrolled up.
  stick(change) {
    const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    change();
    if (near) this.log.scrollTop = this.log.scrollHeight;
  }

  drawSteps(box, steps) {
    const drawn = (box.steps ??= []);
    steps.forEach((one, at) => {
      const shown = (drawn[at] ??= box.querySelector(one.kind === "custom" ? "[data-after]" : "[data-steps]").appendChild(this.stepBox(one)));
      shown.querySelector("[data-step-title]").textContent = one.kind === "tool" ? `Calls ${one.title || "a tool"}` : (LABELS[one.kind] ?? one.title);
      shown.querySelector("[data-step-body]").textContent = pretty(one.body);
    });
  }

  stepBox(one) {
    const made = piece("step");
    made.dataset.kind = one.kind;
    const icon = document.querySelector(`template[data-piece="icon-${one.kind}"]`) ?? document.querySelector('template[data-piece="icon-custom"]');
    made.querySelector("[data-step-icon]").append(icon.content.cloneNode(true));
    return made;
  }

  keep(run) {
    const { answer } = run;
    const problem = run.refusal ? explain(run.refusal, this) : answer.error ? brokeOff(answer.error) : null;
    const steps = answer.custom ? [...answer.steps, { kind: "custom", id: "custom", title: "Custom outputs", body: JSON.stringify(answer.custom) }] : answer.steps;
    return {
      text: answer.text, steps, finish: answer.finish, trace: answer.trace, usage: answer.usage, stopped: run.stopped,
      trouble: problem, measured: run.refusal ? null : measure(run), entity: this.entity || run.entity === this.endpoint ? "" : run.entity,
    };
  }

  async finish(box, saved) {
    box.querySelector("[data-waiting]").textContent = "";
    this.drawSteps(box, saved.steps);
    await this.drawText(box, saved.text, true);
    this.stick(() => {
      if (saved.trouble) box.querySelector("[data-trouble]").replaceChildren(trouble(saved.trouble));
      if (saved.measured) this.drawFigures(box, saved);
      if (saved.note) box.querySelector("[data-more]").textContent = saved.note;
      const copy = box.querySelector("[data-copy-answer]");
      copy.dataset.copy = saved.text;
      copy.hidden = !saved.text;
      box.querySelector("[data-again]").hidden = false;
      box.removeAttribute("aria-busy");
    });
  }

  drawFigures(box, saved) {
    const list = figures(saved.measured, this.price, saved.entity).map(({ label, value, title }) =>
      element("div", { title }, element("dt", { text: label }), element("dd", { text: value })));
    box.querySelector("[data-figures]").replaceChildren(...list);
    const ends = { length: "Cut at the token limit", max_output_tokens: "Cut at the token limit", content_filter: "Cut by a content filter", tool_calls: "Waits for tool results" };
    box.querySelector("[data-more]").textContent = saved.stopped ? "Stopped" : (ends[saved.finish] ?? "");
  }
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
