"""The way to a project's file: what kind of file it is, its version, and SQLite's errors as sentences."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import ProjectError
from core.project.leftover import leftover
from core.project.schema import APPLICATION_ID, MIGRATIONS
from core.sqlite_files import read_only_uri

_LOCKED_S = 0.5  # waited for a program that is just ending; nobody waits for a window to be closed


def connect(path: Path) -> sqlite3.Connection:
    """The project for this program alone, brought up to date; an empty file becomes a new one. Raises ProjectError."""
    is_new = path.stat().st_size == 0
    with _opened(path, str(path), timeout=_LOCKED_S) as connection:
        # Before anything is read: then SQLite needs no memory shared between programs, which network drives lack.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        if not is_new:
            _check_is_project(path, connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        _migrate(connection)
    return connection


def connect_as_it_is(path: Path) -> sqlite3.Connection:
    """To read a project that may not be written. SQLite is told that nobody changes the file: else it would write
    beside it. Raises ProjectError, also where somebody may be changing it."""
    with _opened(path, read_only_uri(path, alone=True), uri=True) as connection:
        _check_is_project(path, connection)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version < len(MIGRATIONS) or leftover(path):
            raise ProjectError(
                "The project {path} is of an earlier version, or in use, and may not be written.",
                "Copy it, with the files beside it that bear its name, to a folder you may write to.", path=path,
            )  # fmt: skip
    return connection


@contextmanager
def _opened(path: Path, database: str, **options: Any) -> Iterator[sqlite3.Connection]:
    """Closed again where the block fails. Raises ProjectError, also for what SQLite says."""
    connection = None
    try:
        connection = sqlite3.connect(database, isolation_level=None, **options)
        yield connection
    except (sqlite3.Error, ProjectError) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error):
            raise project_error(path, error) from error
        raise


def may_be_written(path: Path) -> bool:
    """The project, and the files that SQLite puts beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _check_is_project(path: Path, connection: sqlite3.Connection) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id != APPLICATION_ID:
        raise ProjectError("{path} is not a Fieldbrush project.", "Open a .fieldbrush file.", path=path)
    if connection.execute("PRAGMA user_version").fetchone()[0] > len(MIGRATIONS):
        raise ProjectError(
            "The project {path} was made by a newer Fieldbrush.", "Install the newest version.", path=path
        )
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise ProjectError("The project {path} is damaged.", "Restore it from a copy.", path=path)


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(
            f"BEGIN; {script}; PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={number}; COMMIT;"
        )


def project_error(path: Path, error: sqlite3.Error | OSError, *, is_open: bool = False) -> ProjectError:
    """SQLite's error, or the system's, as one sentence about the project. Of one that `is_open` it never says that it
    is damaged: the file was whole when it was opened, and what an unplugged drive answers looks like damage to SQLite.
    Whoever opens it again is told."""
    reason = getattr(error, "strerror", None) or error  # without the path, which may hold any of these words
    message = str(reason).lower()
    if "locked" in message or "busy" in message:
        return ProjectError(
            "The project {path} is open in another window.", "Close it there, then try again.", path=path
        )
    if "full" in message:
        return ProjectError(
            "The disk is full: the project {path} could not be saved.", "Free some space and repeat the last step.",
            path=path,
        )  # fmt: skip
    if is_open and any(sign in message for sign in ("disk i/o", "not a database", "malformed", "corrupt")):
        return ProjectError(
            "The project {path} can no longer be read or saved.",
            "Check that its drive is connected and has space left. If that does not help, close the project and open it"
            " again.", path=path,
        )  # fmt: skip
    if "not a database" in message:
        return ProjectError("{path} is not a Fieldbrush project.", "Open a .fieldbrush file.", path=path)
    if "malformed" in message or "corrupt" in message:
        return ProjectError("The project {path} is damaged.", "Restore it from a copy.", path=path)
    if not os.access(path, os.R_OK):
        return ProjectError(
            "The project {path} may not be read.", "Ask for the right to read it, or copy it.", path=path
        )
    if "readonly" in message or "unable to open" in message or not os.access(path, os.W_OK):
        return ProjectError(
            "The project {path} cannot be written.", "Check that you may write to its folder.", path=path
        )
    return ProjectError(
        "The project {path} cannot be read or saved: {reason}.", "Try again, or restore it from a copy.",
        path=path, reason=reason,
    )  # fmt: skip
