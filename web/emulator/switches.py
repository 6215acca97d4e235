"""One named switch for each fact about the real service that is not verified; both answers work."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Switches:
    """Assumptions and their alternatives. A test flips one through `PATCH /_emulator/switches`."""

    duplicate_name_status: int = 409  # 400 is reported as well
    concurrent_update_status: int = 409  # for PUT config; documented only for telemetry-config. Or 400
    hidden_endpoint_status: int = 403  # an endpoint the caller may not see: 403, or 404 as if it did not exist
    failed_version_reused: bool = False  # whether the update after a failed one takes the same config_version again
    pending_after_cancel: bool = True  # whether pending_config stays after UPDATE_CANCELED
    logs_level: str = "CAN_MANAGE"  # grant needed for build and service logs, or CAN_VIEW
    permissions_read_level: str = "CAN_VIEW"  # grant needed to read who has which permission, or CAN_MANAGE
    list_shows_pending: bool = True  # whether the listing shows the entities of a first deployment
    unknown_secret_refused: bool = True  # a reference to a secret that is not there: refused, or the deployment fails
    plaintext_survives: bool = False  # whether a PUT config without the key keeps an earlier plaintext key
    entities_alphabetical: bool = False  # whether served_entities come back sorted by name
    unknown_fields_kept: bool = False  # whether a config keeps and shows fields that no client knows yet
    max_served_entities: int = 10  # one issue reports 15
    max_tags: int = 20
    max_tag_key: int = 127
    max_tag_value: int = 255
    tag_overwrites: bool = True  # re-adding a key: overwrites, or 400
    concurrency_step: int = 4  # min/max_provisioned_concurrency are multiples of this; 1 turns the rule off
    execution_timeout_s: int = 297  # or 597
    cold_start_status: int = 0  # a request to an entity scaled to zero: 0 waits for the start, 503 and 504 answer so
    openapi_unavailable_status: int = 404  # no signature or not READY; or 400
    payload_too_large_status: int = 413  # or 400
    metric_labels: str = "served_entity"  # "served_entity", "served_model", "replica" or "none"
    scim_for_everyone: bool = True  # whether people who are not admins may list users and groups
    unauthenticated_code: str = "UNAUTHENTICATED"  # error_code of the 401 for a missing or expired token
    enforce_quota: bool = True  # 50 create and update calls per 5 minutes and workspace
    creator_always_listed: bool = True  # `creator` is now and then absent from listings
    unknown_enums: bool = False  # emit enum values no SDK knows yet
    not_ready_status: int = 404  # invoking an endpoint that has never been READY; or 400
    openapi_alternatives_required: bool = False  # whether each oneOf alternative requires its own key
    tokens_per_second: int = 60  # how fast models speak, real time; 0: as fast as possible
    config_drops: str = ""  # a field of served entities that PUT config silently leaves out
    user_token_scopes: str = ""  # scopes of people's tokens, spaces between; "": everything
    gateway_delay_s: int = 0  # seconds until a gateway edit acts; the real one takes up to a minute

    def patch(self, changes: dict[str, Any]) -> None:
        """Flip switches by name; raises ValueError for an unknown name or a value of another type."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in changes.items():
            if name not in kinds or type(value) is not kinds[name]:
                raise ValueError(f"no switch {name!r} takes {value!r}")
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """All switches as JSON."""
        return asdict(self)
