// Fills the code tabs: at once, or, where they are in a closed <details>, when it is opened; again when the request changes.
import { snippets } from "./snippets.js";

export class UseCode {
  // request() gives {seat, body}, or null while there is none.
  constructor(root, host, request) {
    Object.assign(this, { root, host, request });
    root.addEventListener("toggle", () => this.refresh());
  }

  refresh() {
    const now = this.root.open === false ? null : this.request();
    if (!now) return;
    const written = snippets(now.seat, now.body, this.host);
    for (const [key, code] of Object.entries(written)) {
      const panel = this.root.querySelector(`#use-code-${key}`);
      panel.querySelector("code").textContent = code;
      panel.querySelector("[data-copy]").dataset.copy = code;
    }
  }
}
