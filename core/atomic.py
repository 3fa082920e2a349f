"""Files that appear under their name whole or not at all, whatever fails, is killed or loses its power meanwhile."""

from __future__ import annotations

import glob
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def partial_path(target: Path, *, shared: bool = False) -> Path:
    """The hidden file beside `target` that it is while it is being written.

    It ends as `target` does: GDAL, numpy and matplotlib tell a format by that. Where several threads or programs may
    write the same target at once (`shared`, in the caches) each has its own; elsewhere the next one writes over what a
    killed one has left.
    """
    own = f".{os.getpid()}.{threading.get_ident()}" if shared else ""
    return target.with_name(f".{target.stem}{own}.partial{target.suffix}")


@contextmanager
def replacing(target: Path, *, shared: bool = False) -> Iterator[Path]:
    """The path to write to: renamed to `target` when the block ends; where it fails removed, and `target` as it was.
    What lies beside it and begins with its name, as GDAL's and SQLite's side files do, is removed.

    Makes the folder. Raises OSError.
    """
    partial = partial_path(target, shared=shared)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
        if not shared:  # what a cache holds is checked when it is read, and can be made anew
            with suppress(OSError):
                shutil.copymode(target, partial)
            with open(partial, "rb+") as written:
                os.fsync(written.fileno())  # else a power cut may leave the name and nothing in it
        os.replace(partial, target)
    finally:
        with suppress(OSError):
            for left in target.parent.glob(glob.escape(partial.name) + "*"):
                left.unlink(missing_ok=True)
