"""The Scene's picture: rendered blocks at power-of-two levels, read in the background, kept in bounded memory.

Level L shows one pixel for 2^L × 2^L Scene pixels. While a block is on its way, what is there of it at another level,
or in the last composite, is drawn in its place.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import Look, Stretch, read_composite, render
from core.imagery.interpretation import Interpretation
from core.imagery.overviews import lacks_overview
from core.imagery.scene import Scene
from core.imagery.stretching import measure_scene, measure_view
from core.jobs import Job, JobContext, JobState, Priority
from core.project.settings import Setting
from core.session import Session
from core.text import text

BLOCK_PX = 512
LARGEST_CACHE_BYTES = 160 * 2**20  # all caches together stay under 512 MiB: docs/performance.md
# Where shrinking would decode all of a big file the picture grows piece by piece, instead of coming late as a whole.
_LEVELS_FINER = 2
_STRETCHES_KEPT = 64  # with the project


@dataclass(frozen=True)
class BlockKey:
    """One block of one Scene in one composite as it is drawn now (`_shown`)."""

    scene_id: int
    composite: str
    level: int
    column: int
    row: int

    def scene_rect(self, scene_width: int, scene_height: int) -> Rect:
        """The Scene pixels the block covers, cut at the Scene's edge."""
        side = BLOCK_PX << self.level
        whole = Rect(self.column * side, self.row * side, side, side)
        return whole.intersect(Rect(0, 0, scene_width, scene_height))


class ScenePart(NamedTuple):
    """What a view shows: pixels of a Scene at `scale` device pixels per Scene pixel."""

    scene: Scene
    scene_id: int
    rect: Rect
    scale: float


class _RenderedBlock:
    """A rendered block. The QImage reads the array's memory, so both live together."""

    def __init__(self, pixels: NDArray[np.uint32]) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        height, width = self.pixels.shape
        self.image = QImage(self.pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)


class _Measured(NamedTuple):
    """A Stretch, and when the file that it was measured of had been written, in nanoseconds: not what is there by the
    time it is kept."""

    stretch: Stretch
    written_ns: int


class Pyramid:
    """Draws Scenes and fetches what is missing. All views of a project share one: several panes together show no more
    pixels than one, so the same memory serves them, and what one has read the others need not."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._viewers: dict[object, Callable[[int, Rect], None]] = {}
        self._wanted: dict[object, set[BlockKey]] = {}  # by viewer, what it still waits for
        self._seen: dict[object, tuple[int, str, int, Rect]] = {}  # by viewer, what it has asked for all of
        self._blocks: OrderedDict[BlockKey, _RenderedBlock] = OrderedDict()
        self._bytes = 0
        self._pending: dict[BlockKey, Job[NDArray[np.uint32]]] = {}
        self._stretches: dict[tuple[int, str], _Measured] = _remembered(session)
        self._stretch_pending: dict[tuple[int, str], Job[Stretch]] = {}
        self._last: dict[object, tuple[int, str]] = {}  # by viewer, Scene and composite; shown while another one loads

    def watch(self, viewer: object, changed: Callable[[int, Rect], None]) -> None:
        """From now on call `changed` with the Scene and its pixels that came in; `viewer` is who draws."""
        self._viewers[viewer] = changed

    def leave(self, viewer: object) -> None:
        """The viewer shows nothing any more."""
        self._viewers.pop(viewer, None)
        self._last.pop(viewer, None)
        self.forget_requests(viewer)

    def draw(
        self, viewer: object, painter: QPainter, scene: Scene, scene_id: int, composite: Composite, visible: Rect,
        dirty: Rect, scale: float, to_widget: Callable[[Rect], QRectF],
    ) -> None:  # fmt: skip
        """Draw the `dirty` part of the Scene, `scale` device pixels per Scene pixel, and ask for what is missing of
        all that is `visible`."""
        level, shown = _level(scene, scale), self._shown(composite)
        wanted = list(self._keys(scene, scene_id, shown, level, dirty))
        missing = [key for key in wanted if key not in self._blocks]
        view = (scene_id, shown, level, visible)
        if missing or self._wanted.get(viewer) or self._seen.get(viewer) != view:  # not in every step of a Stroke
            self._seen[viewer] = view
            everything = self._keys(scene, scene_id, shown, level, visible)
            self._fetch(viewer, scene, composite, [key for key in everything if key not in self._blocks])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        before = self._shown_before(viewer, scene_id)
        for key in missing:
            self._draw_substitute(painter, scene, key, before, to_widget)
        self._draw_blocks(painter, scene, wanted, to_widget)
        if not self._wanted[viewer]:
            self._last[viewer] = (scene_id, shown)

    def _shown_before(self, viewer: object, scene_id: int) -> str:
        """How the viewer last saw all of this Scene; empty where it did not."""
        last_scene_id, shown = self._last.get(viewer, (scene_id, ""))
        return shown if last_scene_id == scene_id else ""

    def _draw_blocks(
        self, painter: QPainter, scene: Scene, keys: Sequence[BlockKey], to_widget: Callable[[Rect], QRectF]
    ) -> None:
        """Those that are there; they are the last to be given up."""
        for key in keys:
            if key in self._blocks:
                self._blocks.move_to_end(key)
                rect = key.scene_rect(scene.info.width, scene.info.height)
                painter.drawImage(to_widget(rect), self._blocks[key].image)

    def stretch(self, scene_id: int, composite: Composite) -> Stretch | None:
        """The stretch in use, None while it is being measured."""
        measured = self._stretches.get((scene_id, self._shown(composite)))
        return None if measured is None else measured.stretch

    def stretch_to(self, scene: Scene, scene_id: int, rect: Rect, composite: Composite) -> None:
        """Measure the stretch on a part of the Scene, and draw the composite so from then on."""
        look, base = self._session.looks.look(composite), self.stretch(scene_id, composite)
        if base is None:
            return  # nothing is drawn yet that could be stretched
        self._session.readers.submit(
            text("Reading the scene"),
            partial(measure_view, scene, self._session.interpretation, composite, look, base, rect),
            Priority.VISIBLE,
            "stretch to view",
            lambda stretch: self._session.looks.set_look(composite, look.given(stretch)),
        )

    def _shown(self, composite: Composite) -> str:
        """What tells two pictures of the same place apart: the composite, and how it is drawn."""
        source = "" if composite.formula is None else composite.formula.source
        return f"{composite.key} {source} {self._session.looks.look(composite)}"

    def is_complete(self, viewer: object) -> bool:
        """Whether the viewer has drawn, and waits for nothing."""
        return viewer in self._wanted and not self._wanted[viewer]

    def forget_requests(self, viewer: object) -> None:
        """Drop what only this viewer still waits for. What could not be read is tried when it is next looked at."""
        self._wanted.pop(viewer, None)
        self._seen.pop(viewer, None)
        self._drop_unwanted()
        self.try_again()

    def try_again(self) -> None:
        """What could not be read is asked for anew when it is drawn next: its drive may be back. Not by itself, or a
        Scene that is gone would be read, and complained of, without end."""
        failed = JobState.FAILED
        self._pending = {key: job for key, job in self._pending.items() if job.state is not failed}
        self._stretch_pending = {key: job for key, job in self._stretch_pending.items() if job.state is not failed}

    def _drop_unwanted(self) -> None:
        for key in self._pending.keys() - set().union(*self._wanted.values()):
            self._pending.pop(key).cancel()

    def _keys(self, scene: Scene, scene_id: int, composite: str, level: int, visible: Rect) -> Iterator[BlockKey]:
        part = visible.intersect(Rect(0, 0, scene.info.width, scene.info.height))
        if part.is_empty:
            return
        side = BLOCK_PX << level
        for row in range(part.y // side, (part.bottom - 1) // side + 1):
            for column in range(part.x // side, (part.right - 1) // side + 1):
                yield BlockKey(scene_id, composite, level, column, row)

    def _draw_substitute(
        self, painter: QPainter, scene: Scene, key: BlockKey, last: str, to_widget: Callable[[Rect], QRectF]
    ) -> None:
        """Draw the block's place from a coarser level, then from a finer one on top; else from the last composite."""
        rect = key.scene_rect(scene.info.width, scene.info.height)
        for composite in dict.fromkeys((last, key.composite)):
            for level in range(key.level + 8, key.level, -1):
                shift = level - key.level
                coarse = BlockKey(key.scene_id, composite, level, key.column >> shift, key.row >> shift)
                self._draw_part(painter, scene, coarse, rect, to_widget)
            for level in range(key.level, max(key.level - 3, -1), -1):
                for fine in self._keys(scene, key.scene_id, composite, level, rect):
                    self._draw_part(painter, scene, fine, rect, to_widget)

    def _draw_part(
        self, painter: QPainter, scene: Scene, key: BlockKey, part: Rect, to_widget: Callable[[Rect], QRectF]
    ) -> None:
        block = self._blocks.get(key)
        if block is None:
            return
        covers = key.scene_rect(scene.info.width, scene.info.height)
        shown = part.intersect(covers)
        across, down = block.image.width() / covers.width, block.image.height() / covers.height
        source = QRectF((shown.x - covers.x) * across, (shown.y - covers.y) * down, shown.width * across,
                        shown.height * down)  # fmt: skip
        painter.drawImage(to_widget(shown), block.image, source)

    def _fetch(self, viewer: object, scene: Scene, composite: Composite, missing: list[BlockKey]) -> None:
        self._wanted[viewer] = set(missing)
        self._drop_unwanted()
        self._request(scene, composite, missing, Priority.VISIBLE)

    def read_ahead(self, viewer: object, parts: Sequence[ScenePart], composite: Composite) -> bool:
        """Ask for what those parts will need, after all that is in view and in place of what this viewer asked for
        before. False while a stretch is being measured: `changed` tells when to ask again."""
        missing: list[tuple[Scene, list[BlockKey]]] = []
        for scene, scene_id, rect, scale in parts:
            keys = self._keys(scene, scene_id, self._shown(composite), _level(scene, scale), rect)
            missing.append((scene, [key for key in keys if key not in self._blocks]))
        self._wanted[viewer] = {key for _, keys in missing for key in keys}
        self._drop_unwanted()  # the readers take the newest first
        asked = [self._request(scene, composite, keys, Priority.QUEUE) for scene, keys in reversed(missing)]
        return all(asked)

    def _request(self, scene: Scene, composite: Composite, keys: list[BlockKey], priority: Priority) -> bool:
        """Read those blocks of one Scene; what already waits less urgently is moved up. False without a stretch."""
        if not keys:
            return True
        look = self._session.looks.look(composite)
        measured = self._stretches.get((keys[0].scene_id, keys[0].composite))
        if measured is None:
            self._measure(scene, (keys[0].scene_id, keys[0].composite), composite, look)
            return False
        interpretation, stretch = self._session.interpretation, measured.stretch
        for key in keys:
            waiting = self._pending.get(key)
            if waiting is not None:
                if waiting.priority <= priority or waiting.state is not JobState.QUEUED:
                    continue
                waiting.cancel()
            rect = key.scene_rect(scene.info.width, scene.info.height)
            work = partial(_render_block, scene, interpretation, composite, look.colours, stretch, rect, key.level)
            self._pending[key] = self._session.readers.submit(
                text("Reading the scene"), work, priority, then=partial(self._arrived, scene, key)
            )
        return True

    def _measure(self, scene: Scene, place: tuple[int, str], composite: Composite, look: Look) -> None:
        if place in self._stretch_pending:
            return
        self._stretch_pending[place] = self._session.readers.submit(
            text("Reading the scene"),
            partial(measure_scene, scene, self._session.reader, composite, look),
            Priority.VISIBLE,
            then=partial(self._measured, scene, place),
        )

    def _measured(self, scene: Scene, place: tuple[int, str], stretch: Stretch) -> None:
        self._stretch_pending.pop(place, None)
        self._stretches[place] = _Measured(stretch, scene.written[1])
        self._tell(place[0], Rect(0, 0, scene.info.width, scene.info.height))

    def remember_stretches(self) -> None:
        """Keep what was measured with the project: the next first picture need not wait for it. Raises ProjectError."""
        newest = list(self._stretches.items())[-_STRETCHES_KEPT:]
        kept = [[*place, at, found.low, found.high, found.gamma] for place, (found, at) in newest]
        self._session.set_setting(Setting.STRETCHES, kept)

    def _tell(self, scene_id: int, rect: Rect) -> None:
        for changed in tuple(self._viewers.values()):
            changed(scene_id, rect)

    def _arrived(self, scene: Scene, key: BlockKey, pixels: NDArray[np.uint32]) -> None:
        self._pending.pop(key, None)
        if key in self._blocks:  # asked for twice, when it was moved up
            self._bytes -= self._blocks.pop(key).pixels.nbytes
        block = _RenderedBlock(pixels)
        self._blocks[key] = block
        self._bytes += block.pixels.nbytes
        while self._bytes > LARGEST_CACHE_BYTES:
            self._bytes -= self._blocks.popitem(last=False)[1].pixels.nbytes
        self._tell(key.scene_id, key.scene_rect(scene.info.width, scene.info.height))


def _remembered(session: Session) -> dict[tuple[int, str], _Measured]:
    """What an earlier session has measured of files that are as they were; nothing where another version kept it
    differently."""
    try:
        return {
            (int(scene_id), str(shown)): _Measured(
                Stretch(tuple(map(float, low)), tuple(map(float, high)), float(gamma)), modified
            )
            for scene_id, shown, modified, low, high, gamma in session.setting(Setting.STRETCHES, [])
            if modified is not None and modified == _modified(session, scene_id)
        }
    except (TypeError, ValueError):
        return {}


def _modified(session: Session, scene_id: int) -> int | None:
    """When the Scene's file was written, in nanoseconds; None where it is not there."""
    try:
        return Path(session.scenes[scene_id].path).stat().st_mtime_ns
    except (KeyError, OSError):
        return None


def _level(scene: Scene, scale: float) -> int:
    """The level whose pixels are as large as the screen's, at `scale` device pixels per Scene pixel."""
    level = min(math.floor(math.log2(1 / scale) + 0.25), 16) if scale < 1 else 0
    return max(level - _LEVELS_FINER, 0) if level > 0 and lacks_overview(scene) else level


def _render_block(
    scene: Scene, interpretation: Interpretation, composite: Composite, colours: str, stretch: Stretch, rect: Rect,
    level: int, context: JobContext,
) -> NDArray[np.uint32]:  # fmt: skip
    context.check()
    height, width = max(-(-rect.height >> level), 1), max(-(-rect.width >> level), 1)
    pixels = read_composite(scene, rect, composite, interpretation, height, width, smooth=True)
    context.check()
    return render(pixels.values, pixels.valid, composite, stretch, colours)
