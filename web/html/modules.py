"""An element's script and all that it imports as one file, so that a browser asks once. Pure; our own modules only.

Each imported module becomes a function that answers what it exports; a dynamic `import()` stays as it is.
"""

import posixpath
import re
from collections.abc import Mapping

_IMPORT = re.compile(r"""^import (?:\{([^}]*)\}|\* as (\w+)) from ["']([^"']+)["'];$""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) *(\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import\b(?!\()|export\b).*", re.MULTILINE)


def joined(name: str, texts: Mapping[str, str]) -> str:
    """The module `name` of `texts` (by path) with its imports. As it is where it imports something not among them.

    Raises ValueError for a form of import or export that cannot be joined, and for modules that import one another.
    """
    order: list[str] = []
    if not _collect(name, texts, order, ()):
        return texts[name]
    numbers = {path: f"$module{place}" for place, path in enumerate(order)}
    parts = [f"const {numbers[path]} = {_function(path, texts, numbers)};" for path in order[:-1]]
    return "\n".join([*parts, _body(name, texts, numbers)])


def _collect(name: str, texts: Mapping[str, str], order: list[str], above: tuple[str, ...]) -> bool:
    if name in above:
        raise ValueError(f"{name} and {above[-1]} import one another")
    if name in order:
        return True
    for _, _, path in _IMPORT.findall(texts[name]):
        target = _target(name, path)
        if target not in texts or not _collect(target, texts, order, (*above, name)):
            return False
    order.append(name)
    return True


def _target(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _function(name: str, texts: Mapping[str, str], numbers: Mapping[str, str]) -> str:
    exported = ", ".join(_EXPORT.findall(texts[name]))
    return f"(() => {{\n{_body(name, texts, numbers)}\nreturn {{ {exported} }};\n}})()"


def _body(name: str, texts: Mapping[str, str], numbers: Mapping[str, str]) -> str:
    def taken(found: re.Match[str]) -> str:
        names, whole, path = found.groups()
        what = whole or f"{{{names.replace(' as ', ': ')}}}"
        return f"const {what} = {numbers[_target(name, path)]};"

    text = _EXPORT.sub("", _IMPORT.sub(taken, texts[name]))
    if strange := _OTHER.search(text):
        raise ValueError(f"{name}: this cannot be joined: {strange.group()}")
    return text
