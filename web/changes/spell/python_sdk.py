"""A Change as a Python program with the Databricks SDK."""

from typing import Any

from web.changes.kinds import Call, Change
from web.changes.spell.fit import fits
from web.changes.spell.masks import comments, mask
from web.changes.spell.operations import UNKNOWN_ID, Operation, needs_id, operation_of
from web.changes.spell.texts import bracketed, python_literal, url_path

SERVING = "databricks.sdk.service.serving"


def python(change: Change, calls: list[Call], profile: str) -> str:
    """A program that sends the same requests. Where the SDK lacks a method, or its types would drop a part of the
    body, it goes through `w.api_client.do`."""
    masked = [(call, *mask(call.body)) for call in calls]
    imports: set[str] = set()
    statements: list[str] = []
    known = not needs_id(calls)
    for call, body, _ in masked:
        if not known and UNKNOWN_ID in call.path:
            statements.append(f"endpoint_id = w.serving_endpoints.get({python_literal(change.endpoint)}).id")
            known = True
        statements.append(_statement(call, body, imports))
    head = comments(list(dict.fromkeys(p for _, _, found in masked for p in found)))
    head.append("from databricks.sdk import WorkspaceClient")
    if imports:
        head.append(_import(sorted(imports)))
    head += ["", f"w = WorkspaceClient(profile={python_literal(profile)})", ""]
    return "\n".join(head + statements) + "\n"


def _import(names: list[str]) -> str:
    line = f"from {SERVING} import {', '.join(names)}"
    if len(line) <= 100:
        return line
    inner = "".join(f"    {name},\n" for name in names)
    return f"from {SERVING} import (\n{inner})"


def _statement(call: Call, body: Any, imports: set[str]) -> str:
    operation, target = operation_of(call)
    if operation is None or operation.group == "apps" or not fits(operation.shape, call.body):
        parts = [python_literal(call.method), _path(call.path)]
        if body is not None:
            parts.append(f"body={python_literal(body, 1)}")
        return bracketed("w.api_client.do(", parts, ")", 0)
    parts = [_target(target)] if target else []
    parts += [f"{key}={_argument(operation, key, value, imports)}" for key, value in (body or {}).items()]
    return bracketed(f"w.serving_endpoints.{operation.sdk}(", parts, ")", 0)


def _argument(operation: Operation, key: str, value: Any, imports: set[str]) -> str:
    name = operation.classes.get(key)
    if name is None:
        return python_literal(value, 1)
    if not isinstance(value, list):
        imports.add(name)
        return f"{name}.from_dict({python_literal(value, 1)})"
    if value:
        imports.add(name)
    return bracketed("[", [f"{name}.from_dict({python_literal(item, 2)})" for item in value], "]", 1)


def _target(target: str) -> str:
    return "endpoint_id" if target == UNKNOWN_ID else python_literal(target)


def _path(path: str) -> str:
    if UNKNOWN_ID in path:
        return f"{python_literal(path.removesuffix(UNKNOWN_ID))} + endpoint_id"
    return python_literal(url_path(path))
