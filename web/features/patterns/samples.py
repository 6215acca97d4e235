"""The examples the patterns page draws. Shapes only: no workspace is asked."""

from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class State:
    """The two state facts of an endpoint, in the words of the API."""

    ready: str = "READY"
    config_update: str = "NOT_UPDATING"
    suspend: str = ""


@dataclass(frozen=True)
class Route:
    """A served entity's share of the traffic."""

    name: str
    percent: int


@dataclass(frozen=True)
class Row:
    """One endpoint of the example list."""

    name: str
    kind: str
    task: str
    state: State
    routes: tuple[Route, ...]
    creator: str
    tags: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Difference:
    """One line of a diff; None where there is nothing on that side."""

    path: str
    before: object
    after: object


STATES = (
    State(),
    State(config_update="IN_PROGRESS"),
    State(config_update="UPDATE_FAILED"),
    State(ready="NOT_READY", config_update="IN_PROGRESS"),
    State(ready="NOT_READY", config_update="UPDATE_FAILED"),
    State(config_update="UPDATE_CANCELED"),
    State(suspend="STOPPED"),
)

_ML = MappingProxyType({"team": "ml-platform", "cost-center": "4711"})
CHAMPION = (Route("fraud-detector-7", 90), Route("fraud-detector-8", 10))
ROWS = (
    Row("fraud-detector", "custom", "Tabular", State(), CHAMPION, "bob@example.com", _ML),
    Row(
        "support-assistant",
        "agent",
        "Agent (chat)",
        State(config_update="IN_PROGRESS"),
        (Route("assistant-3", 100),),
        "alice@example.com",
        MappingProxyType({"team": "support"}),
    ),
    Row("databricks-meta-llama-3-3-70b-instruct", "foundation", "Chat", State(), (), "Databricks"),
    Row(
        "gpt-gateway",
        "external",
        "Chat",
        State(),
        (Route("openai-gpt", 70), Route("azure-gpt", 30)),
        "alice@example.com",
    ),
    Row(
        "embeddings-pt",
        "provisioned",
        "Embeddings",
        State(suspend="STOPPED"),
        (Route("gte-large", 100),),
        "bob@example.com",
        _ML,
    ),
    Row(
        "churn-nightly",
        "custom",
        "Tabular",
        State(config_update="UPDATE_FAILED"),
        (Route("churn-12", 100),),
        "bob@example.com",
    ),
)

DIFF = (
    Difference("config.served_entities[fraud-detector-8].workload_size", "Small", "Medium"),
    Difference("config.served_entities[fraud-detector-8].scale_to_zero_enabled", True, False),
    Difference(
        "config.traffic_config.routes",
        [{"served_model_name": "fraud-detector-7", "traffic_percentage": 90}],
        [{"served_model_name": "fraud-detector-7", "traffic_percentage": 50}],
    ),
    Difference("tags.reviewed", None, "2026-11"),
    Difference("config.auto_capture_config", {"enabled": True}, None),
)

BODY = """{
  "served_entities": [
    {
      "name": "fraud-detector-8",
      "entity_name": "main.fraud.detector",
      "entity_version": "8",
      "workload_size": "Medium",
      "scale_to_zero_enabled": false
    }
  ]
}"""

CODE = (
    ("cli", "CLI", "databricks serving-endpoints update-config fraud-detector \\\n  --json @config.json", "bash"),
    (
        "python",
        "Python",
        "from databricks.sdk import WorkspaceClient\n\nw = WorkspaceClient()\n"
        'w.serving_endpoints.update_config(name="fraud-detector", served_entities=[...])',
        "python",
    ),
    (
        "curl",
        "curl",
        'curl -X PUT "$DATABRICKS_HOST/api/2.0/serving-endpoints/fraud-detector/config" \\\n'
        '  -H "Authorization: Bearer $DATABRICKS_TOKEN" -d @config.json',
        "bash",
    ),
)

NAVIGATION_NOTE = "The embedded workspace is not asked for anything on these pages."
