"""The Databricks CLI's words for a Change."""

from web.changes.kinds import Call, Change
from web.changes.spell.fit import fits
from web.changes.spell.masks import comments, mask
from web.changes.spell.operations import UNKNOWN_ID, needs_id, operation_of
from web.changes.spell.texts import json_text, profile_flag, shell, url_path

READ_ID = """python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'"""


def cli(change: Change, calls: list[Call], profile: str) -> str:
    """One command per call, ready for a POSIX shell. An id that is not known yet is read before the first use."""
    masked = [(call, *mask(call.body)) for call in calls]
    lines = comments(list(dict.fromkeys(p for _, _, found in masked for p in found)))
    known = not needs_id(calls)
    for call, body, _ in masked:
        if not known and UNKNOWN_ID in call.path:
            lines.append(_read_id(change.endpoint, profile))
            known = True
        lines.append(_command(call, body, profile))
    return "\n".join(lines) + "\n"


def _read_id(name: str, profile: str) -> str:
    get = f"databricks serving-endpoints get {shell(name)} --output json {profile_flag(profile)}"
    return f"ENDPOINT_ID=$({get} | {READ_ID})"


def _command(call: Call, body: object, profile: str) -> str:
    operation, target = operation_of(call)
    json_flag = ["--json", shell(json_text(body))] if body is not None else []
    if operation is None or not fits(operation.shape, call.body):
        words = ["databricks api", call.method.lower(), _path(call.path)]
        json_flag = json_flag if body else []
    else:
        words = [f"databricks {operation.group}", operation.cli, *([_target(target)] if target else [])]
        json_flag += ["--no-wait"] * operation.waits
    return " ".join([*words, *json_flag, profile_flag(profile)])


def _target(target: str) -> str:
    return '"$ENDPOINT_ID"' if target == UNKNOWN_ID else shell(target)


def _path(path: str) -> str:
    if UNKNOWN_ID not in path:
        return shell(url_path(path))
    return f'"{"$ENDPOINT_ID".join(url_path(part) for part in path.split(UNKNOWN_ID))}"'
