"""Typed rows of the endpoint listing, decoded straight from the answer's bytes.

Thousands of dicts cost a tenth of a second in the garbage collector, structs a hundredth (reference performance §1).
Enums are plain strings, so that a value nobody knew yet is still shown. Absent and null are both None.
"""

from typing import Any

import msgspec

from web.workspace.answers import bad_answer


class ModelRef(msgspec.Struct, frozen=True, gc=False):
    """`external_model` (provider, name, task) or `foundation_model` (name, display_name) of an entity."""

    name: str | None = None
    provider: str | None = None
    display_name: str | None = None
    task: str | None = None


class EntityRow(msgspec.Struct, frozen=True, gc=False):
    """One served entity as the listing has it. The sizes are only in a full GET."""

    name: str | None = None
    entity_name: str | None = None
    entity_version: str | None = None
    type: str | None = None
    external_model: ModelRef | None = None
    foundation_model: ModelRef | None = None
    max_provisioned_throughput: int | None = None
    provisioned_model_units: int | None = None


class ConfigRow(msgspec.Struct, frozen=True, gc=False):
    """A configuration, entities only."""

    served_entities: list[EntityRow] | None = None


class StateRow(msgspec.Struct, frozen=True, gc=False):
    """`state`: ready, config_update and suspend as the workspace spells them."""

    ready: str | None = None
    config_update: str | None = None
    suspend: str | None = None


class TagRow(msgspec.Struct, frozen=True, gc=False):
    """One tag."""

    key: str = ""
    value: str | None = None


class EndpointRow(msgspec.Struct, frozen=True, gc=False):
    """One endpoint of the listing. Timestamps are ms since 1970. Pay-per-token endpoints have no `id`."""

    name: str
    id: str | None = None
    creator: str | None = None
    description: str | None = None
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    task: str | None = None
    endpoint_type: str | None = None
    permission_level: str | None = None
    state: StateRow | None = None
    tags: list[TagRow] | None = None
    config: ConfigRow | None = None
    pending_config: ConfigRow | None = None

    @property
    def served_entities(self) -> list[EntityRow]:
        """What serves; before the first deployment has ended, what is being tried."""
        for config in (self.config, self.pending_config):
            if config is not None and config.served_entities:
                return config.served_entities
        return []

    @property
    def ready(self) -> str:
        """READY, NOT_READY or "" when the workspace does not say."""
        return (self.state and self.state.ready) or ""

    @property
    def config_update(self) -> str:
        """NOT_UPDATING, IN_PROGRESS, UPDATE_FAILED, UPDATE_CANCELED or ""."""
        return (self.state and self.state.config_update) or ""

    @property
    def suspend(self) -> str:
        """NOT_SUSPENDED, STOPPED or ""."""
        return (self.state and self.state.suspend) or ""


class _Listing(msgspec.Struct, gc=False):
    endpoints: list[EndpointRow] | None = None


_decoder = msgspec.json.Decoder(_Listing)


def decode_rows(body: bytes) -> list[EndpointRow]:
    """The rows of a listing's body. One odd endpoint does not spoil the others; raises BAD_ANSWER for garbage."""
    try:
        return _decoder.decode(body or b"{}").endpoints or []
    except msgspec.ValidationError:
        return _one_by_one(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_answer("a list of endpoints") from error


def to_row(raw: dict[str, Any]) -> EndpointRow:
    """One raw endpoint as a row; parts of an unexpected type are left out."""
    try:
        return msgspec.convert(raw, EndpointRow, strict=False)
    except msgspec.ValidationError:
        return EndpointRow(
            name=str(raw.get("name") or ""), **{field: _part(raw, field) for field in _PARTS if field in raw}
        )


_PARTS: dict[str, Any] = {
    field.name: field.type for field in msgspec.structs.fields(EndpointRow) if field.name != "name"
}


def _part(raw: dict[str, Any], field: str) -> Any:
    try:
        return msgspec.convert(raw[field], _PARTS[field], strict=False)
    except msgspec.ValidationError:
        return None


def _one_by_one(body: bytes) -> list[EndpointRow]:
    data = msgspec.json.decode(body)
    found = data.get("endpoints") if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise bad_answer("a list of endpoints")
    return [to_row(item) for item in found if isinstance(item, dict)]
