// htmx, as the global its extensions and our modules expect.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;
