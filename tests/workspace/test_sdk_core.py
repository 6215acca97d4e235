"""The portal starts without the SDK's service modules, and the SDK is whole for whoever imports it after."""

import subprocess
import sys

ASK = """
import sys
from web.workspace import sdk
loaded = [m for m in sys.modules if m.startswith("databricks.sdk.service.")]
assert len(loaded) < 10, loaded
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
assert Config is sdk.Config
client = WorkspaceClient(config=Config(host="http://127.0.0.1:9", token="x", auth_type="pat", retry_timeout_seconds=1))
assert client.serving_endpoints is not None
"""


def test_the_core_alone_is_loaded_and_the_rest_stays_usable() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
