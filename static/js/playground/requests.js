// The body of a request in the shape a column's task wants, from the conversation so far and the settings.
export function history(turns, column, prompt) {
  const said = [];
  for (const turn of turns) {
    const answer = turn.answers[column.id];
    if (answer?.text && !answer.trouble) said.push({ role: "user", content: turn.prompt }, { role: "assistant", content: answer.text });
  }
  return [...said, { role: "user", content: prompt }];
}

function chosen(column, parameters) {
  const offered = new Set(column.parameters.map((one) => one.name));
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => offered.has(name)));
}

export function requestBody(column, messages, { system = "", parameters = {}, extra = {}, stream = true } = {}) {
  const said = system ? [{ role: "system", content: system }, ...messages] : messages;
  const rest = { ...chosen(column, parameters), ...extra, ...(stream ? { stream: true } : {}) };
  if (column.style === "responses") return { input: said, ...rest };
  if (column.style === "completions") return { prompt: [system, messages.at(-1).content].filter(Boolean).join("\n\n"), ...rest };
  return { messages: said, ...rest };
}

export const columnId = (column) => (column.entity ? `${column.endpoint} / ${column.entity}` : column.endpoint);
