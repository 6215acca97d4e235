"""Hypothesis strategies: endpoints as a workspace could answer them, with fields this portal has never heard of."""

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["alpha", "beta", "gamma-2", "delta_3"])
SCALARS = st.one_of(st.booleans(), st.integers(-(2**31), 2**31), st.text(max_size=8), st.none())
UNKNOWN = st.dictionaries(
    st.sampled_from(["x_new", "x_future", "xPlan"]),
    st.one_of(SCALARS, st.dictionaries(st.text(max_size=4), SCALARS)),
    max_size=2,
)
SIZES = st.sampled_from(["Small", "Medium", "Large"])


@st.composite
def entities(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """One served entity as GET shows it."""
    variables = st.dictionaries(
        st.sampled_from(["MODE", "TOKEN"]), st.sampled_from(["fast", "{{secrets/ml/tok}}", "s3cr3t"])
    )
    return {
        "name": name,
        "entity_name": "main.ml." + draw(st.sampled_from(["churn", "fraud"])),
        "entity_version": str(draw(st.integers(1, 9))),
        "workload_size": draw(SIZES),
        "scale_to_zero_enabled": draw(st.booleans()),
        "environment_vars": draw(variables),
        "state": {"deployment": "DEPLOYMENT_READY"},
        "creator": "bob@example.com",
        **draw(UNKNOWN),
    }


@st.composite
def endpoints(draw: st.DrawFn) -> dict[str, Any]:
    """An endpoint as GET shows it."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    rest = 100
    routes = []
    for place, name in enumerate(names):
        share = rest if place == len(names) - 1 else draw(st.integers(0, rest))
        rest -= share
        routes.append(
            {"served_entity_name": name, "served_model_name": name, "traffic_percentage": share, **draw(UNKNOWN)}
        )
    return {
        "name": "churn",
        "id": "0" * 32,
        "permission_level": "CAN_MANAGE",
        "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
        "config": {
            "config_version": draw(st.integers(1, 50)),
            "served_entities": [draw(entities(n)) for n in names],
            "served_models": [],
            "traffic_config": {"routes": routes},
            **draw(UNKNOWN),
        },
        "tags": [{"key": "team", "value": draw(st.text(max_size=5))}],
        "ai_gateway": draw(st.one_of(st.just({}), st.just({"usage_tracking_config": {"enabled": True}, "x_new": 1}))),
        **draw(UNKNOWN),
    }
