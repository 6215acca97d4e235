"""Names are checked before any call: the SDK and HTTP put them into paths unescaped (reference §3.2, §4.5)."""

import re

from web.errors import Invalid, NotFound

ENDPOINT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
SERVED_ENTITY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,126}[A-Za-z0-9])?")
SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .@:=+,-]{0,254}")
HEX_ID = re.compile(r"[0-9a-fA-F-]{8,64}")

RESERVED_PREFIX = "databricks-"
NAME_RULE = "1 to 63 letters, digits, '-' or '_', with a letter or digit at both ends."


def endpoint_name(name: str) -> str:
    """The name, if an endpoint could have it; else NotFound without asking the workspace."""
    if not ENDPOINT.fullmatch(name):
        raise NotFound(f"There is no endpoint named '{name[:80]}'.", hint=f"Endpoint names have {NAME_RULE}")
    return name


def new_endpoint_name(name: str) -> str:
    """The name, if a new endpoint may take it; else Invalid for the field `name`."""
    if not ENDPOINT.fullmatch(name):
        raise Invalid(f"A name has {NAME_RULE}", field="name")
    if name.lower().startswith(RESERVED_PREFIX):
        raise Invalid("The prefix 'databricks-' is reserved for Databricks' own endpoints.", field="name")
    return name


def served_entity(name: str) -> str:
    """The served entity's name, safe in a path; else NotFound."""
    if not SERVED_ENTITY.fullmatch(name) or ".." in name:
        raise NotFound(f"There is no served entity named '{name[:80]}'.")
    return name


def segment(value: str) -> str:
    """Any other single path segment (catalog object, app, id); else NotFound."""
    if not SEGMENT.fullmatch(value) or ".." in value:
        raise NotFound(f"'{value[:80]}' is not a name the workspace can have.")
    return value
