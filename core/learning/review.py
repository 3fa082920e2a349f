"""Label review: where paint and a cross-validated model disagree most.

Every painted Tile is judged by a pixel classifier and a probe of the encoder that have learned from other Tiles only
(three folds), so that a wrong stroke cannot vouch for itself. What they contradict with certainty, taken together,
becomes a Finding (after "confident learning": Northcutt, Jiang, Chuang, JAIR 70, 2021, with connected regions in place
of single examples). scipy is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import LearningError
from core.geometry import Rect, TileRef
from core.imagery.files import SceneInfo
from core.imagery.reader import TileReader
from core.jobs import Checkpoint
from core.labels.snapshot import LabeledTile, Snapshot, shuffled
from core.learning.encoder import encoder_weights_path
from core.learning.encoder_probe import EncoderMaps, ProbeTrainer
from core.learning.joining import joining_pairs, map_centres
from core.learning.pixel_classifier import ClassifierTrainer
from core.text import Text, text

FOLDS = 3
MOST_FINDINGS = 200
_SURE = 0.75  # a pixel counts when the paint's class is less likely than 1 minus this, and another at least this likely
_SMOOTH_PX = 2.0  # single pixels are noise; a stroke is wider
_LEAST_PX = 30
_STRAY_PX = 100  # a Finding so large counts half, all the more where the model contradicts the paint all over the Tile
_AGREES, _CONTRADICTS = 1.5, 0.5  # a second opinion's weight

# What another model that never saw the Tile makes of it, (height, width) uint8 class values; None where it did see it.
SecondOpinion = Callable[[TileRef], "NDArray[np.uint8] | None"]


@dataclass(frozen=True)
class Finding:
    """A region of one Tile where paint of class `painted` looks like `likely` to a model that never saw the Tile.

    `rect` in the Tile's own pixels, `pixels` (rect.height, rect.width) bool, `certainty` 0…1: how sure the model is
    that the paint is wrong. `score` is what findings are ordered by (docs/adr/0070): certainty, times the region's part
    of all that the model contradicts there in the same way, but of what is in other regions.
    """

    tile_id: int
    rect: Rect
    pixels: NDArray[np.bool_]
    painted: int
    likely: int
    certainty: float
    score: float

    @property
    def area_px(self) -> int:
        return int(self.pixels.sum())


def sentence(finding: Finding, names: dict[int, str]) -> Text:
    """What the expert reads of it."""
    return text(
        "You said {painted}; the model is {certainty} sure otherwise: {likely}",
        painted=names.get(finding.painted, str(finding.painted)),
        likely=names.get(finding.likely, str(finding.likely)),
        certainty=f"{min(round(100 * finding.certainty), 99)}\u00a0%",
    )


def review(
    snapshot: Snapshot, reader: TileReader, context: Checkpoint, second: SecondOpinion | None = None
) -> list[Finding]:
    """All Findings in the paint of `snapshot`, the most suspicious first, at most MOST_FINDINGS.

    Only what a person painted is judged. Raises LearningError where no fold leaves two Classes on other Tiles to learn
    from, and SceneError.
    """
    tiles = [tile.by_hand() for tile in snapshot.tiles]
    tiles = [tile for tile in tiles if np.isin(tile.labels, snapshot.class_values).any()]
    paths = dict.fromkeys(tile.ref.scene_path for tile in tiles)
    folds = folds_of(tiles, {path: reader.scene(path).info for path in paths})
    judges = _Judges(reader, len(tiles), context)
    found: list[Finding] = []
    judged = 0
    for number in range(FOLDS):
        others = tuple(tile for tile, fold in zip(tiles, folds, strict=True) if fold != number)
        held_out = [tile for tile, fold in zip(tiles, folds, strict=True) if fold == number]
        jury = judges.taught(Snapshot(others, snapshot.class_values)) if held_out and others else None
        if jury is None:
            continue
        for tile in held_out:
            context.check()
            found += _in_tile(tile, jury, second)
            judged += 1
            context.report(judged, len(tiles))
    if not judged:
        raise LearningError(
            "There is too little paint to check it against itself.", "Paint two classes on two tiles or more."
        )
    return sorted(found, key=lambda finding: -finding.score)[:MOST_FINDINGS]


class _Jury(NamedTuple):
    """The Classes it tells apart, and how likely each is at each pixel of a Tile, (K, height, width), with where that
    is valid."""

    class_values: tuple[int, ...]
    shares: Callable[[TileRef], tuple[NDArray[np.float32], NDArray[np.bool_]]]


class _Judges:
    """Teaches the judges of each fold. Without the encoder's weights the pixel classifier judges alone."""

    def __init__(self, reader: TileReader, tile_count: int, context: Checkpoint) -> None:
        self._context = context
        self._classifiers = ClassifierTrainer(reader)
        self._probes = (
            ProbeTrainer(EncoderMaps(reader, context.check), tile_count) if encoder_weights_path().is_file() else None
        )

    def taught(self, snapshot: Snapshot) -> _Jury | None:
        """None where the Tiles do not have two Classes."""
        classifier = self._classifiers.train(snapshot, self._context.check)
        if classifier is None:
            return None
        probe = self._probes.train(snapshot, self._context.check) if self._probes is not None else None

        def shares(ref: TileRef) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
            planes, valid = classifier.shares(self._classifiers.features, ref, of_tile=False)
            if probe is not None and self._probes is not None and probe.class_values == classifier.class_values:
                planes = (planes + probe.shares(self._probes.encoder, ref)) * np.float32(0.5)
            return planes, valid

        return _Jury(classifier.class_values, shares)


def folds_of(tiles: Sequence[LabeledTile], infos: Mapping[str, SceneInfo]) -> list[int]:
    """The fold, 0…2, of each Tile: neighbours in one, the rest dealt out in an order that depends on the ids alone.
    `infos` by the Scene's path: those tell which Scenes join."""
    groups = _groups(tiles, infos)
    sizes = [0] * FOLDS
    folds = [0] * len(tiles)
    for group in sorted(groups, key=lambda g: (-len(g), shuffled(tiles[g[0]].ref.tile_id))):
        fold = int(np.argmin(sizes))
        for position in group:
            folds[position] = fold
        sizes[fold] += len(group)
    return folds


def _groups(tiles: Sequence[LabeledTile], infos: Mapping[str, SceneInfo]) -> list[list[int]]:
    """Positions of Tiles that join. What would be more than a fold of its own, such as a whole field, is cut in two
    where it is longest, again and again: then few Tiles have a neighbour in another fold."""
    most = -(-len(tiles) // FOLDS)
    groups: list[list[int]] = []
    refs = [tile.ref for tile in tiles]
    waiting, places = _joined(refs, infos), map_centres(refs, infos)
    while waiting:
        group = waiting.pop()
        parts = -(-len(group) // most)
        if parts == 1:
            groups.append(group)
            continue
        centres = places[group]
        order = np.argsort(centres[:, np.ptp(centres, axis=0).argmax()], kind="stable")
        first = len(group) * (parts // 2) // parts
        waiting += [[group[place] for place in part] for part in (order[first:], order[:first])]
    return groups


def _joined(refs: Sequence[TileRef], infos: Mapping[str, SceneInfo]) -> list[list[int]]:
    """Positions of Tiles that hang together by touching, however far from one to the next, in groups."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    pairs = joining_pairs(refs, infos)
    joined = coo_matrix((np.ones(len(pairs[0]), np.bool_), pairs), (len(refs), len(refs)))
    count, group = connected_components(joined, directed=False)
    return [np.flatnonzero(group == number).tolist() for number in range(count)]


def _in_tile(tile: LabeledTile, jury: _Jury, second: SecondOpinion | None) -> Iterator[Finding]:
    planes, valid = jury.shares(tile.ref)
    shares = _smoothed(np.moveaxis(planes, 0, 2))
    values = np.asarray(jury.class_values, np.uint8)
    column = np.full(256, -1, np.int16)
    column[values] = np.arange(len(values))
    known = valid & (column[tile.labels] >= 0)  # a Class that the other Tiles lack can't be judged
    own = np.take_along_axis(shares, np.maximum(column[tile.labels], 0)[..., None].astype(np.int64), axis=2)[..., 0]
    best = values[shares.argmax(axis=2)]
    suspicious = known & (shares.max(axis=2) >= _SURE) & (own <= 1 - _SURE) & (best != tile.labels)
    opinion = second(tile.ref) if second is not None and suspicious.any() else None
    for painted, likely in {(int(p), int(b)) for p, b in zip(tile.labels[suspicious], best[suspicious], strict=True)}:
        contradicted = known & (tile.labels == painted) & (best == likely)
        regions = list(_regions(suspicious & contradicted))
        stray_px = int(contradicted.sum()) - sum(int(pixels.sum()) for _, pixels in regions)
        for rect, pixels in regions:
            certainty, area_px = float(1 - own[rect.slices][pixels].mean()), int(pixels.sum())
            weight = 1.0 if opinion is None else _weight(opinion[rect.slices][pixels], painted, likely)
            score = weight * certainty * area_px / (area_px + stray_px + _STRAY_PX)
            yield Finding(tile.ref.tile_id, rect, pixels, painted, likely, certainty, score)


def _smoothed(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter

    result: NDArray[np.float32] = gaussian_filter(shares, (_SMOOTH_PX, _SMOOTH_PX, 0))
    return result


def _regions(suspicious: NDArray[np.bool_]) -> Iterator[tuple[Rect, NDArray[np.bool_]]]:
    """Connected regions of 30 pixels or more that are at least three pixels thick somewhere; slivers are edges."""
    from scipy import ndimage

    thick = ndimage.binary_opening(suspicious, np.ones((3, 3), bool))
    labels: Any
    labels, _ = ndimage.label(ndimage.binary_dilation(thick, np.ones((3, 3), bool)) & suspicious, np.ones((3, 3), bool))
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        pixels = labels[rows, columns] == number
        if pixels.sum() >= _LEAST_PX:
            yield Rect(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start), pixels


def _weight(opinion: NDArray[np.uint8], painted: int, likely: int) -> float:
    """More where the other model sees the same, less where it sides with the paint."""
    if np.mean(opinion == likely) > 0.5:
        return _AGREES
    return _CONTRADICTS if np.mean(opinion == painted) > 0.5 else 1.0
