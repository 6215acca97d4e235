"""Unmodified clients work against the embedded workspace: openai, databricks-sdk, mlflow.deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue
from databricks.sdk.service.serving import ChatMessage, ChatMessageRole, DataframeSplitInput

from tests.emulator.inference_support import deploy, uc

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def _openai(emulator: Emulator) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{emulator.url}/serving-endpoints", api_key="dapi-bob", max_retries=0)


def test_openai_chats_whole_streamed_and_with_tools(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    with _openai(emulator) as client:
        question: Any = [{"role": "user", "content": "What is 17 * 23?"}]
        whole = client.chat.completions.create(model="house", messages=question)
        assert whole.choices[0].message.content == "17 * 23 = 391"
        with client.chat.completions.create(model="house", messages=question, stream=True) as stream:
            chunks = list(stream)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "17 * 23 = 391"
        assert chunks[-1].usage == whole.usage
        parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
        tools: Any = [{"type": "function", "function": {"name": "get_weather", "parameters": parameters}}]
        asked: Any = [{"role": "user", "content": "The weather in Lisbon?"}]
        called = client.chat.completions.create(model="house", messages=asked, tools=tools).choices[0]
        assert called.message.tool_calls is not None
        assert called.message.tool_calls[0].to_dict()["function"] == {
            "name": "get_weather",
            "arguments": '{"city": "Lisbon"}',
        }
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="none", messages=question)
        with pytest.raises(openai.BadRequestError):
            client.embeddings.create(model="house", input="x")


def test_openai_fails_in_the_middle_of_a_stream(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    broken: Any = [{"role": "user", "content": "[[fail mid-stream]] echo one two three four five six"}]
    said: list[str] = []

    def listen(stream: openai.Stream[Any]) -> None:
        for chunk in stream:
            said.append(chunk.choices[0].delta.content or "")

    with (
        _openai(emulator) as client,
        client.chat.completions.create(model="house", messages=broken, stream=True) as stream,
        pytest.raises(openai.APIError, match="closed the connection"),
    ):
        listen(stream)
    assert "".join(said) == "one two three four"


def test_openai_embeds_and_completes(emulator: Emulator) -> None:
    deploy(emulator, "embedder", uc("main.ml.embedder"))
    deploy(emulator, "completer", uc("main.ml.completer"))
    with _openai(emulator) as client:
        vectors = client.embeddings.create(model="embedder", input=["one text", "another text"]).data
        assert [len(entry.embedding) for entry in vectors] == [1024, 1024]
        assert sum(value * value for value in vectors[0].embedding) == pytest.approx(1, abs=1e-4)
        assert client.completions.create(model="completer", prompt="2 + 2").choices[0].text == "2 + 2 = 4"


def test_openai_talks_to_a_responses_agent_and_to_a_chat_model_by_responses(emulator: Emulator) -> None:
    deploy(emulator, "research", uc("main.agents.research_agent"))
    deploy(emulator, "house", uc("main.ml.house_chat"))
    with _openai(emulator) as client:
        whole = client.responses.create(model="research", input="Find papers on drift")
        assert "drift" in whole.output_text
        with client.responses.create(model="research", input="Find papers on drift", stream=True) as stream:
            events = list(stream)
        said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert said == whole.output_text
        assert client.responses.create(model="house", input="What is 2 + 2?").output_text == "2 + 2 = 4"


@pytest.fixture
def sdk(emulator: Emulator) -> WorkspaceClient:
    return WorkspaceClient(host=emulator.url, token="dapi-bob", auth_type="pat")


def test_the_sdk_queries_tables_chats_and_embeddings(emulator: Emulator, sdk: WorkspaceClient) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    deploy(emulator, "house", uc("main.ml.house_chat"))
    deploy(emulator, "embedder", uc("main.ml.embedder"))
    split = DataframeSplitInput(columns=["age", "tenure_months", "monthly_charges"], data=[[30, 2, 90.5]])
    predicted = sdk.serving_endpoints.query("churn", dataframe_split=split)
    assert (len(predicted.predictions or []), predicted.served_model_name) == (1, "churn-3")
    asked = [ChatMessage(role=ChatMessageRole.USER, content="What is 2 + 2?")]
    answer = sdk.serving_endpoints.query("house", messages=asked)
    assert answer.choices is not None
    assert answer.choices[0].message is not None
    assert answer.choices[0].message.content == "2 + 2 = 4"
    assert len(sdk.serving_endpoints.query("embedder", input=["a text", "b text"]).data or []) == 2
    with pytest.raises(BadRequest, match="missing inputs"):
        sdk.serving_endpoints.query("churn", dataframe_records=[{"age": 1}])
    with pytest.raises(InvalidParameterValue):
        sdk.serving_endpoints.query("house", messages=asked, temperature=5)


def test_the_sdk_reads_schema_metrics_and_logs(emulator: Emulator, sdk: WorkspaceClient) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    document = sdk.serving_endpoints.get_open_api("churn").contents
    metrics = sdk.serving_endpoints.export_metrics("churn").contents
    assert document is not None
    assert metrics is not None
    with document as opened, metrics as also_opened:
        assert b'"openapi": "3.1.0"' in opened.read()
        assert b"request_count_total" in also_opened.read()
    assert "Listening" in sdk.serving_endpoints.logs("churn", "churn-3").logs
    models = list(sdk.registered_models.list(catalog_name="main", schema_name="ml"))
    assert "main.ml.churn" in {model.full_name for model in models}
    assert {version.version for version in sdk.model_versions.list("main.ml.churn")} == {1, 2, 3, 4, 5}


def test_mlflow_deployments_predicts_and_streams(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    deployments = pytest.importorskip("mlflow.deployments")
    monkeypatch.setenv("DATABRICKS_HOST", emulator.url)
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-bob")
    monkeypatch.setenv("MLFLOW_ENABLE_DB_SDK", "true")
    deploy(emulator, "house", uc("main.ml.house_chat"))
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    client = deployments.get_deploy_client("databricks")
    question = {"messages": [{"role": "user", "content": "What is 2 + 2?"}]}
    answer = client.predict(endpoint="house", inputs=question)
    assert answer["choices"][0]["message"]["content"] == "2 + 2 = 4"
    chunks = list(client.predict_stream(endpoint="house", inputs=question))
    assert "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks) == "2 + 2 = 4"
    row = {"age": 30, "tenure_months": 2, "monthly_charges": 90.5}
    assert len(client.predict(endpoint="churn", inputs={"dataframe_records": [row]})["predictions"]) == 1
    assert "house" in {endpoint["name"] for endpoint in client.list_endpoints()}
