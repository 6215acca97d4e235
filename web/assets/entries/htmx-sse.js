// Server-sent events for htmx; a page that streams adds it after htmx.
import "htmx.org/dist/ext/hx-sse.js";
