"""What the deterministic chat model says: readable answers that really depend on the question.

It adds, counts, lists, repeats, summarises, and writes Markdown, tables and code; else it tells what it understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from web.emulator.models import arithmetic, topics

Messages = list[dict[str, str]]
_WORDS = """
    a about an and are as at be but by can could do does for from give has have how i if in is it its me my of
    on or please should so some tell that the their them there these they this to us was we what when where
    which who why will with would write you your explain describe show
"""
STOP_WORDS = frozenset(_WORDS.split())
_ECHO = re.compile(r"^\s*(?:echo|repeat(?: after me)?|say)\b\s*:?\s*(.+)", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(
    r"\b(?:list|name|give(?: me)?|suggest)\b\s+(?:me\s+)?(\d+|two|three|four|five|six|seven|ten)?\s*(.*)", re.I
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_COUNT = re.compile(
    r"\bhow many (words|letters|characters)\b.*?(?:in|:)\s*[\"'“]?(.+?)[\"'”]?\s*\??$", re.IGNORECASE | re.DOTALL
)
_SUMMARY = re.compile(r"\bsummari[sz]e\b[^:]*:\s*(.+)", re.IGNORECASE | re.DOTALL)
_CAPITAL = re.compile(r"\bcapital (?:city )?of (?:the )?([a-z ]+?)\s*[?.!]*$", re.IGNORECASE)


def keywords(text: str, most: int = 5) -> list[str]:
    """The words that carry a text's meaning, in order of appearance, at most `most`."""
    words = [word for word in re.findall(r"[A-Za-z][A-Za-z0-9-]+", text) if word.lower() not in STOP_WORDS]
    return list(dict.fromkeys(word.lower() for word in words))[:most]


def reply(messages: Messages) -> str:
    """The answer to the last message of a conversation."""
    last = messages[-1] if messages else {"role": "user", "content": ""}
    if last["role"] == "tool":
        return f"The tool answered: {last['content']}\n\nThat is the result for your request."
    prompt = next((said["content"] for said in reversed(messages) if said["role"] == "user"), "")
    for skill in _SKILLS:
        text = skill(prompt)
        if text is not None:
            return text
    return _fallback(prompt, messages)


def _greet(prompt: str) -> str | None:
    if re.fullmatch(r"\s*(hi|hello|hey|good (morning|day|evening))\b[\s\w,!.]{0,20}", prompt, re.IGNORECASE):
        return "Hello! Ask me for a sum, a list, a table, a piece of code or a summary, and I will write it."
    return None


def _echo(prompt: str) -> str | None:
    match = _ECHO.match(prompt)
    return match.group(1).strip() if match else None


def _sum(prompt: str) -> str | None:
    found = arithmetic.find(prompt)
    return f"{found[0]} = {arithmetic.show(found[1])}" if found else None


def _count(prompt: str) -> str | None:
    match = _COUNT.search(prompt)
    if not match:
        return None
    unit, text = match.group(1).lower(), match.group(2).strip()
    amount = len(text.split()) if unit == "words" else len(text.replace(" ", "") if unit == "letters" else text)
    return f"There are {amount} {unit} in “{text}”."


def _summary(prompt: str) -> str | None:
    match = _SUMMARY.search(prompt)
    if not match:
        return None
    text = match.group(1).strip()
    first = re.split(r"(?<=[.!?])\s", text)[0]
    return f"**Summary.** {first}\n\nThe text has {len(text.split())} words; it is about {', '.join(keywords(text))}."


def _capital(prompt: str) -> str | None:
    match = _CAPITAL.search(prompt.strip())
    city = topics.CAPITALS.get(match.group(1).strip().lower()) if match else None
    return f"The capital of {match.group(1).strip().title()} is {city}." if match and city else None


def _code(prompt: str) -> str | None:
    if not re.search(r"\b(code|python|function|script|snippet|sql|javascript)\b", prompt, re.IGNORECASE):
        return None
    title, language, source = topics.code_for(prompt)
    return f"Here is {title}:\n\n```{language}\n{source}\n```\n\nIt has no dependencies; copy it and run it."


def _table(prompt: str) -> str | None:
    if not re.search(r"\btable\b", prompt, re.IGNORECASE):
        return None
    words = [word for word in keywords(prompt, 8) if word not in ("table", "markdown", "small")] or ["value"]
    rows = [f"| {index} | {word} | {len(word)} |" for index, word in enumerate(words, 1)]
    return "\n".join(["| # | Word | Letters |", "|---|---|---|", *rows])


def _list(prompt: str) -> str | None:
    match = _LIST.search(prompt)
    if not match or not match.group(2).strip(" ?.!"):
        return None
    said = (match.group(1) or "three").lower()
    amount = min(int(said) if said.isdigit() else _NUMBERS[said], 50)
    subject = re.split(r"[.?!]", match.group(2))[0].strip()
    items = topics.items_for(subject, amount)
    return "\n".join(
        [f"Here are {amount} {subject}:", "", *(f"{place}. {item}" for place, item in enumerate(items, 1))]
    )


_SKILLS: tuple[Callable[[str], str | None], ...] = (
    _echo, _greet, _summary, _count, _capital, _sum, _code, _table, _list,
)  # fmt: skip


def _fallback(prompt: str, messages: Messages) -> str:
    about = keywords(prompt)
    system = next((said["content"] for said in messages if said["role"] == "system"), "")
    turns = sum(1 for said in messages if said["role"] == "user")
    if not about:
        return "I did not find a question in that. Try: “What is 17 * 23?” or “List three colours”."
    lines = [f"You asked about **{', '.join(about)}**."]
    if turns > 1:
        lines.append(f"This is your message number {turns} in our conversation.")
    if system:
        lines.append(f"I keep to the instruction I was given: “{system.strip()[:120]}”.")
    lines.append(topics.remark(about))
    return " ".join(lines)


def lengthen(text: str, tokens: int, cut: Callable[[str], list[str]]) -> str:
    """The text repeated and cut until it has exactly `tokens` pieces."""
    base = cut(text + "\n")
    repeated = base * (tokens // max(1, len(base)) + 1)
    return "".join(repeated[:tokens])
