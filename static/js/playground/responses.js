// The Responses shape: items of an output list, or the events that announce and complete them.
import { fail, step, usage } from "./noting.js";

const words = (parts) => (Array.isArray(parts) ? parts.map((part) => part?.text ?? part?.refusal ?? "").join("") : String(parts ?? ""));

function paragraph(answer, id) {
  if (answer.text && answer.seen.item !== id) answer.text += "\n\n";
  answer.seen.item = id;
}

function say(answer, id, text) {
  if (!text) return false;
  paragraph(answer, id);
  answer.text += text;
  answer.seen[`text ${id}`] = true;
  return true;
}

// A complete item: adds what its deltas have not told yet.
function item(answer, said) {
  const id = said?.id ?? said?.call_id ?? "";
  if (said?.type === "message") return answer.seen[`text ${id}`] ? false : say(answer, id || `m${answer.text.length}`, words(said.content));
  if (said?.type === "function_call") {
    step(answer, "tool", id, said.name).body = said.arguments ?? "";
  } else if (said?.type === "function_call_output") {
    const call = answer.seen[`call ${said.call_id}`] ?? "tool";
    step(answer, "result", said.call_id, `Result of ${call}`).body = typeof said.output === "string" ? said.output : JSON.stringify(said.output);
  } else if (said?.type === "reasoning") {
    step(answer, "reasoning", id, "Reasoning").body = words(said.summary) || words(said.content);
  } else if (said?.type) {
    step(answer, "custom", id || said.type, said.type.replaceAll("_", " ")).body = JSON.stringify(said, null, 2);
  }
  if (said?.call_id && said.name) answer.seen[`call ${said.call_id}`] = said.name;
  return true;
}

function close(answer, response) {
  usage(answer, response?.usage);
  if (response?.model) answer.model = response.model;
  if (response?.custom_outputs) answer.custom = response.custom_outputs;
  answer.finish = response?.incomplete_details?.reason ?? response?.status ?? answer.finish;
  if (response?.error) fail(answer, response.error);
}

export function feedResponses(answer, event) {
  const kind = event.type.replace(/^responses\./, "response.");
  if (kind === "error") fail(answer, event.error ?? event);
  else if (kind === "response.output_text.delta" || kind === "response.refusal.delta") return say(answer, event.item_id, event.delta);
  else if (kind === "response.function_call_arguments.delta") step(answer, "tool", event.item_id, "", event.delta);
  else if (kind.startsWith("response.reasoning") && kind.endsWith(".delta")) step(answer, "reasoning", event.item_id, "Reasoning", event.delta);
  else if (kind === "response.output_item.added" && event.item?.type === "function_call") step(answer, "tool", event.item.id, event.item.name);
  else if (kind === "response.output_item.done") return item(answer, event.item);
  else if (["response.completed", "response.incomplete", "response.failed"].includes(kind)) {
    if (!answer.text && !answer.steps.length) event.response?.output?.forEach((one) => item(answer, one));
    close(answer, event.response);
    return false;
  } else return false;
  return kind !== "error" && !kind.endsWith(".added");
}

export function wholeResponses(answer, body) {
  body.output.forEach((one) => item(answer, one));
  close(answer, body);
}
