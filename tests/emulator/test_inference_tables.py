"""Custom models over tables and arrays really compute, and refuse what does not fit their signature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.emulator.inference_support import BOB, ask, deploy, uc

if TYPE_CHECKING:
    from web.emulator.server import Emulator

CHURN = {"age": 30, "tenure_months": 2, "monthly_charges": 90.5}


def test_the_same_table_in_every_format_gives_the_same_prediction(emulator: Emulator) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    split = {"columns": list(CHURN), "data": [list(CHURN.values())]}
    ways = [
        {"dataframe_records": [CHURN]}, {"dataframe_split": split}, {"instances": [CHURN]},
        {"inputs": {key: [value] for key, value in CHURN.items()}},
    ]  # fmt: skip
    answers = [ask(emulator, "churn", way) for way in ways]
    expected = 1 / (1 + math.exp(-(0.8 - 0.1 + 0.015 * 90.5 + 0.1)))
    assert [answer.json() for answer in answers] == [{"predictions": [pytest.approx(expected, abs=1e-6)]}] * 4
    assert answers[0].headers["served-model-name"] == "churn-3"


def test_csv_is_read_by_the_column_types(emulator: Emulator) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    url = f"{emulator.url}/serving-endpoints/churn/invocations"
    table = "age,tenure_months,monthly_charges,contract\n30,2,90.5,\n30,2,90.5,two_year\n"
    answer = httpx.post(url, content=table, headers={**BOB, "Content-Type": "text/csv"})
    open_ended, two_years = answer.json()["predictions"]
    assert open_ended == ask(emulator, "churn", {"dataframe_records": [CHURN]}).json()["predictions"][0] > two_years
    other = httpx.post(url, content=table, headers={**BOB, "Content-Type": "application/xml"})
    assert other.status_code == 415
    assert "text/csv" in other.text


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"dataframe_records": [{"age": 30}]}, "Model is missing inputs ['tenure_months', 'monthly_charges']"),
        ({"dataframe_records": [{**CHURN, "age": "old"}]}, "Can not safely convert object to int64"),
        ({"dataframe_records": [{**CHURN, "age": 30.5}]}, "Can not safely convert float64 to int64"),
        ({"dataframe_records": [CHURN], "inputs": []}, "exactly one of the input fields"),
        ({"dataframe_split": {"columns": ["age"], "data": [[1, 2]]}}, "1 columns passed, passed data had 2 columns"),
        ({"nothing": 1}, "exactly one of the input fields"),
    ],
)
def test_a_payload_that_does_not_fit_gets_mlflows_answer(emulator: Emulator, payload: object, message: str) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    answer = ask(emulator, "churn", payload)
    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (400, "BAD_REQUEST")
    assert message in body["message"]
    assert "Traceback" in body["stack_trace"]
    assert "/web/" not in body["stack_trace"]


def test_invalid_json_is_a_bad_request(emulator: Emulator) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    url = f"{emulator.url}/serving-endpoints/churn/invocations"
    answer = httpx.post(url, content=b"{nope", headers={**BOB, "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "BAD_REQUEST")


def test_a_breaking_version_refuses_what_the_old_one_took(emulator: Emulator) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3), uc("main.ml.churn", 4))
    old = ask(emulator, "churn", {"dataframe_records": [CHURN]}, path="/served-models/churn-3/invocations")
    new = ask(emulator, "churn", {"dataframe_records": [CHURN]}, path="/served-models/churn-4/invocations")
    assert (old.status_code, new.status_code) == (200, 400)
    fitting = {"tenure_years": 1.5, "monthly_charges": 60.0, "contract": "monthly", "support_calls": 4}
    answer = ask(emulator, "churn", {"dataframe_records": [fitting]}, path="/served-models/churn-4/invocations")
    assert answer.json()["predictions"][0]["label"] == "leaves"


def test_tensors_are_taken_by_row_and_by_column_and_checked_for_shape(emulator: Emulator) -> None:
    deploy(emulator, "fraud", uc("main.ml.fraud"))
    deploy(emulator, "tags", uc("main.ml.image_tags"))
    risky, honest = [2500.0, 3, 400, 10], [20.0, 12, 1, 3000]
    answer = ask(emulator, "fraud", {"inputs": [risky, honest]}).json()["predictions"]
    assert answer == ask(emulator, "fraud", {"instances": [risky, honest]}).json()["predictions"]
    assert answer[0][1] > 0.9 > 0.1 > answer[1][1]
    assert sum(answer[0]) == pytest.approx(1)
    wrong = ask(emulator, "fraud", {"inputs": [[1.0, 2.0]]})
    assert (wrong.status_code, "(1, 2) does not match expected shape (-1, 4)" in wrong.json()["message"]) == (400, True)
    image, light = [[0, 1], [1, 0]], [0.25]
    by_row = ask(emulator, "tags", {"instances": [{"pixels": image, "exposure": light}]}).json()
    by_column = ask(emulator, "tags", {"inputs": {"pixels": [image], "exposure": [light]}}).json()
    assert by_row == by_column == {"predictions": [{"brightness": 0.75, "contrast": 0.5}]}


def test_params_change_the_prediction_and_nan_stays_nan(emulator: Emulator) -> None:
    deploy(emulator, "forecast", uc("main.ml.price_forecast"))
    row = {"day": "2026-05-01", "store": "north", "units_sold": 120, "price": 10.0}
    plain = ask(emulator, "forecast", {"dataframe_records": [row]}).json()["predictions"][0]
    params = {"horizon": 12, "discount": 0.5}
    later = ask(emulator, "forecast", {"dataframe_records": [row], "params": params}).json()["predictions"][0]
    assert later == pytest.approx(10 * math.exp(0.004 * math.log1p(120) * 12) / 2, abs=1e-4)
    assert plain > later
    refused = ask(emulator, "forecast", {"dataframe_records": [row], "params": {"horizon": "many"}})
    assert (refused.status_code, "horizon" in refused.json()["message"]) == (400, True)
    broken = ask(emulator, "forecast", {"dataframe_records": [{**row, "price": -1.0}]})
    assert broken.text == '{"predictions": [NaN]}'


def test_a_payload_above_the_limit_is_refused(emulator: Emulator) -> None:
    deploy(emulator, "churn", uc("main.ml.churn", 3))
    deploy(emulator, "agent", uc("main.agents.support_agent"))
    five_megabytes = "x" * 5 * 1024 * 1024
    small_enough = ask(emulator, "churn", {"dataframe_records": [CHURN], "client_request_id": five_megabytes})
    assert small_enough.status_code == 200
    too_large = ask(emulator, "agent", {"messages": [{"role": "user", "content": five_megabytes}]})
    assert (too_large.status_code, "4 MB" in too_large.json()["message"]) == (413, True)
