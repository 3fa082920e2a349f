"""Telling whether a file is still the same scene, without reading gigabytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from core.errors import SceneError
from core.project.records import SceneRecord

_SAMPLE_BYTES = 65_536
_SAMPLES = 16


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
    return digest.hexdigest()[:32]


def content_of(scene: SceneRecord) -> str:
    """The fingerprint of what the Scene's file holds now, which may have been written since the Project was made: what
    caches and journals know it by. The Project's own where nothing can be read: what is known of it stays so."""
    try:
        return fingerprint(scene.path)
    except SceneError:
        return scene.fingerprint
