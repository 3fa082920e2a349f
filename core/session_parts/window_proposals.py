"""Which Windows of a Session's Tiles are worth painting: worked out in the background for the Tile on the screen.

A Tile's Windows are compared with those of the Tiles next in the Queue and with what was painted last. Their features
are computed when they are first asked for and kept in memory.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.background import Run
from core.errors import Failures, SceneError
from core.events import Subject
from core.geometry import Rect, TileRef
from core.imagery.reader import TilePixels, TileReader
from core.jobs import Job, JobContext, Priority
from core.labels.classes import UNLABELED
from core.labels.mask import decode_plane
from core.labels.snapshot import StoredMask
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.prediction import TilePrediction, tile_doubt
from core.project.settings import Setting
from core.project.store import Store
from core.selection.embeddings import features_for
from core.selection.features import Features, to_embeddings
from core.selection.pool import Pool
from core.selection.windows import MOST_WINDOWS, Patchwork, Proposal, propose, window_px, window_rects
from core.text import text

if TYPE_CHECKING:
    from core.session import Session

_log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

_TILES_COMPARED = 12  # of the Queue, and as many of those painted last
_TILES_REMEMBERED = 256
_PAINTED_SHARE = 0.05  # of its pixels, from which on a Window counts as painted


class WindowProposals:
    """Asked on the main thread; tells `Subject.WINDOWS` when there is something new."""

    def __init__(self, session: Session, store: Store, run: Run) -> None:
        self._session = session
        self._store = store
        self._run = run
        self._features = WindowFeatures(session.reader, session.threads)
        self._found: dict[int, tuple[Proposal, ...]] = {}

    def of(self, tile_id: int) -> tuple[Proposal, ...]:
        """The Windows proposed on this Tile and not painted since, the most valuable first."""
        found = self._found.get(tile_id, ())
        if not found:
            return ()
        labels = self._session.mask(tile_id).labels
        return tuple(proposal for proposal in found if not is_painted(labels, proposal.rect))

    def look_for(self, tile_id: int) -> Job[Any] | None:
        """Work out what to propose on this Tile; None before the Tiles have been embedded."""
        session = self._session
        if session.pool is None:
            return None
        nearby = dict.fromkeys([tile_id, *(ranked.tile_id for ranked in session.queue()[:_TILES_COMPARED])])
        latest = [tile_id for tile_id in session.edited if tile_id in session.painted][-_TILES_COMPARED:]
        masks = self._store.stored_masks({t: session.tile_ref(t) for t in (*latest, *nearby)})
        side_px = window_px(session.setting(Setting.TILE_PX))
        request = _Request(
            tuple(map(session.tile_ref, nearby)), masks, {t: session.tiles[t].seconds for t in latest},
            session.forecasts.predictions.get(tile_id), session.doubt_records.trust(), side_px,
        )  # fmt: skip
        work = partial(_work, request, self._features)
        return self._run(text("Looking for windows"), work, Priority.VISIBLE, "windows", partial(self._keep, tile_id))

    def _keep(self, tile_id: int, found: list[Proposal]) -> None:
        self._found[tile_id] = tuple(found)
        self._session.changes.tell(Subject.WINDOWS, tile_ids=frozenset({tile_id}), origin="windows")


def is_painted(labels: NDArray[np.uint8], rect: Rect) -> bool:
    """Whether a Window of a Mask's `labels` (h, w) has enough paint to count."""
    return bool((labels[rect.slices] != UNLABELED).mean() >= _PAINTED_SHARE)


@dataclass(frozen=True)
class _Request:
    """`open_tiles`: the one in question first. `seconds`: active ones, by the id of a painted Tile."""

    open_tiles: tuple[TileRef, ...]
    masks: tuple[StoredMask, ...]
    seconds: Mapping[int, float]
    prediction: TilePrediction | None
    trust: float
    side_px: int


@dataclass(frozen=True)
class _Window:
    rect: Rect
    raw: Floats
    valid_share: float  # of a whole Window
    painted: bool
    mine: bool
    seconds: float
    doubt: float


class WindowFeatures:
    """Raw features of Windows by Tile, the encoder's or what stands in for it. Used on the compute thread alone."""

    def __init__(self, reader: TileReader, threads: int) -> None:
        self._reader = reader
        self._threads = threads  # of torch
        self._features: Features | None = None
        self._known: OrderedDict[TileRef, tuple[Floats, Floats]] = OrderedDict()

    def stages(self, context: JobContext) -> tuple[int, ...]:
        """As in `Features`; when first asked, the encoder is loaded for it."""
        self._features = self._features or features_for(self._reader.roles, context, self._threads)
        return self._features.stages

    def of(self, ref: TileRef, rects: list[Rect], context: JobContext) -> tuple[Floats, Floats]:
        """Raw features (n, D) and valid shares (n,), float32, of the Tile's Windows. Raises SceneError."""
        if ref not in self._known:
            context.check()
            self.stages(context)
            self._known[ref] = self._compute(self._reader.read(ref), rects)
        self._known.move_to_end(ref)
        while len(self._known) > _TILES_REMEMBERED:
            self._known.popitem(last=False)
        return self._known[ref]

    def _compute(self, tile: TilePixels, rects: list[Rect]) -> tuple[Floats, Floats]:
        assert self._features is not None
        parts = [TilePixels(tile.values[:, *rect.slices], tile.valid[rect.slices]) for rect in rects]
        raw = np.zeros((len(parts), sum(self._features.stages)), np.float32)
        for size in {part.valid.shape for part in parts}:
            alike = [number for number, part in enumerate(parts) if part.valid.shape == size]
            raw[alike] = self._features([parts[number] for number in alike])
        return raw, np.array([part.valid.mean() for part in parts], np.float32)


def _work(request: _Request, features: WindowFeatures, context: JobContext) -> list[Proposal]:
    stages = features.stages(context)
    windows = list(_windows(request, features, context))
    count = len(windows)
    numbers = np.arange(count)
    embeddings = to_embeddings(np.stack([window.raw for window in windows]), stages)
    share = np.array([window.valid_share for window in windows], np.float32)
    work = Patchwork(
        Pool(numbers, embeddings, share, np.zeros((count, 2)), np.zeros(count, np.int32)),
        tuple(window.rect for window in windows),
        np.array([window.mine for window in windows]),
        np.array([window.painted for window in windows]),
        np.array([window.seconds for window in windows], np.float32),
        np.array([window.doubt for window in windows], np.float32),
        request.trust,
        request.prediction is not None and request.prediction.model_version == CLASSIFIER_VERSION,
    )
    return propose(work, MOST_WINDOWS)


def _windows(request: _Request, features: WindowFeatures, context: JobContext) -> Iterator[_Window]:
    """Of open Tiles all, of others those with paint: a Window that was left out on purpose is no candidate. Raises
    SceneError where the Tile in question cannot be read; without others it is compared with the rest."""
    failures = Failures(_log, "windows are not compared with those of tiles that cannot be read")
    masks = {mask.ref: mask for mask in request.masks}
    for ref in dict.fromkeys([*request.open_tiles, *masks]):
        mine = ref == request.open_tiles[0]
        rects = window_rects(ref.rect, request.side_px)
        painted = [False] * len(rects)
        if ref in masks:
            labels = decode_plane(masks[ref].labels, ref.rect.height, ref.rect.width)
            painted = [is_painted(labels, rect) for rect in rects]
        taken = request.seconds.get(ref.tile_id, 0.0) / max(sum(painted), 1)
        try:
            raw, shares = features.of(ref, rects, context)
        except SceneError as error:
            if mine:
                raise
            failures.add(error)
            continue
        for number, rect in enumerate(rects):
            if painted[number] or ref in request.open_tiles:
                seconds = taken if painted[number] and taken > 0 else np.nan
                doubt = _doubt(request.prediction, rect) if mine else np.nan
                share = float(shares[number]) * rect.area / request.side_px**2  # a sliver is no Window
                yield _Window(rect, raw[number], share, painted[number], mine, seconds, doubt)


def _doubt(prediction: TilePrediction | None, rect: Rect) -> float:
    """The doubt pooled over a Window as over a Tile; NaN without a Prediction."""
    if prediction is None:
        return np.nan
    classes, doubt = prediction.classes[rect.slices], prediction.doubt[rect.slices]
    return tile_doubt(TilePrediction(prediction.tile_id, prediction.model_version, classes, doubt))
