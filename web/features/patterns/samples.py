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


def _split(
    key: str, *shares: tuple[str, int | None, int | None]
) -> list[tuple[str, str, str, int | None, int | None, str]]:
    """Rows of a traffic split: (label, percent, live percent); the label's last part is the version it serves."""
    return [
        (f"{key}[{n}].traffic", label, f"main.fraud.detector, version {label.rpartition('-')[2]}", now, live, "")
        for n, (label, now, live) in enumerate(shares)
    ]


_FIVE = _split(
    "five", ("churn-1", 5, 20), ("churn-2", 20, 20), ("churn-3", 50, 60), ("churn-4", 25, None), ("churn-5", 0, 0)
)
_WRONG = [
    (*row[:5], "A share is a whole number from 0 to 100." if row[3] is None else "")
    for row in _split("wrong", ("fraud-detector-7", 90, 90), ("fraud-detector-8", None, 10))
]
SPLITS = (
    ("Two entities", "split-two", _split("two", ("fraud-detector-7", 90, 100), ("fraud-detector-8", 10, 0)), ""),
    ("One entity", "split-one", _split("one", ("fraud-detector-7", 100, 100)), ""),
    ("Five entities", "split-five", _FIVE, ""),
    (
        "Fifteen entities",
        "split-fifteen",
        _split("fifteen", *((f"model-{n}", 30 if n == 1 else 5, 30 if n == 1 else 5) for n in range(1, 16))),
        "",
    ),
    ("With mistakes", "split-wrong", _WRONG, "The shares add up to 90, not to 100."),
)
