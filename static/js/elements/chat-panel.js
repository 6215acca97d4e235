// <chat-panel data-columns="[…]" data-host="…">: a chat with one endpoint, or one prompt to up to six side by side.
// Columns answer independently; what was said is kept in this browser only.
import { Column } from "../playground/column.js";
import { Conversation } from "../playground/conversation.js";
import { element, download } from "../playground/pieces.js";
import { PromptSet } from "../playground/prompt-set.js";
import { columnId, history, requestBody } from "../playground/requests.js";
import { Settings } from "../playground/settings.js";
import { UseCode } from "../playground/use-code.js";

// A turn that this column was not asked, or whose answer a reload cut off.
const UNANSWERED = { text: "", steps: [], note: "No answer here. Regenerate asks." };

class ChatPanel extends HTMLElement {
  connectedCallback() {
    if (this.columns) return;
    const seats = JSON.parse(this.dataset.columns).map((seat) => ({ ...seat, id: columnId(seat) }));
    this.columns = seats.map((seat, at) => new Column(seat, this.querySelector(`[data-column="${at}"]`)));
    this.able = this.columns.filter((column) => !column.problem);
    this.conversation = new Conversation(seats.length > 1 ? "compare" : seats[0].endpoint);
    this.settings = new Settings(this, this.able);
    this.prompts = new PromptSet(this.querySelector("[data-prompt-set]"), this.able, this.settings);
    this.code = new UseCode(this.querySelector("[data-use-code]"), this.dataset.host, () => this.asCode());
    this.listen();
    this.redraw();
    this.refresh();
    if ("early" in this.composer.dataset) this.send();
  }

  listen() {
    this.prompt = this.querySelector("[data-prompt]");
    this.composer = this.querySelector("[data-composer]");
    this.composer.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); this.send(); });
    this.prompt.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.send();
    });
    this.prompt.addEventListener("input", () => this.code.refresh());
    this.querySelector("[data-stop]").addEventListener("click", () => this.stop());
    this.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.busy) this.stop(); });
    addEventListener("pagehide", () => this.columns.forEach((column) => column.stop()));
    this.querySelectorAll("[data-action]").forEach((button) => button.addEventListener("click", () => this[button.dataset.action]()));
  }

  // Stops what is being answered and forgets what waits behind it.
  stop() {
    for (const column of this.columns) {
      column.queued.splice(0).forEach(({ slot }) => column.finish(slot, { ...UNANSWERED, note: "Not asked." }));
      column.stop();
    }
    this.prompt.focus();
  }

  get busy() { return this.columns.some((column) => column.busy); }

  // A column that is still answering does not keep the others from the next message.
  get blocked() { return this.able.every((column) => column.active); }

  refresh() {
    const { busy } = this;
    if (!busy && document.activeElement?.matches("[data-stop]")) this.prompt.focus();
    this.querySelector("[data-send]").disabled = this.blocked;
    this.querySelector("[data-send]").hidden = busy && this.blocked;
    this.querySelector("[data-stop]").hidden = !busy;
    this.toggleAttribute("data-busy", busy);
  }

  readSettings() {
    try { return this.settings.read(); } catch (error) {
      window.portalToast({ tone: "warning", text: error.message });
      return null;
    }
  }

  send(text = this.prompt.value.trim()) {
    const settings = this.readSettings();
    if (!text || this.blocked || !settings) return;
    if (text === this.prompt.value.trim()) this.prompt.value = "";
    const turn = this.conversation.add(text);
    this.conversation.save();
    this.columns.forEach((column) => column.drawPrompt(turn, (one, words) => this.resend(one, words)));
    this.able.forEach((column) => this.queue(column, turn, settings));
    this.prompt.focus();
  }

  // Asks now, or once the column's earlier answer is complete.
  queue(column, turn, settings) {
    if (!column.active) { this.answer(column, turn, settings); return; }
    const slot = column.box((box) => this.again(column, turn, box));
    slot.querySelector("[data-waiting]").textContent = "Waits for the answer above.";
    column.queued.push({ slot, ask: () => this.answer(column, turn, settings, slot) });
  }

  async answer(column, turn, settings, after = null) {
    const body = requestBody(column, history(this.conversation.before(turn), column, turn.prompt), settings);
    column.active = true;
    const asking = column.answer(body, (box) => this.again(column, turn, box), after);
    column.log.scrollTop = column.log.scrollHeight;
    this.refresh();
    const { run, ...saved } = await asking;
    turn.answers[column.id] = saved;
    this.conversation.save();
    column.active = false;
    column.queued.shift()?.ask();
    this.refresh();
    this.code.refresh();
    window.portalAnnounce(saved.trouble ? saved.trouble.title : `${column.id} answered`);
    this.dispatchEvent(new CustomEvent("answered", { detail: { column: column.id, ...saved } }));
  }

  // Asks one column again. Later turns of the conversation stay; they were said to the old answer.
  again(column, turn, box) {
    const settings = this.readSettings();
    if (column.active || !settings) return;
    this.answer(column, turn, settings, box);
    this.prompt.focus();
  }

  resend(turn, words) {
    if (this.able.some((column) => column.active)) return;
    this.conversation.cut(turn);
    this.redraw();
    this.send(words);
  }

  redraw() {
    for (const column of this.columns) {
      column.clear();
      for (const turn of this.conversation.turns) {
        column.drawPrompt(turn, (one, words) => this.resend(one, words));
        const saved = turn.answers[column.id];
        if (!column.problem) column.drawSaved(saved ?? UNANSWERED, (box) => this.again(column, turn, box));
      }
    }
  }

  asCode() {
    const [column] = this.able;
    if (!column) return null;
    const words = this.prompt.value.trim();
    const last = this.conversation.turns.at(-1);
    const before = words || !last ? this.conversation.turns : this.conversation.before(last);
    let settings = {};
    try { settings = this.settings.read(); } catch { /* shown when sending */ }
    const prompt = words || last?.prompt || "Hello! What can you do?";
    return { seat: column, body: requestBody(column, history(before, column, prompt), settings) };
  }

  new() {
    this.stop();
    this.conversation.clear();
    this.redraw();
    this.prompt.focus();
  }

  export() {
    const about = this.columns.map(({ id, endpoint, entity, task }) => ({ id, endpoint, entity, task }));
    const text = JSON.stringify({ columns: about, settings: this.settings.raw(), turns: this.conversation.turns }, null, 2);
    download("conversation.json", text);
  }

  link() {
    const query = this.columns.map(({ endpoint, entity }) => `endpoint=${encodeURIComponent(endpoint)}${entity ? `&served_entity=${encodeURIComponent(entity)}` : ""}`).join("&");
    const button = element("button", { type: "button", hidden: true });
    button.dataset.copy = `${location.origin}/playground?${query}`;
    this.append(button);
    button.click();
    button.remove();
    window.portalToast({ text: "Link copied", hint: "It opens these columns; it contains nothing that was said." });
  }

  disconnectedCallback() { this.columns?.forEach((column) => column.stop()); }
}

customElements.define("chat-panel", ChatPanel);
