"""The little the deterministic model knows: capitals, things to list, programs to write."""

from __future__ import annotations

import re

CAPITALS = {
    "france": "Paris",
    "germany": "Berlin",
    "italy": "Rome",
    "spain": "Madrid",
    "portugal": "Lisbon",
    "austria": "Vienna",
    "switzerland": "Bern",
    "poland": "Warsaw",
    "netherlands": "Amsterdam",
    "belgium": "Brussels",
    "denmark": "Copenhagen",
    "sweden": "Stockholm",
    "norway": "Oslo",
    "finland": "Helsinki",
    "greece": "Athens",
    "japan": "Tokyo",
    "china": "Beijing",
    "india": "New Delhi",
    "canada": "Ottawa",
    "australia": "Canberra",
    "brazil": "Brasília",
    "egypt": "Cairo",
    "kenya": "Nairobi",
    "mexico": "Mexico City",
    "united kingdom": "London",
    "united states": "Washington, D.C.",
}

_THINGS = {
    "colo": ["red", "green", "blue", "yellow", "violet", "orange", "teal", "brown", "white", "black"],
    "animal": ["otter", "falcon", "hedgehog", "salmon", "lynx", "tortoise", "heron", "badger", "gecko", "moose"],
    "fruit": ["apple", "pear", "plum", "cherry", "quince", "mango", "fig", "grape", "melon", "kiwi"],
    "cit": ["Lisbon", "Kyoto", "Nairobi", "Toronto", "Vienna", "Lima", "Oslo", "Hanoi", "Cairo", "Perth"],
    "metric": ["latency", "throughput", "error rate", "time to first token", "cost per request", "saturation"],
    "risk": ["data drift", "a missing rollback", "unbounded cost", "leaked credentials", "no owner", "silent failures"],
    "planet": ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"],
}

_PROGRAMS = {
    "fibonacci": (
        "a function for the Fibonacci numbers",
        "python",
        "def fibonacci(n: int) -> int:\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
    ),
    "revers": ("a function that reverses a text", "python", "def reverse(text: str) -> str:\n    return text[::-1]"),
    "sort": (
        "a function that sorts by a key",
        "python",
        "def sort_by(rows: list[dict], key: str) -> list[dict]:\n    return sorted(rows, key=lambda row: row[key])",
    ),
    "prime": (
        "a test for prime numbers",
        "python",
        "def is_prime(n: int) -> bool:\n    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))",
    ),
    "sql": (
        "a query",
        "sql",
        "SELECT requester, count(*) AS calls\nFROM system.serving.endpoint_usage\n"
        "GROUP BY requester\nORDER BY calls DESC;",
    ),
    "javascript": (
        "a call with fetch",
        "javascript",
        "const body = JSON.stringify(payload);\n"
        "const answer = await fetch(url, { method: 'POST', body });\n"
        "console.log(await answer.json());",
    ),
}

_REMARKS = (
    "The short answer depends on the goal: start small, measure, and change one thing at a time.",
    "Three things matter most here: who owns it, how it is measured, and how it is undone.",
    "A good first step is to write down one example with its expected result and try it.",
    "Compare two alternatives on the same inputs before you decide; a table makes the difference visible.",
)


def items_for(subject: str, amount: int) -> list[str]:
    """`amount` entries for a list about `subject`; numbered stand-ins once the known ones run out."""
    known = next((items for stem, items in _THINGS.items() if stem in subject.lower()), [])
    noun = re.sub(r"s$", "", subject.split()[-1]) if subject.split() else "item"
    return (known + [f"{noun} {place}" for place in range(len(known) + 1, amount + 1)])[:amount]


def code_for(prompt: str) -> tuple[str, str, str]:
    """(title, language, source) of the program that fits a request best."""
    wanted = prompt.lower()
    for stem, program in _PROGRAMS.items():
        if stem in wanted:
            return program
    return "a small program", "python", 'def main() -> None:\n    print("Hello from the served model")\n\n\nmain()'


def remark(words: list[str]) -> str:
    """A sentence chosen by the words, always the same for the same words."""
    return _REMARKS[sum(map(ord, "".join(words))) % len(_REMARKS)]
