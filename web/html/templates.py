"""The one Jinja environment: autoescaping, undefined names are errors, components are at hand as `ui.<macro>`."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web.html import filters
from web.html.assets import icon, module_urls, static_url
from web.html.stamp import Stamp

FOLDER = Path(__file__).resolve().parent.parent.parent / "templates"


class Components:
    """Every macro of `templates/components/*.html` under its own name: `ui.badge("READY")` needs no import."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._macros: dict[str, Callable[..., str]] = {}

    def __getattr__(self, name: str) -> Callable[..., str]:
        if not self._macros:
            self._load()
        try:
            return self._macros[name]
        except KeyError:
            raise AttributeError(f"no component named {name!r} in templates/components") from None

    def _load(self) -> None:
        """Built aside and put in place at once: the first pages may be asked for by several threads."""
        found: dict[str, Callable[..., str]] = {}
        for path in sorted((FOLDER / "components").glob("*.html")):
            module = self._environment.get_template(f"components/{path.name}").module
            exported = {name: macro for name, macro in vars(module).items() if callable(macro) and name[0] != "_"}
            twice = exported.keys() & found.keys()
            if twice:
                raise ValueError(f"components defined twice: {sorted(twice)}")
            found.update(exported)
        self._macros = found


@lru_cache(maxsize=256)
def unchanging(name: str, **values: Hashable) -> Markup:
    """What a template draws that depends on nothing but these values: drawn once for them."""
    return Markup(environment().get_template(name).render(values))  # noqa: S704 it comes from an autoescaped template


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment all pages share; built on first use, template files are read from `templates/`."""
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=400,
        extensions=[Stamp],
    )
    env.filters.update(filters.ALL)
    ui: Any = Components(env)
    env.globals.update(static_url=static_url, icon=icon, ui=ui, unchanging=unchanging, module_urls=module_urls)
    return env
