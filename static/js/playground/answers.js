// An answer being put together from what a model sends, whole or in frames, in any of the shapes Databricks knows:
// chat completions, completions, ChatAgent messages, Responses events. feed() says whether the frame said something.
import { fail, step, usage } from "./noting.js";
import { feedResponses, wholeResponses } from "./responses.js";

export const empty = () => ({
  text: "", steps: [], usage: null, custom: null, trace: "", finish: "", model: "", error: null, seen: {},
});

// How many characters the model has written: text, reasoning and tool calls, not what tools gave back.
export const written = (answer) =>
  answer.text.length + answer.steps.filter((one) => one.kind !== "result").reduce((sum, one) => sum + one.body.length, 0);

function content(answer, value, id = "reasoning") {
  if (typeof value === "string") { answer.text += value; return value !== ""; }
  if (!Array.isArray(value)) return false;
  return value.map((part) => contentPart(answer, part, id)).some(Boolean);
}

function contentPart(answer, part, id) {
  if (part?.type === "reasoning") {
    const thought = (part.summary ?? part.content ?? []).map((one) => one.text ?? "").join("");
    if (thought) step(answer, "reasoning", id, "Reasoning", thought);
    return thought !== "";
  }
  const text = part?.text ?? part?.refusal ?? "";
  answer.text += text;
  return text !== "";
}

function toolCalls(answer, calls, id = "") {
  for (const call of calls ?? []) {
    const key = call.id && call.index === undefined ? call.id : `${id}:${call.index ?? 0}`;
    step(answer, "tool", key, call.function?.name ?? "", call.function?.arguments ?? "");
  }
  return Boolean(calls?.length);
}

function message(answer, said, { separate = false } = {}) {
  if (!said) return false;
  if (said.role === "tool") {
    step(answer, "result", said.tool_call_id ?? said.id ?? "", `Result of ${said.name ?? "tool"}`, String(said.content ?? ""));
    return true;
  }
  const id = said.id ?? "";
  if (separate && answer.text && id && answer.seen.message !== id && said.content) answer.text += "\n\n";
  if (id && said.content) answer.seen.message = id;
  if (said.reasoning_content) step(answer, "reasoning", "reasoning", "Reasoning", said.reasoning_content);
  const spoke = content(answer, said.content);
  return toolCalls(answer, said.tool_calls, id) || spoke || Boolean(said.reasoning_content);
}

function around(answer, frame) {
  usage(answer, frame.usage);
  if (frame.custom_outputs) answer.custom = frame.custom_outputs;
  if (frame.databricks_output) answer.custom = { ...answer.custom, databricks_output: frame.databricks_output };
  if (frame.trace_id) answer.trace = frame.trace_id;
  if (frame.model) answer.model = frame.model;
  if (frame.finish_reason) answer.finish = frame.finish_reason;
}

// One frame of a stream, parsed. Unknown frames are let pass.
export function feed(answer, frame) {
  if (!frame || typeof frame !== "object") return false;
  if (frame.error && !frame.type) { fail(answer, frame.error); return false; }
  if (typeof frame.type === "string") return feedResponses(answer, frame);
  around(answer, frame);
  if (frame.delta) return message(answer, frame.delta, { separate: true });
  const choice = frame.choices?.find((one) => (one.index ?? 0) === 0);
  if (!choice) return false;
  if (choice.finish_reason) answer.finish = choice.finish_reason;
  if (typeof choice.text === "string") { answer.text += choice.text; return choice.text !== ""; }
  return message(answer, choice.delta ?? choice.message);
}

// A whole answer that was not streamed.
export function whole(answer, body) {
  if (body?.error && !body.choices && !body.output) { fail(answer, body.error); return; }
  around(answer, body ?? {});
  if (Array.isArray(body?.choices)) feed(answer, { choices: body.choices });
  else if (Array.isArray(body?.messages)) body.messages.forEach((one) => message(answer, one, { separate: true }));
  else if (Array.isArray(body?.output)) wholeResponses(answer, body);
  else answer.text += `\`\`\`json\n${JSON.stringify(body?.predictions ?? body, null, 2)}\n\`\`\``;
}
