"""A fleet of N endpoints of mixed kinds and states, for benchmarks and long lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.emulator.seed_parts import DAY_MS, TEAM, Spec, add, config, custom, external, hosted, trying

if TYPE_CHECKING:
    from web.emulator.world import World

PEOPLE = ("bob@example.com", "alice@example.com", "erin@example.com", "frank@example.com")
TEAMS = ("growth", "risk", "search", "support", "finance", "research")
MODELS = ("churn", "fraud", "price_forecast", "recommender", "embedder", "house_chat")


def plant(world: World, count: int) -> None:
    """Exactly `count` endpoints, the same each time."""
    for number in range(count):
        _one(world, number)


def _one(world: World, number: int) -> None:
    kind, specs = _content(number)
    creator = PEOPLE[number % 4]
    age = 2 + number % 300
    start = world.clock.now_ms() - (age - 1) * DAY_MS
    shares = [80, 20] if len(specs) == 2 else [100]
    endpoint = add(
        world, f"{TEAMS[number % 6]}-{specs[0]['name']}-{number:05d}".replace("_", "-"), kind, creator,
        config(world, 1 + number % 5, specs, start, creator, shares), age_days=age, grants=TEAM if number % 3 else {},
        tags={"team": TEAMS[number % 6], "env": ("prod", "staging", "dev")[number % 3]},
    )  # fmt: skip
    if kind == "custom" and number % 17 == 0:
        endpoint.suspended = True
    elif kind == "custom" and number % 11 == 0:
        trying(world, endpoint, [custom("broken_missing_module", 1)], 86_400, "missing_module", creator)


def _content(number: int) -> tuple[str, list[Spec]]:
    if number % 10 == 7:
        return "external", [external("gpt-4o", "openai", "gpt-4o", {"openai_api_key": "{{secrets/ml/openai}}"})]
    if number % 10 == 9:
        throughput = {"entity_version": "1", "min_provisioned_throughput": 0, "max_provisioned_throughput": 9500}
        return "provisioned", [hosted("meta_llama_v3_1_8b_instruct", name="llama-8b", **throughput)]
    model = MODELS[number % 6]
    first = custom(model, 1, scale_to_zero_enabled=number % 2 == 0)
    return "custom", [first, custom("churn", 3)] if number % 10 == 3 and model != "churn" else [first]
