// The conversation, kept in this browser tab only: turns of {prompt, answers: {column id: saved answer}}.
export class Conversation {
  constructor(key) {
    this.key = `chat:${key}`;
    try { this.turns = JSON.parse(sessionStorage.getItem(this.key)) ?? []; } catch { this.turns = []; }
  }

  add(prompt) {
    const turn = { prompt, answers: {} };
    this.turns.push(turn);
    return turn;
  }

  // Drops this turn and everything after it.
  cut(turn) { this.turns.splice(this.turns.indexOf(turn)); }

  before(turn) { return this.turns.slice(0, this.turns.indexOf(turn)); }

  clear() { this.turns = []; this.save(); }

  save() {
    try { sessionStorage.setItem(this.key, JSON.stringify(this.turns)); } catch { /* too much for the browser: this tab still shows it */ }
  }
}
