// One request as code in the languages callers use. No snippet holds a token: each reads it from where its language keeps it.
const json = (value, indent = 2) => JSON.stringify(value, null, indent);
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const without = (body, ...keys) => Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));

// A JSON value as Python source.
export function python(value, indent = "") {
  const inner = `${indent}    `;
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return value.length ? `[\n${value.map((one) => inner + python(one, inner)).join(",\n")},\n${indent}]` : "[]";
  const entries = Object.entries(value);
  return entries.length ? `{\n${entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${python(one, inner)}`).join(",\n")},\n${indent}}` : "{}";
}

const path = ({ endpoint, entity }) => `/serving-endpoints/${endpoint}${entity ? `/served-models/${entity}` : ""}/invocations`;

const OWN_TOKEN = "needs an OAuth token made for this endpoint; a personal access token is refused";
const elsewhere = (seat, mark) => `${mark} ${seat.endpoint} is route-optimized: it is asked at its own address with an OAuth token.\n${mark} Use the curl or the databricks-sdk code.\n`;

// Route-optimized: its own address, its own token.
function direct(seat, body) {
  const table = body.dataframe_split ? { ...body, dataframe_split: null } : body;
  const named = Object.entries(table).map(([key, value]) => `    ${key}=${value === null ? `DataframeSplitInput.from_dict(${python(body.dataframe_split, "    ")})` : python(value, "    ")},`);
  const load = body.dataframe_split ? "from databricks.sdk.service.serving import DataframeSplitInput\n" : "";
  return {
    curl: [`# DATABRICKS_TOKEN ${OWN_TOKEN}.`, `curl -sS ${quoted(seat.url)} \\`, '  -H "Authorization: Bearer $DATABRICKS_TOKEN" \\', '  -H "Content-Type: application/json" \\', `  -d ${quoted(json(body))}`, ""].join("\n"),
    sdk: `from databricks.sdk import WorkspaceClient\n${load}\nw = WorkspaceClient()  # with OAuth: the SDK gets the token for this endpoint\nanswer = w.serving_endpoints_data_plane.query(\n    name=${JSON.stringify(seat.endpoint)},\n${named.join("\n")}\n)\nprint(answer.as_dict())\n`,
    openai: elsewhere(seat, "#"), mlflow: elsewhere(seat, "#"), fetch: elsewhere(seat, "//"), appkit: elsewhere(seat, "//"), sql: elsewhere(seat, "--"),
  };
}

function curl(seat, body, host) {
  return [`export DATABRICKS_HOST=${quoted(host)}`, "", `curl -sS "$DATABRICKS_HOST${path(seat)}" \\`, '  -H "Authorization: Bearer $DATABRICKS_TOKEN" \\',
    '  -H "Content-Type: application/json" \\', `  -d ${quoted(json(body))}`, ""].join("\n");
}

function sdk(seat, body) {
  return `from databricks.sdk import WorkspaceClient

w = WorkspaceClient()  # DATABRICKS_HOST and DATABRICKS_TOKEN, or a profile
answer = w.api_client.do("POST", "${path(seat)}", body=${python(body)})
print(answer)
`;
}

const KNOWN = new Set(["messages", "prompt", "input", "max_tokens", "temperature", "top_p", "stop", "stream", "n", "tools", "tool_choice", "response_format", "reasoning_effort", "max_output_tokens", "instructions"]);

function openaiCall(seat, body) {
  const known = Object.entries(body).filter(([key]) => KNOWN.has(key));
  const extra = without(body, ...KNOWN);
  const lines = [`    model=${JSON.stringify(seat.endpoint)},`, ...known.map(([key, value]) => `    ${key}=${python(value, "    ")},`)];
  if (Object.keys(extra).length) lines.push(`    extra_body=${python(extra, "    ")},`);
  return lines.join("\n");
}

const OPENAI = { chat: "chat.completions", completions: "completions", embeddings: "embeddings", responses: "responses" };
const SHOWN = { chat: "answer.choices[0].message.content", completions: "answer.choices[0].text", embeddings: "len(answer.data[0].embedding)", responses: "answer.output" };

function openai(seat, body, host) {
  const method = OPENAI[seat.style];
  if (!method) return "# The openai client does not speak this kind of request.\n# Use the databricks-sdk or mlflow code instead.\n";
  const pinned = seat.entity ? "# The openai client asks by the traffic split; it cannot pin a served entity.\n" : "";
  return `${pinned}import os

from openai import OpenAI

host = os.environ.get("DATABRICKS_HOST", ${JSON.stringify(host)})
client = OpenAI(api_key=os.environ["DATABRICKS_TOKEN"], base_url=f"{host}/serving-endpoints")
answer = client.${method}.create(
${openaiCall(seat, body)}
)
print(${SHOWN[seat.style]})
`;
}

function mlflow(seat, body) {
  const asked = seat.entity ? `${seat.endpoint}/served-models/${seat.entity}` : seat.endpoint;
  return `from mlflow.deployments import get_deploy_client

client = get_deploy_client("databricks")  # DATABRICKS_HOST and DATABRICKS_TOKEN, or a profile
answer = client.predict(endpoint=${JSON.stringify(asked)}, inputs=${python(body)})
print(answer)
`;
}

function fetchCode(seat, body, host) {
  return `const host = process.env.DATABRICKS_HOST ?? ${JSON.stringify(host)};
const reply = await fetch(\`\${host}${path(seat)}\`, {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.DATABRICKS_TOKEN}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify(${json(body).replaceAll("\n", "\n  ")}),
});
if (!reply.ok) throw new Error(\`\${reply.status}: \${await reply.text()}\`);
console.log(JSON.stringify(await reply.json(), null, 2));
`;
}

function appkit(seat, body) {
  const pinned = seat.entity ? `, servedModel: ${JSON.stringify(seat.entity)}` : "";
  const note = seat.style === "chat" ? "// From AppKit 0.77 on, its agents plugin is the way for streamed chats.\n" : "";
  return `// DATABRICKS_SERVING_ENDPOINT_NAME=${seat.endpoint} in app.yaml
${note}import { createApp, server, serving } from "@databricks/appkit";

const app = await createApp({
  plugins: [
    server(),
    serving({ endpoints: { model: { env: "DATABRICKS_SERVING_ENDPOINT_NAME"${pinned} } } }),
  ],
});

const answer = await app.serving("model").invoke(${json(body)});
console.log(answer);
`;
}

const text = (value) => `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

// A JSON value as a SQL expression.
export function sqlValue(value) {
  if (value === null) return "NULL";
  if (Array.isArray(value)) return `ARRAY(${value.map(sqlValue).join(", ")})`;
  if (typeof value === "object") return `named_struct(${Object.entries(value).flatMap(([key, one]) => [text(key), sqlValue(one)]).join(", ")})`;
  return typeof value === "string" ? text(value) : String(value);
}

function firstRow(body) {
  if (body.dataframe_records) return body.dataframe_records[0];
  const split = body.dataframe_split;
  return split ? Object.fromEntries(split.columns.map((name, at) => [name, split.data[0]?.[at] ?? null])) : (body.inputs ?? body.instances ?? body);
}

function sql(seat, body) {
  const prompt = body.messages?.at(-1)?.content ?? body.input?.at?.(-1)?.content ?? body.prompt ?? (Array.isArray(body.input) ? body.input[0] : body.input);
  const knobs = without(body, "messages", "prompt", "input", "stream");
  const parameters = prompt !== undefined && Object.keys(knobs).length ? `,\n  modelParameters => ${sqlValue(knobs)}` : "";
  const request = prompt !== undefined ? text(prompt) : sqlValue(firstRow(body));
  const more = Array.isArray(body.messages) && body.messages.length > 1 ? "-- Only the last message: ai_query takes one prompt per row.\n" : "";
  return `${more}SELECT ai_query(\n  ${text(seat.endpoint)},\n  ${prompt === undefined ? "request => " : ""}${request}${parameters}\n) AS answer;\n`;
}

export function snippets(seat, request, host) {
  const body = without(request, "stream");
  if (seat.url) return direct(seat, body);
  return {
    curl: curl(seat, body, host), sdk: sdk(seat, body), openai: openai(seat, body, host), mlflow: mlflow(seat, body),
    fetch: fetchCode(seat, body, host), appkit: appkit(seat, body), sql: sql(seat, body),
  };
}
