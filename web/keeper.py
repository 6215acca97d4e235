"""What the portal does by itself: settling unknown outcomes at start and every minute, as the app's own principal."""

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from web.audit import queries
from web.changes.settle import interrupted, settle
from web.errors import PortalError
from web.services import Services
from web.workspace import iam

log = logging.getLogger("portal")


async def keep_settling(services: Services) -> None:
    """Runs until cancelled. On a laptop there is no app principal: people's own looks settle there."""
    await services.history_ready.wait()
    found = await run_in_threadpool(interrupted, services.ledger)
    if found:
        log.warning("%d operations were interrupted by the last stop; asking the workspace about them", found)
    while services.settings.app_mode:
        await run_in_threadpool(_once, services)
        await asyncio.sleep(services.settings.settle_every_s if found else min(10, services.settings.settle_every_s))


def _once(services: Services) -> None:
    """One round; asks nothing when nothing is unknown. Without an app principal, or rights, people's looks settle."""
    try:
        if not any(o.outcome == "unknown" for o in queries.unsettled(services.engine)):
            return
        workspace = services.connections.as_app()
        settled = settle(services.ledger, workspace, sees_all=iam.me(workspace).is_admin)
        if settled:
            log.info("%d unknown outcomes were settled", settled)
    except PortalError as error:
        log.warning("unknown outcomes could not be settled now: %s", error.message)
    except Exception:
        log.exception("settling unknown outcomes failed; the next round tries again")
