"""What a project holds. Every method is one transaction; when it returns, a power cut loses nothing of it.

`transaction()` makes several calls one.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import LabelError
from core.geometry import Rect, TileRef
from core.labels.classes import LabelClass
from core.labels.mask import Mask, decode_plane, encode_plane
from core.labels.snapshot import StoredMask
from core.labels.strokes import Patch
from core.project.project_file import ProjectFile
from core.project.records import DoubtRecord, SceneRecord, TileRecord, TileStatus
from core.project.settings import Setting

PROJECT_SUFFIX = ".fieldbrush"


class Store(ProjectFile):
    """A project file with its tables. Those that one room alone needs are in files of their own beside this one."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(path, connection)
        self._last_edit = datetime.min.replace(tzinfo=UTC)

    # -- settings ----------------------------------------------------------------------------------------------

    def setting(self, key: Setting, default: Any = None) -> Any:
        """The JSON value stored under `key`."""
        rows = self.query("SELECT value FROM setting WHERE key = ?", (key,))
        return json.loads(rows[0][0]) if rows else default

    def set_setting(self, key: Setting, value: Any) -> None:
        """`value` is what JSON can hold. Raises ProjectError."""
        text = json.dumps(value)
        if self.query("SELECT 1 FROM setting WHERE key = ? AND value = ?", (key, text)):
            return  # what is there already need not wait for the disk
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, text))

    # -- scenes and tiles --------------------------------------------------------------------------------------

    def add_scenes(self, scenes: Iterable[tuple[SceneRecord, Sequence[TileRecord]]]) -> None:
        """Add Scenes with their Tiles, all or none; ids in the records are ignored, the database gives its own."""
        with self.transaction() as connection:
            for scene, tiles in scenes:
                row = (self._stored_path(scene.path), scene.fingerprint, scene.width, scene.height)
                scene_id = connection.execute(
                    "INSERT INTO scene (path, fingerprint, width, height, transform) VALUES (?, ?, ?, ?, ?)",
                    (*row, json.dumps(scene.transform)),
                ).lastrowid
                connection.executemany(
                    "INSERT INTO tile (scene_id, grid_column, grid_row, x, y, width, height, valid_share)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [(scene_id, t.grid_column, t.grid_row, *t.rect, t.valid_share) for t in tiles],
                )

    def relink_scene(self, scene_id: int, path: str | Path) -> None:
        """Say where a moved Scene is now; that it is the same Scene is for the caller to check."""
        with self.transaction() as connection:
            connection.execute("UPDATE scene SET path = ? WHERE id = ?", (self._stored_path(path), scene_id))

    def scenes(self) -> list[SceneRecord]:
        """In the order of their ids, with absolute paths however they are stored."""
        rows = self.query("SELECT id, path, fingerprint, width, height, transform FROM scene ORDER BY id")
        return [
            SceneRecord(row[0], self._absolute_path(row[1]), row[2], row[3], row[4], _transform(row[5])) for row in rows
        ]

    def tiles(self) -> list[TileRecord]:
        """In the order of their ids."""
        rows = self.query(
            "SELECT id, scene_id, grid_column, grid_row, x, y, width, height, valid_share, status, seconds"
            " FROM tile ORDER BY id"
        )
        statuses = {status.value: status for status in TileStatus}
        return [
            TileRecord(row[0], row[1], row[2], row[3], Rect(*row[4:8]), row[8], statuses[row[9]], row[10])
            for row in rows
        ]

    def set_tile_status(self, tile_id: int, status: TileStatus, more_seconds: float = 0.0) -> None:
        """`more_seconds` of active work come on top of those it has had. Raises ProjectError."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE tile SET status = ?, seconds = seconds + ? WHERE id = ?", (status.value, more_seconds, tile_id)
            )

    def _stored_path(self, path: str | Path) -> str:
        absolute = Path(path).absolute()
        try:
            return Path(os.path.relpath(absolute, self.path.parent)).as_posix()
        except ValueError:  # another drive
            return absolute.as_posix()

    def _absolute_path(self, stored: str) -> str:
        return os.path.normpath(self.path.parent / stored)

    # -- masks and patches -------------------------------------------------------------------------------------

    def mask(self, tile: TileRecord) -> Mask:
        """The Tile's Mask, empty when it was never painted. Raises LabelError when it is damaged."""
        rows = self.query("SELECT labels, provenance FROM mask WHERE tile_id = ?", (tile.tile_id,))
        height, width = tile.rect.height, tile.rect.width
        if not rows:
            return Mask.empty(height, width)
        return Mask(*(decode_plane(plane, height, width) for plane in rows[0]))

    def painted(self) -> dict[int, Mapping[int, int]]:
        """Pixels of every label value, by Tile id, of the Tiles that have any."""
        rows = self.query("SELECT tile_id, pixel_counts FROM mask WHERE pixel_counts != '{}'")
        return {row[0]: {int(value): count for value, count in json.loads(row[1]).items()} for row in rows}

    def edited(self) -> dict[int, str]:
        """When each Tile's paint was changed last, UTC in ISO format, by Tile id; the latest last."""
        edited = dict(self.query("SELECT tile_id, changed_utc FROM mask ORDER BY changed_utc, tile_id"))
        if edited:
            with suppress(ValueError, TypeError):  # damaged: its place in an order is not worth a word
                self._last_edit = max(self._last_edit, datetime.fromisoformat(next(reversed(edited.values()))))
        return edited

    def edit_time(self) -> str:
        """For a Mask that is changed now: later than all that `edited` told of and all that were given. A clock may
        have been set back."""
        self._last_edit = max(datetime.now(UTC), self._last_edit + timedelta(microseconds=1))
        return self._last_edit.isoformat(timespec="microseconds")

    def stored_masks(self, tile_refs: Mapping[int, TileRef]) -> tuple[StoredMask, ...]:
        """The encoded Masks of the painted ones among the Tiles of `tile_refs`, in the order of their ids."""
        rows = self.query(
            "SELECT tile_id, labels, provenance FROM mask WHERE pixel_counts != '{}'"
            " AND tile_id IN (SELECT value FROM json_each(?)) ORDER BY tile_id",
            (json.dumps(list(tile_refs)),),
        )
        return tuple(StoredMask(tile_refs[tile_id], labels, provenance) for tile_id, labels, provenance in rows)

    def save_stroke(
        self, tile_id: int, patch: Patch, mask: Mask, status: TileStatus, record: DoubtRecord | None = None
    ) -> Mapping[int, int]:
        """One Stroke, one transaction: the Patch, the Mask after it, the Tile's status, and the `record` if there is
        one. Undone Patches are gone. The pixels of each label value after it."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM patch WHERE tile_id = ? AND undone = 1", (tile_id,))
            connection.execute(
                "INSERT INTO patch (tile_id, tool, x, y, width, height, labels_before, labels_after,"
                " provenance_before, provenance_after, made_utc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (tile_id, patch.tool, *patch.rect, encode_plane(patch.labels_before), encode_plane(patch.labels_after),
                 encode_plane(patch.provenance_before), encode_plane(patch.provenance_after), utc_now()),
            )  # fmt: skip
            counts = _write_mask(connection, tile_id, mask, self.edit_time())
            connection.execute("UPDATE tile SET status = ? WHERE id = ?", (status.value, tile_id))
            if record is not None:
                self.add_doubt_record(record)
        return counts

    def latest_patch(self, tile_id: int) -> tuple[int, Patch] | None:
        """What undo would revert: (id, Patch), or None."""
        return self._patch("tile_id = ? AND undone = 0 ORDER BY id DESC", tile_id)

    def earliest_undone_patch(self, tile_id: int) -> tuple[int, Patch] | None:
        """What redo would apply: (id, Patch), or None."""
        return self._patch("tile_id = ? AND undone = 1 ORDER BY id", tile_id)

    def _patch(self, condition: str, tile_id: int) -> tuple[int, Patch] | None:
        rows = self.query(
            "SELECT id, tool, x, y, width, height, labels_before, labels_after, provenance_before, provenance_after"
            f" FROM patch WHERE {condition} LIMIT 1",
            (tile_id,),
        )
        if not rows:
            return None
        rect = Rect(*rows[0][2:6])
        planes = (decode_plane(data, rect.height, rect.width) for data in rows[0][6:])
        return rows[0][0], Patch(rows[0][1], rect, *planes)

    def save_undo(self, tile_id: int, patch_id: int, mask: Mask, *, undone: bool) -> Mapping[int, int]:
        """After an undo (`undone`) or a redo: mark the Patch and store the Mask, in one transaction. The pixels of each
        label value after it."""
        with self.transaction() as connection:
            connection.execute("UPDATE patch SET undone = ? WHERE id = ?", (int(undone), patch_id))
            return _write_mask(connection, tile_id, mask, self.edit_time())

    def patches(self, tile_id: int) -> list[tuple[int, str, bool]]:
        """(id, tool, undone) of the Tile's Strokes, oldest first."""
        rows = self.query("SELECT id, tool, undone FROM patch WHERE tile_id = ? ORDER BY id", (tile_id,))
        return [(row[0], row[1], bool(row[2])) for row in rows]

    def patch_effect(self, patch_id: int) -> dict[int, int]:
        """How many pixels the Stroke gave which label value, where they had another; {} where it is gone."""
        query = "SELECT width, height, labels_before, labels_after FROM patch WHERE id = ?"
        for width, height, before, after in self.query(query, (patch_id,)):
            old, new = (decode_plane(data, height, width) for data in (before, after))
            values, counts = np.unique(new[new != old], return_counts=True)
            return dict(zip(values.tolist(), counts.tolist(), strict=True))
        return {}

    # -- classes -----------------------------------------------------------------------------------------------

    def classes(self) -> tuple[LabelClass, ...]:
        """In their order."""
        rows = self.query("SELECT value, name, colour, key FROM class ORDER BY place")
        return tuple(LabelClass(*row) for row in rows)

    def set_classes(self, classes: Sequence[LabelClass]) -> None:
        """Raises LabelError when a Class that has paint would vanish: labels never shrink silently."""
        kept = {c.value for c in classes}
        used = {value for counts in self.painted().values() for value in counts} & {c.value for c in self.classes()}
        if used - kept:
            raise LabelError(
                "Class {value} still has painted pixels.", "Erase or merge them before you remove the class.",
                value=min(used - kept),
            )  # fmt: skip
        with self.transaction() as connection:
            connection.execute("DELETE FROM class")
            connection.executemany(
                "INSERT INTO class (value, name, colour, key, place) VALUES (?, ?, ?, ?, ?)",
                [(c.value, c.name, c.colour, c.key, place) for place, c in enumerate(classes)],
            )
            highest = max([self.setting(Setting.HIGHEST_CLASS_VALUE, 0), *kept])
            self.set_setting(Setting.HIGHEST_CLASS_VALUE, highest)  # a value is never given to another Class

    # -- doubts -------------------------------------------------------------------------------------------------

    def add_doubt_record(self, record: DoubtRecord) -> None:
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO doubt_record (tile_id, model_version, regime, doubt, error) VALUES (?, ?, ?, ?, ?)",
                (record.tile_id, record.model_version, record.regime, record.doubt, record.error),
            )

    def doubt_records(self) -> list[DoubtRecord]:
        """The oldest first."""
        rows = self.query("SELECT tile_id, model_version, regime, doubt, error FROM doubt_record ORDER BY id")
        return [DoubtRecord(*row) for row in rows]


def utc_now() -> str:
    """In ISO format, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _transform(stored: str) -> tuple[float, ...] | None:
    numbers = json.loads(stored)
    return None if numbers is None else tuple(numbers)


def _write_mask(connection: sqlite3.Connection, tile_id: int, mask: Mask, when: str) -> Mapping[int, int]:
    counts = mask.pixel_counts()
    connection.execute(
        "INSERT OR REPLACE INTO mask VALUES (?, ?, ?, ?, ?)",
        (tile_id, encode_plane(mask.labels), encode_plane(mask.provenance), json.dumps(counts), when),
    )
    return counts
