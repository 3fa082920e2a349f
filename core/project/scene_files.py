"""The Scenes' files: opened when they are first needed, missed where they have moved, linked to where they are now."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.errors import ProjectError, SceneError
from core.events import Changes, Subject
from core.imagery.files import SceneInfo, local_file, refuse_other_size
from core.imagery.interpretation import Interpretation
from core.imagery.overviews import build_overview, may_need_overview, needs_overview, overview_path
from core.imagery.places import Place, find_place
from core.imagery.scene import Scene, open_scene
from core.jobs import Checkpoint, Priority, Worker
from core.project.fingerprints import fingerprint
from core.project.moved_scenes import find_moved
from core.project.records import SceneRecord
from core.project.settings import Setting
from core.project.store import Store
from core.text import text


class SceneFiles:
    """`records` by the Scene's id, each with where its file is. For the main thread."""

    def __init__(self, store: Store, changes: Changes, interpretation: Interpretation) -> None:
        self._store = store
        self._changes = changes
        self._interpretation = interpretation
        self._records = {scene.scene_id: scene for scene in store.scenes()}
        self._open: dict[int, Scene] = {}
        self._away: set[int] = set()  # those that could not be opened when they were asked for last
        self._copies: dict[int, Path] = {}  # where the reduced copy of each that is open is, or would be

    @property
    def records(self) -> Mapping[int, SceneRecord]:
        """The same mapping every time; what is in it follows `relink`."""
        return self._records

    def close(self) -> None:
        for scene in self._open.values():
            scene.close()

    def open(self, scene_id: int) -> Scene:
        """The open Scene, the same every time, with its reduced copy where there is one. Raises SceneError when its
        file is gone or has another size.

        Where only its content has changed (overviews were added, or it is another date of the same place: nobody can
        tell), listeners get a notice.
        """
        if scene_id not in self._open:
            record = self._records[scene_id]
            content = fingerprint(record.path) if os.path.isfile(record.path) else ""
            is_back = scene_id in self._away
            self._away.add(scene_id)
            scene = _opened(record, try_reading=content != record.fingerprint)
            self._away.remove(scene_id)
            copy = overview_path(content, self._interpretation)
            if needs_overview(scene.info):
                scene.use_overview(copy)
            self._open[scene_id], self._copies[scene_id] = scene, copy
            if content != record.fingerprint:
                self._warn_of_change(record)
            if is_back:
                self._changes.tell(Subject.SCENES, origin="back")
        return self._open[scene_id]

    def try_open(self, scene_id: int) -> Scene | None:
        """The same; None where it cannot be opened: whoever goes to one of its Tiles is told why."""
        try:
            return self.open(scene_id)
        except SceneError:
            return None

    def prepare_overviews(self, readers: Worker) -> None:
        """Give big Scenes without overviews a reduced copy in the cache, made in the background where it is missing.
        Whether it is, is found out there too: each of them has to be opened for that."""
        bands = len(self._interpretation.bands)
        big = [record for record in self._records.values() if may_need_overview(record.size, bands)]
        if big:
            look = partial(_missing_overviews, big, self._interpretation)
            title = text("Looking for overviews")
            readers.submit(title, look, Priority.QUEUE, "look for overviews", partial(self._build_overviews, readers))

    def _build_overviews(self, readers: Worker, missing: Mapping[Path, SceneRecord]) -> None:
        """`missing`: a Scene by where its copy will be. Those that are shown are built first."""
        for path, record in sorted(missing.items(), key=lambda entry: entry[1].scene_id in self._open):  # newest first
            readers.submit(
                text("Preparing the overview of {name}", name=Path(record.path).name),
                partial(_build_overview, record, path, self._interpretation), Priority.SCENE,
                f"overview {path.name}", self._overview_built,
            )  # fmt: skip

    def _overview_built(self, path: Path) -> None:
        """Several Scenes of the same content share it."""
        served = [scene.use_overview(path) for number, scene in self._open.items() if self._copies[number] == path]
        if any(served):
            self._changes.tell(Subject.SCENES, origin="overview")

    def find_where_they_lay(self) -> None:
        """A Project that was copied or moved without its Scenes finds those that have stayed where they were."""
        here, home = str(self._store.path.parent), str(self._store.setting(Setting.HOME, ""))
        if home == here:
            return
        found: dict[int, Path] = {}
        for record in self.missing() if home else ():
            with suppress(OSError, ValueError, SceneError):  # another drive; it cannot be read
                path = os.path.normpath(os.path.join(home, os.path.relpath(record.path, here)))
                if os.path.isfile(path) and fingerprint(path) == record.fingerprint:
                    found[record.scene_id] = local_file(path)
        self._lie_at(found)
        with suppress(ProjectError), self._store.transaction():  # one only to be read finds them again
            self._save(found)
            if not self.missing():
                self._store.set_setting(Setting.HOME, here)

    def missing(self) -> list[SceneRecord]:
        """Scenes whose file is not where it was."""
        return [record for record in self._records.values() if not os.path.isfile(record.path)]

    def searching(self, folder: str | Path) -> Callable[[Checkpoint], dict[int, Path]]:
        """The work of finding the missing Scenes in `folder` or below, for any thread; its result is for `relink`."""
        return partial(find_moved, self.missing(), [record.path for record in self._records.values()], folder)

    def looking_up(self, words: str, looked_at: int | None) -> Callable[[Checkpoint], Place]:
        """The work of `find_place`, for any thread: first in the Scene that is `looked_at`, then in the others. Those
        that cannot be opened hold no place."""
        records = sorted(self._records.values(), key=lambda record: record.scene_id != looked_at)
        return lambda context: find_place(words, _infos(records, context))

    def relink(self, found: Mapping[int, Path]) -> None:
        """The Scenes' files are there now, by their ids: all or none. Raises ProjectError, SceneError for a name that
        cannot be kept."""
        local = {scene_id: local_file(path) for scene_id, path in found.items()}  # else nobody could open it there
        self._save(local)
        self._lie_at(local)
        if local:
            self._changes.tell(Subject.SCENES, origin="relink")

    def _save(self, found: Mapping[int, Path]) -> None:
        with self._store.transaction():  # one for all: each waits for the disk
            for scene_id, path in found.items():
                self._store.relink_scene(scene_id, path)

    def _lie_at(self, found: Mapping[int, Path]) -> None:
        for scene_id, path in found.items():
            self._records[scene_id] = replace(self._records[scene_id], path=str(path))
            earlier = self._open.pop(scene_id, None)
            if earlier is not None:
                earlier.release()  # not close: a view may still show it

    def _warn_of_change(self, record: SceneRecord) -> None:
        changed = SceneError(
            "The scene {path} has changed since it came into this project.",
            "If it shows another date or place now, put the original back before you label on.",
            path=record.path,
        )
        self._changes.tell(Subject.NOTICE, origin="scene", error=changed)


def _opened(record: SceneRecord, *, try_reading: bool) -> Scene:
    """Raises SceneError where the file is gone or has another size."""
    scene = open_scene(record.path, try_reading=try_reading)
    try:
        refuse_other_size(record.path, scene.info.size, record.size)
    except SceneError:
        scene.close()
        raise
    return scene


def _infos(records: Iterable[SceneRecord], context: Checkpoint) -> Iterator[tuple[int, SceneInfo]]:
    """What the files say that can be opened, one by one: each is closed again at once."""
    for record in records:
        context.check()
        with suppress(SceneError):
            with _opened(record, try_reading=False) as scene:
                info = scene.info
            yield record.scene_id, info


def _missing_overviews(
    records: Sequence[SceneRecord], interpretation: Interpretation, context: Checkpoint
) -> dict[Path, SceneRecord]:
    """The Scenes without a reduced copy that need one, one of each content, by where it will be."""
    missing: dict[Path, SceneRecord] = {}
    for record in records:
        context.check()
        with suppress(SceneError), _opened(record, try_reading=False) as scene:  # whoever goes there is told why not
            path = overview_path(fingerprint(record.path), interpretation)
            if needs_overview(scene.info) and not scene.use_overview(path):
                missing.setdefault(path, record)
    return missing


def _build_overview(record: SceneRecord, path: Path, interpretation: Interpretation, context: Checkpoint) -> Path:
    with _opened(record, try_reading=False) as scene:
        return build_overview(scene, path, context, interpretation)
