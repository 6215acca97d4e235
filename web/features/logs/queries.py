"""One log as the page shows it: the text, or why there is none."""

import hashlib
from dataclasses import dataclass
from typing import Any

from web.errors import Forbidden, NotFound, PortalError
from web.features.logs import sources
from web.features.logs.sources import BUILD, SERVICE, Source
from web.workspace import logtext, serving
from web.workspace.client import Workspace

MOST_CHARS = 12_000_000
EVERY_S = 3
SHORT = "Databricks keeps only the recent part of a log: {what}. What is older cannot be read any more."
KEPT = {
    BUILD: SHORT.format(what="build logs for up to 30 days"),
    SERVICE: SHORT.format(what="service logs while the replica that printed them is there"),
}


@dataclass(frozen=True)
class Text:
    """A log. `note` says why `text` is empty; `error` is set when the workspace refused or failed.

    `length` and `mark` name the state of the whole log, so that a later question can ask for what is new.
    """

    text: str
    title: str = ""
    note: str = ""
    error: PortalError | None = None
    length: int = 0
    mark: str = ""
    cut: bool = False
    anew: bool = False

    @property
    def lines(self) -> int:
        """How many lines are shown."""
        return self.text.count("\n") + 1 if self.text else 0


@dataclass(frozen=True)
class LogView:
    """The page. `source` None: there is nothing to ask for, `text` says why. `every`: seconds; 0: it cannot grow."""

    known: list[Source]
    source: Source | None
    which: str
    text: Text
    every: int
    kept: str = ""
    at_error: bool = False


def view(ws: Workspace, raw: dict[str, Any], key: str, which: str) -> LogView:
    """The log asked for, else the one that explains most."""
    kind, known = serving.kind_of(raw), sources.sources(raw)
    source = sources.choose(known, key)
    if kind in NO_LOGS or source is None:
        title, note = NO_LOGS.get(kind, NOTHING_YET)
        return LogView(known, None, which, Text("", title, note), 0)
    which = which if which in (BUILD, SERVICE) else source.which
    text = read(ws, raw, source, which)
    at_error = source.broken and which in (BUILD, source.which)
    return LogView(known, source, which, text, every(source, which), KEPT[which], at_error)


def more(ws: Workspace, raw: dict[str, Any], key: str, which: str, length: int, mark: str) -> LogView:
    """The same, with only what was added since the log was `length` long and had this `mark`."""
    found = view(ws, raw, key, which)
    return LogView(found.known, found.source, found.which, since(found.text, length, mark), found.every)


def every(source: Source, which: str) -> int:
    """Seconds until the log is asked for again; 0 when it cannot grow."""
    ended = which == BUILD and source.deployment not in ("DEPLOYMENT_CREATING", "DEPLOYMENT_RECOVERING", "")
    return 0 if ended or source.broken else EVERY_S


def read(ws: Workspace, raw: dict[str, Any], source: Source, which: str) -> Text:
    """The whole log, plain. A refusal becomes part of the answer, since the page around it is still worth showing."""
    ask = serving.build_logs if which == BUILD else serving.service_logs
    try:
        text = logtext.plain(ask(ws, str(raw["name"]), source.entity, source.version)).rstrip()
    except Forbidden as error:
        return Text("", "You may not read logs here", NOT_ALLOWED, error)
    except NotFound:
        return Text("", "This log is gone", "The workspace keeps no log of this config version any more.")
    except PortalError as error:
        return Text("", "The log could not be read", "", error)
    if not text:
        title, note = _why_empty(raw, source, which)
        return Text("", title, note)
    shown = text[-MOST_CHARS:].partition("\n")[2] if len(text) > MOST_CHARS else text
    return Text(shown, length=len(text), mark=marked(text), cut=shown is not text)


def since(whole: Text, length: int, mark: str) -> Text:
    """What was added to a log; all of it, with `anew`, when its beginning is not the one that was seen."""
    if not whole.text or whole.cut:
        return Text("", whole.title, whole.note, whole.error, whole.length, whole.mark)
    same = 0 < length <= whole.length and marked(whole.text[:length]) == mark
    text = whole.text[length:].removeprefix("\n") if same else whole.text
    return Text(text, length=whole.length, mark=whole.mark, anew=not same and length > 0)


def marked(text: str) -> str:
    """A short name of a text's contents."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


NOT_ALLOWED = "Reading logs needs CAN_MANAGE on this endpoint. Ask its creator, or somebody who manages it."
NOTHING_YET = (
    "No logs yet",
    "This endpoint has no served entity. The first one you add is built, and prints its log here.",
)
NO_LOGS = {
    "foundation": (
        "Pay-per-token endpoints have no logs",
        "Databricks runs this model for every workspace, so there is no build and no model server of yours.",
    ),
    "external": (
        "External models have no logs",
        "The model runs at its provider; nothing is built or started here. Inference tables log its traffic.",
    ),
}


def _why_empty(raw: dict[str, Any], source: Source, which: str) -> tuple[str, str]:
    message = source.message.lower()
    if (raw.get("state") or {}).get("suspend") == "STOPPED":
        return "The endpoint is stopped", "No replica runs, so there is no service log. Start the endpoint to see one."
    if which == BUILD:
        return "No build log yet", "The build has not printed anything yet. The page looks again by itself."
    if "scaled to zero" in message:
        return "Scaled to zero", "No replica runs, so there is no service log. The next request starts one."
    if "scaling" in message or source.deployment == "DEPLOYMENT_CREATING":
        return "Not started yet", "The model server has not started. Until then the build log says what happens."
    return "Nothing printed yet", "The model server has printed nothing that the workspace still keeps."
