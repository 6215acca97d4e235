"""python -m web serve | demo | audit: the commands of the contract."""

import os
import sys
from typing import Annotated

import typer

cli = typer.Typer(help="Serving Portal", no_args_is_help=True, add_completion=False)
audit = typer.Typer(help="Check or export the history.", no_args_is_help=True)
cli.add_typer(audit, name="audit")


@cli.command()
def serve(
    port: Annotated[int, typer.Option(help="Port when DATABRICKS_APP_PORT is not set.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
) -> None:
    """Run the portal alone. Listens on all addresses inside Databricks Apps, on this machine only elsewhere."""
    import uvicorn

    from web.config import load
    from web.logs import configure
    from web.stop import REQUESTS_S, Server

    settings = load()
    configure(settings.log_level)
    config = uvicorn.Config(
        "web.app:create_app",
        factory=True,
        host=host or ("0.0.0.0" if settings.app_mode else "127.0.0.1"),  # noqa: S104 - the platform's proxy stands before it
        port=int(os.environ.get("DATABRICKS_APP_PORT") or port),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=REQUESTS_S,
    )
    Server(config).run()


@cli.command()
def demo() -> None:
    """Run the embedded workspace, the portal and the stand-in for the Apps proxy."""
    from web.demo import run

    raise SystemExit(run())


@audit.command()
def verify() -> None:
    """Walk the chain; ends with 1 when something was changed, naming the first bad entry."""
    from web.audit.verify import verify as walk
    from web.config import load
    from web.services import build

    services = build(load())
    verdict = walk(services.engine, services.ledger.key)
    typer.echo(f"{'ok' if verdict.ok else 'NOT OK'}: {verdict.rows} entries, head {verdict.head}")
    if not verdict.ok:
        typer.echo(f"first bad: {verdict.first_bad}", err=True)
        raise SystemExit(1)


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


if __name__ == "__main__":
    cli()
