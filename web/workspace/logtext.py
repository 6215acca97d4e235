"""Logs as plain text: escape sequences and control characters removed, what a line overwrote of itself dropped."""

import re

ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])"
)
OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ERROR = re.compile(
    r"(?i:\b(?:error|critical|fatal|exception|traceback|oomkilled|sigkill|failed)\b|exit(?:ed)? (?:with )?code [1-9])"
    r"|(?:Error|Exception|Interrupt)\b"
)
QUIET = re.compile(r"\b0 (?:errors?|failed)\b|\[(?:info|debug)\]|\b(?:INFO|DEBUG)\b", re.I)


def plain(text: str) -> str:
    """`text` with nothing in it that could move a cursor, change colours or reorder what is read."""
    text = ESCAPES.sub("", text).replace("\r\n", "\n")
    text = OVERWRITTEN.sub("", text).replace("\t", "    ")
    return CONTROLS.sub("", text)


def is_error(line: str) -> bool:
    """Whether a line tells of an error; a line that names its own level INFO or DEBUG does not."""
    return ERROR.search(line) is not None and QUIET.search(line) is None


def first_error(lines: list[str]) -> int:
    """The place of the first line about an error, from 0; -1 when there is none."""
    return next((place for place, line in enumerate(lines) if is_error(line)), -1)
