// htmx, as the global its extensions and our modules expect, and its guard: what does not carry the page's nonce is no
// htmx, and nothing else may turn a text into elements (Trusted Types).
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-csp.js";
