"""What a model makes of a whole Scene: overlapping windows, blended, in bounded memory, from any row on.

Windows of 576 px stand 512 px apart. Over the 64 px that two neighbours share, the weight of one falls as that of the
other rises, along a squared sine, so that nothing jumps where a window ends, and a window's edge pixels, of whose
surroundings it has seen one side only, count for next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.executors.spread import HERE, Workplace, spread
from core.geometry import Rect, TileRef
from core.imagery.reader import TileReader
from core.learning import runtime
from core.learning.acceleration import AgreedPlan, Phase, plan_for
from core.learning.model import SegmentationModel
from core.learning.prediction import check_roles, inference_module, labels_and_doubt, rescaled, window_shares

if TYPE_CHECKING:
    import torch
    from torch import Tensor

BLOCK_PX = 512  # a multiple of the network's largest stride, so that every window lies on the same lattice
OVERLAP_PX = 64


class PredictedBlock(NamedTuple):
    """A finished part of a Scene. classes uint8 (h, w): label values, 0 without data; doubt uint8 (h, w), 0…255."""

    rect: Rect
    classes: NDArray[np.uint8]
    doubt: NDArray[np.uint8]


@dataclass(frozen=True)
class ScenePrediction:
    """A Scene to predict. `flips` averages over the four mirrored views: four times the work. `threads` of this
    process, 0 for all cores; `place` is where the windows are computed."""

    model: SegmentationModel
    reader: TileReader
    scene_path: str
    flips: bool = False
    threads: int = 0
    place: Workplace = HERE

    def blocks(self, first_row: int, check: Callable[[], None]) -> Iterator[PredictedBlock]:
        """The blocks of `block_grid` row by row, from row `first_row` on; the same whatever that is.

        `check` is called before each window and may raise to stop. Memory: some windows, and 64 rows of the Scene, of
        class shares. Raises LearningError if the model reads other bands than the project has, SceneError,
        WorkplaceError.
        """
        check_roles(self.model.card, self.reader)
        info = self.reader.scene(self.scene_path).info
        rows = _rows(block_grid(info.width, info.height))
        before = max(first_row - 1, 0)  # finished already, but its lower edge is blended into the next row
        windows = [_window(block, (info.width, info.height)) for row in rows[before:] for block in row]
        plan = AgreedPlan.made(Phase.PREDICT, self.threads, self.place.threads(self.threads), check)
        request = _Request(self.model, self.reader, self.scene_path, (info.width, info.height), self.flips, plan)
        with closing(spread(self.place, _weighted, request, windows, check)) as results:
            blend = _Blend(request, results)
            for number, row in enumerate(rows[before:], before):
                finished = blend.row(row)
                if number >= first_row:
                    yield from finished
                else:
                    for _ in finished:
                        pass


def block_grid(width: int, height: int) -> list[Rect]:
    """The blocks of a Scene, row by row; the last of each row and column may be smaller."""
    return [
        Rect(x, y, min(BLOCK_PX, width - x), min(BLOCK_PX, height - y))
        for y in range(0, height, BLOCK_PX)
        for x in range(0, width, BLOCK_PX)
    ]


def _rows(blocks: list[Rect]) -> list[list[Rect]]:
    rows: dict[int, list[Rect]] = {}
    for block in blocks:
        rows.setdefault(block.y, []).append(block)
    return list(rows.values())


@dataclass(frozen=True)
class _Request:
    """What all windows share. `size`: width and height of the Scene."""

    model: SegmentationModel
    reader: TileReader
    scene_path: str
    size: tuple[int, int]
    flips: bool
    plan: AgreedPlan


class _Weighted(NamedTuple):
    """Of a window: class shares float32 (K, h, w) times its weights, None without data; valid bool (h, w)."""

    shares: NDArray[np.float32] | None
    valid: NDArray[np.bool_]


class _Blend:
    """One pass over a Scene: what the windows left of and above the next one give to it."""

    def __init__(self, request: _Request, results: Iterator[_Weighted]) -> None:
        self._torch = runtime.load_torch()
        self._card = request.model.card
        self._width = request.size[0]
        self._results = results
        self._device: torch.device = runtime.best_device()
        # Shares of the rows that the next row of windows shares with this one, of the whole width.
        self._above: Tensor = self._empty(OVERLAP_PX, self._width)

    def row(self, blocks: list[Rect]) -> Iterator[PredictedBlock]:
        below = self._empty(OVERLAP_PX, self._width)
        left = None
        for block in blocks:
            shares, valid = self._next()
            if left is not None:
                shares[:, :, : left.shape[2]] += left
            left = shares[:, :, block.width :].clone()
            core, columns = shares[:, :, : block.width], slice(block.x, block.right)
            core[:, :OVERLAP_PX] += self._above[:, : core.shape[1], columns]
            rest = core[:, block.height :]
            below[:, : rest.shape[1], columns] = rest
            classes, doubt = labels_and_doubt(core[:, : block.height], self._card.class_values)
            inside = valid[: block.height, : block.width]
            yield PredictedBlock(block, classes * inside, doubt * inside)
        self._above = below

    def _next(self) -> tuple[Tensor, NDArray[np.bool_]]:
        shares, valid = next(self._results)
        if shares is None:
            return self._empty(*valid.shape), valid
        return self._torch.tensor(shares, device=self._device), valid  # a copy: what has travelled may be read-only

    def _empty(self, height: int, width: int) -> Tensor:
        count = len(self._card.class_values)
        return self._torch.zeros(count, height, width, device=self._device)  # type: ignore[no-any-return]


def _window(block: Rect, size: tuple[int, int]) -> Rect:
    """A block with the parts of its right and lower neighbours that are blended, as far as the Scene goes."""
    longer = Rect(block.x, block.y, BLOCK_PX + OVERLAP_PX, BLOCK_PX + OVERLAP_PX)
    return longer.intersect(Rect(0, 0, *size))


def _weighted(request: _Request, window: Rect, check: Callable[[], None]) -> _Weighted:
    """A part of the work. Nothing is computed where there is no data."""
    pixels = request.reader.read(TileRef(-1, request.scene_path, window))
    if not pixels.valid.any():
        return _Weighted(None, pixels.valid)
    request.plan.take()
    model, device = request.model, runtime.best_device()
    plan = plan_for(Phase.PREDICT, device, check)
    values = rescaled(pixels, request.reader, request.scene_path, model.card.statistics)
    module = inference_module(model.module, device, plan)
    shares = window_shares(module, values, model.card.temperature, plan, device, check, request.flips)
    down = _weights(window.y, window.height, request.size[1])
    across = _weights(window.x, window.width, request.size[0])
    return _Weighted(shares.cpu().numpy() * down[:, None] * across, pixels.valid)


def _weights(start: int, length: int, size: int) -> NDArray[np.float32]:
    """Rising over the overlap with the window before, falling over that with the next; 1 at the Scene's edges."""
    weights = np.ones(length, np.float32)
    rise = np.sin(np.pi / 2 * (np.arange(OVERLAP_PX) + 0.5) / OVERLAP_PX) ** 2
    if start > 0:
        weights[:OVERLAP_PX] = rise[:length]
    if start + BLOCK_PX < size:
        weights[BLOCK_PX:] = 1 - rise[: length - BLOCK_PX]
    return weights
