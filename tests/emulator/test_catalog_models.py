"""Unity Catalog: what pickers read, page by page, and what each person may see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from tests.emulator.inference_support import ALICE, BOB, CHARLIE, get

if TYPE_CHECKING:
    from web.emulator.server import Emulator

UC = "/api/2.1/unity-catalog"


def _all(
    emulator: Emulator, path: str, key: str, headers: dict[str, str] = BOB, **query: Any
) -> tuple[list[Any], list[int]]:
    """Every item of a paged listing, and the sizes of its pages."""
    items: list[Any] = []
    sizes: list[int] = []
    while True:
        body = get(emulator, f"{UC}{path}", headers, **query).json()
        items += body.get(key, [])
        sizes.append(len(body.get(key, [])))
        if not body.get("next_page_token"):
            return items, sizes
        query["page_token"] = body["next_page_token"]


def test_a_schemas_first_page_is_empty_but_goes_on(emulator: Emulator) -> None:
    schema: Any = {"catalog_name": "main", "schema_name": "ml"}
    models, sizes = _all(emulator, "/models", "registered_models", max_results=4, **schema)
    assert (sizes[0], max(sizes)) == (0, 4)
    names = [model["full_name"] for model in models]
    assert names == sorted(set(names))
    assert {"main.ml.churn", "main.ml.fraud", "main.ml.no_signature"} < set(names)
    assert "aliases" not in models[1]
    assert get(emulator, f"{UC}/models", catalog_name="main").status_code == 400
    assert get(emulator, f"{UC}/models", page_token="forged").status_code == 400


def test_catalogs_and_schemas_are_those_the_person_may_use(emulator: Emulator) -> None:
    def schemas(headers: dict[str, str], catalog: str = "main") -> list[str]:
        return [schema["name"] for schema in _all(emulator, "/schemas", "schemas", headers, catalog_name=catalog)[0]]

    assert [catalog["name"] for catalog in _all(emulator, "/catalogs", "catalogs", CHARLIE, max_results=0)[0]] == [
        "main",
        "system",
    ]
    assert schemas(CHARLIE) == ["public"]
    assert {"agents", "ml", "public"} <= set(schemas(BOB))
    assert "finance" not in schemas(BOB)
    assert "finance" in schemas(ALICE)
    assert schemas(CHARLIE, "system") == ["ai"]


def test_charlie_sees_only_what_is_granted(emulator: Emulator) -> None:
    names = {model["full_name"] for model in _all(emulator, "/models", "registered_models", CHARLIE)[0]}
    assert "main.public.wine_quality" in names
    assert not any(name.startswith(("main.ml.", "main.agents.", "main.finance.")) for name in names)
    assert get(emulator, f"{UC}/models/main.ml.churn", CHARLIE).status_code == 404
    charlie, bob = (emulator.world.people.get(f"{name}@example.com") for name in ("charlie", "bob"))
    assert charlie is not None
    assert bob is not None
    catalog = emulator.world.catalog
    assert not catalog.may_execute(charlie, "main.ml.churn")
    assert catalog.may_execute(bob, "main.ml.churn")
    assert not catalog.may_execute(bob, "main.finance.credit_risk")
    assert catalog.may_execute(charlie, "system.ai.gpt_oss_120b")


def test_versions_are_numbers_with_a_status(emulator: Emulator) -> None:
    versions, _ = _all(emulator, "/models/main.ml.churn/versions", "model_versions")
    assert [version["version"] for version in versions] == [5, 4, 3, 2, 1]
    assert versions[0]["status"] == "PENDING_REGISTRATION"
    failed = get(emulator, f"{UC}/models/main.ml.recommender/versions/2").json()
    assert failed["status"] == "FAILED_REGISTRATION"
    assert get(emulator, f"{UC}/models/main.ml.churn/versions/99").json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_aliases_come_when_asked_for_and_can_be_moved(emulator: Emulator) -> None:
    model = f"{UC}/models/main.ml.churn"
    assert "aliases" not in get(emulator, model).json()
    aliases = get(emulator, model, include_aliases="true").json()["aliases"]
    assert {alias["alias_name"]: alias["version_num"] for alias in aliases} == {"champion": 3, "challenger": 4}
    assert get(emulator, f"{model}/aliases/champion").json()["version"] == 3
    moved = httpx.put(f"{emulator.url}{model}/aliases/champion", json={"version_num": 4}, headers=BOB)
    assert (moved.status_code, get(emulator, f"{model}/aliases/champion").json()["version"]) == (200, 4)
    assert httpx.delete(f"{emulator.url}{model}/aliases/challenger", headers=BOB).status_code == 200
    assert get(emulator, f"{model}/aliases/challenger").status_code == 404
    foreign = httpx.put(
        f"{emulator.url}{UC}/models/main.public.wine_quality/aliases/a", json={"version_num": 1}, headers=CHARLIE
    )
    assert foreign.status_code == 403


def test_the_demo_has_models_that_cannot_be_built(emulator: Emulator) -> None:
    for reason in ("missing_module", "out_of_memory", "wrong_version"):
        version = emulator.world.catalog.version(f"main.ml.broken_{reason}", 1)
        assert version is not None
        assert version.fails == reason


def test_foundation_models_know_their_throughput(emulator: Emulator) -> None:
    catalog = emulator.world.catalog
    info = catalog.optimization("system.ai.mistral_7b_instruct_v0_2", "1")
    assert info == {"optimizable": True, "model_type": "mistral", "throughput_chunk_size": 980}
    assert (catalog.optimization("system.ai.gpt_oss_120b", "") or {})["model_units_step"] == 50
    assert catalog.optimization("main.ml.churn", "3") == {"optimizable": False}
    assert catalog.optimization("main.ml.churn", "99") is None
