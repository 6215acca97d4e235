"""Commits in groups: what many threads write at once is one transaction, with one wait for the disk.

Whoever comes while nobody writes does it for all who wait by then. Nobody goes on before their own part is durable. A
part that fails by itself (it breaks a rule of the database, its text cannot be stored) fails alone: the others are
written again without it, so a part must be able to run twice. What fails for all (locked, full, gone) is told to all.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Engine, text
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlmodel import Session

from web.audit.hand import Hand
from web.audit.statements import Statements
from web.errors import PortalError
from web.hurry import unhurried

T = TypeVar("T")
LOCK = 7_213_905_412  # the name of this lock in Postgres: one instance writes at a time
LOCKED = f"SELECT pg_advisory_xact_lock({LOCK})"


class _Part(Generic[T]):
    """What one thread writes, and what came of it."""

    def __init__(self, work: Callable[[Hand], T]) -> None:
        self.work = work
        self.answer: T | None = None
        self.error: Exception | None = None
        self.done = False
        self.called = threading.Event()  # done, or the next to lead

    def fail(self, error: Exception) -> None:
        self.error, self.done = error, True

    def told(self) -> T:
        if self.error is not None:
            raise self.error
        return cast(T, self.answer)


class Commits:
    """The transactions of this process on the history. `allowed` raises while nothing may be written."""

    def __init__(self, engine: Engine, allowed: Callable[[], None]) -> None:
        self.engine = engine
        self.allowed = allowed
        self.statements = Statements(engine.dialect)
        self.writes = 0
        self._lock = threading.Lock()  # whoever writes
        self._door = threading.Lock()  # held for a moment, whoever looks at what waits
        self._waiting: list[_Part[Any]] = []
        self._led = False  # whether somebody will write what waits

    @property
    def waiting(self) -> int:
        """How many parts nobody writes yet."""
        return len(self._waiting)

    def run(self, work: Callable[[Hand], T]) -> T:
        """Do it in a transaction and answer once that is durable.

        Raises PortalError 503 when the database does not take it, or may not yet."""
        unhurried()
        part = _Part(work)
        with self._door:
            self._waiting.append(part)
            leads, self._led = not self._led, True
        if not leads:
            part.called.wait()
        if not part.done:
            self._lead()
        with self._refusing():
            return part.told()

    def look(self, work: Callable[[Hand], T]) -> T:
        """Only read: that waits for no writer."""
        unhurried()
        with self._refusing(), self._hand(portal_readonly=True) as hand:
            return work(hand)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction with models, for what is not written often. Raises as `run` does."""
        unhurried()
        with self._lock, self._refusing():
            self.allowed()
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                if self.engine.dialect.name == "postgresql":
                    session.execute(text(LOCKED))
                yield session
            self.writes += 1

    def hand(self, session: Session) -> Hand:
        """A hand that writes in the transaction of this session."""
        return Hand(session.connection().connection.cursor(), self.statements)

    def _lead(self) -> None:
        """Write what waits by now, the parts in the order in which they came; then the next one who waits leads."""
        parts: list[_Part[Any]] = []
        try:
            with self._lock:
                with self._door:
                    parts, self._waiting = self._waiting, []
                self._together(parts)
        finally:
            self._leave(parts)

    def _leave(self, parts: list[_Part[Any]]) -> None:
        """Wake those whose parts these were, and whoever leads next."""
        for part in parts:
            if not part.done:  # an interrupt: nobody may take it for written
                part.fail(unavailable())
        with self._door:
            self._led = bool(self._waiting)
            following = self._waiting[:1]
        for part in (*following, *parts):
            part.called.set()

    def _together(self, parts: list[_Part[Any]]) -> None:
        try:
            self.allowed()
            self._write(parts)
        except Exception as error:
            if len(parts) == 1 or self._for_all(error):
                for part in parts:
                    part.fail(error)
            else:
                self._each(parts)

    def _each(self, parts: list[_Part[Any]]) -> None:
        for part in parts:
            try:
                self._write([part])
            except Exception as error:
                part.fail(error)

    def _write(self, parts: list[_Part[Any]]) -> None:
        with self._hand() as hand:
            if self.engine.dialect.name == "postgresql":
                hand.cursor.execute(LOCKED)
            for part in parts:
                part.answer = part.work(hand)
            hand.index()
        for part in parts:
            part.done = True
        self.writes += len(parts)

    @contextmanager
    def _hand(self, **options: Any) -> Iterator[Hand]:
        """A hand in a transaction of its own."""
        with self.engine.connect() as connection, connection.execution_options(**options).begin():
            cursor = connection.connection.cursor()
            try:
                yield Hand(cursor, self.statements)
            finally:
                cursor.close()

    def _for_all(self, error: Exception) -> bool:
        """Whether every other part would fail by it too."""
        driver = self.engine.dialect.loaded_dbapi
        of_the_part = (driver.IntegrityError, driver.DataError, driver.ProgrammingError, NoResultFound)
        return isinstance(error, PortalError | SQLAlchemyError | driver.Error) and not isinstance(error, of_the_part)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error) as error:
            raise unavailable() from error


def unavailable() -> PortalError:
    """What is answered in place of a change that cannot be recorded."""
    return PortalError(
        "The history cannot be written, so nothing was sent.",
        status=503,
        code="AUDIT_UNAVAILABLE",
        hint="A change that cannot be recorded is refused. Reading still works. Tell whoever runs it.",
    )
