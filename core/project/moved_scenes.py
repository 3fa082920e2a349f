"""Finding the files of Scenes that are not where they were, in a folder that somebody has shown."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from core.errors import SceneError
from core.jobs import Checkpoint
from core.project.fingerprints import fingerprint
from core.project.folders import common_folders, files_below
from core.project.records import SceneRecord
from core.project.spelling import folded


def find_moved(
    missing: Sequence[SceneRecord], taken: Iterable[str], folder: str | Path, context: Checkpoint
) -> dict[int, Path]:
    """Where the `missing` Scenes are in `folder` or below, by the Scene's id, as told by their content.

    Files under the old names come first. Only where they leave a Scene missing the others with its ending are looked
    into: that reads up to 1 MiB of each. Of copies with the same content, each Scene gets its own: first those whose
    folders are called as before. The files of other Scenes (`taken`) are nobody's. Raises ProjectError.
    """
    seen = {os.path.realpath(path) for path in taken}
    files = []
    for path in files_below(folder):
        context.check()
        if (real := os.path.realpath(path)) not in seen:
            seen.add(real)
            files.append(path)
    names = {_name(scene.path) for scene in missing}
    found = _matched(missing, [path for path in files if _name(path) in names], context)
    left = [scene for scene in missing if scene.scene_id not in found]
    endings = {Path(scene.path).suffix.casefold() for scene in left}
    others = [path for path in files if path.suffix.casefold() in endings and _name(path) not in names]
    return found | _matched(left, others, context)


def _matched(scenes: Sequence[SceneRecord], files: Collection[Path], context: Checkpoint) -> dict[int, Path]:
    """Each Scene's file by its Fingerprint: the pairs that are called most alike first."""
    alike: dict[str, list[Path]] = {}
    for number, path in enumerate(files):
        context.check()
        context.report(number, len(files))
        with suppress(SceneError):  # it cannot be read
            alike.setdefault(fingerprint(path), []).append(path)
    pairs = [(scene, path) for scene in scenes for path in alike.get(scene.fingerprint, [])]
    pairs.sort(key=lambda pair: _unlikeness(pair[0].path, pair[1]))
    found: dict[int, Path] = {}
    given: set[Path] = set()
    for scene, path in pairs:
        if scene.scene_id not in found and path not in given:
            found[scene.scene_id] = path
            given.add(path)
    return found


def _name(path: str | Path) -> str:
    """As it is compared: some drives change a name's spelling."""
    return folded(Path(path).name)


def _unlikeness(earlier: str, path: Path) -> tuple[bool, int, bool]:
    """Of names and folders: the least comes first."""
    return _name(earlier) != _name(path), -common_folders(earlier, path), Path(earlier).name != path.name
