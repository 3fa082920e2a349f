"""What every export says of a file that it cannot write, and of one that it must not write over."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ExportError

_END_BYTES = 1 << 16  # of a file's beginning and of its end


@contextmanager
def writing(path: Path, *kinds: type[Exception]) -> Iterator[None]:
    """OSError and errors of these `kinds` inside the block become an ExportError about `path`."""
    caught: tuple[type[Exception], ...] = (OSError, *kinds)
    try:
        yield
    except caught as error:
        raise ExportError(
            "{path} could not be written: {reason}.",
            "Check that the folder exists, that you may write to it, and that the disk is not full.",
            path=path,
            reason=getattr(error, "strerror", None) or error,
        ) from error


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
            if not _is_ours(path, mark):
                raise foreign(path)
        elif not path.exists():  # what is no file (a pipe, a terminal) will say itself what is wrong with it
            with tempfile.TemporaryFile(dir=path.parent):
                pass


def _is_ours(path: Path, mark: bytes) -> bool:
    with path.open("r+b") as file:  # which also shows that it may be written, and that no other program forbids it
        size = os.fstat(file.fileno()).st_size
        beginning = file.read(_END_BYTES)
        file.seek(max(size - _END_BYTES, 0))
        return size == 0 or mark in beginning or mark in file.read()
