"""The one interface every model of the embedded workspace has, and the errors a model may raise."""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from web.emulator.models.signature import Signature
from web.emulator.models.speech import Deterministic, Writer

if TYPE_CHECKING:
    from web.emulator.world import World

Payload = dict[str, Any]


class InputError(Exception):
    """The payload does not fit the model: 400 BAD_REQUEST with a stack trace, as MLflow's scoring server answers."""

    def __init__(self, message: str, error_code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.message = message
        self.error_code = error_code

    def stack_trace(self) -> str:
        """The Python trace of this error, with module names instead of file paths."""
        frames = traceback.walk_tb(self.__traceback__)
        lines = [
            f'  In "{frame.f_globals.get("__name__")}", line {line}, in {frame.f_code.co_name}'
            for frame, line in frames
        ]
        return "\n".join(["Traceback (most recent call last):", *lines, f"MlflowException: {self.message}"])


class ServingError(Exception):
    """The model or its provider failed: `status` as an HTTP code, before or in the middle of the answer."""

    def __init__(self, status: int, error_code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error_code = error_code
        self.message = message


@dataclass
class Context:
    """What surrounds one request. `pace` is tokens per second (0: as fast as possible), `now_s` seconds since 1970."""

    served_model: str
    now_s: int
    pace: float = 0.0
    usage_every_chunk: bool = False
    writer: Writer = field(default_factory=Deterministic)
    request_id: str = field(default_factory=lambda: str(uuid4()))


class Model(ABC):
    """A served model: `task` as Databricks names it (None: plain MLflow scoring) and the logged signature (or None)."""

    task: str | None = None
    signature: Signature | None = None

    @abstractmethod
    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """The whole response body. Raises InputError (bad payload) and ServingError (failure)."""

    def stream(self, payload: Payload, ctx: Context) -> AsyncIterator[Payload]:
        """The frames of a streamed answer, in order, without `[DONE]`. Raises InputError where it cannot stream."""
        raise InputError("This model does not support streaming: remove 'stream' from the request.")


def resolve(world: World, spec: dict[str, Any]) -> Model | None:
    """The model behind a served entity's spec; None when the workspace has no such model or version."""
    from web.emulator.models.features import FeatureSpecModel
    from web.emulator.models.hosted import external, foundation

    if "external_model" in spec:
        return external(spec["external_model"])
    name = str(spec.get("entity_name") or spec.get("model_name") or "")
    if "foundation_model" in spec or name.startswith("system.ai."):
        return foundation(name or str(spec["foundation_model"].get("name", "")))
    if name in world.registry.feature_specs:
        return FeatureSpecModel()
    number = str(spec.get("entity_version") or spec.get("model_version") or "")
    version = world.catalog.version(name, number) if "." in name else world.registry.version(name, number)
    return version.model if version else None
