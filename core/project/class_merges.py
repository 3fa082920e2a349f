"""Classes that were merged or removed: all Masks at once, in one transaction that can be taken back as a whole.

A merge leaves an ordinary Patch on every Tile it touched, as large as the Tile, with the id of the merge: so that the
Stroke below it cannot be undone as if the merge had not been, and so that taking back is a copy inside the database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import LabelError
from core.labels.classes import LabelClass
from core.labels.merging import MergedMask
from core.project.records import TileRecord, TileStatus
from core.project.store import Store, utc_now

MERGE_TOOL = "merge classes"  # what the Strokes of a merge are called


@dataclass(frozen=True)
class ClassMerge:
    """`removed` went into the label value `into`; `place` is where it stood in the list of Classes."""

    merge_id: int
    removed: LabelClass
    place: int
    into: int


def class_merges(store: Store) -> list[ClassMerge]:
    """All that were not taken back, oldest first. Raises ProjectError."""
    rows = store.query("SELECT id, value, name, colour, key, place, into_value FROM class_merge ORDER BY id")
    return [ClassMerge(row[0], LabelClass(*row[1:5]), row[5], row[6]) for row in rows]


def save_merge(
    store: Store, removed: LabelClass, into: int, masks: Sequence[MergedMask], classes: Sequence[LabelClass],
    tiles: Mapping[int, TileRecord],
) -> dict[int, TileStatus]:  # fmt: skip
    """Write the Masks, their Patches, and the Classes as they are afterwards. Undone Strokes of those Tiles are gone.
    Returns the status that each of those `tiles` then has; it is written too.

    Raises ProjectError; then nothing of it is written.
    """
    with store.transaction() as connection:
        place = [c.value for c in store.classes()].index(removed.value)
        merge_id = connection.execute(
            "INSERT INTO class_merge (value, name, colour, key, place, into_value, made_utc)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (removed.value, removed.name, removed.colour, removed.key, place, into, utc_now()),
        ).lastrowid
        when = store.edit_time()
        for mask in masks:
            _write(connection, merge_id, mask, when)
        store.set_classes(classes)
        return _follow_paint(store, tiles, {mask.tile_id: bool(mask.counts) for mask in masks})


def _write(connection: sqlite3.Connection, merge_id: int | None, mask: MergedMask, when: str) -> None:
    before, rect = mask.before, mask.before.ref.rect
    connection.execute("DELETE FROM patch WHERE tile_id = ? AND undone = 1", (mask.tile_id,))
    connection.execute(
        "INSERT INTO patch (tile_id, tool, x, y, width, height, labels_before, labels_after, provenance_before,"
        " provenance_after, made_utc, merge_id, counts_before) VALUES (?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (mask.tile_id, MERGE_TOOL, rect.width, rect.height, before.labels, mask.labels, before.provenance,
         mask.provenance, when, merge_id, json.dumps(mask.counts_before)),
    )  # fmt: skip
    connection.execute(
        "UPDATE mask SET labels = ?, provenance = ?, pixel_counts = ?, changed_utc = ? WHERE tile_id = ?",
        (mask.labels, mask.provenance, json.dumps(mask.counts), when, mask.tile_id),
    )


def take_back(
    store: Store, merge: ClassMerge, classes: Sequence[LabelClass], tiles: Mapping[int, TileRecord]
) -> dict[int, TileStatus]:
    """Restore every Mask that the newest merge touched, and write the Classes; returns the status that each of those
    `tiles` then has.

    Raises LabelError, and changes nothing, when a Tile has later Strokes; ProjectError when it cannot be saved.
    """
    with store.transaction() as connection:
        touched = frozenset(
            row[0] for row in connection.execute("SELECT tile_id FROM patch WHERE merge_id = ?", (merge.merge_id,))
        )
        (painted,) = connection.execute(
            "SELECT COUNT(DISTINCT later.tile_id) FROM patch AS merged JOIN patch AS later USING (tile_id)"
            " WHERE merged.merge_id = ? AND later.id > merged.id AND later.undone = 0",
            (merge.merge_id,),
        ).fetchone()
        if painted:
            raise LabelError(
                "The class “{name}” cannot come back: there is later paint on {count} of its tiles.",
                "Undo the later strokes on those tiles first.", name=merge.removed.name, count=painted,
            )  # fmt: skip
        connection.execute(
            "UPDATE mask SET labels = labels_before, provenance = provenance_before, pixel_counts = counts_before,"
            " changed_utc = ? FROM patch WHERE patch.merge_id = ? AND mask.tile_id = patch.tile_id",
            (store.edit_time(), merge.merge_id),
        )
        connection.execute(
            "DELETE FROM patch WHERE undone = 1 AND tile_id IN (SELECT tile_id FROM patch WHERE merge_id = ?)",
            (merge.merge_id,),
        )
        connection.execute("DELETE FROM patch WHERE merge_id = ?", (merge.merge_id,))
        connection.execute("DELETE FROM class_merge WHERE id = ?", (merge.merge_id,))
        store.set_classes(classes)
        return _follow_paint(store, tiles, dict.fromkeys(touched, True))  # the class had pixels on each


def _follow_paint(store: Store, tiles: Mapping[int, TileRecord], painted: Mapping[int, bool]) -> dict[int, TileStatus]:
    """Save the statuses that change with the paint; returns all of them. `painted`: whether a Tile has any."""
    statuses = {tile_id: tiles[tile_id].status.with_paint(is_painted) for tile_id, is_painted in painted.items()}
    for tile_id, status in statuses.items():
        if status is not tiles[tile_id].status:
            store.set_tile_status(tile_id, status)
    return statuses


def refuse_half_a_merge(store: Store, patch_id: int) -> None:
    """A Patch that belongs to a merge is no Stroke of its own. Raises LabelError for one."""
    found = store.query(
        "SELECT name FROM class_merge WHERE id = (SELECT merge_id FROM patch WHERE id = ?)", (patch_id,)
    )
    if found:
        raise LabelError(
            "The last change here was made on all tiles at once: the class “{name}” was removed.",
            "Bring it back as a whole: Edit, Bring the last removed class back.", name=found[0][0],
        )  # fmt: skip
