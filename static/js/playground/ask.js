// Asks one column once. The run it gives back fills up while the answer streams; changed() is called after each frame.
// Times are performance.now(); `server` is what the portal's server measured.
import { empty, feed, whole, written } from "./answers.js";
import { fail } from "./noting.js";
import { parseLoose } from "./json-text.js";
import { events } from "./sse.js";

const started = () => ({
  answer: empty(), began: performance.now(), firstToken: null, lastToken: null, ended: null, spoken: 0, firstWritten: 0,
  server: null, entity: "", status: 0, refusal: null, stopped: false,
});

export async function ask(address, body, signal, changed = () => {}) {
  const run = started();
  try {
    const reply = await fetch(address, {
      method: "POST", body: JSON.stringify(body), signal,
      headers: { "Content-Type": "application/json", Accept: body.stream ? "text/event-stream" : "application/json", "X-Portal-Timing": "1" },
    });
    run.status = reply.status;
    run.entity = reply.headers.get("served-model-name") ?? "";
    await read(run, reply, changed);
  } catch (error) {
    if (signal.aborted) run.stopped = true;
    else if (run.status) fail(run.answer, { code: "BROKEN", message: "The connection was lost before the answer was complete." });
    else run.refusal = { status: 0, code: "NO_CONNECTION", message: String(error.message ?? error) };
  }
  run.ended = performance.now();
  changed(run);
  return run;
}

async function read(run, reply, changed) {
  const type = reply.headers.get("content-type") ?? "";
  if (reply.ok && type.includes("text/event-stream")) { await stream(run, reply, changed); return; }
  const text = await reply.text();
  if (reply.redirected || type.includes("text/html")) { run.refusal = { status: 401, code: "UNAUTHENTICATED", message: "The portal asked to sign in." }; return; }
  let data;
  try { data = parseLoose(text); } catch { data = { error: { code: "BAD_ANSWER", message: "It is not JSON." }, stack_trace: text.slice(0, 2000) }; }
  if (data.error?.code === "BAD_ANSWER" || !reply.ok) run.refusal = { status: reply.status, ...data.error, details: data };
  else whole(run.answer, data);
}

async function stream(run, reply, changed) {
  for await (const event of events(reply.body)) {
    if (event.comment?.startsWith("portal ")) run.server = JSON.parse(event.comment.slice(7));
    if (event.data === undefined || event.data === "[DONE]") continue;
    let frame;
    try { frame = JSON.parse(event.data); } catch { continue; }
    if (feed(run.answer, frame)) {
      run.lastToken = performance.now();
      if (run.firstToken === null) Object.assign(run, { firstToken: run.lastToken, firstWritten: written(run.answer) });
      run.spoken += 1;
    }
    changed(run);
  }
}
