"""The contents of Unity Catalog and who may see and execute what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from web.emulator.models.base import Model
from web.emulator.models.signature import Signature

if TYPE_CHECKING:
    from web.emulator.people import Person

METASTORE_ID = "2f0f1f4e-5c1d-4a0e-9a55-6f6f3f0c9d11"
EVERYONE = "account users"


@dataclass
class ModelVersion:
    """One version. `fails`: why its build fails (missing_module, out_of_memory, wrong_version); None: it builds."""

    version: int
    model: Model | None = None
    status: str = "READY"
    fails: str | None = None
    comment: str = ""
    created_ms: int = 0
    created_by: str = ""
    run_id: str = ""

    @property
    def task(self) -> str | None:
        """The task the model was logged with; None for plain MLflow scoring."""
        return self.model.task if self.model else None

    @property
    def signature(self) -> Signature | None:
        """The logged signature; None when the model has none."""
        return self.model.signature if self.model else None


@dataclass
class RegisteredModel:
    """A registered model. `throughput_chunk_size` (tokens/s), `model_units_step`: set where it may be provisioned."""

    full_name: str
    owner: str
    comment: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    versions: dict[int, ModelVersion] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    grants: dict[str, set[str]] = field(default_factory=dict)
    model_type: str | None = None
    throughput_chunk_size: int | None = None
    model_units_step: int | None = None

    @property
    def catalog_name(self) -> str:
        """The first part of the name."""
        return self.full_name.split(".")[0]

    @property
    def schema_name(self) -> str:
        """The middle part of the name."""
        return self.full_name.split(".")[1]

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self.full_name.split(".")[2]

    @property
    def id(self) -> str:
        """A stable id, as the metastore would give it."""
        return str(uuid5(NAMESPACE_URL, self.full_name))

    def latest(self) -> ModelVersion | None:
        """The newest READY version."""
        ready = [version for version in self.versions.values() if version.status == "READY"]
        return max(ready, key=lambda version: version.version, default=None)


@dataclass
class Schema:
    """A schema with the principals that may use it (`USE SCHEMA`, and `USE CATALOG` on its catalog)."""

    full_name: str
    owner: str
    comment: str = ""
    users: set[str] = field(default_factory=set)


class Catalog:
    """All models of the metastore. Names are `catalog.schema.model`; principals: user names, groups, ids of apps."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self.models: dict[str, RegisteredModel] = {}

    def add_schema(self, full_name: str, owner: str, users: Iterable[str] = (), comment: str = "") -> Schema:
        """Make a schema usable by `users`; its catalog exists by being named."""
        self.schemas[full_name] = Schema(full_name, owner, comment, set(users))
        return self.schemas[full_name]

    def put(
        self, full_name: str, version: int, model: Model | None, *, owner: str = "alice@example.com", **more: Any
    ) -> ModelVersion:
        """Register a version (and the model and schema when they are new). `more` are fields of ModelVersion."""
        schema = full_name.rpartition(".")[0]
        if schema not in self.schemas:
            self.add_schema(schema, owner, {EVERYONE})
        registered = self.models.setdefault(
            full_name, RegisteredModel(full_name, owner, grants={EVERYONE: {"EXECUTE"}})
        )
        registered.versions[version] = ModelVersion(version, model, created_by=owner, **more)
        return registered.versions[version]

    def model(self, full_name: str) -> RegisteredModel | None:
        """A registered model by its full name."""
        return self.models.get(full_name)

    def version(self, full_name: str, version: str | int) -> ModelVersion | None:
        """A version of a model; for `system.ai` models the newest when none is named."""
        registered = self.models.get(full_name)
        if registered is None:
            return None
        if not str(version).isdigit():
            return registered.latest() if not version else None
        return registered.versions.get(int(version))

    def may_use(self, person: Person, schema: str) -> bool:
        """Whether the person has USE CATALOG and USE SCHEMA there."""
        found = self.schemas.get(schema)
        return found is not None and ("admins" in person.groups or bool(found.users & principals(person)))

    def may_see(self, person: Person, registered: RegisteredModel) -> bool:
        """Whether the person has any privilege on the model (besides use of its schema)."""
        if "admins" in person.groups or registered.owner == person.user_name:
            return True
        schema = registered.full_name.rpartition(".")[0]
        return self.may_use(person, schema) and bool(_privileges(registered, person))

    def may_execute(self, person: Person, full_name: str) -> bool:
        """Whether the person may serve the model: EXECUTE on it and use of its schema and catalog."""
        registered = self.models.get(full_name)
        if registered is None:
            return False
        if "admins" in person.groups or registered.owner == person.user_name:
            return True
        return self.may_see(person, registered) and "EXECUTE" in _privileges(registered, person)

    def catalogs(self, person: Person) -> Iterator[str]:
        """The catalogs the person can see, sorted."""
        yield from sorted({name.split(".")[0] for name in self.schemas if self.may_use(person, name)})

    def optimization(self, full_name: str, version: str | int) -> dict[str, Any] | None:
        """What get-model-optimization-info answers; None when there is no such version. Chunk size in tokens/s."""
        registered = self.models.get(full_name)
        if registered is None or self.version(full_name, version) is None:
            return None
        if registered.throughput_chunk_size is None:
            return {"optimizable": False}
        units = {"model_units_step": registered.model_units_step} if registered.model_units_step else {}
        chunk = registered.throughput_chunk_size
        return {"optimizable": True, "model_type": registered.model_type, "throughput_chunk_size": chunk, **units}


def principals(person: Person) -> set[str]:
    """Every name grants may call this person by."""
    return {person.user_name, *person.groups, *([person.application_id] if person.application_id else []), EVERYONE}


def _privileges(registered: RegisteredModel, person: Person) -> set[str]:
    return set().union(*(registered.grants.get(name, set()) for name in principals(person)))
