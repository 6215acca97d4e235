// What an answer notes besides its text, whatever shape it came in: steps, usage and failure.
// A step is reasoning, a tool call, a tool's result, or something else worth unfolding.
export function step(answer, kind, id, title, body = "") {
  let found = answer.steps.find((one) => one.id === id && one.kind === kind);
  if (!found) answer.steps.push(found = { kind, id, title, body: "" });
  if (title) found.title = title;
  found.body += body;
  return found;
}

export function usage(answer, said) {
  if (!said || typeof said !== "object") return;
  const input = said.prompt_tokens ?? said.input_tokens ?? null;
  const output = said.completion_tokens ?? said.output_tokens ?? null;
  if (input !== null || output !== null) answer.usage = { input, output };
}

export function fail(answer, error) {
  const inner = typeof error === "string" ? { message: error } : (error ?? {});
  answer.error = { code: String(inner.code ?? inner.error_code ?? "ERROR"), message: String(inner.message ?? "The answer broke off.") };
}
