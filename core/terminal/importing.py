"""`fieldbrush import-masks`: existing masks as labels, of a whole folder or of one round of a campaign."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import FieldbrushError, LabelError, SceneError
from core.mask_import.files import MaskFile, find_mask_files
from core.mask_import.importer import ON_OTHER_PIXELS, MaskImporter, with_tiles
from core.mask_import.listed_tiles import tiles_in_csv
from core.mask_import.values import READ_OTHERWISE, WITHOUT_ZERO, Reading, parse_value_map, read_as
from core.project.records import TileRecord, TileStatus
from core.project.settings import Setting
from core.session import Session
from core.terminal.saying import pixels_of_classes, say_notice
from core.terminal.working import load_model, wait_for, watched

_Files = Sequence[tuple[MaskFile, list[TileRecord]]]  # masks, each with the tiles it is to label
_MOST_NAMED = 20  # of the tiles without a mask, in a sentence


def import_masks(arguments: argparse.Namespace, session: Session) -> dict[str, Any]:
    """What the command says when it is done. Nothing is written, and nothing odd is said, before all masks have been
    read and every value in them is known to be a class."""
    value_map = parse_value_map(arguments.map) if arguments.map else None
    chosen = set(tiles_in_csv(arguments.tiles, session.tiles.values(), session.scenes)) if arguments.tiles else None
    found = find_mask_files(arguments.folder, session.scenes.values())
    files = with_tiles(found, [t for t in session.tiles.values() if chosen is None or t.tile_id in chosen])
    without = _without_mask(session, chosen or set(), files, arguments.folder)
    kept = Reading.from_setting(session.setting(Setting.MASK_VALUES))
    reading = _reading(session, value_map, kept, found, [file for file, _ in files])
    _check(session, files, reading)
    _say_what_is_odd(session, reading, kept)
    if chosen is not None:  # a round of a campaign: what is said of these tiles is put to the test
        load_model(session)
        asked = [t.tile_id for _, mine in files for t in mine if t.status.is_open]
        wait_for(session, session.predicting.ahead(asked) or session.stand_in.ask(asked))
    result = {**_import(session, files, reading, is_round=chosen is not None), "values": str(reading)}
    if chosen is not None:
        result["without_mask"] = [_place(session, t) if arguments.json else _name(session, t) for t in without]
    return result


def _without_mask(session: Session, chosen: set[int], files: _Files, folder: str) -> list[TileRecord]:
    """Of the listed tiles those whose scene has no mask, which is said: they are offered again. Raises LabelError where
    that is all of them."""
    without = [session.tiles[t] for t in sorted(chosen - {t.tile_id for _, mine in files for t in mine})]
    if not without:
        return []
    names = ", ".join([_name(session, tile) for tile in without[:_MOST_NAMED]] + ["…"] * (len(without) > _MOST_NAMED))
    if len(without) == len(chosen):
        raise LabelError(
            "None of the {count} listed tiles has a mask in {folder}: {names}.",
            "Give every mask the name of its scene, or use the list that these masks were made for.",
            count=len(chosen), folder=folder, names=names,
        )  # fmt: skip
    say_notice(f"{len(without)} of the {len(chosen)} listed tiles have no mask: {names}.")
    return without


def _name(session: Session, tile: TileRecord) -> str:
    """As `rank` names it; where the scene is one tile its file says it all."""
    scene = session.scenes[tile.scene_id]
    name = Path(scene.path).name
    return name if tile.rect.area == scene.width * scene.height else f"{name} ({tile.rect.x}, {tile.rect.y})"


def _place(session: Session, tile: TileRecord) -> dict[str, Any]:
    """In the columns of a list of tiles."""
    return {"scene": session.scenes[tile.scene_id].path, "column": tile.rect.x, "row": tile.rect.y}


def _reading(
    session: Session, value_map: dict[int, int] | None, kept: Reading | None, found: Sequence[MaskFile],
    now: Sequence[MaskFile],
) -> Reading:  # fmt: skip
    """How the values of the masks imported now are read."""
    if value_map is not None:
        return Reading(value_map=value_map)
    folder, these = ([file.path for file in files] for files in (found, now))
    return read_as(folder, session.classes, kept, these, lambda masks: watched(masks, "Looking at the masks"))


def _say_what_is_odd(session: Session, reading: Reading, kept: Reading | None) -> None:
    if reading.value_map is not None and not reading.is_kept:
        if kept is not None and reading.differs_from(kept):
            say_notice(READ_OTHERWISE.format(before=kept, reading=reading))
    elif reading.warning:
        say_notice(reading.warning)
    elif not reading.is_kept and reading.may_start_at_zero(session.classes):
        say_notice(WITHOUT_ZERO)


def _importer(session: Session, file: MaskFile, reading: Reading, beside: Sequence[Path] = ()) -> MaskImporter:
    return MaskImporter(
        file, session.scenes[file.scene_id], session.classes, reading.value_map,
        from_zero=reading.from_zero, names_count=reading.is_kept, beside=beside,
    )  # fmt: skip


def _check(session: Session, files: _Files, reading: Reading) -> None:
    """Read all that is to be imported, a tile at a time. Raises what an import would stop at halfway."""
    beside = [file.path for file, _ in files]
    for file, mine in watched(files, "Checking the masks"):
        importer = _importer(session, file, reading, beside)
        for tile in mine:
            importer.read(tile.rect)


def _import(session: Session, files: _Files, reading: Reading, *, is_round: bool) -> dict[str, Any]:
    counts = Counter[str]()
    if files and reading.is_decided:
        session.set_setting(Setting.MASK_VALUES, reading.to_setting())
    try:
        for file, mine in watched(files, "Importing masks"):
            importer = _importer(session, file, reading)
            for tile in mine:
                counts += _import_tile(session, tile, importer, is_round=is_round)
            counts["brought over"] += importer.is_brought_over
    except FieldbrushError:
        if counts["tiles"]:
            say_notice(f"{counts['tiles']} tiles have their labels by now. Import again for the others: it harms none.")
        raise
    if counts["brought over"]:
        say_notice(ON_OTHER_PIXELS.format(count=counts["brought over"]))
    told = {name: counts[name] for name in ("tiles", "changed", "skipped")}
    return {**told, "labeled": len(session.painted), "classes": pixels_of_classes(session)}


def _import_tile(session: Session, tile: TileRecord, importer: MaskImporter, *, is_round: bool) -> Counter[str]:
    """What has come of it: nothing where the tile cannot be read, which is said. Raises SceneError where its scene is
    gone."""
    labels = importer.read(tile.rect)
    try:
        changed = session.import_mask(tile.tile_id, labels)
    except SceneError as error:
        if not Path(session.scenes[tile.scene_id].path).is_file():
            raise
        say_notice(f"tile {tile.tile_id} is left out: {error}")
        return Counter()
    if is_round and session.tiles[tile.tile_id].status.is_open:
        session.skip(tile.tile_id)  # somebody was asked about it, and had nothing to say
    skipped = session.tiles[tile.tile_id].status is TileStatus.SKIPPED
    return Counter({"tiles": 1, "changed": int(changed), "skipped": int(skipped)})
