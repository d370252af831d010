"""One database, SQLite's file or PostgreSQL's, opened for a transaction at a time."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from netintegrity.errors import StoreError
from netintegrity.plain_text import clean
from netintegrity.store.atomic import make_folder
from netintegrity.store.history.migrations import applied, migrate, refuse_newer
from netintegrity.store.history.place import HistoryPlace, remote_filesystem

_WAIT_S: Final = 120
"""How long a writer waits for others; a run of a thousand devices is written in a second."""


class HistoryDatabase:
    """A history that may be read and appended to."""

    def __init__(self, place: HistoryPlace) -> None:
        """Take the place; nothing is opened or made yet.

        Raises:
            StoreError: its driver is not installed, or the URL is none.
        """
        self.place = place
        self.remote = None if place.file is None else remote_filesystem(place.file)
        """Type of the network file system it lies on; None: a local one, or a server."""
        # A path is no part of a URL: it may hold what a URL would read as something else.
        url = URL.create("sqlite", database=str(place.file)) if place.file else place.url
        try:
            self._engine = create_engine(url, poolclass=NullPool)
        except ModuleNotFoundError as error:
            told = StoreError(f"a history in PostgreSQL needs {error.name}")
            told.hint = "pip install 'netintegrity[postgres]'"
            raise told from error
        except ArgumentError as error:
            raise StoreError(f"{place.shown}: the URL cannot be read") from error
        if place.file is not None:
            _prepare(self._engine, wal=self.remote is None)

    @property
    def warning(self) -> str:
        """What the operator should hear of the place; empty: nothing."""
        if self.remote is None:
            return ""
        return (
            f"{self.place.shown} lies on a network file system ({self.remote}), whose locks are "
            "not to be relied on: let one host alone write it, or name a PostgreSQL in "
            "NETINTEGRITY_HISTORY"
        )

    @property
    def exists(self) -> bool:
        """Say whether there may be a history; False: its file is not there."""
        return self.place.file is None or os.path.lexists(self.place.file)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the one transaction that writes; committed at the end, or as if never begun.

        Raises:
            StoreError: the database cannot be opened, made or written.
        """
        if self.place.file is not None:
            make_folder(self.place.file.parent)
            _own(self.place, make=True)
        with self._told(), self._engine.execution_options(writes=True).begin() as connection:
            migrate(connection)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold a transaction that sees one state of the database.

        Raises:
            StoreError: there is no history, it cannot be read, or a newer version wrote it.
        """
        if not self.exists:
            raise NoHistoryError(self.place)
        _own(self.place, make=False)
        with self._told(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            done = applied(connection)
            refuse_newer(done)
            if done == 0:
                raise NoHistoryError(self.place)
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            lines = str(cause).splitlines() or [type(cause).__name__]
            told = HistoryUnreadableError(f"{self.place.shown}: {clean(lines[0])}")
            told.is_damage = isinstance(error, DBAPIError) and _is_damage(error.orig)
            raise told from error


class HistoryUnreadableError(StoreError):
    """The database refused."""

    is_damage = False
    """True: its file is no database any more, or not a whole one."""


class NoHistoryError(StoreError):
    """There is none yet."""

    hint = "every `netintegrity audit` adds to it; NETINTEGRITY_HISTORY names another place"

    def __init__(self, place: HistoryPlace) -> None:
        """Say where it was looked for."""
        super().__init__(f"{place.shown}: there is no history yet")


def _is_damage(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and (
        not isinstance(error, sqlite3.OperationalError)
        or any(word in str(error) for word in ("malformed", "decode"))
    )


def _own(place: HistoryPlace, *, make: bool) -> None:
    """See that a file of SQLite is the operator's alone, before anything is read of it.

    Raises:
        StoreError: it is no plain file, others may use it, or it cannot be made.
    """
    file = place.file
    if file is None:
        return
    try:
        if make:
            # SQLite gives its two files beside it (-wal, -shm) the mode of this one.
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        found = os.lstat(file)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{file}: expected a plain file")
    if found.st_mode & 0o077 or found.st_uid not in {0, os.geteuid()}:
        told = StoreError(f"{file}: others than you may read or change it")
        told.hint = f"chmod 600 {file}, after you have made sure of what is in it"
        raise told


def _prepare(engine: Engine, *, wal: bool) -> None:
    """Let our transactions be SQLite's own.

    Source: SQLAlchemy 2.0, "Serializable isolation / Savepoints / Transactional DDL" of the
    pysqlite dialect: the driver's habit of beginning by itself is turned off.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT_S * 1000}")
        # A log beside the file lets readers read while one writes; it needs shared memory, which
        # a network file system has not.
        cursor.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        # Taken at once: a reader that wants to write later could only fail.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
