// What went wrong, in plain words: {tone, title, words, hint, link, label, detail}. `column` gives the endpoint for the links.
const flagged = (verdicts) => [...new Set((verdicts ?? []).flatMap((one) =>
  [...Object.entries(one.categories ?? {}).filter(([, hit]) => hit).map(([name]) => name), ...(one.pii_detection ? ["personal data"] : [])]))];

function guardrail(refusal, page) {
  const details = refusal.details ?? {};
  const side = details.output_guardrail || /OUTPUT/.test(refusal.code) ? "output" : "input";
  const found = flagged(details[`${side}_guardrail`]).filter((name) => name !== "pii");
  return {
    tone: "warning", title: side === "input" ? "A guardrail blocked your message" : "A guardrail blocked the answer",
    words: found.length ? `It found: ${found.join(", ")}.` : refusal.message,
    hint: side === "input" ? "Leave that out, or change the guardrail." : "Ask in another way, or change the guardrail.",
    link: page("gateway"), label: "Open the AI Gateway",
  };
}

const CASES = [
  [(r) => r.code === "NO_CONNECTION", () => ({ title: "The portal cannot be reached", hint: "Check your connection, then send again." })],
  [(r) => r.code === "BAD_ANSWER", () => ({ title: "The answer could not be read", hint: "The endpoint answered something that is neither JSON nor a stream. Details shows how it begins." })],
  [(r) => r.code === "BROKEN", () => ({ title: "The answer broke off", hint: "The connection was lost before the answer was complete. Send again." })],
  [(r) => r.status === 401, () => ({ title: "Your session has expired", hint: "Reload the page to sign in again. The conversation is kept in this browser.", link: "", label: "" })],
  [(r) => /GUARDRAIL/i.test(r.code ?? "") || r.details?.finishReason, guardrail],
  [(r) => r.status === 429, (r, page) => ({ tone: "warning", title: "Rate limit reached", hint: r.hint || "Wait a minute, or raise the limit.", link: page("gateway"), label: "See the rate limits" })],
  [(r) => /route-optimi[sz]ed/i.test(r.message), (r, page) => ({ tone: "info", title: "This endpoint is route-optimized", hint: "It answers only at its own address and only with an OAuth token for it; the playground cannot ask it. The code to call it is one click away.", link: page("integrate"), label: "How to call it" })],
  [(r) => r.status === 403, (r, page) => ({ tone: "warning", title: "You may not ask this endpoint", hint: "Asking needs CAN_QUERY. Somebody with CAN_MANAGE can grant it.", link: page("permissions"), label: "See who has access" })],
  [(r) => /stopped/i.test(r.message), (r, page) => ({ tone: "warning", title: "The endpoint is stopped", hint: "Start it on its page, then send again.", link: page(""), label: "Open the endpoint" })],
  [(r) => r.status === 404 || /deployment exists/i.test(r.message), (r, page) => ({ tone: "warning", title: "Not ready yet, or gone", hint: "A new endpoint answers only once it is READY. Its page says how far it is.", link: page(""), label: "Open the endpoint" })],
  [(r) => r.status === 413, () => ({ title: "The request is too large", hint: "16 MB for custom models, 4 MB for others." })],
  [(r) => r.status === 504 || r.code === "DEADLINE_EXCEEDED", (r, page) => ({ tone: "warning", title: "No answer in time", hint: "An endpoint that had scaled to zero wakes up first; the next try is usually faster.", link: page("logs"), label: "Open the logs" })],
  [(r) => r.status === 503, (r, page) => ({ tone: "warning", title: "The model is not available right now", hint: "It may be waking up or being updated. Send again in a moment.", link: page(""), label: "Open the endpoint" })],
  [(r) => /stream/i.test(r.message) && r.status === 400, () => ({ title: "The model does not stream", hint: "Switch off “Stream the answer” under Instructions and parameters, then send again." })],
  [(r) => r.status === 400, (r, page) => ({ title: "The model did not accept the request", hint: "The message names what is wrong. The Schema page lists what it takes.", link: page("schema"), label: "Open the schema" })],
];

export function explain(refusal, column) {
  const page = (name) => `/endpoints/${encodeURIComponent(column.endpoint)}${name ? `/${name}` : ""}`;
  const found = CASES.find(([fits]) => fits(refusal))?.[1](refusal, page);
  return {
    tone: "danger", title: "The endpoint failed", words: refusal.message, hint: refusal.hint ?? "", link: "", label: "",
    detail: refusal.details?.stack_trace ?? "", ...found,
  };
}

export const brokeOff = (error) => ({
  tone: "danger", words: error.message, link: "", label: "", detail: "",
  title: error.code === "STREAM_TIME_LIMIT" ? "The answer took too long" : "The answer broke off",
  hint: error.code === "STREAM_TIME_LIMIT" ? "The platform cuts streams at about 300 s. Ask for a shorter answer." : "What came before the break is kept above. Regenerate to try again.",
});
