"""The arithmetic behind the demo's custom models."""

from __future__ import annotations

import math
from typing import Any

Row = dict[str, Any]


def _logistic(score: float) -> float:
    return round(1 / (1 + math.exp(-max(-60.0, min(60.0, score)))), 6)


def churn(row: Row, params: Row) -> float:
    """Probability (0-1) that a customer leaves: young contracts and high charges raise it."""
    score = 0.8 - 0.05 * row["tenure_months"] + 0.015 * row["monthly_charges"] - 0.01 * (row["age"] - 40)
    return _logistic(score - (1.2 if row.get("contract") == "two_year" else 0.0))


def churn_next(row: Row, params: Row) -> Row:
    """The next generation's answer: probability and label, from whole years of tenure and a required contract."""
    base = {"two_year": -1.4, "one_year": -0.6}.get(row["contract"], 0.5)
    probability = _logistic(
        base - 0.4 * row["tenure_years"] + 0.012 * row["monthly_charges"] + 0.3 * row["support_calls"]
    )
    return {"probability": probability, "label": "leaves" if probability >= 0.5 else "stays"}


def fraud(numbers: list[float]) -> list[float]:
    """[P(honest), P(fraud)] of one transaction: amount, hour, distance in km, age of the account in days."""
    amount, hour, distance, age = numbers
    night = 1.0 if hour < 6 else 0.0
    risk = _logistic(-4.0 + 0.002 * amount + 1.5 * night + 0.01 * distance - 0.001 * age)
    return [round(1 - risk, 6), risk]


def image_tags(numbers: list[float]) -> Row:
    """Brightness and contrast of the pixels; the last number is the exposure correction."""
    *pixels, exposure = numbers
    mean = sum(pixels) / len(pixels)
    spread = math.sqrt(sum((pixel - mean) ** 2 for pixel in pixels) / len(pixels))
    return {"brightness": round(mean + exposure, 6), "contrast": round(spread, 6)}


def price_forecast(row: Row, params: Row) -> float:
    """Price after `horizon` months of growth less a discount. NaN for a negative price, which has no logarithm."""
    if row["price"] <= 0:
        return math.nan
    growth = 0.004 * math.log1p(max(0, row["units_sold"])) * params["horizon"]
    value: float = math.exp(math.log(row["price"]) + growth) * (1 - params["discount"])
    return round(value, 4) if params["rounding"] == "cents" else round(value)


def recommend(row: Row, params: Row) -> list[Row]:
    """The three best products for a customer: likeness of tags, weighted by the newest purchases."""
    bought = [str(product) for product in row["recent_products"]]
    scored = [(round(len(product) / (place + 1), 4), product) for place, product in enumerate(reversed(bought))]
    segment = row["customer"]["segment"]
    return [
        {"product": f"{product}-{segment}", "score": score}
        for score, product in sorted(scored, reverse=True)[: params["top_k"]]
    ]


def wine_quality(row: Row, params: Row) -> int:
    """Quality 0-10 from acidity, sugar and alcohol."""
    score = 3 + 0.35 * row["alcohol"] - 1.4 * row["volatile_acidity"] + 0.02 * row["residual_sugar"]
    return max(0, min(10, int(score + 0.5)))


def credit_risk(row: Row, params: Row) -> float:
    """Probability of default from income and debt."""
    return _logistic(-1.0 + 3 * row["debt"] / max(1.0, row["income"]) - 0.02 * row["years_employed"])
