"""python -m web serve | demo | audit: the commands of the contract."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from web.audit.checkpoint import Checkpoint
    from web.audit.verify import Verdict
    from web.config import Settings

cli = typer.Typer(help="Serving Portal", no_args_is_help=True, add_completion=False)
audit = typer.Typer(help="Check or export the history.", no_args_is_help=True)
cli.add_typer(audit, name="audit")


@cli.command()
def serve(
    port: Annotated[int, typer.Option(help="Port when DATABRICKS_APP_PORT is not set.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
) -> None:
    """Run the portal alone. Listens on all addresses inside Databricks Apps, on this machine only elsewhere."""
    import gc

    import uvicorn

    from web.allocator import keep_small
    from web.config import load
    from web.doorway import Doorway, Patience
    from web.logs import configure
    from web.stop import REQUESTS_S, Server

    keep_small()
    gc.disable()  # until the app is warm: what is imported is never garbage
    settings = load()
    configure(settings.log_level)
    doorway = Doorway(lambda: _app(settings))
    config = uvicorn.Config(
        doorway,
        http=Patience,
        host=host or ("0.0.0.0" if settings.app_mode else "127.0.0.1"),  # noqa: S104 - the platform's proxy stands before it
        port=int(os.environ.get("DATABRICKS_APP_PORT") or port),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=REQUESTS_S,
    )
    Server(config, doorway).run()
    if doorway.failed:
        raise SystemExit(3)


def _app(settings: "Settings") -> "FastAPI":
    """The portal. Importing it takes most of a start, so the port is open by then."""
    from web.app import create_app

    return create_app(settings)


@cli.command()
def demo() -> None:
    """Run the embedded workspace, the portal and the stand-in for the Apps proxy."""
    from web.demo import run

    raise SystemExit(run())


@audit.command()
def verify(
    checkpoint: Annotated[str, typer.Option(help="SEQ:MAC, or a file with checkpoints: a log will do.")] = "",
    file: Annotated[str, typer.Option(help="An exported JSONL, or an archive, to check instead of the database.")] = "",
) -> None:
    """Walk the chain; ends with 1 when something was changed, naming the class of damage and the first bad entry."""
    from web.errors import PortalError

    try:
        verdict = _verdict(checkpoint, file)
    except (PortalError, OSError, UnicodeDecodeError) as error:
        typer.echo(" ".join(part for part in (str(error), getattr(error, "hint", "")) if part), err=True)
        raise SystemExit(2) from None
    archived = f" after {verdict.archived} in archives" if verdict.archived else ""
    typer.echo(f"{'ok' if verdict.ok else 'NOT OK'}: {verdict.rows} entries{archived}, head {verdict.head}")
    if not verdict.ok:
        typer.echo(f"first bad: {verdict.first_bad}", err=True)
        raise SystemExit(1)


def _verdict(checkpoint: str, file: str) -> "Verdict":
    """Of the file when there is one, else of the database."""
    from pathlib import Path

    from web.audit.chain import load_key
    from web.audit.checkpoint import parse
    from web.audit.verify import verify as walk
    from web.config import load
    from web.services import build

    path = Path(checkpoint)
    marks = parse(path.read_text() if path.is_file() else checkpoint) if checkpoint else []
    settings = load()
    if settings.storage_url.startswith("sqlite"):
        key = load_key(settings.audit_key, settings.data_dir, make=False)
        if file:
            return _of_file(file, key, marks)
    services = build(settings)
    key = services.ledger.key
    return _of_file(file, key, marks) if file else walk(services.engine, key, marks)


def _of_file(file: str, key: bytes, marks: "list[Checkpoint]") -> "Verdict":
    import gzip

    from web.audit.exported import verify_lines

    with (gzip.open if file.endswith(".gz") else open)(file, "rt", encoding="utf-8") as lines:
        return verify_lines(lines, key, marks)


@audit.command()
def export(format: Annotated[str, typer.Option(help="jsonl, csv or cef")] = "jsonl") -> None:  # noqa: A002 - the option's name
    """Write every operation to standard output, newest first."""
    from web.audit.export import FORMATS
    from web.audit.export import export as lines
    from web.audit.queries import Filter
    from web.config import load
    from web.services import build

    if format not in FORMATS:
        raise SystemExit(f"format is one of {', '.join(FORMATS)}")
    for line in lines(build(load()).engine, Filter(), lambda _operation: True, format):
        sys.stdout.write(line)


@audit.command()
def archive(
    days: Annotated[int, typer.Option(min=1, help="Operations older than this go.")],
    to: Annotated[str, typer.Option(help="Folder for the archive; empty: where the portal keeps its archives.")] = "",
) -> None:
    """Move old operations to a file that verifies by itself; the chain begins at an anchor then."""
    from pathlib import Path

    from web.audit.archive import Folder
    from web.audit.archive import archive as move
    from web.config import load
    from web.errors import PortalError
    from web.services import archives, build

    services = build(load())
    store = Folder(Path(to)) if to else archives(services.settings, services.connections)
    if store is None:
        raise SystemExit("Say where to with --to: PORTAL_AUDIT_VOLUME is not set, and this disk is thrown away.")
    try:
        made = move(services.ledger, services.ledger.clock() - days * 86_400_000, store)
    except (PortalError, OSError) as error:
        raise SystemExit(str(error)) from None
    for anchor in made:
        typer.echo(f"{anchor.file}: entries up to {anchor.seq}, sha256 {anchor.sha256}")
    typer.echo(f"{len(made)} files written" if made else "Nothing is old enough.")


@audit.command()
def reindex() -> None:
    """Make the index of words anew, from the operations. The chain has no part in it."""
    from web.config import load
    from web.db import words
    from web.services import build

    with build(load()).engine.begin() as connection:
        typer.echo(f"{words.refill(connection)} operations indexed")


if __name__ == "__main__":
    cli()
