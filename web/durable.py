"""Keeps a SQLite history alive beyond this machine: brought back before the first change, copied after changes.

Checkpoints of its chain go to standard output, and beside the copies on the volume where there are some.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from web.audit.checkpoint import take
from web.audit.keys import FOREIGN, foreign
from web.audit.vault import Vault, entries_in
from web.db.migrate import upgrade
from web.errors import Conflict, PortalError
from web.services import Services, index

AGAIN_S = 2.0
FLUSH_WITHIN_S = 6.0
CHECKPOINT_ENTRIES = 100
CHECKPOINT_S = 900.0
log = logging.getLogger("portal")


async def keep_durable(services: Services) -> None:
    """Runs until cancelled. Until the history is back, the ledger holds every write; without a volume it is there, and
    only a missing key holds them."""
    vault = services.vault
    if vault is None:
        if not services.ledger.hold:
            services.history_ready.set()
        return
    while True:
        if services.ledger.hold:
            await _tried("the history could not be brought back from the volume yet", _open, services, vault)
        else:
            await _tried("the history could not be copied to the volume", _copy, services, vault)
        if services.ledger.hold == FOREIGN:
            return  # only a start with another key helps
        if not services.ledger.hold:
            services.history_ready.set()
        wait = AGAIN_S if services.ledger.hold else services.settings.snapshot_every_s
        await asyncio.sleep(wait)


async def flush(services: Services) -> None:
    """At stop: the last changes to the volume, and the place free for the next instance."""
    vault = services.vault
    if vault is None or services.ledger.hold:
        await run_in_threadpool(checkpoint, services)
        return
    try:
        await asyncio.wait_for(_tried("the last copy of the history failed", _close, services, vault), FLUSH_WITHIN_S)
    except TimeoutError:
        log.warning("the last copy of the history did not end in time")


async def keep_checkpoints(services: Services) -> None:
    """Runs until cancelled: a checkpoint every CHECKPOINT_ENTRIES writes, and every CHECKPOINT_S if there were any."""
    await services.history_ready.wait()
    written, last = services.ledger.writes, time.monotonic()
    while True:
        await asyncio.sleep(1)
        new = services.ledger.writes - written
        if new >= CHECKPOINT_ENTRIES or (new and time.monotonic() - last >= CHECKPOINT_S):
            written, last = services.ledger.writes, time.monotonic()
            await run_in_threadpool(checkpoint, services)


def checkpoint(services: Services) -> None:
    """Write where the chain stands, if it went further since the last time. Never stops the portal."""
    try:
        taken = take(services.engine) if services.ledger.writes else None
        if taken is None or taken == services.ledger.checkpoint:
            return
        logging.getLogger("portal.audit").info(taken.line())
        services.ledger.checkpoint = taken
        if services.vault is not None and not services.ledger.hold:
            services.vault.mark(taken)
    except PortalError as error:
        log.warning("the checkpoint did not reach the volume: %s", error.message)
    except Exception:
        log.exception("a checkpoint could not be taken")


async def _tried(what: str, step: Callable[[Services, Vault], None], services: Services, vault: Vault) -> None:
    try:
        await run_in_threadpool(step, services, vault)
    except PortalError as error:
        services.vault_trouble = error.message
        if isinstance(error, Conflict):
            services.ledger.hold = f"{error.message} {error.hint}"
        log.warning("%s: %s", what, error.message)
    except Exception as error:
        services.vault_trouble = f"an unexpected error ({type(error).__name__})"
        log.exception("%s", what)
    else:
        services.vault_trouble = ""


def _open(services: Services, vault: Vault) -> None:
    """Become the writer, bring the history back unless the disk's own is at least as long, and let writes through."""
    vault.claim()
    fetched = vault.database.with_suffix(".fetched")
    if vault.fetch(fetched) and entries_in(fetched) > entries_in(vault.database):
        services.engine.dispose()
        for leftover in ("-wal", "-shm"):
            Path(f"{vault.database}{leftover}").unlink(missing_ok=True)
        os.replace(fetched, vault.database)
        upgrade(services.engine)
        index(services.engine)
        log.info("the history was brought back from the volume: %d entries", entries_in(vault.database))
    fetched.unlink(missing_ok=True)
    if not services.settings.audit_key:
        services.ledger.key = vault.key(services.ledger.key)
    services.ledger.hold = foreign(services.engine, services.ledger.key)


def _copy(services: Services, vault: Vault) -> None:
    """Renew the place of the writer; a new copy when something was written since the last one."""
    vault.claim()
    written = services.ledger.writes
    if written != services.copied_writes:
        vault.store()
        services.copied_writes, services.copied_ms = written, vault.clock()


def _close(services: Services, vault: Vault) -> None:
    checkpoint(services)
    _copy(services, vault)
    vault.release()
