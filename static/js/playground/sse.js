// Server-sent events out of the body of a fetch answer: yields {data: "…"} for every event and {comment: "…"} for comments.
// Chunks may be cut anywhere; a last event without its blank line counts too.
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let data = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (rest + (value ?? "")).split(/\r\n|\n|\r(?!$)/);
      rest = done ? "" : lines.pop();
      for (const line of lines) {
        if (line === "" && data.length) { yield { data: data.join("\n") }; data = []; }
        else if (line.startsWith(":")) yield { comment: line.slice(1).trim() };
        else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
      }
      if (!done) continue;
      if (data.length) yield { data: data.join("\n") };
      return;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
