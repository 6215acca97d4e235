// <example-run data-call="{seat, body}" data-address="…">: sends the example once and says how fast which answer came.
import { explain } from "../playground/problems.js";

const refusalOf = (text, status) => { try { return { status, ...JSON.parse(text).error }; } catch { return { status, code: "", message: text.slice(0, 200) }; } };

class ExampleRun extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.disabled = false;
    button.addEventListener("click", async () => { button.disabled = true; await this.run(); button.disabled = false; button.focus(); });
  }

  async run() {
    const { seat, body } = JSON.parse(this.dataset.call);
    const says = this.querySelector("[data-says]");
    says.textContent = "Waiting for the answer";
    const began = performance.now();
    try {
      const reply = await fetch(this.dataset.address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const text = await reply.text();
      const entity = reply.headers.get("served-model-name");
      const facts = [`${Math.round(performance.now() - began)} ms`, `${new Blob([text]).size} bytes`, entity && `answered by ${entity}`].filter(Boolean).join(", ");
      const problem = reply.ok ? null : explain(refusalOf(text, reply.status), seat);
      says.textContent = problem ? `${problem.title}. ${problem.hint}` : facts;
    } catch { says.textContent = "The portal cannot be reached."; }
  }
}

customElements.define("example-run", ExampleRun);
