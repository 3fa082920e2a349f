"""An open project: scenes, tiles, masks, classes, queue and budget, as the main thread sees them.

`OpenProject` is what a Session can do without any background work. It alone changes Masks, Classes and Tiles, and tells
so through `changes`; Models, doubt records and other settings in the same file are kept by those who make them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.events import Changes, Subject
from core.geometry import TileRef
from core.imagery.interpretation import Interpretation
from core.jobs import Checkpoint
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.labels.mask import Mask, Provenance
from core.labels.mask_memory import MaskMemory
from core.labels.merging import Merged, MergeRequest, merge_masks
from core.labels.snapshot import StoredMask
from core.labels.strokes import Ink, Patch, StrokeRecorder, bounding_rect
from core.labels.tidying import TIDY
from core.project.class_list import ClassList
from core.project.class_merges import refuse_half_a_merge
from core.project.effort import Effort
from core.project.looks import Looks
from core.project.notes import load_notes, save_note
from core.project.queue import Queue
from core.project.rankings import load_ranking
from core.project.records import DoubtRecord, RankedTile, SceneRecord, TileRecord, TileStatus
from core.project.scene_files import SceneFiles
from core.project.settings import Setting, in_shape
from core.project.store import Store, utc_now


class OpenProject:
    """The project file and its Masks in memory, with everything that is done to them at once."""

    def __init__(self, store: Store) -> None:
        self.changes = Changes()
        self._store = store
        self.interpretation = Interpretation.from_json(store.setting(Setting.INTERPRETATION))
        self.scene_files = SceneFiles(store, self.changes, self.interpretation)
        self.scenes: Mapping[int, SceneRecord] = self.scene_files.records
        self.tiles: dict[int, TileRecord] = {tile.tile_id: tile for tile in store.tiles()}
        self.class_list = ClassList(store)
        self._labels_version = 0  # counts every change of a Mask
        self.painted = store.painted()
        self.edited = store.edited()
        self.notes = load_notes(store)
        self.ranking: list[RankedTile] = load_ranking(store)
        self._queue = Queue(self.tiles)
        self.effort = Effort.load(store)
        self._done_before = frozenset(store.setting(Setting.DONE_BEFORE, []))
        self.looks = Looks(store, self.interpretation, lambda: self.changes.tell(Subject.LOOKS, origin="looks"))
        self._masks = MaskMemory(lambda tile_id: store.mask(self.tiles[tile_id]))

    def _close_files(self) -> None:
        """Close all files. Nothing needs saving: everything is."""
        self.scene_files.close()
        self._store.close()

    @property
    def path(self) -> Path:
        return self._store.path

    def setting(self, key: Setting, usual: Any = None) -> Any:
        """A JSON value the window keeps with the project (last tile, zoom, composite): `usual` where there is none, or
        one of another kind (see `in_shape`)."""
        return in_shape(self._store.setting(key, usual), usual)

    def set_setting(self, key: Setting, value: Any) -> None:
        self._store.set_setting(key, value)

    def gather(self) -> None:
        """Have all that is saved in the project file itself, and nothing of it beside, where the next one to have its
        name would meet it: after a crash people move that file, or put a copy in its place. Raises ProjectError."""
        self._store.checkpoint()

    # -- scenes and tiles --------------------------------------------------------------------------------------

    def tile_ref(self, tile_id: int) -> TileRef:
        tile = self.tiles[tile_id]
        return tile.in_scene(self.scenes[tile.scene_id])

    # -- painting ----------------------------------------------------------------------------------------------

    def mask(self, tile_id: int) -> Mask:
        """The Tile's Mask; the same arrays every time, changed in place by Strokes. Raises LabelError if damaged."""
        return self._masks.get(tile_id)

    def painted_masks(self) -> tuple[StoredMask, ...]:
        """All paint there is, as it is stored: what background work is given. In the order of the Tiles' ids."""
        return self._store.stored_masks({tile_id: self.tile_ref(tile_id) for tile_id in self.painted})

    def paintable(self, tile_id: int) -> NDArray[np.bool_]:
        """(height, width) bool: where the Scene has data; nothing else is ever painted. Raises SceneError."""
        tile = self.tiles[tile_id]
        return self.scene_files.open(tile.scene_id).read_valid(tile.rect, interpretation=self.interpretation)

    def begin_stroke(self, tile_id: int, tool: str, paintable: NDArray[np.bool_] | None = None) -> StrokeRecorder:
        """A recorder for one Stroke on one Tile; end it with `finish_stroke` or its `cancel()` before the next begins.

        `paintable` is read from the Scene where it is not given.
        """
        return StrokeRecorder(self.mask(tile_id), tool, self.paintable(tile_id) if paintable is None else paintable)

    def finish_stroke(self, tile_id: int, recorder: StrokeRecorder, status: TileStatus | None = None) -> bool:
        """Save the Stroke, and with it the Tile's `status`: by default an open Tile is in progress while it has paint.
        False when it changed nothing.

        Raises ProjectError when it could not be saved, LabelError when it writes a value that is no Class; the Mask
        is then as before the Stroke, so that what is seen and what is saved never differ.
        """
        if not np.may_share_memory(recorder.mask.labels, self.mask(tile_id).labels):
            raise ValueError("this stroke was begun on another tile")
        patch = recorder.finish()
        if patch is None:
            return False
        if status is None:
            status = self.tiles[tile_id].status.with_paint(bool(recorder.mask.labels.any()))
        try:
            self.class_list.refuse_unknown(patch.labels_after)
            counts = self._store.save_stroke(tile_id, patch, recorder.mask, status, self._doubt_record(tile_id, status))
        except BaseException:
            recorder.cancel()
            raise
        self._mask_changed(tile_id, counts, status, patch.tool)
        return True

    def undo(self, tile_id: int) -> bool:
        """Take the Tile's last Stroke back. False when there is none. Raises ProjectError, LabelError."""
        found = self._store.latest_patch(tile_id)
        if found is not None:
            refuse_half_a_merge(self._store, found[0])
        return self._step(tile_id, found, Patch.revert, undone=True)

    def redo(self, tile_id: int) -> bool:
        """Do the Tile's last undone Stroke again. False when there is none. Raises ProjectError, LabelError."""
        return self._step(tile_id, self._store.earliest_undone_patch(tile_id), Patch.apply, undone=False)

    def _step(
        self, tile_id: int, found: tuple[int, Patch] | None, change: Callable[[Patch, Mask], None], *, undone: bool
    ) -> bool:
        """Save the Mask as it is after `change`, then change it in memory: a failed save leaves both alike."""
        if found is None:
            return False
        patch_id, patch = found
        mask = self.mask(tile_id)
        after = mask.copy()
        change(patch, after)
        self.class_list.refuse_unknown(after.labels)
        status = self.tiles[tile_id].status.with_paint(bool(after.labels.any()))
        with self._store.transaction():
            counts = self._store.save_undo(tile_id, patch_id, after, undone=undone)
            self._store.set_tile_status(tile_id, status)
        change(patch, mask)
        self._mask_changed(tile_id, counts, status, "undo" if undone else "redo")
        return True

    def strokes(self, tile_id: int) -> list[tuple[int, str, bool]]:
        """(id, tool, undone) of the Tile's Strokes, oldest first."""
        return self._store.patches(tile_id)

    def stroke_effect(self, stroke_id: int) -> dict[int, int]:
        """How many pixels the Stroke gave which label value. Raises ProjectError."""
        return self._store.patch_effect(stroke_id)

    def fill_unlabeled(self, tile_id: int, value: int, paintable: NDArray[np.bool_] | None = None) -> bool:
        """Give every unlabeled pixel of the Tile the class `value`, as one Stroke."""
        recorder = self.begin_stroke(tile_id, "fill unlabeled", paintable)
        everywhere = np.ones_like(recorder.mask.labels, bool)
        recorder.paint(recorder.mask.bounds, everywhere, Ink(value, Provenance.FILLED, protect_painted=True))
        return self.finish_stroke(tile_id, recorder)

    def tidy(
        self, tile_id: int, what: str, paintable: NDArray[np.bool_] | None = None, *, protect_painted: bool = False
    ) -> bool:
        """Apply "smooth", "fill holes" or "remove specks" to the Tile's paint, as one Stroke; ignored pixels stay, and
        with `protect_painted` all that is painted. False when it changed nothing."""
        recorder = self.begin_stroke(tile_id, what, paintable)
        old = recorder.mask.labels
        new = TIDY[what](old)
        changed = (new != old) & (old != IGNORE)
        rect = bounding_rect(changed)
        new, changed = new[rect.slices], changed[rect.slices]
        for value in np.unique(new[changed]):
            recorder.paint(rect, changed & (new == value), Ink(int(value), Provenance.FILLED, protect_painted))
        return self.finish_stroke(tile_id, recorder)

    def import_mask(self, tile_id: int, labels: NDArray[np.uint8], paintable: NDArray[np.bool_] | None = None) -> bool:
        """Write existing label values, (height, width) uint8, over the Tile's Mask, as one Stroke; the Tile is done.
        False when the Tile has those labels already, or there are none. `paintable` as for `begin_stroke`."""
        recorder = self.begin_stroke(tile_id, "import", paintable)
        own = (recorder.mask.labels == labels) & (recorder.mask.provenance != Provenance.ACCEPTED)  # stays the hand's
        recorder.paint_labels(np.where(own, UNLABELED, labels), Ink(0, Provenance.IMPORTED))
        if self.finish_stroke(tile_id, recorder, TileStatus.DONE):
            return True
        if self.tiles[tile_id].status.is_open and tile_id in self.painted and labels.any():
            self._set_status(tile_id, TileStatus.DONE, 0.0)  # the expert had painted just that
        return False

    # -- classes -----------------------------------------------------------------------------------------------

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        """In their order."""
        return self.class_list.classes

    @property
    def class_values(self) -> tuple[int, ...]:
        """The label values of all Classes, ascending."""
        return tuple(sorted(c.value for c in self.classes))

    def set_classes(self, classes: Sequence[LabelClass]) -> None:
        """Raises LabelError when a painted Class would vanish or two are alike."""
        self.class_list.set(classes)
        self.changes.tell(Subject.CLASSES, origin="classes")

    def show_class(self, value: int, visible: bool) -> None:
        """Whether a Class, or IGNORE, is drawn; its labels stay as they are."""
        if visible == (value in self.class_list.hidden):
            self.class_list.show(value, visible)
            self.changes.tell(Subject.CLASSES, origin="classes")

    def class_paint(self, value: int) -> tuple[int, int]:
        """How many Tiles and how many pixels have the label `value`."""
        counts = [pixels[value] for pixels in self.painted.values() if value in pixels]
        return len(counts), sum(counts)

    def two_classes_are_painted(self) -> bool:
        """Without two there is nothing to tell apart."""
        return _two_occur(set(self.class_values), self.painted.values())

    def merge_work(self, value: int, into: int) -> Callable[[Checkpoint], Merged]:
        """What is to be done in the background; its answer goes to `finish_merge`. Raises LabelError when the merge
        makes no sense."""
        self.class_list.without(value, into)
        touched = {tile_id: self.tile_ref(tile_id) for tile_id, counts in self.painted.items() if value in counts}
        return partial(merge_masks, MergeRequest(value, into, self._store.stored_masks(touched), self._labels_version))

    def finish_merge(self, merged: Merged) -> None:
        """Save a merge in one transaction, all or nothing. Raises LabelError when labels have changed meanwhile."""
        request, masks = merged
        if request.labels_version != self._labels_version:
            raise LabelError("Labels were painted while the classes were merged.", "Merge them again.")
        self._masks_changed(self.class_list.merge(request.value, request.into, masks, self.tiles))

    def bring_class_back(self) -> None:
        """Take the newest merge back on all Tiles at once, also after a restart. Raises LabelError, and changes
        nothing, when there is none or Tiles have been painted since."""
        self._masks_changed(self.class_list.take_back(self.tiles))

    def _masks_changed(self, statuses: Mapping[int, TileStatus]) -> None:
        """Many Masks, and with them their Tiles' `statuses`, have changed in the project file by a change of Classes:
        follow."""
        self._labels_version += 1
        for tile_id, status in statuses.items():
            self.tiles[tile_id] = self.tiles[tile_id]._replace(status=status)
        self._masks.reload(statuses)
        self.painted, self.edited = self._store.painted(), self._store.edited()
        subjects = (Subject.CLASSES, Subject.MASKS, Subject.STATUS)
        self.changes.tell(*subjects, tile_ids=frozenset(statuses), origin="classes")

    def _mask_changed(self, tile_id: int, counts: Mapping[int, int], status: TileStatus, origin: str) -> None:
        """A Mask, and it may be its Tile's status, have changed in the project file: follow."""
        self._labels_version += 1
        before = self.tiles[tile_id]
        self.tiles[tile_id] = before._replace(status=status)
        if status.is_open != before.status.is_open:
            self._queue.outdate()
        self.edited.pop(tile_id, None)
        self.edited[tile_id] = utc_now()
        self.painted.pop(tile_id, None)
        if counts:
            self.painted[tile_id] = counts
        further = [Subject.STATUS] * (status is not before.status)
        self.changes.tell(Subject.MASKS, *further, tile_ids=frozenset({tile_id}), origin=origin)

    # -- the queue ---------------------------------------------------------------------------------------------

    def skip(self, tile_id: int, seconds: float = 0.0) -> None:
        """Leave the Tile out of the queue; again puts it back. Its paint stays, and the time it took is spent."""
        self._put_aside(tile_id, TileStatus.SKIPPED, seconds)

    def flag(self, tile_id: int, seconds: float = 0.0) -> None:
        """Put the Tile aside to talk about; again puts it back. The time it took is spent."""
        self._put_aside(tile_id, TileStatus.FLAGGED, seconds)

    def _was_done(self, tile_id: int) -> bool:
        """Whether the Tile is done, or was when it was put aside."""
        return self.tiles[tile_id].status is TileStatus.DONE or tile_id in self._done_before

    def _put_aside(self, tile_id: int, aside: TileStatus, seconds: float) -> None:
        """Or back: a Tile that was done is done again, and counts once against the Budget."""
        now, status = self.tiles[tile_id].status, aside
        if now is aside:
            was = TileStatus.DONE if tile_id in self._done_before and tile_id in self.painted else TileStatus.NEW
            status = was.with_paint(tile_id in self.painted)
        self._set_status(tile_id, status, seconds, self.effort.with_seconds(seconds))
        self.changes.tell(Subject.BUDGET, origin=aside.value)

    def set_note(self, tile_id: int, words: str) -> None:
        """Leave a Note on the Tile instead of what was there; an empty one takes it away. Raises ProjectError."""
        kept = save_note(self._store, tile_id, words)
        self.notes.pop(tile_id, None)
        if kept:
            self.notes[tile_id] = kept
        self.changes.tell(Subject.NOTES, tile_ids=frozenset({tile_id}), origin="note")

    def queue(self) -> list[RankedTile]:
        """The open Tiles in the order to label them; while there is no ranking: the fullest first."""
        return self._queue.of(self.ranking)

    def _doubt_record(self, _tile_id: int, _status: TileStatus) -> DoubtRecord | None:
        """What is to be remembered of a Tile's doubt with its new status: here nobody doubts."""
        return None

    def _set_status(self, tile_id: int, status: TileStatus, seconds: float, effort: Effort | None = None) -> None:
        """Save what goes with a Tile's new status in one transaction, then remember it."""
        tile, done_before = self.tiles[tile_id], self._done_before
        if tile.status is TileStatus.DONE and status is not TileStatus.DONE:
            done_before |= {tile_id}
        with self._store.transaction():
            self._store.set_tile_status(tile_id, status, seconds)
            self._store.set_setting(Setting.DONE_BEFORE, sorted(done_before))
            if effort is not None:
                effort.save(self._store)
            if (record := self._doubt_record(tile_id, status)) is not None:
                self._store.add_doubt_record(record)
        self.effort, self._done_before = effort or self.effort, done_before
        self.tiles[tile_id] = tile._replace(status=status, seconds=tile.seconds + seconds)
        self._queue.outdate()
        self.changes.tell(Subject.STATUS, tile_ids=frozenset({tile_id}), origin="status")


def refs_by_scene(project: OpenProject) -> dict[str, list[TileRef]]:
    """All Tiles, by their Scene's path."""
    refs: dict[str, list[TileRef]] = {scene.path: [] for scene in project.scenes.values()}
    for tile_id in project.tiles:
        ref = project.tile_ref(tile_id)
        refs[ref.scene_path].append(ref)
    return refs


def class_names(project: OpenProject) -> dict[int, str]:
    """By value, ascending."""
    return {c.value: c.name for c in sorted(project.classes, key=lambda c: c.value)}


def pixels_with_data(project: OpenProject, scene_id: int) -> float:
    """How many pixels of the Scene's Tiles hold data, as it was estimated when they were cut."""
    return sum(t.rect.area * t.valid_share for t in project.tiles.values() if t.scene_id == scene_id)


def _two_occur(values: Set[int], painted: Iterable[Mapping[int, int]]) -> bool:
    """Whether two of the label values have pixels. Mostly the first Tiles tell: it is asked after every Stroke."""
    found: set[int] = set()
    return any(len(found := found | (values & counts.keys())) >= 2 for counts in painted)
