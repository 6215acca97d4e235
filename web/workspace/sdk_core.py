"""The SDK's core without its 42 service modules: they cost 1.3 s and 46 MB at start, and the portal speaks HTTP itself.

The package's own `__init__` imports them all. While the core is loaded an empty package stands in its place; afterwards
it is taken away again, so that whoever imports the SDK later gets the whole of it, with this same core inside.
"""

import importlib
import importlib.util
import sys
import types
from typing import TYPE_CHECKING

PACKAGE = "databricks.sdk"
CORE = ("core", "credentials_provider")


def _load() -> None:
    spec = importlib.util.find_spec(PACKAGE)
    if PACKAGE in sys.modules or spec is None or not spec.submodule_search_locations:
        return
    stand_in = types.ModuleType(PACKAGE)
    stand_in.__path__ = list(spec.submodule_search_locations)
    stand_in.__spec__ = spec
    sys.modules[PACKAGE] = stand_in
    try:
        for name in CORE:
            importlib.import_module(f"{PACKAGE}.{name}")
    except ImportError:
        # A newer SDK whose core needs its package: the whole of it, then.
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(PACKAGE + ".")]:
            del sys.modules[name]
    else:
        del sys.modules[PACKAGE]


if not TYPE_CHECKING:
    _load()

from databricks.sdk.core import Config  # noqa: E402
from databricks.sdk.credentials_provider import CredentialsStrategy  # noqa: E402

__all__ = ["Config", "CredentialsStrategy"]
