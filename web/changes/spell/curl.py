"""The plain requests of a Change, as curl commands."""

from web.changes.kinds import Call, Change
from web.changes.spell.cli import READ_ID
from web.changes.spell.masks import comments, mask
from web.changes.spell.operations import ENDPOINTS, UNKNOWN_ID, needs_id
from web.changes.spell.texts import json_text, shell, url_path

AUTHORIZATION = '-H "Authorization: Bearer $DATABRICKS_TOKEN"'
JSON_BODY = '-H "Content-Type: application/json" --data @-'


def curl(change: Change, calls: list[Call], host: str) -> str:
    """One curl per call for a POSIX shell; the token comes from DATABRICKS_TOKEN, never from the text."""
    masked = [(call, *mask(call.body)) for call in calls]
    lines = comments(list(dict.fromkeys(p for _, _, found in masked for p in found)))
    lines += [f"export DATABRICKS_HOST={shell(host)}", "# DATABRICKS_TOKEN holds your access token.", ""]
    known = not needs_id(calls)
    for call, body, _ in masked:
        if not known and UNKNOWN_ID in call.path:
            lines.append(_read_id(change.endpoint))
            known = True
        lines.append(_command(call, body))
    return "\n".join(lines) + "\n"


def _read_id(name: str) -> str:
    return f"ENDPOINT_ID=$(curl -sS {_url(f'{ENDPOINTS}/{name}')} {AUTHORIZATION} | {READ_ID})"


def _command(call: Call, body: object) -> str:
    head = f"curl -X {call.method} {_url(call.path)} {AUTHORIZATION}"
    if body is None:
        return head
    return f"{head} {JSON_BODY} <<'JSON'\n{json_text(body)}\nJSON"


def _url(path: str) -> str:
    parts = [url_path(part) for part in path.split(UNKNOWN_ID)]
    return f'"$DATABRICKS_HOST{"$ENDPOINT_ID".join(parts)}"'
