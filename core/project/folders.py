"""What lies in a folder and below, and which folders are called alike."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from core.errors import ProjectError
from core.project.spelling import folded


def files_below(folder: str | Path) -> Iterator[Path]:
    """All files in `folder` and below, in the order of their names. Links to folders are followed, each folder is
    visited once: data sets are often put together from links, and links may lead in circles. Folders below that may not
    be read are passed over. Raises ProjectError for `folder` itself."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise ProjectError(
            "The folder {folder} cannot be read: {reason}.", "Check its name, and whether you may open it.",
            folder=folder, reason=error.strerror or error,
        ) from error  # fmt: skip
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        yield from (Path(place, name) for name in sorted(names))


def common_folders(one: str | Path, other: str | Path) -> int:
    """How many folders above two files, from them upwards, are called alike."""
    pairs = zip(Path(one).absolute().parent.parts[::-1], Path(other).absolute().parent.parts[::-1], strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: folded(pair[0]) == folded(pair[1]), pairs))
