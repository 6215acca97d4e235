// Fills "Use it from code" when it is opened, and again when the request changes while it is open.
import { snippets } from "./snippets.js";

export class UseCode {
  // request() gives {seat, body}, or null while there is none.
  constructor(root, host, request) {
    Object.assign(this, { root, host, request });
    root.addEventListener("toggle", () => this.refresh());
  }

  refresh() {
    const now = this.root.open ? this.request() : null;
    if (!now) return;
    const written = snippets(now.seat, now.body, this.host);
    for (const [key, code] of Object.entries(written)) {
      const panel = this.root.querySelector(`#use-code-${key}`);
      panel.querySelector("code").textContent = code;
      panel.querySelector("[data-copy]").dataset.copy = code;
    }
  }
}
