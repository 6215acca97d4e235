"""Signatures to test with: the real-world shapes of the reference, and any number of generated ones."""

import random
from typing import Any

from web.emulator.inference.openapi import of_model
from web.emulator.models.agents import ChatAgent, ChatModelAgent
from web.emulator.models.base import Context, Model
from web.emulator.models.chat import ChatModel
from web.emulator.models.completions import CompletionsModel
from web.emulator.models.demo_catalog import CHURN, CHURN_SAFE, FORECAST, FRAUD, IMAGES, RECOMMENDER
from web.emulator.models.embeddings import EmbeddingsModel
from web.emulator.models.responses import ResponsesAgent
from web.emulator.models.signature import Column, Param, Signature, Tensor
from web.emulator.models.tabular import TabularModel
from web.emulator.models.tensor import TensorModel
from web.openapi.document import EntitySchema
from web.openapi.normal import normal

SIMPLE = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
DTYPES = ("float32", "float64", "int32", "int64", "bool", "str", "uint8")


def real_world() -> dict[str, Model]:
    """Every shape of §3.6: tables, tensors, chat, completions, embeddings, the three kinds of agents."""
    tables = {"table": CHURN, "nullable column": CHURN_SAFE, "params": FORECAST, "nested columns": RECOMMENDER}
    tensors = {"one tensor": FRAUD, "named tensors": IMAGES}
    return {
        **{name: TabularModel(signature) for name, signature in tables.items()},
        **{name: TensorModel(signature) for name, signature in tensors.items()},
        "chat": ChatModel(),
        "reasoning chat": ChatModel(reasoning=True),
        "completions": CompletionsModel(),
        "embeddings": EmbeddingsModel(),
        "chat model agent": ChatModelAgent(),
        "chat agent": ChatAgent(()),
        "responses agent": ResponsesAgent(),
    }


def generated(count: int) -> dict[str, Model]:
    """`count` models with signatures of all types, always the same ones."""
    return {f"generated {number}": _model(random.Random(number)) for number in range(count)}  # noqa: S311


def _model(dice: random.Random) -> Model:
    if dice.random() < 0.25:
        names = [None] if dice.random() < 0.5 else [f"t{place}" for place in range(dice.randint(1, 3))]
        tensors = (Tensor(name, dice.choice(DTYPES), (-1, *_shape(dice))) for name in names)
        return TensorModel(Signature(tuple(tensors)))
    columns = tuple(_column(dice, f"c {place}" if place % 3 else f"c_{place}") for place in range(dice.randint(1, 8)))
    params = tuple(Param(f"p{place}", "double", 0.5) for place in range(dice.randint(0, 2)))
    return TabularModel(Signature(columns, (Column(None, dice.choice(SIMPLE[1:5])),), params))


def _shape(dice: random.Random) -> list[int]:
    return [dice.randint(1, 4) for _ in range(dice.randint(0, 2))]


def _column(dice: random.Random, name: str | None, depth: int = 0) -> Column:
    kind = dice.choice((*SIMPLE, "array", "object") if depth < 2 else SIMPLE)
    required = dice.random() < 0.7
    if kind == "array":
        return Column(name, kind, required, _column(dice, None, depth + 1))
    if kind == "object":
        members = tuple(_column(dice, f"m{place}", depth + 1) for place in range(dice.randint(1, 3)))
        return Column(name, kind, required, None, members)
    return Column(name, kind, required)


def schema_of_model(model: Model) -> EntitySchema:
    """What a document would say of a model, read as the portal reads it."""
    schemas = of_model(model)
    assert schemas is not None
    return EntitySchema("entity", normal(schemas[0]), normal(schemas[1]))


async def accepts(model: Model, payload: dict[str, Any]) -> None:
    """Raises InputError when the model does not take the payload."""
    await model.answer(payload, Context("entity", 0))
