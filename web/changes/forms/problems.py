"""Findings as a form shows them: each beside its field, and all of them in a summary."""

from dataclasses import dataclass, field

from web.changes.checks import Finding

# Where a finding's own path has no field, its message is shown at this one.
SHOWN_AT = {"entity_name": "model", "tags": "tags[0].key", "ai_gateway.fallback_config": "gateway.fallback"}


@dataclass(frozen=True)
class Problems:
    """Findings by the form field they belong to, and all of them in order for the summary."""

    by_field: dict[str, str] = field(default_factory=dict)
    summary: list[tuple[str, str]] = field(default_factory=list)

    def inside(self, prefix: str) -> bool:
        """Whether a field below `prefix` has a message."""
        return any(name.startswith(prefix) for name in self.by_field)


def problems(found: list[Finding]) -> Problems:
    """The messages as the form shows them: `config.` and the gateway's blocks are not part of a field's name."""
    by_field: dict[str, str] = {}
    for finding in found:
        by_field.setdefault(field_of(finding.path), finding.message)
    fields = [field_of(finding.path) for finding in found]
    many = any(
        field_.startswith("served_entities[") and not field_.startswith("served_entities[0]") for field_ in fields
    )
    told = [
        _entity_of(f) + finding.message if many else finding.message for f, finding in zip(fields, found, strict=True)
    ]
    return Problems(by_field, list(zip(fields, told, strict=True)))


def _entity_of(field_: str) -> str:
    number = field_.partition("[")[2].partition("]")[0] if field_.startswith("served_entities[") else ""
    return f"Served entity {int(number) + 1}: " if number.isdigit() else ""


def field_of(path: str) -> str:
    """The name of the form field that a finding's path belongs to."""
    path = SHOWN_AT.get(path, path).removeprefix("config.").removesuffix("_plaintext")
    path = path.replace("ai_gateway.inference_table_config.", "gateway.").replace("ai_gateway.", "gateway.")
    path = path.replace("email_notifications.on_update_", "on_")
    head, dot, leaf = path.rpartition(".")
    return f"{head}{dot}{SHOWN_AT.get(leaf, leaf)}" if head.startswith("served_entities") else path
