"""The Unity Catalog a newcomer finds: models that work, versions that differ, versions that cannot be built."""

from __future__ import annotations

from web.emulator.catalog.store import EVERYONE, Catalog
from web.emulator.models import formulas
from web.emulator.models.agent_work import RESEARCH_TOOLS, SUPPORT_TOOLS
from web.emulator.models.agents import ChatAgent, ChatModelAgent
from web.emulator.models.base import Model
from web.emulator.models.chat import ChatModel
from web.emulator.models.completions import CompletionsModel
from web.emulator.models.embeddings import EmbeddingsModel
from web.emulator.models.responses import ResponsesAgent
from web.emulator.models.signature import Column, Param, Signature, Tensor, columns
from web.emulator.models.system_ai import add_system_ai
from web.emulator.models.tabular import TabularModel
from web.emulator.models.tensor import TensorModel

_CUSTOMER = columns(age="long", tenure_months="long", monthly_charges="double")
_NEXT = columns(tenure_years="double", monthly_charges="double", contract="string", support_calls="long")
CHURN = Signature(_CUSTOMER, (Column(None, "double"),))
CHURN_SAFE = Signature((*_CUSTOMER, Column("contract", "string", False)), (Column(None, "double"),))
CHURN_BREAKING = Signature(_NEXT, columns(probability="double", label="string"))
FRAUD = Signature((Tensor(None, "float64", (-1, 4)),), (Tensor(None, "float64", (-1, 2)),))
IMAGES = Signature(
    (Tensor("pixels", "float32", (-1, 2, 2)), Tensor("exposure", "float32", (-1, 1))),
    columns(brightness="double", contrast="double"),
)
FORECAST = Signature(
    columns(day="datetime", store="string", units_sold="long", price="double", promoted="boolean?"),
    (Column(None, "double"),),
    (Param("horizon", "long", 3), Param("discount", "double", 0.0), Param("rounding", "string", "cents")),
)
RECOMMENDER = Signature(
    (
        Column("customer", "object", True, None, columns(id="string", segment="string", since="datetime?")),
        Column("recent_products", "array", True, Column(None, "string")),
    ),
    (Column(None, "array", True, Column(None, "object", True, None, columns(product="string", score="double"))),),
    (Param("top_k", "long", 3),),
)
WINE = Signature(columns(alcohol="double", volatile_acidity="double", residual_sugar="float"), (Column(None, "long"),))
CREDIT = Signature(columns(income="double", debt="double", years_employed="integer"), (Column(None, "double"),))
_BOB = "bob@example.com"


def fill(catalog: Catalog, now_ms: int) -> None:
    """Put the demo's schemas, models, aliases and grants into an empty catalog; times lie before `now_ms`."""
    catalog.add_schema("main.ml", _BOB, {"ml-team"}, "Models of the machine learning team")
    catalog.add_schema("main.agents", _BOB, {"ml-team"}, "Agents of the machine learning team")
    catalog.add_schema("main.finance", "alice@example.com", {"admins"}, "Restricted")
    catalog.add_schema("main.public", "alice@example.com", {EVERYONE}, "For everybody")
    _tables(catalog)
    _language(catalog)
    _broken(catalog)
    add_system_ai(catalog)
    _date(catalog, now_ms)


def _tables(catalog: Catalog) -> None:
    churn = TabularModel(CHURN, formulas.churn)
    safe = TabularModel(CHURN_SAFE, formulas.churn)
    _add(catalog, "main.ml.churn", churn, churn, safe, TabularModel(CHURN_BREAKING, formulas.churn_next))
    catalog.put("main.ml.churn", 5, safe, owner=_BOB, status="PENDING_REGISTRATION")
    catalog.models["main.ml.churn"].aliases |= {"champion": 3, "challenger": 4}
    _add(catalog, "main.ml.fraud", TensorModel(FRAUD, formulas.fraud), TensorModel(FRAUD, formulas.fraud))
    _add(catalog, "main.ml.image_tags", TensorModel(IMAGES, formulas.image_tags))
    _add(catalog, "main.ml.price_forecast", TabularModel(FORECAST, formulas.price_forecast))
    _add(catalog, "main.ml.recommender", TabularModel(RECOMMENDER, formulas.recommend))
    catalog.put(
        "main.ml.recommender", 2, None, owner=_BOB, status="FAILED_REGISTRATION", comment="Upload was interrupted"
    )
    _add(catalog, "main.ml.no_signature", TabularModel(None))
    catalog.put("main.public.wine_quality", 1, TabularModel(WINE, formulas.wine_quality))
    catalog.put("main.finance.credit_risk", 1, TabularModel(CREDIT, formulas.credit_risk))
    catalog.models["main.finance.credit_risk"].grants = {"admins": {"EXECUTE"}}


def _language(catalog: Catalog) -> None:
    _add(catalog, "main.ml.embedder", EmbeddingsModel())
    _add(catalog, "main.ml.completer", CompletionsModel())
    _add(catalog, "main.ml.house_chat", ChatModel(), ChatModel(reasoning=True))
    _add(catalog, "main.agents.support_agent", ChatAgent(SUPPORT_TOOLS), ChatAgent(SUPPORT_TOOLS))
    _add(catalog, "main.agents.research_agent", ResponsesAgent(RESEARCH_TOOLS))
    _add(catalog, "main.agents.desk_assistant", ChatModelAgent())
    catalog.models["main.agents.support_agent"].aliases["champion"] = 2
    catalog.models["main.agents.desk_assistant"].grants["ml-team"] = {"APPLY_TAG"}


def _broken(catalog: Catalog) -> None:
    for reason in ("missing_module", "out_of_memory", "wrong_version"):
        name = f"main.ml.broken_{reason}"
        catalog.put(name, 1, TabularModel(CHURN, formulas.churn), owner=_BOB, fails=reason)
        catalog.put(name, 2, TabularModel(CHURN, formulas.churn), owner=_BOB, comment="Repaired")
        catalog.models[name].grants = {"ml-team": {"EXECUTE"}}


def _add(catalog: Catalog, name: str, *versions: Model) -> None:
    for number, model in enumerate(versions, 1):
        catalog.put(name, number, model, owner=_BOB)
    catalog.models[name].grants = {"ml-team": {"EXECUTE"}}


def _date(catalog: Catalog, now_ms: int) -> None:
    day = 86_400_000
    today = now_ms - now_ms % 1000
    for place, model in enumerate(catalog.models.values()):
        model.created_ms = today - (120 - place) * day
        for version in model.versions.values():
            version.created_ms = model.updated_ms = model.created_ms + version.version * 9 * day
            version.run_id = f"{place:04x}{version.version:04x}" * 4
