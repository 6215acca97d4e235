"""The texts that wire an endpoint into a Databricks App. All of them carry the same resource key."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from web.changes.spell.texts import identifier, json_text, profile_flag, python_literal, shell
from web.features.integrate.forms import DEFAULT_PROFILE, Wiring

APP = "my-app"
INIT_NAME_MAX = 26


@dataclass(frozen=True)
class Text:
    """One copyable text; `lang` for its colours."""

    key: str
    label: str
    text: str
    lang: str

    def tab(self) -> tuple[str, str, str, str]:
        """As the component takes it."""
        return self.key, self.label, self.text, self.lang


def bundle(it: Wiring) -> str:
    """databricks.yml: the variable, the app's resource, and its environment variable (here it is `value_from`)."""
    app = it.app or APP
    served = {"name": f"${{var.{it.variable}}}", "permission": it.permission}
    spec = {
        "name": app,
        "source_code_path": ".",
        "resources": [{"name": it.key, "serving_endpoint": served}],
        "config": {"env": [{"name": it.env, "value_from": it.key}]},
    }
    whole = {
        "variables": {it.variable: {"description": "The serving endpoint the app calls", "default": it.endpoint}},
        "resources": {"apps": {identifier(app): spec}},
    }
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=100)


def app_yaml(it: Wiring) -> str:
    """app.yaml: the environment variable (here it is `valueFrom`)."""
    return yaml.safe_dump({"env": [{"name": it.env, "valueFrom": it.key}]}, sort_keys=False)


MERGE = """\
import json
app = json.load(open("app.json"))
kept = [one for one in app.get("resources", []) if one["name"] != KEY]
served = {"name": ENDPOINT, "permission": LEVEL}
resources = kept + [{"name": KEY, "serving_endpoint": served}]
json.dump({"update_mask": "resources", "app": {"name": app["name"], "resources": resources}}, open("update.json", "w"))
"""


def by_cli(it: Wiring, profile: str = DEFAULT_PROFILE) -> str:
    """Read the app's resources, put the endpoint among them, send the list back: nothing else of the app is named."""
    app = shell(it.app or APP)
    values = {"KEY": it.key, "ENDPOINT": it.endpoint, "LEVEL": it.permission}
    merge = re.sub(r"\b(KEY|ENDPOINT|LEVEL)\b", lambda found: python_literal(values[found[0]]), MERGE)
    flag = profile_flag(profile)
    return (
        f"databricks apps get {app} --output json {flag} > app.json\n"
        f"python3 - <<'PY'\n{merge}PY\n"
        f"databricks apps create-update {app} --json @update.json {flag}\n"
    )


def new_app(it: Wiring, profile: str = DEFAULT_PROFILE) -> str:
    """A new app from the AppKit template; its serving feature has the default key."""
    name, flag = shell((it.app or APP)[:INIT_NAME_MAX].rstrip("-")), profile_flag(profile)
    return (
        "# What the template offers, and which fields each feature takes:\n"
        f"databricks apps manifest {flag}\n\n"
        f"databricks apps init --name {name} --features serving \\\n"
        f"  --set serving.serving-endpoint.name={shell(it.endpoint)} --run none {flag}\n\n"
        "# Flags: --template --branch --version --output-dir --description --auto-approve --skip-install --deploy\n"
        "# First look, then deploy:\n"
        f"databricks bundle validate --strict {flag}\n"
        f"databricks apps deploy {flag}\n"
    )


def question(task: str) -> dict[str, object]:
    """A small request of the task; empty for a task that its model's signature decides."""
    if task.startswith("llm/") and "embeddings" in task:
        return {"input": ["Hello"]}
    if task.startswith("llm/v1/completions"):
        return {"prompt": "Hello", "max_tokens": 100}
    if task.startswith("agent/v1/responses"):
        return {"input": [{"role": "user", "content": "Hello"}]}
    if task.startswith(("llm/", "agent/")):
        return {"messages": [{"role": "user", "content": "Hello"}]}
    return {}


def python_app(it: Wiring, asked: Any) -> str:
    """How the app reads its environment and asks, as its own service principal."""
    body = python_literal(asked)
    return (
        "import os\n\nfrom databricks.sdk import WorkspaceClient\n\n"
        f'name = os.environ["{it.env}"]  # the endpoint\'s name\n'
        "w = WorkspaceClient()  # DATABRICKS_HOST, _CLIENT_ID and _CLIENT_SECRET are set in every app\n"
        f"body = {body}\n"
        'answer = w.api_client.do("POST", f"/serving-endpoints/{name}/invocations", body=body)\n'
        "print(answer)\n"
    )


def javascript_app(it: Wiring, asked: Any) -> str:
    """The same with fetch alone. DATABRICKS_HOST may come without its scheme."""
    body = json_text(asked).replace("\n", "\n  ")
    return f"""\
const {{ {it.env}: name, DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret }} = process.env;
const host = `https://${{process.env.DATABRICKS_HOST.replace(/^https?:[/][/]/, "")}}`;

async function token() {{
  const reply = await fetch(`${{host}}/oidc/v1/token`, {{
    method: "POST",
    headers: {{ Authorization: `Basic ${{btoa(`${{id}}:${{secret}}`)}}` }},
    body: new URLSearchParams({{ grant_type: "client_credentials", scope: "all-apis" }}),
  }});
  return (await reply.json()).access_token;
}}

const answer = await fetch(`${{host}}/serving-endpoints/${{name}}/invocations`, {{
  method: "POST",
  headers: {{ Authorization: `Bearer ${{await token()}}`, "Content-Type": "application/json" }},
  body: JSON.stringify({body}),
}});
console.log(await answer.json());
"""


def wires(it: Wiring) -> list[Text]:
    """The ways into an app, one key in all."""
    return [
        Text("bundle", "databricks.yml", bundle(it), "yaml"),
        Text("app-yaml", "app.yaml", app_yaml(it), "yaml"),
        Text("cli", "CLI", by_cli(it), "bash"),
        Text("init", "New app", new_app(it), "bash"),
    ]


def inside(it: Wiring, asked: Any) -> list[Text]:
    """What the app's code looks like; `asked` is the body of its request."""
    return [
        Text("python", "Python", python_app(it, asked), "python"),
        Text("javascript", "JavaScript", javascript_app(it, asked), "javascript"),
    ]
