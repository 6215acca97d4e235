"""Personal data in texts: e-mail addresses, phone numbers, US social security numbers, payment cards."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SSN = re.compile(r"(?<!\d)(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_PHONE = re.compile(r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?\(?\d{2,4}\)?[ .-]\d{3,4}[ .-]?\d{3,4}(?!\d)")


def find(text: str) -> list[str]:
    """The kinds of personal data in a text, in the order of the rules."""
    return [kind for kind, masked in _steps(text) if masked]


def mask(text: str) -> str:
    """The text with each find replaced by its kind, e.g. `<EMAIL_ADDRESS>`."""
    text = _EMAIL.sub("<EMAIL_ADDRESS>", text)
    text = _SSN.sub("<US_SSN>", text)
    text = _CARD.sub(lambda match: "<CREDIT_CARD>" if luhn(match.group()) else match.group(), text)
    return _PHONE.sub("<PHONE_NUMBER>", text)


def _steps(text: str) -> list[tuple[str, bool]]:
    masked = mask(text)
    kinds = ("EMAIL_ADDRESS", "US_SSN", "CREDIT_CARD", "PHONE_NUMBER")
    return [(kind, masked.count(f"<{kind}>") > text.count(f"<{kind}>")) for kind in kinds]


def luhn(digits: str) -> bool:
    """Whether a number has the check digit of a payment card."""
    numbers = [int(digit) for digit in re.sub(r"\D", "", digits)][::-1]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in numbers[1::2]]
    return (sum(numbers[::2]) + sum(doubled)) % 10 == 0
