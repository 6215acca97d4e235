"""Strange values, changes made of them, and the person who sends them to the JSON API."""

from hypothesis import strategies as st

BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
ODD = [
    "",
    " ",
    "../../x",
    "%2e%2e",
    "\x00",
    "²",
    "٣",
    "\ud800",
    "a" * 5000,
    "'\"<b>",
    "{{secrets/a/b}}",
    "NaN",
    "-1",
    "1e999",
]
KINDS = [
    "endpoint.create", "endpoint.delete", "endpoint.stop", "endpoint.start", "config.update", "traffic.update",
    "tags.update", "gateway.update", "permissions.update", "notifications.update", "telemetry.update",
    "endpoint.restore", "app.attach", "app.detach",
]  # fmt: skip
FIELDS = [
    "config", "served_entities", "traffic_config", "routes", "add", "delete", "name", "entity_name", "entity_version",
    "external_model", "environment_vars", "tags", "rate_limits", "guardrails", "access_control_list", "key", "value",
    "traffic_percentage", "served_model_name", "workload_size", "email_notifications", "fallback_config", "calls",
    "telemetry_config", "table_names", "permissions", "app", "resource_key",
]  # fmt: skip
leaf = st.one_of(
    st.none(), st.booleans(), st.sampled_from(ODD), st.text(max_size=8), st.integers(-(2**70), 2**70), st.floats(),
)  # fmt: skip
value = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS + ODD), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["churn", "nothing-like-it", *ODD])
change = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS) | leaf, "endpoint": names | value, "body": value},
    optional={"extra": leaf},
)
body = value | st.fixed_dictionaries({"change": change | value}, optional={"base": value, "acknowledged": value})
