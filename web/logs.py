"""One JSON object per line on standard output: the only stream that Databricks Apps keep."""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """A record as JSON; a message that is a dict (a request's line) is taken in."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, no newline inside."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": moment, "level": record.levelname, "logger": record.name}
        line |= record.msg if isinstance(record.msg, dict) else said(record.getMessage())
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def said(message: str) -> dict[str, object]:
    """A message that is an object as JSON (a checkpoint's line) is taken in too."""
    try:
        inner = json.loads(message) if message.startswith("{") else None
    except ValueError:
        inner = None
    return inner if isinstance(inner, dict) else {"message": message}


def configure(level: str) -> None:
    """Send everything to standard output. The SDK and HTTP libraries stay at WARNING: at DEBUG they print secrets."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    # Nothing of these is written, and finding them out costs as much as the line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("databricks", "urllib3", "aiohttp", "asyncio", "sqlalchemy", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
