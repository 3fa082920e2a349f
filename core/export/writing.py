"""What every export says of a file that it cannot write, and of one that it must not write over."""

from __future__ import annotations

import errno
import math
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ExportError
from core.imagery.files import GDAL_ERRORS

_END_BYTES = 1 << 16  # of a file's beginning and of its end
_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_NOTHING_LEFT_BYTES = 1 << 16  # GDAL and SQLite name no cause; a disk with less than this is full


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system, GDAL or SQLite raises inside the block becomes an ExportError about `path`."""
    try:
        yield
    except (OSError, sqlite3.Error, *GDAL_ERRORS) as error:
        code = getattr(error, "errno", None)
        if code in _NO_ROOM or (code is None and _room(path) < _NOTHING_LEFT_BYTES):
            raise ExportError(
                "The disk is full: {path} could not be written.", "Free some space, then try again.", path=path
            ) from error
        raise ExportError(
            "{path} could not be written: {reason}.",
            "Check that the folder exists, that you may write to it, and that the disk is not full.",
            path=path,
            reason=getattr(error, "strerror", None) or error,
        ) from error


def refuse_too_little_room(folder: Path, needed_bytes: int) -> None:
    """For the time before the work. Raises ExportError where the disk of `folder` has less room."""
    room = _room(folder)
    if room < needed_bytes:
        raise ExportError(
            "The disk of {path} has too little room: {needed} MB are needed, {room} are free.",
            "Free some space, then try again.",
            path=folder, needed=math.ceil(needed_bytes / 1e6), room=int(room / 1e6),
        )  # fmt: skip


def _room(path: Path) -> float:
    """Bytes that may still be written where `path` is or will be; infinity where nobody can tell."""
    there = next((each for each in (path, *path.parents) if each.is_dir()), None)
    try:
        return math.inf if there is None else shutil.disk_usage(there).free
    except OSError:
        return math.inf


def foreign(path: Path) -> ExportError:
    """For a file of the same name that is the user's."""
    return ExportError(
        "{path} exists already and was not written by this program.", "Choose another folder, or move the file away.",
        path=path,
    )  # fmt: skip


def refuse_unwritable(path: Path, mark: bytes) -> None:
    """For the time before the work: that `path` can be written, and is no file of the user's. Ours have `mark` near
    their beginning or end. Raises ExportError."""
    with writing(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.is_file():
            if not is_ours(path, mark):
                raise foreign(path)
        elif not path.exists():  # what is no file (a pipe, a terminal) will say itself what is wrong with it
            with tempfile.TemporaryFile(dir=path.parent):
                pass


def is_ours(path: Path, mark: bytes) -> bool:
    """Whether the file is empty or has `mark` near its beginning or end. Raises OSError where it may not be written."""
    with path.open("r+b") as file:  # which also shows that it may be written, and that no other program forbids it
        size = os.fstat(file.fileno()).st_size
        beginning = file.read(_END_BYTES)
        file.seek(max(size - _END_BYTES, 0))
        return size == 0 or mark in beginning or mark in file.read()
