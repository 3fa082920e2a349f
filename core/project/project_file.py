"""A project's file while it is open: one SQLite file, what is written into it together, and what becomes of errors.

It is open for one program at a time (exclusive locking): two windows that each hold Masks in memory would overwrite
each other's labels.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from core.errors import ProjectError
from core.project.connection import connect, connect_as_it_is, may_be_written, project_error
from core.project.leftover import set_apart_what_is_foreign


class ProjectFile:
    """The project file at `path`. Used from one thread."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._inode = path.stat().st_ino

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """A new, empty project. Raises ProjectError when the file exists already or cannot be written."""
        path = Path(path).absolute()
        if os.path.lexists(path):
            raise ProjectError("{path} exists already.", "Choose another name, or open it.", path=path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=False)
        except OSError as error:
            raise ProjectError(
                "The project {path} cannot be written: {reason}.", "Choose a folder you may write to.",
                path=path, reason=error.strerror or error,
            ) from error  # fmt: skip
        try:
            return cls(path, connect(path))
        except ProjectError:
            path.unlink(missing_ok=True)
            raise

    @classmethod
    def open(cls, path: str | Path, *, only_reading: bool = False) -> Self:
        """An existing project, brought up to date. Raises ProjectError: missing, no project, damaged, newer, in use.

        With `only_reading` one that may not be written, on a DVD or in an archive, is opened as it is; to save
        something raises ProjectError then.
        """
        path = Path(path).absolute()
        try:
            return cls._opened(path, only_reading)
        except OSError as error:
            raise project_error(path, error) from error

    @classmethod
    def _opened(cls, path: Path, only_reading: bool) -> Self:
        if not os.path.isfile(path):  # unlike Path.is_file, never an OSError
            raise ProjectError("There is no project {path}.", "Check the name, or make a new project.", path=path)
        if path.stat().st_size == 0:
            raise ProjectError("{path} is empty.", "Delete it and make the project anew.", path=path)
        if only_reading and not may_be_written(path):
            return cls(path, connect_as_it_is(path))
        set_apart_what_is_foreign(path)
        return cls(path, connect(path))

    def close(self) -> None:
        self._connection.close()

    def checkpoint(self) -> None:
        """Move everything into the main file, so that it may be renamed or copied. Raises ProjectError."""
        self.query("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is saved inside is saved together or not at all. Inside another one it is a part of that. To read, see
        `query`."""
        connection = self._connection
        if connection.in_transaction:
            yield connection
            return
        self._refuse_moved()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:  # a full disk has made SQLite roll back by itself
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise self._told(error) from error
            raise

    def _refuse_moved(self) -> None:
        """Where the file was deleted or replaced, SQLite would go on to write into one that nobody can open again."""
        with suppress(OSError):
            if os.stat(self.path).st_ino == self._inode:
                return
        raise ProjectError("The project {path} was moved, deleted or replaced while it was open.",
                           "Put the file back or connect its drive, then repeat the last step.",
                           path=self.path)  # fmt: skip

    def _told(self, error: sqlite3.Error) -> ProjectError:
        """Raises ProjectError itself where the file is gone: nothing else is worth saying then."""
        self._refuse_moved()
        return project_error(self.path, error, is_open=True)

    def query(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """The rows that are found. Raises ProjectError."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._told(error) from error

    @contextmanager
    def blob(self, table: str, column: str, row: int) -> Iterator[sqlite3.Blob]:
        """One value, to read parts of it; what SQL says of a part reads the whole. Raises ProjectError."""
        try:
            with self._connection.blobopen(table, column, row, readonly=True) as value:
                yield value
        except sqlite3.Error as error:
            raise self._told(error) from error
