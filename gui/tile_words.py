"""A Tile in words: where it lies, and where the expert is with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.project.records import TileRecord, TileStatus
from core.session import Session


def tile_place(session: Session, tile: TileRecord) -> str:
    """Such as “field.tif, row 3, column 7”."""
    scene = session.scenes[tile.scene_id].path.replace("\\", "/").rsplit("/", 1)[-1]
    where = QCoreApplication.translate("tiles", "{scene}, row {row}, column {column}")
    return where.format(scene=scene, row=tile.grid_row + 1, column=tile.grid_column + 1)


def status_word(status: TileStatus) -> str:
    translate = QCoreApplication.translate
    return {
        TileStatus.NEW: translate("tiles", "New"),
        TileStatus.IN_PROGRESS: translate("tiles", "Started"),
        TileStatus.DONE: translate("tiles", "Done"),
        TileStatus.SKIPPED: translate("tiles", "Skipped"),
        TileStatus.FLAGGED: translate("tiles", "Flagged"),
    }[status]
