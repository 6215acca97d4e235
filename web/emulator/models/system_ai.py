"""The foundation models of `system.ai`, with what provisioned throughput needs to know of each.

Chunk sizes and unit steps are data of the workspace: a client has to ask for them (get-model-optimization-info).
"""

from __future__ import annotations

from web.emulator.catalog.store import EVERYONE, Catalog
from web.emulator.models.hosted import foundation

# name, versions, model type, throughput chunk size in tokens/s (None: not eligible), step of model units
SYSTEM_AI: tuple[tuple[str, int, str, int | None, int | None], ...] = (
    ("meta_llama_v3_3_70b_instruct", 2, "llama", 3500, 50),
    ("meta_llama_v3_1_8b_instruct", 3, "llama", 9500, 50),
    ("llama_v3_2_3b_instruct", 1, "llama", 12000, None),
    ("llama_4_maverick", 1, "llama4", 2600, 50),
    ("gpt_oss_120b", 1, "gpt_oss", 1900, 50),
    ("gpt_oss_20b", 1, "gpt_oss", 7000, 50),
    ("gemma_3_12b", 1, "gemma", 5000, 50),
    ("qwen3_next_80b_a3b_instruct", 1, "qwen", 1600, 50),
    ("mistral_7b_instruct_v0_2", 4, "mistral", 980, None),
    ("bge_large_en_v1_5", 2, "bert", 10000, None),
    ("gte_large_en_v1_5", 1, "bert", 11000, None),
    ("claude_sonnet_4", 1, "claude", None, None),
)


def add_system_ai(catalog: Catalog) -> None:
    """Put the foundation models into the catalog, owned by the system and executable by everybody."""
    catalog.add_schema("system.ai", "System user", {EVERYONE}, "Foundation models hosted by Databricks")
    for name, versions, model_type, chunk, step in SYSTEM_AI:
        full_name = f"system.ai.{name}"
        for version in range(1, versions + 1):
            catalog.put(full_name, version, foundation(full_name), owner="System user")
        model = catalog.models[full_name]
        model.model_type, model.throughput_chunk_size, model.model_units_step = model_type, chunk, step
