"""What a served entity printed while it was tried: its build log, and the service log where the workspace says so."""

from web.workspace import logtext, serving
from web.workspace.client import Workspace

NO_CONTAINER = ("external", "foundation")


def of(ws: Workspace, name: str, entity: str, message: str, version: int | None) -> dict[str, str]:
    """Plain texts by kind (build, service), without empty ones. `message`: what the workspace says of the entity.

    Raises what the workspace refuses: Forbidden without CAN_MANAGE, NotFound for a log that is gone.
    """
    logs = {"build": logtext.plain(serving.build_logs(ws, name, entity, version))}
    if "service logs" in message.lower():
        logs["service"] = logtext.plain(serving.service_logs(ws, name, entity, version))
    return {which: text for which, text in logs.items() if text.strip()}
