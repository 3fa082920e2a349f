"""Scenes that cannot be read, told apart before a long work, which goes on with the others."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import SceneError
from core.imagery.files import refuse_other_size
from core.imagery.reader import TileReader
from core.imagery.scene import open_scene
from core.jobs import Checkpoint


def without_lost(
    sizes: Mapping[str, tuple[int, int] | None], reader: TileReader, context: Checkpoint
) -> frozenset[str]:
    """The paths of those Scenes that can be read; `context` hears of the others. `sizes`: width and height in pixels
    by path, as the Project knows them. Raises SceneError where none is left of some; then nothing goes on without
    them, and nobody hears so."""
    lost: dict[str, SceneError] = {}
    for path, size in sizes.items():
        context.check()
        try:
            with open_scene(path) as scene:  # anew: the reader may have it open since before its drive was gone
                refuse_other_size(path, scene.info.size, size)
                reader.refuse_fewer_bands(scene)
        except SceneError as error:
            lost[path] = error
    if lost and len(lost) == len(sizes):
        raise next(iter(lost.values()))
    for path in lost:
        context.leave_out(path)
    return frozenset(sizes.keys() - lost)
