"""`python -m web.emulator --port 8001 [--seed demo|empty|fleet:N] [--speed 20]`: the embedded workspace alone."""

from __future__ import annotations

import argparse
import contextlib

from web.emulator.seed import check
from web.emulator.server import make_server
from web.emulator.world import World


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m web.emulator", description="An HTTP server that answers like a Databricks workspace."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (default 8001)")
    parser.add_argument(
        "--seed", default="demo", type=check, help="what is in it: demo, empty or fleet:N (default demo)"
    )
    parser.add_argument(
        "--speed", type=float, default=20.0, help="how much faster than the real thing updates run (default 20)"
    )
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    given = _arguments()
    world = World(given.seed, given.speed)
    world.url = f"http://{given.host}:{given.port}"
    print(f"Embedded workspace on {world.url} (tokens dapi-alice, dapi-bob, dapi-charlie)", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        make_server(world, given.host, given.port).run()


if __name__ == "__main__":
    main()
