"""P8: a change with its record, its checks and its reading back, beside the bare PUT to the workspace."""

import uuid

import httpx

from tests.benchmarks.harness import Row, in_turn, percentile, ratio, took
from tests.benchmarks.site import TOKEN, person, portal, workspace

ROUNDS = 15


def measure() -> list[Row]:
    """Wall time of a tag's change: the portal's, the workspace's own call, and that call between two reads."""
    with (
        workspace("demo") as behind,
        portal(behind, PORTAL_CHANGES_PER_MINUTE="100000") as ours,
        person(ours.url) as who,
    ):
        names = [one["name"] for one in who.get("/api/v1/endpoints").json()["endpoints"] if one["kind"] == "custom"]
        name = names[0]
        head = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=behind, headers=head, trust_env=False) as bare:
            seen = in_turn(
                ROUNDS,
                portal=lambda: took(lambda: change(who, name)),
                bare=lambda: took(lambda: patch(bare, name)),
                careful=lambda: took(lambda: careful(bare, name)),
            )
    told = {side: f"{percentile(values, 0.5) * 1000:.1f} ms" for side, values in seen.items()}
    return [
        Row("P8", "a recorded change / the bare PATCH", told["portal"], told["bare"],
            ratio(seen["portal"], seen["bare"])),
        Row("P8", "a recorded change / read, PATCH, read", told["portal"], told["careful"],
            ratio(seen["portal"], seen["careful"])),
    ]  # fmt: skip


def change(who: httpx.Client, name: str) -> None:
    """One tag set to something new, the portal's way."""
    wanted = {"kind": "tags.update", "endpoint": name, "body": {"add": {"bench": uuid.uuid4().hex}, "delete": []}}
    who.post(
        "/api/v1/changes", json={"change": wanted}, headers={"Idempotency-Key": uuid.uuid4().hex}
    ).raise_for_status()


def patch(bare: httpx.Client, name: str) -> None:
    """The same at the workspace."""
    body = {"add_tags": [{"key": "bench", "value": uuid.uuid4().hex}], "delete_tags": []}
    bare.patch(f"/api/2.0/serving-endpoints/{name}/tags", json=body).raise_for_status()


def careful(bare: httpx.Client, name: str) -> None:
    """The same between two looks at the endpoint, the least that a change with a record needs."""
    read(bare, name)
    patch(bare, name)
    read(bare, name)


def read(bare: httpx.Client, name: str) -> None:
    """The endpoint as it is."""
    bare.get(f"/api/2.0/serving-endpoints/{name}").raise_for_status()
