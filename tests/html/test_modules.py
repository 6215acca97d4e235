"""An element's script comes with all that it imports, in one file."""

import re

import pytest

from web.html.assets import catalogue
from web.html.modules import joined

TEXTS = {
    "js/elements/a.js": 'import { one as uno } from "../b/one.js";\n'
    'import * as two from "../b/two.js";\nuno(two.TWO);\n',
    "js/b/one.js": 'import { TWO } from "./two.js";\nexport function one() { return TWO; }\n',
    "js/b/two.js": "export const TWO = 2;\n",
}


def test_every_element_is_one_request_besides_what_is_vendored() -> None:
    elements = {name: asset.body.decode() for name, asset in catalogue().items() if name.startswith("js/elements/")}
    asked = {
        path for text in elements.values() for path in re.findall(r'^import .* from "([^"]+)"', text, re.MULTILINE)
    }
    assert "class QueryConsole" in elements["js/elements/query-console.js"]
    assert asked == {"../../vendor/codemirror.js"}


def test_what_is_imported_stands_before_who_imports_it_once() -> None:
    text = joined("js/elements/a.js", TEXTS)
    assert text.count("TWO = 2") == 1
    assert text.index("TWO = 2") < text.index("function one") < text.index("uno(two.TWO)")
    assert "const { one: uno } = $module1;" in text
    assert not re.search(r"^(import|export)", text, re.MULTILINE)


def test_what_cannot_be_joined_is_an_error_at_start() -> None:
    circle = {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n'}
    with pytest.raises(ValueError, match="import one another"):
        joined("a.js", circle)
    with pytest.raises(ValueError, match="cannot be joined"):
        joined("a.js", {"a.js": 'import { b } from "./b.js";\n', "b.js": "export default 1;\n"})
