"""What a form offers to choose from: each listing alone, asked at the same time, refused ones with the reason.

A listing that fails never stops a form: its field takes free text instead.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal

from web.changes.forms.entity import FOUNDATION, EntityForm, Kind
from web.errors import Forbidden, NotFound, PortalError
from web.workspace import catalog, registry, secrets, serving
from web.workspace.client import Workspace
from web.workspace.rows import EndpointRow

State = Literal["idle", "ready", "empty", "refused", "failed"]
Option = tuple[str, str, bool]


@dataclass(frozen=True)
class Choices:
    """One listing: (value, label, disabled) options, or why there are none. `idle`: not asked yet."""

    state: State = "idle"
    options: tuple[Option, ...] = ()
    reason: str = ""
    hint: str = ""

    def has(self, value: str) -> bool:
        """Whether this value is one of the options."""
        return any(option[0] == value for option in self.options)


@dataclass(frozen=True)
class Throughput:
    """What provisioned throughput needs to know of a version. `chunk` in tokens per second, `units_step` in units."""

    state: State = "idle"
    eligible: bool = False
    chunk: int = 0
    units_step: int = 0
    reason: str = ""


@dataclass(frozen=True)
class ModelPicks:
    """The choices of one entity. `aliases`: alias → version; `ready_made`: Databricks' own endpoint of the model."""

    catalogs: Choices = Choices()
    schemas: Choices = Choices()
    models: Choices = Choices()
    versions: Choices = Choices()
    newest: str = ""
    aliases: dict[str, int] = field(default_factory=dict)
    throughput: Throughput = Throughput()
    ready_made: str = ""


def ask(read: Callable[[], Iterable[Option]], nothing: str) -> Choices:
    """The choices of one listing. `nothing` is said when it is empty."""
    try:
        options = tuple(read())
    except Forbidden as error:
        return Choices("refused", reason=f"You may not list these: {error.message}", hint=error.hint)
    except NotFound as error:
        return Choices("failed", reason=error.message)
    except PortalError as error:
        return Choices("failed", reason=f"The list could not be had: {error.message}", hint=error.hint)
    return Choices("ready", options) if options else Choices("empty", reason=nothing)


def models(ws: Workspace, entity: EntityForm, kind: Kind) -> ModelPicks:
    """Everything to choose from for one entity, as far as it is filled in. One round of calls, made together."""
    if kind == "foundation":
        return _foundation(ws, entity)
    if entity.source == "workspace":
        return _workspace(ws, entity)
    with ThreadPoolExecutor(max_workers=4) as pool:
        catalogs = pool.submit(ask, lambda: _plain(catalog.catalogs(ws)), "You may see no catalog.")
        schemas = pool.submit(_schemas, ws, entity)
        listed = pool.submit(_models, ws, entity.catalog, entity.schema)
        choices, newest, aliases = _versions(ws, entity)
    chosen = entity.entity_version or newest
    measured = throughput(ws, entity.entity_name, chosen, aliases) if kind == "provisioned" else Throughput()
    upper = (catalogs.result(), schemas.result(), listed.result())
    return ModelPicks(*upper, versions=choices, newest=newest, aliases=aliases, throughput=measured)


def _plain(names: Iterable[str]) -> list[Option]:
    return [(name, name, False) for name in names]


def _schemas(ws: Workspace, entity: EntityForm) -> Choices:
    if not entity.catalog:
        return Choices()
    return ask(lambda: _plain(catalog.schemas(ws, entity.catalog)), "This catalog has no schema you may see.")


def _models(ws: Workspace, catalog_name: str, schema: str) -> Choices:
    if not (catalog_name and schema):
        return Choices()
    return ask(lambda: _model_options(ws, catalog_name, schema), "This schema has no registered model you may see.")


def _model_options(ws: Workspace, catalog_name: str, schema: str) -> list[Option]:
    found = catalog.models(ws, catalog_name, schema)
    marked = {str(m.get("name") or ""): " (you may only browse it)" if m.get("browse_only") else "" for m in found}
    return [(name, name + note, False) for name, note in sorted(marked.items()) if name]


def _versions(ws: Workspace, entity: EntityForm) -> tuple[Choices, str, dict[str, int]]:
    """The versions, the newest READY one, and the aliases."""
    name = entity.entity_name
    if not name or entity.source == "typed":
        return Choices(), "", {}
    found: list[catalog.ModelVersion] = []

    def read() -> list[Option]:
        found.extend(catalog.versions(ws, name))
        return [(str(v.version), _label(v), not v.deployable) for v in found]

    choices = ask(read, "This model has no version.")
    newest = next((str(v.version) for v in found if v.deployable), "")
    return choices, newest, {alias: v.version for v in found for alias in v.aliases}


def _label(version: catalog.ModelVersion) -> str:
    named = "".join(f" · @{alias}" for alias in version.aliases)
    return f"{version.version} · {version.status}{named}"


def versions(ws: Workspace, entity: EntityForm) -> ModelPicks:
    """The versions of a model that is chosen already, the newest READY one, and the aliases."""
    if entity.source == "workspace":
        return _workspace_versions(ws, entity.model)
    choices, newest, aliases = _versions(ws, entity)
    return ModelPicks(versions=choices, newest=newest, aliases=aliases)


def _workspace(ws: Workspace, entity: EntityForm) -> ModelPicks:
    listed = ask(
        lambda: _plain(sorted(str(m["name"]) for m in registry.models(ws) if m.get("name"))),
        "The workspace registry has no model you may see.",
    )
    return replace(_workspace_versions(ws, entity.model), models=listed) if entity.model else ModelPicks(models=listed)


def _workspace_versions(ws: Workspace, model: str) -> ModelPicks:
    def read() -> list[Option]:
        found = registry.versions(ws, model)
        return [
            (str(v.get("version")), f"{v.get('version')} · {v.get('status')}", v.get("status") != "READY")
            for v in found
        ]

    listed = ask(read, "This model has no version.")
    newest = next((value for value, _, disabled in listed.options if not disabled), "")
    return ModelPicks(versions=listed, newest=newest)


def _foundation(ws: Workspace, entity: EntityForm) -> ModelPicks:
    entity.catalog, entity.schema, entity.source = "system", "ai", "catalog"
    listed = _models(ws, "system", "ai")
    return ModelPicks(models=listed, ready_made=ready_made(ws, entity.model) if entity.model else "")


def ready_made(ws: Workspace, model: str) -> str:
    """The name of the pay-per-token endpoint that Databricks runs for a `system.ai` model; empty when there is none."""
    try:
        rows = serving.list_rows(ws)
    except PortalError:
        return ""
    return next((row.name for row in rows if row.name.startswith("databricks-") and _serves(row, model)), "")


def _serves(row: EndpointRow, model: str) -> bool:
    full = FOUNDATION + model
    return any(
        e.entity_name == full or (e.foundation_model and e.foundation_model.name == full) for e in row.served_entities
    )


def throughput(ws: Workspace, name: str, version: str, aliases: dict[str, int]) -> Throughput:
    """Whether the version can be provisioned, and in which steps."""
    number = str(aliases.get(version[1:], "")) if version.startswith("@") else version
    if not name or not number.isdigit():
        return Throughput()
    try:
        info = serving.optimization_info(ws, name, number)
    except PortalError as error:
        return Throughput("failed", reason=f"Eligibility could not be checked: {error.message}")
    if not info.get("optimizable"):
        return Throughput("ready", reason=f"{name} is not eligible for provisioned throughput.")
    return Throughput("ready", True, _number(info.get("throughput_chunk_size")), _number(info.get("model_units_step")))


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def scopes(ws: Workspace) -> Choices:
    """The secret scopes."""
    return ask(lambda: _plain(secrets.scopes(ws)), "There is no secret scope you may see.")


def keys(ws: Workspace, scope: str) -> Choices:
    """The keys of a scope; idle as long as no scope is chosen."""
    return ask(lambda: _plain(secrets.keys(ws, scope)), "This scope has no key you may see.") if scope else Choices()
