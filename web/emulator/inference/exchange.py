"""One invocation from its admission to its last byte, and what is remembered of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import uuid4

from web.emulator.inference import limits, usage
from web.emulator.inference.guardrails import input_texts
from web.emulator.inference.metrics import Served
from web.emulator.models import local_llm
from web.emulator.models.base import Context, Payload
from web.emulator.serving.endpoint import Endpoint, Entity
from web.emulator.wire import Call


@dataclass
class Exchange:
    """A request being served by `entity`. Times in seconds of real time."""

    call: Call
    endpoint: Endpoint
    entity: Entity
    payload: Payload = field(default_factory=dict)
    request_id: str = field(default_factory=lambda: str(uuid4()))
    began: float = field(default_factory=time.perf_counter)
    waited_s: float = 0.0
    characters_out: int = 0
    spent: tuple[int, int] = (0, 0)

    def context(self) -> Context:
        """What the model needs to know."""
        world = self.call.world
        return Context(
            served_model=self.entity.name(),
            now_s=world.clock.now_ms() // 1000,
            pace=float(world.switches.tokens_per_second),
            usage_every_chunk=self.endpoint.kind in ("foundation", "provisioned"),
            writer=local_llm.writer_for(self.payload),
            request_id=self.request_id,
        )

    def headers(self) -> dict[str, str]:
        """Response headers: who answered, and the request's id."""
        return {"served-model-name": self.entity.name(), "x-databricks-request-id": self.request_id}

    def heard(self, answer: Payload, size: int) -> None:
        """Take note of (a piece of) the answer: its size in characters and the usage it reports."""
        self.characters_out += size
        spent = usage.tokens(answer)
        self.spent = spent if any(spent) else self.spent

    def finish(self, status: int, error: str = "") -> None:
        """Remember the request: metrics, log, token limits, usage table."""
        world, now = self.call.world, self.call.world.clock.now_ms()
        took = (time.perf_counter() - self.began) * 1000
        self.entity.last_request_ms = now
        self.endpoint.served.add(
            Served(
                now,
                self.entity.name(),
                status,
                took,
                self.waited_s * 1000,
                "/invocations",
                self.request_id,
                *self.spent,
                error,
            )
        )
        limits.count_tokens(self.endpoint, self.call.person, sum(self.spent), now)
        if usage.tracked(self.endpoint):
            given = sum(map(len, input_texts(self.payload)))
            world.usage.append(
                usage.row(
                    world, self.endpoint, self.entity, self.call.person, self.payload, status=status,
                    request_id=self.request_id, spent=self.spent, characters=(given, self.characters_out),
                )
            )  # fmt: skip
