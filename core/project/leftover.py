"""What a crash leaves beside a project: the WAL, whose pages SQLite takes for those of whatever file has the name then.

Where a copy was put in the project's place meanwhile, the two do not fit and are damaged together. Then the copy
counts, and it must not be spoiled.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from core.errors import ProjectError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class DamagedProjectError(ProjectError):
    """A project's pages make no sense, those of the WAL included; whoever found that has the file for himself."""


def leftover(project: Path) -> Path | None:
    """The WAL beside a project; None where there is none, or an empty one."""
    wal = project.with_name(f"{project.name}-wal")
    with suppress(OSError):
        return wal if wal.stat().st_size else None
    return None


def without_what_is_foreign(project: Path, connect: Callable[[Path], T]) -> T:
    """What `connect` makes of the project; where that is damaged only together with the WAL, of the file alone. The WAL
    is kept under another name. Raises what `connect` raises."""
    try:
        return connect(project)
    except DamagedProjectError:
        wal = leftover(project)
        if wal is None:
            raise
    apart = wal.with_name(f"{wal.name}.apart")
    wal.replace(apart)
    try:
        opened = connect(project)
    except BaseException:
        apart.replace(wal)
        raise
    _log.warning("%s belongs to another state of the project than the one that is there: it is %s now", wal, apart)
    return opened


def close_refused(project: Path, connection: sqlite3.Connection, why: ProjectError) -> None:
    """Close a project that cannot be used. A damaged one is left as it is: else SQLite would write the WAL into it."""
    wal = leftover(project) if isinstance(why, DamagedProjectError) else None
    pages = b"" if wal is None else wal.read_bytes()
    if wal is not None:
        os.truncate(wal, 0)
    connection.close()
    if wal is not None:
        wal.write_bytes(pages)
