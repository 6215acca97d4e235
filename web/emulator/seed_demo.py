"""The demo: endpoints of every kind and state a user can meet, with believable pasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.emulator import seed_hosted, seed_usage
from web.emulator.seed_parts import DAY_MS, HOUR_MS, TEAM, add, config, custom, trying

if TYPE_CHECKING:
    from web.emulator.world import World

ALICE, BOB, DANA, ERIN = "alice@example.com", "bob@example.com", "dana@example.com", "erin@example.com"
READERS = {"group_name": {"users": "CAN_QUERY"}}
TABLE = {"enabled": True, "catalog_name": "main", "schema_name": "ml"}
TRACKED = {"usage_tracking_config": {"enabled": True}}


def plant(world: World) -> None:
    """All endpoints of the demo and their usage."""
    seed_hosted.foundation(world)
    seed_hosted.provisioned(world)
    seed_hosted.external_models(world)
    _tables(world)
    _language(world)
    _troubled(world)
    _quiet(world)
    seed_usage.plant(world)


def _tables(world: World) -> None:
    now = world.clock.now_ms()
    split = [custom("churn", 3, environment_vars={"TOKEN": "{{secrets/ml/tok}}"}), custom("churn", 4)]
    churn = add(
        world, "churn", "custom", BOB, config(world, 4, split, now - 3 * DAY_MS, BOB, [90, 10]),
        age_days=210, grants=TEAM, description="Probability that a customer leaves within 60 days",
        tags={"team": "growth", "env": "prod", "cost-center": "4711"},
        ai_gateway={**TRACKED, "inference_table_config": {**TABLE, "table_name_prefix": "churn"}},
        email_notifications={"on_update_failure": ["ml-team@example.com"]},
        extra={"auth_policy": {"user_auth_policy": {"api_scopes": []}}},
    )  # fmt: skip
    churn.past = [
        config(world, 3, [custom("churn", 3)], now - 30 * DAY_MS, BOB),
        config(world, 2, [custom("churn", 2)], now - 90 * DAY_MS, BOB),
    ][::-1]
    fraud = custom("fraud", 2, workload_size="Medium")
    add(
        world, "fraud-realtime", "custom", BOB, config(world, 2, [fraud], now - 12 * DAY_MS, BOB),
        age_days=80, grants=TEAM, route_optimized=True, tags={"team": "risk", "env": "prod"},
        description="Scores card payments while they happen",
    )  # fmt: skip
    legacy = config(world, 6, [custom("churn", 1)], now - 300 * DAY_MS, BOB)
    legacy.auto_capture = {
        "catalog_name": "main", "schema_name": "ml", "table_name_prefix": "churn_legacy", "enabled": True,
        "state": {"payload_table": {"name": "churn_legacy_payload", "status": "READY", "status_message": ""}},
    }  # fmt: skip
    add(world, "churn-legacy", "custom", BOB, legacy, age_days=420, grants=TEAM, tags={"env": "legacy"})
    add(
        world, "wine-quality", "custom", ALICE,
        config(world, 1, [custom("main.public.wine_quality", 1)], now - 45 * DAY_MS, ALICE),
        age_days=45, grants=READERS, tags={"purpose": "training"}, description="The example everybody may try",
    )  # fmt: skip
    add(
        world, "credit-risk", "custom", ALICE,
        config(world, 1, [custom("main.finance.credit_risk", 1)], now - 20 * DAY_MS, ALICE),
        age_days=20, grants={}, tags={"team": "finance", "confidential": "yes"},
    )  # fmt: skip


def _language(world: World) -> None:
    now = world.clock.now_ms()
    embedder = custom("embedder", 1, scale_to_zero_enabled=True, workload_type="GPU_SMALL")
    add(
        world, "product-embeddings", "custom", BOB, config(world, 1, [embedder], now - 15 * DAY_MS, BOB),
        age_days=15, grants=TEAM, tags={"team": "search"},
    )  # fmt: skip
    support = custom("main.agents.support_agent", 2)
    add(
        world, "support-agent", "custom", BOB, config(world, 2, [support], now - 6 * DAY_MS, BOB), age_days=40,
        grants={**TEAM, "user_name": {ERIN: "CAN_QUERY"}}, tags={"team": "support", "env": "prod"},
        description="Answers questions about orders and returns",
        ai_gateway={"inference_table_config": {**TABLE, "schema_name": "agents"}},
        extra={"tile_endpoint_metadata": {"problem_type": "MULTI_AGENT_SUPERVISOR"}},
    )  # fmt: skip
    add(
        world, "research-agent", "custom", BOB,
        config(world, 1, [custom("main.agents.research_agent", 1)], now - 9 * DAY_MS, BOB),
        age_days=9, grants=TEAM, tags={"team": "research"},
    )  # fmt: skip


def _troubled(world: World) -> None:
    now = world.clock.now_ms()
    repaired = custom("broken_missing_module", 2, name="lead-scoring-2")
    leads = add(
        world,
        "lead-scoring",
        "custom",
        BOB,
        config(world, 3, [repaired], now - 25 * DAY_MS, BOB),
        age_days=70,
        grants=TEAM,
        tags={"team": "sales"},
    )
    trying(
        world,
        leads,
        [custom("broken_missing_module", 1, name="lead-scoring-1")],
        5 * HOUR_MS / 1000,
        "missing_module",
        BOB,
    )
    ocr = add(world, "invoice-ocr", "custom", BOB, None, age_days=0.4, grants=TEAM, tags={"team": "finance"})
    trying(
        world, ocr, [custom("broken_out_of_memory", 1, name="invoice-ocr-1")], 9 * HOUR_MS / 1000, "out_of_memory", BOB
    )
    tags = add(
        world,
        "image-tags",
        "custom",
        BOB,
        config(world, 1, [custom("image_tags", 1)], now - 33 * DAY_MS, BOB),
        age_days=33,
        grants=TEAM,
    )
    trying(world, tags, [custom("image_tags", 1, name="image-tags-gpu", workload_type="GPU_LARGE")], 2, "timeout", BOB)


def _quiet(world: World) -> None:
    now = world.clock.now_ms()
    seasonal = add(
        world, "price-forecast", "custom", BOB,
        config(world, 2, [custom("price_forecast", 1)], now - 130 * DAY_MS, BOB),
        age_days=160, grants=TEAM, tags={"season": "winter"}, description="Runs in winter only",
    )  # fmt: skip
    seasonal.suspended = True
    seasonal.updated_ms = now - 40 * DAY_MS
    sleepy = custom("recommender", 1, scale_to_zero_enabled=True)
    add(
        world, "recommender", "custom", DANA, config(world, 5, [sleepy], now - 190 * DAY_MS, DANA),
        age_days=350, grants=TEAM, description="Built by somebody who has left", tags={"team": "growth"},
    )  # fmt: skip
    add(world, "scratch", "custom", ERIN, None, age_days=1, grants={"group_name": {"ml-team": "CAN_VIEW"}})
