// <use-code data-call="{seat, body}" data-host="…">: one fixed request as code.
import { UseCode } from "../playground/use-code.js";

class UseCodeElement extends HTMLElement {
  connectedCallback() {
    const call = JSON.parse(this.dataset.call);
    new UseCode(this.querySelector("[data-use-code]"), this.dataset.host, () => call).refresh();
  }
}

customElements.define("use-code", UseCodeElement);
