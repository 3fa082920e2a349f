"""A scripted expert: knows the truth, sees where a Tile is wrong, and mends it greedily with the program's own tools.

It paints like a person: the largest brush that fits inside what it paints, then smaller ones, each stroke from where
it helps most on to where it helps most next. Every pixel goes through `Session.begin_stroke`, `brush_segment`,
`StrokeRecorder` and `Session.finish_stroke`, as from the window.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.signal import fftconvolve

from core.geometry import Rect
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance
from core.labels.strokes import Ink, brush_segment
from core.learning.metrics import Scores, confusion
from core.session import Session
from tests.benchmarks._hand import SCREEN_PX, STRAY, Hand, Point

Bools = NDArray[np.bool_]
Labels = NDArray[np.uint8]

DIAMETERS_PX = (160, 110, 76, 53, 36, 25, 17, 12, 8, 6, 4, 3, 2, 1)
_DIRECTIONS = 16
_WORTH = (0.3, 0.12, 0.04)  # of what a step covers, how much must become right: first pass, second, third


@dataclass(frozen=True)
class Limits:
    iou: float = 0.9
    seconds: float = 600.0


class Robot:
    """At work on one Tile."""

    def __init__(self, session: Session, tile_id: int, truth: Labels, limits: Limits) -> None:
        self.session, self.tile_id, self.truth, self.limits = session, tile_id, truth, limits
        self.values = tuple(c.value for c in session.classes)
        self.known: Bools = np.isin(truth, self.values)
        counts = np.bincount(truth[self.known], minlength=256)
        self.present = tuple(value for value in self.values if counts[value])
        self.background = int(counts.argmax())
        self.paintable = session.paintable(tile_id)
        self.hand = Hand(SCREEN_PX / max(truth.shape))
        self.hand.look()

    # -- what it sees ------------------------------------------------------------------------------------------------

    @property
    def labels(self) -> Labels:
        return self.session.mask(self.tile_id).labels

    def ious(self, labels: Labels) -> dict[int, float]:
        """Of each class on the Tile, over the pixels whose truth is known."""
        scores = Scores.of(confusion(np.where(self.known, self.truth, UNLABELED), labels, self.values), self.values)
        found = dict(zip(self.values, scores.iou, strict=True))
        return {value: float(found[value] or 0.0) for value in self.present}

    def iou(self, labels: Labels) -> float:
        return float(np.mean(list(self.ious(labels).values())))

    def outcome(self) -> Labels:
        """The Mask as it will be when the rest is filled with the commonest class."""
        return np.where(self.labels == UNLABELED, np.uint8(self.background), self.labels)

    def is_content(self, labels: Labels) -> bool:
        return self.iou(labels) >= self.limits.iou or self.hand.seconds >= self.limits.seconds

    # -- painting ----------------------------------------------------------------------------------------------------

    def mend(self) -> None:
        """Paint over what is wrong, the worst class first, until the Tile is good enough."""
        for worth in _WORTH:
            ious = self.ious(self.outcome())
            for value in sorted(ious, key=lambda v: ious[v]):
                for diameter_px in DIAMETERS_PX:
                    if self.is_content(self.outcome()):
                        break
                    self.sweep(value, diameter_px, worth)
            if self.is_content(self.outcome()):
                break

    def sweep(self, value: int, diameter_px: int, worth: float, most_strokes: int = 10_000) -> None:
        """All strokes of one class with one brush that are worth it."""
        field = Field.of(self, value, diameter_px)
        for _ in range(most_strokes):
            way, widths = field.next_way(worth)
            if not way:
                return
            self.hand.take_tool("brush")
            self.hand.choose(value)
            self.hand.size(diameter_px)
            self.hand.stroke(way, widths)
            self.paint(way, diameter_px, value)
            if self.is_content(self.outcome()):
                return

    def paint(self, way: Sequence[Point], diameter_px: int, value: int) -> None:
        recorder = self.session.begin_stroke(self.tile_id, "brush", self.paintable)
        for a, b in zip([way[0], *way], way, strict=False):
            for rect, pixels in brush_segment(a, b, diameter_px):
                recorder.paint(rect, pixels, Ink(value))
        self.session.finish_stroke(self.tile_id, recorder)

    def paint_area(self, tool: str, pixels: Bools, value: int) -> None:
        recorder = self.session.begin_stroke(self.tile_id, tool, self.paintable)
        recorder.paint(recorder.mask.bounds, pixels, Ink(value, Provenance.FILLED))
        self.session.finish_stroke(self.tile_id, recorder)

    def fill_rest(self) -> None:
        if (self.labels == UNLABELED).any():
            self.hand.choose(self.background)
            self.hand.press_keys(2)  # Shift+F
            self.session.fill_unlabeled(self.tile_id, self.background, self.paintable)

    def submit(self) -> None:
        self.hand.look()
        self.hand.press_keys()
        self.session.submit(self.tile_id, self.hand.seconds)


class Field:
    """Where a brush of one size helps: what it would make right or wrong, and where its centre may go."""

    def __init__(self, wanted: Bools, harm: Bools, clearance: NDArray[np.float32], diameter_px: int) -> None:
        self.wanted, self.harm, self.clearance, self.diameter_px = wanted, harm, clearance, diameter_px
        self.allowed = clearance >= (1 - 2 * STRAY) * diameter_px / 2
        self.rate_places()

    @classmethod
    def of(cls, robot: Robot, value: int, diameter_px: int) -> Field:
        truth, labels = robot.truth, robot.outcome()
        ious = robot.ious(labels)
        fine = [v for v in robot.values if ious.get(v, 0.0) >= robot.limits.iou + 0.03]
        wanted = (truth == value) & (labels != value)
        if value in fine:
            wanted &= ~np.isin(labels, fine)  # two classes that are both good enough: who cares
        free = (truth == value) | ~robot.known
        harm = ~free & (labels == truth)
        outside = np.pad(free, 1, constant_values=True)  # painting over the Tile's edge is harmless
        clearance = ndimage.distance_transform_edt(np.pad(outside, diameter_px, constant_values=True))
        edge = diameter_px + 1
        return cls(wanted, harm, clearance[edge:-edge, edge:-edge].astype(np.float32), diameter_px)

    def next_way(self, worth: float) -> tuple[list[Point], list[float]]:
        """The next stroke, and how wide the way is at each of its points; empty when none is worth it."""
        start = self._next_start(worth)
        if start is None:
            return [], []
        way, widths = [start], [self._width(start)]
        self._cover(start, start)
        step = max(2.0, 0.4 * self.diameter_px)
        while len(way) < 400:
            gain, place = self._best_step(way[-1], step)
            if gain < max(1.5, worth * step * self.diameter_px):
                break
            self._cover(way[-1], place)
            way.append(place)
            widths.append(self._width(place))
        return way, widths

    def rate_places(self) -> None:
        """Look anew at every place for a dab, on a grid, the most useful first."""
        side = np.arange(self.diameter_px) - (self.diameter_px - 1) / 2
        disc = (side[:, None] ** 2 + side**2 <= self.diameter_px**2 / 4).astype(np.float32)
        benefit = self.wanted.astype(np.float32) - self.harm
        gains = fftconvolve(benefit, disc, mode="same")
        grid = max(1, self.diameter_px // 4)
        ys, xs = np.nonzero(self.allowed[::grid, ::grid] & (gains[::grid, ::grid] > 1))
        heap = [(-float(gains[y * grid, x * grid]), int(x * grid), int(y * grid)) for y, x in zip(ys, xs, strict=True)]
        heapq.heapify(heap)
        self._heap = heap

    def best_places(self, count: int) -> list[tuple[int, int]]:
        """(x, y) of the most useful places for a dab, apart from each other."""
        found: list[tuple[int, int]] = []
        for _, x, y in sorted(self._heap):
            if all(math.dist((x, y), other) > 2 * self.diameter_px for other in found):
                found.append((x, y))
            if len(found) == count:
                break
        return found

    def _next_start(self, worth: float) -> Point | None:
        least = max(2.0, worth * math.pi * self.diameter_px**2 / 4)
        while self._heap and -self._heap[0][0] >= least:
            stored, x, y = heapq.heappop(self._heap)
            gain = self._gain((x + 0.5, y + 0.5), (x + 0.5, y + 0.5))
            if gain >= least and gain >= -0.9 * stored:
                return x + 0.5, y + 0.5
            if gain >= least:
                heapq.heappush(self._heap, (-gain, x, y))
        return None

    def _best_step(self, place: Point, step: float) -> tuple[float, Point]:
        height, width = self.wanted.shape
        best = (-1.0, place)
        for turn in range(_DIRECTIONS):
            angle = 2 * math.pi * turn / _DIRECTIONS
            x, y = place[0] + step * math.cos(angle), place[1] + step * math.sin(angle)
            if 0 <= x < width and 0 <= y < height and self.allowed[int(y), int(x)]:
                best = max(best, (self._gain(place, (x, y)), (x, y)))
        return best

    def _gain(self, a: Point, b: Point) -> float:
        """Pixels that become right, less those that become wrong."""
        total = 0
        for rect, pixels in self._footprint(a, b):
            total += int((self.wanted[rect.slices] & pixels).sum()) - int((self.harm[rect.slices] & pixels).sum())
        return float(total)

    def _cover(self, a: Point, b: Point) -> None:
        for rect, pixels in self._footprint(a, b):
            self.wanted[rect.slices] &= ~pixels
            self.harm[rect.slices] &= ~pixels

    def _footprint(self, a: Point, b: Point) -> list[tuple[Rect, Bools]]:
        height, width = self.wanted.shape
        found = []
        for rect, pixels in brush_segment(a, b, self.diameter_px):
            inside = rect.intersect(Rect(0, 0, width, height))
            if not inside.is_empty:
                found.append((inside, pixels[inside.moved(-rect.x, -rect.y).slices]))
        return found

    def _width(self, place: Point) -> float:
        room = float(self.clearance[int(place[1]), int(place[0])]) - self.diameter_px / 2
        return 2 * STRAY * self.diameter_px + 2 * max(room, 0.0)
