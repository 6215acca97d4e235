"""The workspace's own controls under `/_emulator`: request log, faults, clock, switches, reset; loopback only."""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any

from starlette.responses import Response

from web.emulator import faults
from web.emulator.serving import lifecycle
from web.emulator.wire import Call, Route, denied, invalid, reply

PREFIX = "/_emulator/"


def guard(call: Call) -> None:
    """Refuse callers from other machines."""
    host = call.request.client.host if call.request.client else ""
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise denied("The controls of the embedded workspace answer on loopback only.")


async def get_requests(call: Call) -> Response:
    """Every API request received, oldest first."""
    return reply({"requests": call.world.requests.as_json()})


async def delete_requests(call: Call) -> Response:
    """Forget the requests."""
    call.world.requests.entries.clear()
    return reply({})


async def get_faults(call: Call) -> Response:
    """The faults that are ordered, with how often each will still apply."""
    return reply({"faults": [fault.as_json() for fault in call.world.faults.ordered]})


async def post_faults(call: Call) -> Response:
    """Order faults: one, a list, or `{"faults": [...]}`."""
    body = await _any(call)
    orders = body.get("faults", [body]) if isinstance(body, dict) else body
    if not isinstance(orders, list):
        raise invalid("faults must be a list.")
    call.world.faults.ordered += [faults.parse(order) for order in orders]
    return await get_faults(call)


async def _any(call: Call) -> Any:
    try:
        return json.loads(await call.request.body() or b"{}")
    except ValueError as error:
        raise invalid("The body is not JSON.") from error


async def delete_faults(call: Call) -> Response:
    """Withdraw all faults."""
    call.world.faults.ordered.clear()
    return reply({})


async def get_clock(call: Call) -> Response:
    """`now_ms`, `advanced_ms` and `speed`."""
    clock = call.world.clock
    return reply({"now_ms": clock.now_ms(), "advanced_ms": clock.advanced_ms, "speed": clock.speed})


async def post_clock(call: Call) -> Response:
    """Advance by `advance_s` seconds of virtual time."""
    seconds = (await call.json()).get("advance_s")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds < 0:
        raise invalid("advance_s must be a number of seconds, at least 0.")
    call.world.clock.advance(seconds)
    return await get_clock(call)


async def get_switches(call: Call) -> Response:
    """What is assumed about unverified facts."""
    return reply(call.world.switches.as_dict())


async def patch_switches(call: Call) -> Response:
    """Flip switches by name."""
    try:
        call.world.switches.patch(await call.json())
    except ValueError as error:
        raise invalid(str(error)) from error
    return await get_switches(call)


async def post_reset(call: Call) -> Response:
    """Plant the seed again; log, faults, switches and clock start afresh."""
    call.world.reset()
    return reply({})


async def post_cancel(call: Call) -> Response:
    """Cancel the running update of an endpoint, as only the real service's own pages can."""
    lifecycle.cancel(call.world, call.world.find(call.params["name"]))
    return reply({})


ROUTES: list[Route] = [
    ("GET", f"{PREFIX}requests", get_requests),
    ("DELETE", f"{PREFIX}requests", delete_requests),
    ("GET", f"{PREFIX}faults", get_faults),
    ("POST", f"{PREFIX}faults", post_faults),
    ("DELETE", f"{PREFIX}faults", delete_faults),
    ("GET", f"{PREFIX}clock", get_clock),
    ("POST", f"{PREFIX}clock", post_clock),
    ("GET", f"{PREFIX}switches", get_switches),
    ("PATCH", f"{PREFIX}switches", patch_switches),
    ("POST", f"{PREFIX}reset", post_reset),
    ("POST", f"{PREFIX}endpoints/{{name}}/cancel-update", post_cancel),
]
