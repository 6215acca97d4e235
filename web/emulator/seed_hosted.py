"""The demo's foundation models, provisioned throughput and external models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.emulator.seed_parts import DAY_MS, add, config, external, hosted

if TYPE_CHECKING:
    from web.emulator.world import World

ALICE, BOB, ERIN = "alice@example.com", "bob@example.com", "erin@example.com"
PAY_PER_TOKEN = {
    "databricks-meta-llama-3-3-70b-instruct": "meta_llama_v3_3_70b_instruct",
    "databricks-gpt-oss-120b": "gpt_oss_120b",
    "databricks-claude-sonnet-4": "claude_sonnet_4",
    "databricks-gte-large-en": "gte_large_en_v1_5",
}


def foundation(world: World) -> None:
    """Pay-per-token endpoints of Databricks: no id, no creator, everybody may query them."""
    for name, model in PAY_PER_TOKEN.items():
        active = config(world, 1, [hosted(model, name=name)], world.clock.now_ms() - 400 * DAY_MS, "System user")
        endpoint = add(world, name, "foundation", "System user", active, age_days=400)
        endpoint.id, endpoint.grants = None, {}


def provisioned(world: World) -> None:
    """A provisioned-throughput endpoint of the platform team, which bob's team may query."""
    chunk = 9500
    spec = hosted(
        "meta_llama_v3_1_8b_instruct", name="llama-8b", entity_version="2", min_provisioned_throughput=0,
        max_provisioned_throughput=2 * chunk, scale_to_zero_enabled=False,
    )  # fmt: skip
    add(
        world, "llama-8b-throughput", "provisioned", ERIN,
        config(world, 2, [spec], world.clock.now_ms() - 18 * DAY_MS, ERIN),
        age_days=55, grants={"group_name": {"ml-team": "CAN_QUERY", "data-platform": "CAN_MANAGE"}},
        tags={"team": "data-platform"}, budget_policy_id="1f8a2c64-9a0f-4c55-8b7a-6c1d0e2f3a4b",
    )  # fmt: skip


def external_models(world: World) -> None:
    """OpenAI with Anthropic as fallback, and Anthropic alone for alice's people."""
    gpt = external("gpt-4o", "openai", "gpt-4o", {"openai_api_key": "{{secrets/ml/openai}}"})
    claude = external(
        "claude-fallback", "anthropic", "claude-sonnet-4", {"anthropic_api_key": "{{secrets/ml/anthropic}}"}
    )
    gateway = {
        "usage_tracking_config": {"enabled": True},
        "fallback_config": {"enabled": True},
        "rate_limits": [
            {"key": "endpoint", "renewal_period": "minute", "calls": 600},
            {"key": "user", "renewal_period": "minute", "calls": 60, "tokens": 40_000},
        ],
        "guardrails": {"input": {"pii": {"behavior": "MASK"}, "safety": True}, "output": {"pii": {"behavior": "NONE"}}},
    }
    now = world.clock.now_ms()
    add(
        world, "company-gpt", "external", BOB, config(world, 3, [gpt, claude], now - 8 * DAY_MS, BOB, [100, 0]),
        age_days=120,
        grants={"group_name": {"ml-team": "CAN_MANAGE", "growth": "CAN_QUERY"}}, ai_gateway=gateway,
        tags={"team": "ai-platform", "env": "prod"},
        description="One door to the large models, with limits and masking",
    )  # fmt: skip
    alone = external("claude", "anthropic", "claude-sonnet-4", {"anthropic_api_key": "{{secrets/prod/openai}}"})
    add(
        world, "board-assistant", "external", ALICE, config(world, 1, [alone], now - 4 * DAY_MS, ALICE), age_days=4,
        tags={"confidential": "yes"},
    )  # fmt: skip
