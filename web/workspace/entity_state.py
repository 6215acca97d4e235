"""How a served entity is named and what its deployment state looks like, for every page that lists entities."""

from dataclasses import dataclass
from typing import Any

READY = "DEPLOYMENT_READY"
BROKEN = ("DEPLOYMENT_FAILED", "DEPLOYMENT_ABORTED")
ASLEEP = "Scaled to zero"


@dataclass(frozen=True)
class Look:
    """A badge, and what the workspace says beside it."""

    label: str
    tone: str
    icon: str
    busy: bool = False
    message: str = ""


LOOKS = {
    READY: Look("Ready", "success", "check-circle"),
    "DEPLOYMENT_CREATING": Look("Creating", "info", "arrow-repeat", busy=True),
    "DEPLOYMENT_RECOVERING": Look("Recovering", "warning", "arrow-repeat", busy=True),
    "DEPLOYMENT_FAILED": Look("Failed", "danger", "x-circle"),
    "DEPLOYMENT_ABORTED": Look("Aborted", "danger", "slash-circle"),
}


def look(entity: dict[str, Any]) -> Look:
    """The state of one served entity as the workspace gives it; a state that nobody here knows is shown by its name."""
    state = entity.get("state") or {}
    deployment, message = str(state.get("deployment") or ""), str(state.get("deployment_state_message") or "")
    if deployment == READY and message == ASLEEP:
        return Look(ASLEEP, "neutral", "moon")
    known = LOOKS.get(deployment, Look(deployment or "State not given", "neutral", "circle"))
    return Look(known.label, known.tone, known.icon, known.busy, message)


def name_of(entity: dict[str, Any]) -> str:
    """What routes call it."""
    return str(entity.get("name") or entity.get("entity_name") or "")


def model_of(entity: dict[str, Any]) -> str:
    """What it serves, for people."""
    external, hosted = entity.get("external_model"), entity.get("foundation_model")
    if isinstance(external, dict):
        return f"{external.get('name') or ''} of {external.get('provider') or 'an unknown provider'}"
    if isinstance(hosted, dict) and hosted.get("display_name"):
        return str(hosted["display_name"])
    return str(entity.get("entity_name") or "")
