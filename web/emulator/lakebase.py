"""Passwords of Lakebase Postgres: minted for an hour, checked only at login.

`world.state["lakebase_token"]` is the one to give, for a server that knows it; else a random one.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from starlette.responses import Response

from web.emulator.wire import Call, Route, invalid, reply

LIFE_S = 3600


async def _mint(call: Call) -> Response:
    endpoint = str((await call.json()).get("endpoint") or "")
    if not endpoint.startswith("projects/"):
        raise invalid("endpoint must be projects/{project}/branches/{branch}/endpoints/{endpoint}")
    token = str(call.world.state.get("lakebase_token") or f"lakebase-{secrets.token_hex(16)}")
    until = datetime.fromtimestamp(call.world.clock.now_ms() / 1000 + LIFE_S, UTC)
    return reply({"token": token, "expire_time": until.strftime("%Y-%m-%dT%H:%M:%SZ")})


ROUTES: list[Route] = [("POST", "/api/2.0/postgres/credentials", _mint)]
