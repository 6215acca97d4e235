"""The SDK's part: credentials and host metadata. Nothing imports this before the port is open."""

import os
from typing import Any

from web.workspace.sdk_core import Config, CredentialsStrategy

# A config fetches the host's metadata when it is made and would wait 300 s for a host that is down.
PATIENCE: dict[str, Any] = {"http_timeout_seconds": 5, "retry_timeout_seconds": 1, "max_connection_pools": 64}


class NoCredential(CredentialsStrategy):
    """For the shared config of people's requests: it knows the host, and refuses to authenticate as anybody."""

    def auth_type(self) -> str:
        """The name the SDK shows for this."""
        return "forwarded-token"

    def __call__(self, cfg: Config) -> Any:
        """A header provider that never provides."""

        def refuse() -> dict[str, str]:
            raise ValueError("a person's token is needed")

        return refuse


def host_config(product: str, version: str) -> Config:
    """The workspace of DATABRICKS_HOST, with no identity of its own."""
    return Config(
        host=os.environ.get("DATABRICKS_HOST"),
        credentials_strategy=NoCredential(),
        auth_type="forwarded-token",
        product=product,
        product_version=version,
        **PATIENCE,
    )


def app_config(product: str, version: str) -> Config:
    """The app's own service principal (DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET)."""
    return Config(
        host=os.environ.get("DATABRICKS_HOST"),
        client_id=os.environ.get("DATABRICKS_CLIENT_ID"),
        client_secret=os.environ.get("DATABRICKS_CLIENT_SECRET"),
        auth_type="oauth-m2m",
        product=product,
        product_version=version,
        **PATIENCE,
    )


def environment_config(product: str, version: str) -> Config:
    """DATABRICKS_HOST and DATABRICKS_TOKEN of the environment, and nothing from a profile."""
    return Config(
        host=os.environ.get("DATABRICKS_HOST"),
        token=os.environ.get("DATABRICKS_TOKEN"),
        auth_type="pat",
        product=product,
        product_version=version,
        **PATIENCE,
    )


def profile_config(profile: str, product: str, version: str) -> Config:
    """One profile of ~/.databrickscfg, whatever kind of credential it holds."""
    return Config(profile=profile, product=product, product_version=version, **PATIENCE)
