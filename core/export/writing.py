"""What every export says of a file that it cannot write, and of one that it must not write over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ExportError


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
