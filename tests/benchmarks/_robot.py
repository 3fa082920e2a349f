"""A scripted expert: knows the truth, sees where a Tile is wrong, and mends it greedily with the program's own tools.

It paints like a person: the largest brush that fits inside what it paints, then smaller ones, each stroke from where
it helps most on to where it helps most next, or straight (Shift and a click at the other end), whichever makes more
right in a second. Every pixel goes through `Session.begin_stroke`, `brush_segment`,
`StrokeRecorder` and `Session.finish_stroke`, as from the window.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.signal import fftconvolve

from core.geometry import Rect
from core.jobs import Unwatched
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance
from core.labels.strokes import Ink, brush_segment
from core.learning.metrics import Scores, confusion
from core.session import Session
from gui.canvas.tile_colours import Drawing, read_picture
from tests.benchmarks._hand import SCREEN_PX, STRAY, Hand, Point

Bools = NDArray[np.bool_]
Labels = NDArray[np.uint8]

DIAMETERS_PX = (160, 110, 76, 53, 36, 25, 17, 12, 8, 6, 4, 3, 2, 1)
_DIRECTIONS = 16
_ANGLES = np.linspace(0, math.pi, 90, endpoint=False)  # of straight lines
_WIDEST_LINE_PX = 36
_AROUND = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
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

    def image(self) -> NDArray[np.uint8]:
        """The Tile as the window draws it, and as tools judge it: (height, width, 3) uint8."""
        session, tile = self.session, self.session.tiles[self.tile_id]
        composite = session.looks.composites[0]
        drawing = Drawing.of(composite, session.looks.look(composite), None)
        scene = session.scene_files.open(tile.scene_id)
        return read_picture(scene, session.reader, drawing, tile.rect, Unwatched())

    # -- painting ----------------------------------------------------------------------------------------------------

    def mend(self) -> None:
        """The strokes that bring the most in a second, one after another, until the Tile is good enough."""
        for worth in _WORTH:
            promises = self._promises()
            while not self.is_content(self.outcome()):
                found = self.best_stroke(worth, promises)
                if found is None:
                    break
                self.do(*found)

    def worth(self, value: int, stroke: BrushStroke) -> float:
        """What a stroke brings in a second: the share of its class that it makes right."""
        return stroke.rate(self.hand) / float((self.truth == value).sum())

    def best_stroke(
        self, worth: float = _WORTH[0], promises: dict[tuple[int, int], float] | None = None
    ) -> tuple[int, BrushStroke] | None:
        """The class and the stroke of the brush, by hand or straight, that bring the most in a second.

        `promises` are what class and diameter brought when last looked at. They fall as more is right, so only the
        best of them are looked at anew.
        """
        promises = self._promises() if promises is None else promises
        looked: dict[tuple[int, int], BrushStroke] = {}
        while promises:
            key = max(promises, key=lambda k: promises[k])
            if key in looked:
                return key[0], looked[key]
            stroke = Field.of(self, *key).next_stroke(worth, self.hand)
            if stroke is None:
                del promises[key]
            else:
                looked[key], promises[key] = stroke, self.worth(key[0], stroke)
        return None

    def _promises(self) -> dict[tuple[int, int], float]:
        return {(value, diameter_px): math.inf for value in self.present for diameter_px in DIAMETERS_PX}

    def do(self, value: int, stroke: BrushStroke, tool: str = "brush", only: Bools | None = None) -> None:
        """Paint a stroke and be charged for it; of what the brush covers, `only` these pixels (None: all)."""
        self.hand.take_tool(tool)
        self.hand.choose(value)
        self.hand.size(stroke.diameter_px)
        stroke.charge(self.hand)
        recorder = self.session.begin_stroke(self.tile_id, tool, self.paintable)
        bounds = recorder.mask.bounds
        for a, b in zip([stroke.way[0], *stroke.way], stroke.way, strict=False):
            for rect, pixels in brush_segment(a, b, stroke.diameter_px):
                inside = rect.intersect(bounds)
                if not inside.is_empty:
                    covered = pixels[inside.moved(-rect.x, -rect.y).slices]
                    recorder.paint(inside, covered if only is None else covered & only[inside.slices], Ink(value))
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


@dataclass(frozen=True)
class BrushStroke:
    """Where the brush goes, how wide the way is at each of its points, and the pixels that it makes right."""

    way: Sequence[Point]
    widths: Sequence[float]
    gain: float
    diameter_px: int
    is_straight: bool = False

    def charge(self, hand: Hand) -> None:
        if self.is_straight:
            hand.line(self.way[0], self.way[-1], self.widths)
        else:
            hand.stroke(self.way, self.widths)

    def rate(self, hand: Hand) -> float:
        """Pixels a second."""
        trial = replace(hand, seconds=0.0, parts={})
        self.charge(trial)
        return self.gain / trial.seconds


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

    def next_stroke(self, worth: float, hand: Hand) -> BrushStroke | None:
        """By hand or straight, what makes more right in a second; None when neither is worth it."""
        start = self._next_start(worth)
        if start is None:
            return None
        line, free = self._line_through(start), self.freehand(start, worth)
        is_worth_it = line is not None and line.gain >= worth * math.dist(*line.way) * line.diameter_px
        return line if line is not None and is_worth_it and line.rate(hand) > free.rate(hand) else free

    def next_by_hand(self, worth: float) -> BrushStroke | None:
        """The next stroke by hand; None when none is worth it."""
        start = self._next_start(worth)
        return None if start is None else self.freehand(start, worth)

    def freehand(self, start: Point, worth: float) -> BrushStroke:
        """From where it helps most on to where it helps most next; what it covers is right from now on."""
        way, widths = [start], [self._width(start)]
        total = self._gain(start, start)
        self._cover(start, start)
        step = max(2.0, 0.4 * self.diameter_px)
        while len(way) < 400:
            gain, place = self._best_step(way[-1], step)
            if gain < max(1.5, worth * step * self.diameter_px):
                break
            self._cover(way[-1], place)
            total += gain
            way.append(place)
            widths.append(self._width(place))
        return BrushStroke(way, widths, total, self.diameter_px)

    def _line_through(self, place: Point) -> BrushStroke | None:
        """The straight line through a place that makes the most right; None where there is none."""
        if self.diameter_px > _WIDEST_LINE_PX:
            return None
        height, width = self.wanted.shape
        along = np.arange(1.0, math.hypot(height, width))
        across = np.linspace(-0.5, 0.5, min(self.diameter_px, 7)) * (self.diameter_px - 1)
        angles = np.concatenate([_ANGLES, _ANGLES + math.pi])[:, None, None]
        x = place[0] + along[:, None] * np.cos(angles) - across * np.sin(angles)
        y = place[1] + along[:, None] * np.sin(angles) + across * np.cos(angles)
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        rows, columns = y[inside].astype(int), x[inside].astype(int)
        benefit = np.zeros(inside.shape, np.float32)
        benefit[inside] = self.wanted[rows, columns].astype(np.float32) - self.harm[rows, columns]
        sums = benefit.mean(axis=2).cumsum(axis=1) * self.diameter_px
        best, ends = sums.max(axis=1).clip(min=0), np.where(sums.max(axis=1) > 0, along[sums.argmax(axis=1)], 0.0)
        both = best[: len(_ANGLES)] + best[len(_ANGLES) :]
        turn = int(both.argmax())
        forth, back = ends[turn], ends[turn + len(_ANGLES)]
        direction = np.array([math.cos(_ANGLES[turn]), math.sin(_ANGLES[turn])])
        start, end = (tuple((place + way * direction).tolist()) for way in (-back, forth))
        if math.dist(start, end) < self.diameter_px:
            return None
        return self._aimed(start, end)

    def _aimed(self, start: Point, end: Point) -> BrushStroke:
        """The line with its ends moved, and a brush as wide as what it covers."""
        best, diameter_px = self._gain(start, end), self.diameter_px
        for reach in (2.0, 1.0, 0.5):
            for dx, dy in _AROUND:
                for a, b in (((dx, dy), (0, 0)), ((0, 0), (dx, dy))):
                    ends = (
                        (start[0] + reach * a[0], start[1] + reach * a[1]),
                        (end[0] + reach * b[0], end[1] + reach * b[1]),
                    )
                    gain = self._gain(*ends)
                    if gain > best:
                        best, (start, end) = gain, ends
        for narrower in range(self.diameter_px - 1, self.diameter_px // 2, -1):
            gain = self._gain(start, end, narrower)
            if gain > best:
                best, diameter_px = gain, narrower
        widths = tuple(2 * STRAY * diameter_px for _ in range(2))
        return BrushStroke((start, end), widths, best, diameter_px, is_straight=True)

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

    def _gain(self, a: Point, b: Point, diameter_px: int = 0) -> float:
        """Pixels that become right, less those that become wrong."""
        total = 0
        for rect, pixels in self._footprint(a, b, diameter_px or self.diameter_px):
            total += int((self.wanted[rect.slices] & pixels).sum()) - int((self.harm[rect.slices] & pixels).sum())
        return float(total)

    def _cover(self, a: Point, b: Point) -> None:
        for rect, pixels in self._footprint(a, b, self.diameter_px):
            self.wanted[rect.slices] &= ~pixels
            self.harm[rect.slices] &= ~pixels

    def _footprint(self, a: Point, b: Point, diameter_px: int) -> list[tuple[Rect, Bools]]:
        height, width = self.wanted.shape
        found = []
        for rect, pixels in brush_segment(a, b, diameter_px):
            inside = rect.intersect(Rect(0, 0, width, height))
            if not inside.is_empty:
                found.append((inside, pixels[inside.moved(-rect.x, -rect.y).slices]))
        return found

    def _width(self, place: Point) -> float:
        room = float(self.clearance[int(place[1]), int(place[0])]) - self.diameter_px / 2
        return 2 * STRAY * self.diameter_px + 2 * max(room, 0.0)
