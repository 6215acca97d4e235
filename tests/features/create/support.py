"""What the tests of New endpoint share: smallest forms of every kind, and the road from a form to the workspace."""

import html
import json
import re
from typing import Any

import httpx

from web.emulator.server import Emulator

Fields = dict[str, str]
ENTITY = "served_entities[0]."
MODEL = ENTITY + "external_model."
KEY = MODEL + "openai_config.openai_api_key."


def custom(name: str, **more: str) -> Fields:
    """A custom model endpoint: version 3 of main.ml.churn on a small CPU."""
    parts = {
        "catalog": "main",
        "schema": "ml",
        "model": "churn",
        "entity_version": "3",
        "scale_to_zero_enabled": "true",
    }
    return {"kind": "custom", "name": name, **{ENTITY + k: v for k, v in parts.items()}, **more}


def foundation(name: str, **more: str) -> Fields:
    """A pay-per-token endpoint of one's own."""
    parts = {"catalog": "system", "schema": "ai", "model": "meta_llama_v3_3_70b_instruct"}
    return {"kind": "foundation", "name": name, **{ENTITY + k: v for k, v in parts.items()}, **more}


def provisioned(name: str, **more: str) -> Fields:
    """Two chunks of tokens per second at most."""
    parts = {"catalog": "system", "schema": "ai", "model": "mistral_7b_instruct_v0_2", "entity_version": "4",
             "measure": "tokens", "min_provisioned_throughput": "0", "max_provisioned_throughput": "1960"}  # fmt: skip
    return {"kind": "provisioned", "name": name, **{ENTITY + k: v for k, v in parts.items()}, **more}


def external(name: str, **more: str) -> Fields:
    """OpenAI with a key from the team's secret scope."""
    parts = {"provider": "openai", "variant": "openai", "name": "gpt-4o", "task": "llm/v1/chat"}
    secret = {KEY + "mode": "reference", KEY + "scope": "ml", KEY + "key": "openai"}
    return {"kind": "external", "name": name, **{MODEL + k: v for k, v in parts.items()}, **secret, **more}


def review(who: httpx.Client, fields: Fields) -> httpx.Response:
    """Press Review."""
    return who.post("/endpoints/new", data={"do": "review", **fields})


def apply(who: httpx.Client, fields: Fields) -> httpx.Response:
    """Press Review, then Apply; the answer to Apply."""
    sent = review(who, fields)
    assert sent.status_code == 303, messages(sent)
    draft = sent.headers["location"].rpartition("/")[2]
    shown = who.get(sent.headers["location"])
    assert shown.status_code == 200
    return who.post("/changes", data={"draft": draft, "seen": ""})


def live(who: httpx.Client, name: str) -> dict[str, Any]:
    """The endpoint as the workspace says it."""
    answer = who.get(f"/api/v1/endpoints/{name}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def as_json(who: httpx.Client, fields: Fields) -> dict[str, Any]:
    """The JSON tab's value of a form."""
    return dict(json.loads(textarea(who.post("/endpoints/new/convert?to=json", data=fields))))


def textarea(answer: httpx.Response) -> str:
    """The text in the JSON tab."""
    found = re.search(r'<textarea[^>]*name="json"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert found, messages(answer)
    return html.unescape(found[1])


def inputs(answer: httpx.Response) -> Fields:
    """What the form of a page would submit: a browser without scripts, so data-show-when hides nothing."""
    fields: Fields = {}
    for tag in re.findall(r"<input\b[^>]*>", answer.text):
        given = {k: html.unescape(v) for k, v in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        ticked = given.get("type") not in ("radio", "checkbox") or re.search(r"\bchecked\b", tag)
        if given.get("name") and ticked:
            fields[given["name"]] = given.get("value", "")
    for name, body in re.findall(r'<select\b[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', answer.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        fields[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(r'<textarea\b[^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL):
        fields[html.unescape(name)] = html.unescape(body)
    return fields


def messages(answer: httpx.Response) -> str:
    """The messages of a form shown again, as plain text."""
    found = re.search(r'id="problems".*?</ul>', answer.text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", found[0] if found else answer.text[:400]))


def beside(answer: httpx.Response, field: str) -> str:
    """The error shown at a field of this name."""
    slug = re.sub(r"[^A-Za-z0-9]", "-", field).strip("-")
    found = re.search(rf'id="f-{slug}-error">(.*?)</p>', answer.text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def writes(emulator: Emulator) -> list[dict[str, Any]]:
    """Requests that could have changed an endpoint, as the workspace logged them."""
    log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()
    rows = log["requests"] if isinstance(log, dict) else log
    return [r for r in rows if r["method"] != "GET" and r["path"].startswith("/api/2.")]
