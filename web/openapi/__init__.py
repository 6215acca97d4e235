"""What an endpoint takes and gives: its OpenAPI document read, drawn as fields, compared (reference §3.6).

`document`, `normal`, `fields`, `examples`, `compare` are pure;
`read` fetches the document and remembers it per config version.
"""

from web.openapi.compare import Difference, compare
from web.openapi.document import Alternative, Document, EntitySchema, SchemaError, parse
from web.openapi.fields import Field, fields_of
from web.openapi.read import Found, schema_of

__all__ = [
    "Alternative",
    "Difference",
    "Document",
    "EntitySchema",
    "Field",
    "Found",
    "SchemaError",
    "compare",
    "fields_of",
    "parse",
    "schema_of",
]
