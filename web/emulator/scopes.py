"""Which scope a person's token needs for a path, for as long as the switch `user_token_scopes` narrows their tokens."""

from web.emulator.wire import ApiError

ALWAYS = ("iam.current-user:read", "iam.access-control:read")
"""Every forwarded token has these."""

NEEDED = (
    ("/api/2.0/preview/scim/v2/Me", "iam.current-user:read"),
    ("/api/2.0/preview/scim/", "iam.access-control:read"),
    ("/api/2.0/permissions/", "permissions"),
    ("/api/2.0/serving-endpoints", "model-serving"),
    ("/serving-endpoints", "model-serving"),
    ("/api/2.0/apps", "apps"),
    ("/api/2.1/unity-catalog/connections", "catalog.connections"),
    ("/api/2.1/unity-catalog/catalogs", "catalog.catalogs:read"),
    ("/api/2.1/unity-catalog/schemas", "catalog.schemas:read"),
    ("/api/2.1/unity-catalog/", "catalog.tables:read"),
    ("/api/2.0/mlflow/", "mlflow"),
    ("/api/2.0/sql/", "sql"),
    ("/api/2.0/fs/", "files"),
    ("/api/2.0/secrets/", "secrets"),
)
"""(start of the path, scope); the first that fits counts."""


def refused(granted: str, path: str) -> ApiError | None:
    """The real refusal of a call outside the `granted` scopes (words with spaces between); None when there is none."""
    needed = next((scope for start, scope in NEEDED if path.startswith(start)), "")
    if not granted or not needed or needed in (*ALWAYS, *granted.split()):
        return None
    return ApiError(403, "PERMISSION_DENIED", f"Provided OAuth token does not have required scopes: {needed}")
