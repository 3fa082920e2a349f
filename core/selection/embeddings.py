"""Embeddings of Tiles: raw features computed once a Tile and kept on disk, then put on the Project's scale.

raw features (float16, a file a Scene)  →  z-scores over the Project, stage by stage  →  unit vectors
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import Failures, LearningError, SceneError, SelectionError
from core.executors.spread import HERE, Workplace, spread
from core.geometry import TileRef
from core.imagery.reader import TilePixels, TileReader
from core.jobs import Checkpoint
from core.selection.colour_texture import ColourTexture
from core.selection.embedding_cache import FeatureFile, cache_key
from core.selection.encoder_features import EncoderFeatures, features_known_as
from core.selection.features import Features, to_embeddings
from core.selection.water import is_water

_log = logging.getLogger(__name__)

BATCH_PX = 4 * 256 * 256
"""Pixels computed at once: four Tiles of 256 px, one of 640. Of eight, float32 maps are so large that the system gives
their memory page by page, each time anew: a fifth of the time."""

_BATCH_BYTES = 64 << 20  # of float32 values, which there are several times at once: of 300 bands, one Tile of 256 px
_BLANK_BYTES, _BLANK = 0.01, 0.001  # deviations, of the Project's range
_TILES_AT_ONCE = 4096  # between two checkpoints, where nothing is computed


def features_for(roles: Sequence[str], context: Checkpoint, threads: int | None = None) -> Features:
    """The encoder's features; where its weights are missing or damaged, colour and texture statistics instead.

    `threads` of the encoder: 0 for one a core, None for as many as torch has.
    """
    try:
        return EncoderFeatures(roles, threads=threads, check=context.check)
    except (LearningError, OSError) as error:
        _log.warning("embedding by colour and texture, without the encoder: %s", error)
        return ColourTexture(roles)


def embed(
    refs: Sequence[TileRef],
    reader: TileReader,
    context: Checkpoint,
    cache_dir: Path,
    fingerprints: Mapping[str, str],
    features: Features | None = None,
    place: Workplace = HERE,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Embeddings of `refs`, float32 (N, D), in their order: unit vectors, zeros for a Tile with nothing to see
    (`_is_blank`) or nothing but water (`water.is_water`), NaN for one whose pixels cannot be read (it is tried again
    the next time).

    fingerprints  of what every Scene holds now, by its path (project/fingerprints.py): what the cache knows it by
    features      those of `features_for` with `threads` if None
    place         where they are computed; only this process writes to `cache_dir`
    Computes only what `cache_dir` lacks; where it lacks nothing, no encoder is loaded. After a stop or a crash it goes
    on where it was. Reports Tiles done.
    Raises SceneError if not one Tile can be read, SelectionError for a Scene without fingerprint, WorkplaceError.
    """
    if features is None:
        kept = _all_kept(refs, reader, cache_dir, fingerprints, context)
        if kept is not None:
            return kept
        features = features_for(reader.roles, context, threads)
    files, where = _open_files(refs, reader, cache_dir, fingerprints, features.name, features.stages, context)
    done = {scene: file.done for scene, file in files.items()}
    missing = [index for index, (scene, row) in enumerate(where) if not done[scene][row]]
    failure = _compute(refs, missing, where, files, _Look(reader, features), context, place)
    raw = _gathered(files, where, features.stages, context)
    if failure is not None and not np.isfinite(raw).all(axis=1).any():
        raise failure
    return to_embeddings(raw, features.stages, context.check)


def _all_kept(
    refs: Sequence[TileRef], reader: TileReader, cache_dir: Path, fingerprints: Mapping[str, str], context: Checkpoint
) -> NDArray[np.float32] | None:
    """The Embeddings by the encoder, which is not loaded, where the cache has all of them; else None."""
    try:
        name, stages = features_known_as()
    except OSError:
        return None
    files, where = _open_files(refs, reader, cache_dir, fingerprints, name, stages, context)
    if not all(file.done.all() for file in files.values()):
        return None
    return to_embeddings(_gathered(files, where, stages, context), stages, context.check)


def _gathered(
    files: Mapping[str, FeatureFile], where: Sequence[tuple[str, int]], stages: Sequence[int], context: Checkpoint
) -> NDArray[np.float32]:
    """The raw features float32 (N, D), NaN where the files lack them."""
    raw = np.empty((len(where), sum(stages)), np.float32)
    for index, (scene, row) in enumerate(where):
        if index % _TILES_AT_ONCE == 0:
            context.check()
        raw[index] = files[scene].rows[row]
    return raw


def _open_files(
    refs: Sequence[TileRef],
    reader: TileReader,
    cache_dir: Path,
    fingerprints: Mapping[str, str],
    name: str,
    stages: Sequence[int],
    context: Checkpoint,
) -> tuple[dict[str, FeatureFile], list[tuple[str, int]]]:
    """A file a Scene, and for every Tile its Scene and its row there. With 150,000 Tiles all of it takes seconds."""
    by_scene: dict[str, list[int]] = {}
    for index, ref in enumerate(refs):
        by_scene.setdefault(ref.scene_path, []).append(index)
    files: dict[str, FeatureFile] = {}
    where: list[tuple[str, int]] = [("", 0)] * len(refs)
    for path, indexes in by_scene.items():
        if path not in fingerprints:
            raise SelectionError("The scene {path} has not been identified yet.", "Open the project again.", path=path)
        context.check()
        rects = sorted(dict.fromkeys(refs[index].rect for index in indexes))
        context.check()
        row_of = {rect: row for row, rect in enumerate(rects)}
        key = cache_key(fingerprints[path], rects, reader, name)
        context.check()
        files[path] = FeatureFile(Path(cache_dir) / f"{key}.npy", len(rects), sum(stages), context.check)
        context.check()
        for index in indexes:
            where[index] = (path, row_of[refs[index].rect])
    return files, where


class _Look(NamedTuple):
    """What all batches share."""

    reader: TileReader
    features: Features


class _Seen(NamedTuple):
    """Of a batch: raw features float32 (n, D), which of its Tiles they are of, and why the others cannot be read."""

    rows: NDArray[np.float32] | None
    read: list[int]
    errors: list[SceneError]


def _compute(
    refs: Sequence[TileRef],
    missing: Sequence[int],
    where: Sequence[tuple[str, int]],
    files: Mapping[str, FeatureFile],
    look: _Look,
    context: Checkpoint,
    place: Workplace,
) -> SceneError | None:
    """Fill in the missing rows, batch by batch. The first error in reading a Tile, if there was one."""
    done, failures = len(refs) - len(missing), Failures(_log, "tiles that cannot be read come last in the ranking")
    context.report(done, len(refs))
    batches = list(_batches(refs, missing, min(BATCH_PX, _BATCH_BYTES // (4 * look.reader.band_count))))
    asked = [[refs[index] for index in batch] for batch in batches]
    with closing(spread(place, _look_at, look, asked, context.check)) as results:
        for batch, seen in zip(batches, results, strict=True):
            for error in seen.errors:
                failures.add(error)
            if seen.rows is not None:
                _store(seen.rows, [where[batch[number]] for number in seen.read], files)
            done += len(batch)
            context.report(done, len(refs))
    return failures.first


def _look_at(look: _Look, refs: Sequence[TileRef], check: Callable[[], None]) -> _Seen:
    """A part of the work: read the Tiles of a batch, and compute."""
    read: list[int] = []
    tiles: list[TilePixels] = []
    errors: list[SceneError] = []
    for number, ref in enumerate(refs):
        try:
            tiles.append(look.reader.read(ref))
            read.append(number)
        except SceneError as error:
            errors.append(error)
    if not tiles:
        return _Seen(None, read, errors)
    rows = look.features(tiles)
    for row, number, tile in zip(rows, read, tiles, strict=True):
        if _is_blank(tile, refs[number], look.reader) or is_water(tile, refs[number], look.reader):
            row[:] = 0.0
    return _Seen(rows, read, errors)


def _is_blank(tile: TilePixels, ref: TileRef, reader: TileReader) -> bool:
    """Whether there is nothing to see: no pixel is valid, or in every band they hardly deviate.

    In bytes by less than a hundredth of the Project's range, less than anybody sees, as in the untagged collar of a
    mosaic that was compressed (values 0 to 4 of 255: 0.008). Finer data may be stretched, and a few hot roofs make
    their range so wide that a field's own temperatures, 0.2 K and more, are a two-hundredth of it: a tenth of that.

    No tile is taken for that of `potato_weed`, `naip_trees` and `s2_india` (bytes, least deviation 0.097), of the 8,387
    tiles of 64 px looked at there (0.015), and of the demo (0.036).
    """
    inside = tile.values[:, tile.valid]
    if not inside.size:
        return True
    in_bytes = np.dtype(reader.scene(ref.scene_path).info.dtype).itemsize == 1
    return float(inside.std(axis=1, dtype=np.float64).max()) < (_BLANK_BYTES if in_bytes else _BLANK)


def _store(rows: NDArray[np.float32], where: Sequence[tuple[str, int]], files: Mapping[str, FeatureFile]) -> None:
    for path in dict.fromkeys(scene for scene, _ in where):
        mine = [number for number, (scene, _) in enumerate(where) if scene == path]
        files[path].write([where[number][1] for number in mine], rows[mine])


def _batches(refs: Sequence[TileRef], missing: Sequence[int], most_px: int) -> Iterator[list[int]]:
    """Tiles of one size together, otherwise in their order (so that a Scene is read from one end to the other)."""
    waiting: dict[tuple[int, int], list[int]] = {}
    for index in missing:
        rect = refs[index].rect
        batch = waiting.setdefault((rect.height, rect.width), [])
        batch.append(index)
        if (len(batch) + 1) * rect.area > most_px:
            yield batch
            del waiting[rect.height, rect.width]
    yield from waiting.values()
