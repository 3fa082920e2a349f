"""The Tiles that a list names, such as `fieldbrush rank` writes: masks are imported for these alone."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from core.errors import LabelError
from core.project.folders import common_folders
from core.project.records import SceneRecord, TileRecord
from core.project.spelling import folded

_Place = tuple[str, int, int]  # a file's name, folded, and the Tile's first column and row


def tiles_in_csv(path: str | Path, tiles: Iterable[TileRecord], scenes: Mapping[int, SceneRecord]) -> list[int]:
    """The ids of the Tiles a CSV names, in its order, by the columns `scene`, `column` and `row` that `rank` writes.

    `scene` may be a path or a file name; column and row are the Tile's first pixel in the Scene. Commas, semicolons or
    tabs may part the columns, their names may have capitals, and the text may be UTF-16, as spreadsheets write them.
    Raises LabelError.
    """
    by_place: dict[_Place, list[TileRecord]] = {}
    for tile in tiles:
        name = folded(Path(scenes[tile.scene_id].path).name)
        by_place.setdefault((name, tile.rect.x, tile.rect.y), []).append(tile)
    try:
        with open(path, newline="", encoding=_encoding(path)) as file:
            chosen = [_tile(path, line, row, by_place, scenes) for line, row in enumerate(_rows(file), start=2)]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise LabelError(
            "{path} is not a list of tiles: {reason}.", "It needs the columns scene, column and row.",
            path=path, reason=_reason(error),
        ) from error  # fmt: skip
    if not chosen:
        raise LabelError(
            "{path} lists no tiles.", "Keep the first line of what “fieldbrush rank” wrote, and at least one more.",
            path=path,
        )  # fmt: skip
    return chosen


def _rows(file: TextIO) -> Iterator[dict[str, str]]:
    head = file.readline()
    delimiter = max(",;\t", key=head.count)
    names = [name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), [])]
    yield from csv.DictReader(file, names, delimiter=delimiter)


def _tile(
    path: str | Path, line: int, row: Mapping[str, str], by_place: Mapping[_Place, Sequence[TileRecord]],
    scenes: Mapping[int, SceneRecord],
) -> int:  # fmt: skip
    column, top = _whole(row["column"]), _whole(row["row"])
    named = by_place.get((folded(Path(row["scene"]).name), column, top), [])
    found = _meant(row["scene"], named, scenes)
    if found is None:
        raise LabelError(
            "{path}, line {line}: the project has no tile, or several, at column {column}, row {row} of {scene}.",
            "Use the CSV that “fieldbrush rank” wrote for this project.",
            path=path, line=line, column=column, row=top, scene=row["scene"],
        )  # fmt: skip
    return found


def _meant(scene: str, named: Sequence[TileRecord], scenes: Mapping[int, SceneRecord]) -> int | None:
    """Of Tiles in Scenes of the same name, the one whose path is `scene`; else the one whose folders are most alike."""
    exactly = [tile.tile_id for tile in named if scenes[tile.scene_id].path == scene]
    if exactly:
        return exactly[0]
    likeness = [common_folders(scene, scenes[tile.scene_id].path) for tile in named]
    best = [tile.tile_id for tile, alike in zip(named, likeness, strict=True) if alike == max(likeness)]
    return best[0] if len(best) == 1 else None


def _encoding(path: str | Path) -> str:
    """Excel's "Unicode text" is UTF-16 and begins with a byte order mark; so does its "CSV UTF-8"."""
    with open(path, "rb") as file:
        return "utf-16" if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _whole(written: str) -> int:
    """Also of 128.0, as programs write a column that once held an empty cell. Raises ValueError."""
    number = float(written)
    if not number.is_integer():
        raise ValueError(f"{written} is no whole number of pixels")
    return int(number)


def _reason(error: Exception) -> object:
    if isinstance(error, KeyError):
        return f"there is no column {error}"
    if isinstance(error, UnicodeError):
        return "its text is neither UTF-8 nor UTF-16"
    return getattr(error, "strerror", None) or error
