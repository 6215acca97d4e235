"""What the portal does by itself, as the app's own principal: settling unknown outcomes, looking for changes made
elsewhere and for updates that failed, sampling pinned endpoints, archiving old operations."""

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from web.audit import queries
from web.audit.archive import archive
from web.changes import failed_logs, observe
from web.changes.settle import interrupted, settle
from web.db import samples
from web.errors import Forbidden, NotFound, PortalError
from web.features.metrics.collect import collect, fold, now_ms
from web.services import Services, archives
from web.workspace import iam, serving
from web.workspace.client import Workspace

log = logging.getLogger("portal")
SAMPLE_EVERY_S = 60
ARCHIVE_EVERY_S = 12 * 3600
DAY_MS = 86_400_000
AGAIN_S = 1.0
LOOKS_PER_ROUND = 50


async def keep_settling(services: Services) -> None:
    """Runs until cancelled. On a laptop there is no app principal: people's own looks settle there."""
    await services.history_ready.wait()
    found = await _recorded(services)
    if found:
        log.warning("%d operations were interrupted by the last stop; asking the workspace about them", found)
    settling = Settling(services)
    while services.settings.app_mode:
        await run_in_threadpool(settling.once)
        await asyncio.sleep(services.settings.settle_every_s if found else min(10, services.settings.settle_every_s))


async def _recorded(services: Services) -> int:
    while True:
        found = await run_in_threadpool(_interrupted, services)
        if found is not None:
            return found
        await asyncio.sleep(AGAIN_S)


def _interrupted(services: Services) -> int | None:
    """How many operations the last stop cut off; None when that could not be recorded: it is tried again."""
    try:
        return interrupted(services.ledger)
    except PortalError as error:
        log.warning("interrupted operations could not be recorded yet: %s", error.message)
        return None


class Settling:
    """Asks about unknown outcomes in turn, so many a round: what nobody can tell holds up nothing newer."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.after = 0

    def once(self) -> None:
        """One round; asks nothing when nothing is unknown. Without an app principal or rights people's looks settle."""
        ledger = self.services.ledger
        try:
            ledger.catch_up()
            asked = queries.unsettled(ledger.engine, after=self.after, outcomes=("unknown",))
            begin, self.after = self.after, asked[-1].seq or 0 if len(asked) == queries.AT_ONCE else 0
            if not asked:
                return
            workspace = self.services.connections.as_app()
            settled = settle(ledger, workspace, sees_all=iam.me(workspace).is_admin, after=begin)
            if settled:
                log.info("%d unknown outcomes were settled", settled)
        except PortalError as error:
            log.warning("unknown outcomes could not be settled now: %s", error.message)
        except Exception:
            log.exception("settling unknown outcomes failed; the next round tries again")


async def keep_sampling(services: Services) -> None:
    """Runs until cancelled: every minute the pinned endpoints, and folds old samples. What people watch, their looks
    sample; on a laptop there is no app principal, so a pinned endpoint is sampled only while somebody watches."""
    await services.history_ready.wait()
    while True:
        await asyncio.sleep(SAMPLE_EVERY_S)
        await run_in_threadpool(_sample, services)


def _sample(services: Services) -> None:
    try:
        samples.tidy(services.engine, now_ms(), fold)
        for watch in samples.pinned(services.engine) if services.settings.app_mode else []:
            _sample_one(services, watch)
    except PortalError as error:
        log.warning("pinned endpoints could not be sampled now: %s", error.message)
    except Exception:
        log.exception("sampling failed; the next round tries again")


def _sample_one(services: Services, watch: samples.MetricWatch) -> None:
    workspace = services.connections.as_app()
    try:
        raw = serving.get_endpoint(workspace, watch.endpoint)
    except (NotFound, Forbidden):
        return  # gone, or not shared with the app: people's own looks sample it
    if raw.get("id") == watch.endpoint_id:
        collect(services.engine, workspace, raw)


async def keep_archiving(services: Services) -> None:
    """Runs until cancelled: twice a day what is older than PORTAL_AUDIT_KEEP_DAYS goes to an archive."""
    await services.history_ready.wait()
    while services.settings.audit_keep_days:
        await run_in_threadpool(_archive, services)
        await asyncio.sleep(ARCHIVE_EVERY_S)


def _archive(services: Services) -> None:
    store = archives(services.settings, services.connections)
    if store is None:
        log.warning("old operations stay: PORTAL_AUDIT_VOLUME, which archives go to, is not set")
        return
    try:
        before = services.ledger.clock() - services.settings.audit_keep_days * DAY_MS
        for anchor in archive(services.ledger, before, store):
            log.info("old operations were moved to %s; entries up to %d", anchor.file, anchor.seq)
    except PortalError as error:
        log.warning("old operations could not be archived now, so they stay: %s", error.message)
    except Exception:
        log.exception("archiving old operations failed; they stay, and the next round tries again")


async def keep_looking(services: Services) -> None:
    """Runs until cancelled, in app mode only: endpoints that the history knows are read now and then."""
    await services.history_ready.wait()
    every = services.settings.look_every_s
    rounds = Rounds(services)
    while services.settings.app_mode and every:
        await asyncio.sleep(every)
        await run_in_threadpool(rounds.once)


class Rounds:
    """Looks at the endpoints of the history in turn, LOOKS_PER_ROUND a round. A problem is logged when it begins."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._turn: dict[str, int] = {}
        self._count = 0
        self._problem = ""

    def once(self) -> None:
        """One round. It ends at the first refusal that would meet the next look too, such as too many requests."""
        problem = ""
        try:
            workspace = self.services.connections.as_app()
            for name in self._next():
                self._look(workspace, name)
        except PortalError as error:
            problem = error.message
        except Exception as error:
            problem = repr(error)
        if problem and problem != self._problem:
            log.warning("changes made elsewhere cannot be looked for now: %s", problem)
        self._problem = problem

    def _next(self) -> list[str]:
        names = observe.known(self.services.ledger)
        return sorted(names, key=lambda name: self._turn.get(name, 0))[:LOOKS_PER_ROUND]

    def _look(self, workspace: Workspace, name: str) -> None:
        self._count += 1
        self._turn[name] = self._count
        try:
            raw = observe.see(self.services.ledger, lambda: serving.get_endpoint(workspace, name))
            failed_logs.keep(self.services.ledger, workspace, raw)
        except (NotFound, Forbidden):
            return
