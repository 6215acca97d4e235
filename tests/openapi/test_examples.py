"""The example payload of every alternative fits its own schema, and the model behind it takes it."""

import jsonschema
import pytest

from tests.loops import finish
from tests.openapi.signatures import accepts, generated, real_world, schema_of_model
from web.emulator.models.base import Model
from web.openapi.document import Alternative
from web.openapi.examples import example

MODELS = {**real_world(), **generated(50)}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_an_example_fits_its_schema_and_the_model(model: Model) -> None:
    for way in schema_of_model(model).alternatives:
        bare = Alternative(way.key, {key: value for key, value in way.schema.items() if key != "examples"})
        for payload in (example(way), example(bare)):
            jsonschema.validate(payload, way.schema, cls=jsonschema.Draft202012Validator)
            finish(accepts(model, payload))
