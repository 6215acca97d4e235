"""What the doctor looks at, what a rule asks of it, and what comes out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Sure = Literal["certain", "likely", "possible"]
Patterns = tuple[str, ...]
TAIL_LINES = 4000
NAME = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
OPTIONAL = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]")
STAMP = re.compile(
    r"^(?:\[[0-9a-z]{1,12}\] )?\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?\]? ?", re.M
)
PREFIX = re.compile(r"^(?:\[\d+\] )?(?:\[(?:INFO|ERROR|WARNING|CRITICAL)\] )?", re.M)


@dataclass(frozen=True)
class Case:
    """One served entity of an update. `outcome`: running, failed, canceled or serving; times in seconds.

    `version_status` is that of the model version in Unity Catalog (READY, PENDING_REGISTRATION, FAILED_REGISTRATION),
    `departed` whether the endpoint's creator has left; both empty or None when nobody has asked.
    """

    outcome: str
    message: str = ""
    log: str = ""
    deployment: str = ""
    workload: str = "CPU"
    elapsed_s: float | None = None
    deadline_s: int | None = None
    version_status: str = ""
    departed: bool | None = None
    facts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The end of the log, each line without its time and level."""
        end = "\n".join(self.log.splitlines()[-TAIL_LINES:])
        return PREFIX.sub("", STAMP.sub("", end))

    @property
    def gpu(self) -> bool:
        """Whether the workload type has a GPU."""
        return "GPU" in self.workload


@dataclass(frozen=True)
class Rule:
    """A row of the table: every given condition must hold. `log`, `message` and `anywhere` (in either) are patterns of
    which one must be found; their named groups may stand in `cause`, `step` and `command`, as may the case's facts.

    `general` rows are left out when a row that says more applies; `late` is a share of the deadline that has passed,
    `before` are patterns that the log has not come to yet.
    """

    key: str
    sure: Sure
    cause: str
    step: str
    command: str = ""
    outcomes: tuple[str, ...] = ("failed",)
    log: Patterns = ()
    message: Patterns = ()
    anywhere: Patterns = ()
    gpu: bool | None = None
    late: float | None = None
    before: Patterns = ()
    version: tuple[str, ...] = ()
    departed: bool | None = None
    general: bool = False

    def finds(self, case: Case) -> dict[str, str] | None:
        """The named groups when every condition holds, else None."""
        if case.outcome not in self.outcomes or not self._state(case):
            return None
        groups: dict[str, str] = {}
        both = f"{case.message}\n{case.text}"
        for patterns, text in ((self.log, case.text), (self.message, case.message), (self.anywhere, both)):
            found = _first(patterns, text)
            if patterns and not found:
                return None
            groups |= {k: v[:120] for k, v in found.groupdict().items() if v} if found else {}
        return groups

    def _state(self, case: Case) -> bool:
        return (
            (self.gpu is None or self.gpu == case.gpu)
            and (self.departed is None or self.departed == case.departed)
            and (not self.version or case.version_status in self.version)
            and not (self.before and _first(self.before, case.text))
            and (self.late is None or _share(case) >= self.late)
        )


def _first(patterns: Patterns, text: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := re.search(pattern, text, re.M))), None)


@dataclass(frozen=True)
class Finding:
    """A cause, how sure it is, and the way out; `command` is a shell line where that is the way."""

    key: str
    sure: Sure
    cause: str
    step: str
    command: str = ""
    general: bool = False


def diagnose(case: Case, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find, the first one first; empty when the doctor does not know."""
    found = [_finding(rule, groups, case) for rule in rules if (groups := rule.finds(case)) is not None]
    special = [one for one in found if not one.general]
    return list({one.key: one for one in reversed(special or found[:1])}.values())[::-1]


def in_general(rule: Rule) -> Finding:
    """What a row says when nothing is known of the case."""
    return _finding(rule, {}, Case(""))


def _finding(rule: Rule, groups: dict[str, str], case: Case) -> Finding:
    known = {k: v for k, v in case.facts.items() if v} | groups
    cause, step, command = (_told(text, known) for text in (rule.cause, rule.step, rule.command))
    return Finding(rule.key, rule.sure, cause, step, command, rule.general)


def _told(text: str, known: dict[str, str]) -> str:
    """`text` with the names filled in: `[with {x}|without]` by what is known, a lone `{x}` else as `<X>`."""

    def choose(found: re.Match[str]) -> str:
        given, _, other = found[1].partition("|")
        return given if all(name in known for name in NAME.findall(given)) else other

    return NAME.sub(lambda found: known.get(found[1], f"<{found[1].upper()}>"), OPTIONAL.sub(choose, text))


def _share(case: Case) -> float:
    return case.elapsed_s / case.deadline_s if case.elapsed_s is not None and case.deadline_s else 0.0
