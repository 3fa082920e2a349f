"""What a crash leaves beside a project: the WAL, whose pages SQLite takes for those of whatever file has the name then.

Where a copy was put in the project's place meanwhile, the two do not fit and are damaged together. Then the copy
counts, and neither may be spoiled: all is looked at without writing, before the project is opened.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from core.errors import ProjectError
from core.sqlite_files import read_only_uri

_log = logging.getLogger(__name__)


def leftover(project: Path) -> Path | None:
    """The WAL beside a project; None where there is none, or an empty one."""
    wal = project.with_name(f"{project.name}-wal")
    with suppress(OSError):
        return wal if wal.stat().st_size else None
    return None


def set_apart_what_is_foreign(project: Path) -> None:
    """Give a WAL that does not belong to the project another name. Where the project is damaged with it and without it,
    raises ProjectError, and nothing is touched; a fault that only a thorough look finds keeps nobody out."""
    wal = leftover(project)
    if wal is None or not _is_damaged(project):
        return
    if not _is_damaged(project, alone=True):
        names = (wal.with_name(f"{wal.name}.apart{number}") for number in itertools.chain([""], itertools.count(2)))
        apart = next(name for name in names if not name.exists())
        wal.rename(apart)
        _log.warning("%s belongs to another state of the project than the one that is there: it is %s now", wal, apart)
    elif _is_damaged(project, thoroughly=False):
        raise ProjectError("The project {path} is damaged.", "Restore it from a copy.", path=project)


def _is_damaged(project: Path, *, alone: bool = False, thoroughly: bool = True) -> bool:
    """False also where that cannot be said: whoever opens it is told why."""
    shared = project.with_name(f"{project.name}-shm")  # which SQLite makes to read a WAL
    was_there = shared.exists()
    try:
        with closing(sqlite3.connect(read_only_uri(project, alone=alone), uri=True, timeout=0.0)) as connection:
            found = connection.execute(f"PRAGMA {'integrity' if thoroughly else 'quick'}_check(1)").fetchone()
    except sqlite3.OperationalError:  # in use, or on a drive that has no shared memory
        return False
    except sqlite3.DatabaseError as error:
        return "not a database" not in str(error)
    finally:
        if not was_there:
            with suppress(OSError):
                shared.unlink(missing_ok=True)
    return bool(found[0] != "ok")
