"""Unity Catalog as far as serving needs it: catalogs, schemas, registered models, versions, aliases, grants, paging."""

from web.emulator.catalog import grants, routes
from web.emulator.catalog.store import Catalog, ModelVersion, RegisteredModel, Schema

__all__ = ["ROUTES", "Catalog", "ModelVersion", "RegisteredModel", "Schema"]

ROUTES = [*routes.ROUTES, *grants.ROUTES]
