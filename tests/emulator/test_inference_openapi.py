"""The OpenAPI document is derived from the signature: what it allows is what the model takes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.emulator.inference_support import CHARLIE, ask, deploy, get, openai_model, uc
from web.emulator.models.signature import Column, Param, Signature, Tensor, from_mlflow, to_mlflow
from web.emulator.models.tabular import TabularModel
from web.emulator.models.tensor import TensorModel

if TYPE_CHECKING:
    from web.emulator.server import Emulator

SCALARS = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")


def _document(emulator: Emulator, name: str) -> Any:
    answer = get(emulator, f"/api/2.0/serving-endpoints/{name}/openapi")
    assert answer.headers["content-type"].startswith("text/plain"), answer.text
    return answer.json()


def _operation(document: Any, entity: str) -> tuple[Any, Any]:
    post = document["paths"][f"/served-models/{entity}/invocations"]["post"]
    answers = post["responses"]["200"]["content"]["application/json"]["schema"]
    return post["requestBody"]["content"]["application/json"]["schema"], answers


def test_the_document_has_a_path_for_each_entity(emulator: Emulator) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3), uc("main.ml.churn", 4))
    document = _document(emulator, "churn")
    assert (document["openapi"], document["info"]) == ("3.1.0", {"title": "churn", "version": "1"})
    assert document["servers"] == [{"url": f"{emulator.world.url}/serving-endpoints/churn"}]
    split, records = _operation(document, "churn-3")[0]["oneOf"]
    columns = split["properties"]["dataframe_split"]["properties"]["columns"]["items"]["enum"]
    assert columns == ["age", "tenure_months", "monthly_charges", "contract"]
    row = records["properties"]["dataframe_records"]["items"]
    assert row["required"] == ["age", "tenure_months", "monthly_charges"]
    assert row["properties"]["age"] == {"type": "integer", "format": "int64"}
    assert row["properties"]["contract"] == {"type": "string", "nullable": True}
    assert len(document["paths"]) == 2
    assert "$ref" not in str(document)


def test_params_and_tensors_are_in_the_document(emulator: Emulator) -> None:
    deploy(emulator, "forecast", uc("main.ml.price_forecast"))
    deploy(emulator, "tags", uc("main.ml.image_tags"))
    params = _operation(_document(emulator, "forecast"), "price_forecast-1")[0]["oneOf"][0]["properties"]["params"]
    assert params["properties"]["horizon"] == {"type": "integer", "format": "int64", "default": 3}
    inputs, instances = _operation(_document(emulator, "tags"), "image_tags-1")[0]["oneOf"]
    assert set(inputs["properties"]["inputs"]["properties"]) == {"pixels", "exposure"}
    assert instances["properties"]["instances"]["items"]["properties"]["exposure"]["maxItems"] == 1


MODELS = [
    ("main.ml.churn", 3),
    ("main.ml.churn", 4),
    ("main.ml.fraud", 1),
    ("main.ml.image_tags", 1),
    ("main.ml.price_forecast", 1),
    ("main.ml.recommender", 1),
    ("main.ml.embedder", 1),
    ("main.ml.completer", 1),
    ("main.ml.house_chat", 1),
    ("main.ml.house_chat", 2),
    ("main.agents.support_agent", 1),
    ("main.agents.research_agent", 1),
    ("main.agents.desk_assistant", 1),
    ("main.public.wine_quality", 1),
]


@pytest.mark.parametrize(("model", "version"), MODELS)
def test_every_example_of_a_document_is_accepted_and_answered_as_promised(
    emulator: Emulator, model: str, version: int
) -> None:
    emulator.world.switches.openapi_alternatives_required = True
    spec = uc(model, version)
    deploy(emulator, "any", spec)
    request, response = _operation(_document(emulator, "any"), spec["name"])
    for alternative in request.get("oneOf", [request]):
        for example in alternative["examples"]:
            jsonschema.validate(example, request)
            answer = ask(emulator, "any", example)
            assert answer.status_code == 200, answer.text
            jsonschema.validate(answer.json(), response)


def _generated(dice: random.Random) -> Signature:
    if dice.random() < 0.3:
        shapes = [(-1, *(dice.randint(1, 3) for _ in range(dice.randint(0, 2)))) for _ in range(dice.randint(1, 3))]
        kinds = ("float32", "float64", "int32", "int64", "bool", "str")
        named = [Tensor(f"t{place}", dice.choice(kinds), shape) for place, shape in enumerate(shapes)]
        return Signature(tuple(named) if len(named) > 1 else (Tensor(None, named[0].dtype, named[0].shape),))
    columns = tuple(_column(dice, f"c{place}") for place in range(dice.randint(1, 12)))
    params = tuple(Param(f"p{place}", "double", 0.5) for place in range(dice.randint(0, 2)))
    return Signature(columns, (Column(None, dice.choice(("double", "long", "string", "boolean"))),), params)


def _column(dice: random.Random, name: str | None, depth: int = 0) -> Column:
    kind = dice.choice(SCALARS if depth > 1 else (*SCALARS, "array", "object"))
    items = _column(dice, None, depth + 1) if kind == "array" else None
    members = tuple(_column(dice, f"m{place}", depth + 1) for place in range(3)) if kind == "object" else ()
    return Column(name, kind, dice.random() < 0.8, items, members)


def test_fifty_generated_signatures_are_described_and_accepted(emulator: Emulator) -> None:
    emulator.world.switches.openapi_alternatives_required = True
    dice = random.Random(7)  # noqa: S311
    for number in range(1, 51):
        signature = _generated(dice)
        assert from_mlflow(to_mlflow(signature)).columns == signature.columns or signature.is_tensor
        model = TensorModel(signature) if signature.is_tensor else TabularModel(signature)
        emulator.world.catalog.put("main.ml.generated", number, model)
        deploy(emulator, "generated", uc("main.ml.generated", number))
        request, response = _operation(_document(emulator, "generated"), f"generated-{number}")
        for alternative in request["oneOf"]:
            example = alternative["examples"][0]
            jsonschema.validate(example, request)
            answer = ask(emulator, "generated", example)
            assert answer.status_code == 200, (signature, answer.text)
            jsonschema.validate(answer.json(), response)


def test_without_signature_or_before_ready_there_is_no_document(emulator: Emulator) -> None:
    deploy(emulator, "plain", uc("main.ml.no_signature"))
    deploy(emulator, "gpt", openai_model("gpt"), kind="external")
    new = deploy(emulator, "new", uc("main.ml.churn"))
    new.config = None
    paths = [f"/api/2.0/serving-endpoints/{name}/openapi" for name in ("plain", "gpt", "new")]
    assert [get(emulator, path).status_code for path in paths] == [404, 404, 404]
    emulator.world.switches.openapi_unavailable_status = 400
    assert get(emulator, paths[0]).json()["error_code"] == "BAD_REQUEST"
    assert get(emulator, paths[0], CHARLIE).status_code == 403
