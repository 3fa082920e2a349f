"""Telling whether a file is still the same scene, without reading gigabytes."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from core.atomic import replacing
from core.cache import cache_folder
from core.errors import SceneError
from core.project.records import SceneRecord

_SAMPLE_BYTES = 65_536
_SAMPLES = 16
_DIGITS = 32


def fingerprint(path: str | Path) -> str:
    """A hex digest of the file's size and of 16 samples of 64 KiB spread evenly over it, head and tail included.

    It does not depend on the file's place or time stamps, so a moved or copied scene keeps its fingerprint.
    Raises SceneError when the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest.update(str(size).encode())
            last = max(size - _SAMPLE_BYTES, 0)
            for number in range(_SAMPLES):
                file.seek(last * number // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    except OSError as error:
        raise SceneError(
            "The scene {path} cannot be read: {reason}.", "Check that the file is there and that you may open it.",
            path=path, reason=error.strerror or error,
        ) from error  # fmt: skip
    return digest.hexdigest()[:_DIGITS]


def content_of(scene: SceneRecord) -> str:
    """The fingerprint of what the Scene's file holds now, which may have been written since the Project was made: what
    caches and journals know it by. The Project's own where nothing can be read: what is known of it stays so.

    It reads a file once for as long as that is not written, and not at all right after the Project was made: what was
    found is in the cache folder. There may be thousands, on a drive that is far away.
    """
    try:
        with suppress(OSError, UnicodeError):
            known = _kept_at(scene.path).read_text("ascii")
            if len(known) == _DIGITS:  # else a power cut has left it empty
                return known
        found = fingerprint(scene.path)
    except (OSError, SceneError):
        return scene.fingerprint
    keep_content(scene.path, found)
    return found


def keep_content(path: str, found: str) -> None:
    """For `content_of`: the fingerprint of what the file holds now. Does nothing where that cannot be kept."""
    with suppress(OSError), replacing(_kept_at(path), shared=True) as partial:
        partial.write_text(found, "ascii")


def _kept_at(path: str) -> Path:
    """Raises OSError where there is no such file."""
    state = os.stat(path)
    written = f"{path} {state.st_size} {state.st_mtime_ns}"
    return cache_folder() / "fingerprints" / hashlib.sha256(os.fsencode(written)).hexdigest()[:40]
