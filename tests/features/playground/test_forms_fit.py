"""The payload of the generated form fits the schema it was made from, and the model behind it takes it: every shape of
the reference and fifty generated signatures, each alternative in the real form."""

from typing import Any

import jsonschema

from tests.browser.fixtures import OpenPage
from tests.loops import finish
from tests.openapi.signatures import accepts, generated, real_world, schema_of_model
from web.openapi.examples import example

FILL = """async cases => {
  const base = document.querySelector("meta[name=static-base]").content;
  const { FormView } = await import(`${base}js/playground/form-view.js`);
  const { columnsOf } = await import(`${base}js/playground/table-data.js`);
  const { check } = await import(`${base}js/playground/validate.js`);
  const filled = [];
  for (const ways of cases) {
    const columns = columnsOf(ways);
    const records = ways.find(one => one.key === "dataframe_records");
    for (const way of ways) {
      const root = document.createElement("div");
      document.querySelector("main").append(root);
      let last = null;
      const view = new FormView(root, { way: () => way, records, columns, changed: value => { last = value; } });
      await view.show(structuredClone(way.example));
      const fields = root.querySelectorAll("input:not([type=hidden]), select, textarea").length;
      const numbers = [...root.querySelectorAll("input[type=number]")].filter(one => one.max === "" || one.max >= 5);
      for (const one of numbers) {
        one.value = "5";
        for (const kind of ["input", "change"]) one.dispatchEvent(new Event(kind, { bubbles: true }));
      }
      const problems = check(view.read(), way.schema);
      filled.push({ value: view.read(), last, fields, numbers: numbers.length, problems });
      view.form.destroy();
      root.remove();
    }
  }
  return filled;
}"""


def test_the_form_of_every_signature_gives_a_payload_the_model_takes(open_page: OpenPage) -> None:
    models = {**real_world(), **generated(50)}
    ways = {name: schema_of_model(model).alternatives for name, model in models.items()}
    cases: list[Any] = [
        [{"key": way.key, "schema": way.schema, "example": example(way)} for way in one] for one in ways.values()
    ]
    page = open_page("bob", bypass_csp=True)  # the test itself imports modules of the page
    page.goto("/playground")
    typed = 0
    filled = iter(page.evaluate(FILL, cases))
    for name, model in models.items():
        for way in ways[name]:
            form = next(filled)
            where = f"{name}, {way.key}: {form['value']}"
            assert form["fields"] > 0, where
            assert form["problems"] == [], where
            jsonschema.validate(form["value"], way.schema, cls=jsonschema.Draft202012Validator)
            finish(accepts(model, form["value"]))
            typed += form["numbers"]
            if form["numbers"]:
                assert form["last"] == form["value"], where
                assert str(form["value"]).count("5") >= form["numbers"], where
    assert typed > 100, "hardly any form was filled in"
