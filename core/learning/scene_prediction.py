"""What a model makes of a whole Scene: overlapping windows, blended, in bounded memory, from any row on.

Windows of 576 px stand 512 px apart. Over the 64 px that two neighbours share, the weight of one falls as that of the
other rises, along a squared sine, so that nothing jumps where a window ends, and a window's edge pixels, of whose
surroundings it has seen one side only, count for next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.reader import TileReader
from core.learning import runtime
from core.learning.acceleration import Phase, Plan, plan_for
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
    """A Scene to predict. `flips` averages over the four mirrored views: four times the work."""

    model: SegmentationModel
    reader: TileReader
    scene_path: str
    flips: bool = False
    threads: int = 0

    def blocks(self, first_row: int, check: Callable[[], None]) -> Iterator[PredictedBlock]:
        """The blocks of `block_grid` row by row, from row `first_row` on; the same whatever that is.

        `check` is called before each window and may raise to stop. Memory: one window, and 64 rows of the Scene, of
        class shares. Raises LearningError if the model reads other bands than the project has, SceneError.
        """
        check_roles(self.model.card, self.reader)
        info = self.reader.scene(self.scene_path).info
        rows = _rows(block_grid(info.width, info.height))
        run = _Run(self, info.width, info.height, check)
        for number, row in enumerate(rows):
            if number == first_row - 1:
                for _ in run.row(row):  # finished already, but its lower edge is blended into the next row
                    pass
            elif number >= first_row:
                yield from run.row(row)


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


class _Run:
    """One pass over a Scene: the network, and what the windows left of and above the next one give to it."""

    def __init__(self, request: ScenePrediction, width: int, height: int, check: Callable[[], None]) -> None:
        runtime.configure(request.threads)
        self._torch = runtime.load_torch()
        self._request = request
        self._size = width, height
        self._check = check
        self._device: torch.device = runtime.best_device()
        self._plan: Plan = plan_for(Phase.PREDICT, self._device, check)
        self._classes = len(request.model.card.class_values)
        # Shares of the rows that the next row of windows shares with this one, of the whole width.
        self._above: Tensor = self._empty(OVERLAP_PX, width)

    def row(self, blocks: list[Rect]) -> Iterator[PredictedBlock]:
        below = self._empty(OVERLAP_PX, self._size[0])
        left = None
        for block in blocks:
            self._check()
            window = self._window(block)
            shares, valid = self._weighted(window)
            if left is not None:
                shares[:, :, : left.shape[2]] += left
            left = shares[:, :, block.width :].clone()
            core, columns = shares[:, :, : block.width], slice(block.x, block.right)
            core[:, :OVERLAP_PX] += self._above[:, : core.shape[1], columns]
            rest = core[:, block.height :]
            below[:, : rest.shape[1], columns] = rest
            card = self._request.model.card
            classes, doubt = labels_and_doubt(core[:, : block.height], card.class_values)
            inside = valid[: block.height, : block.width]
            yield PredictedBlock(block, classes * inside, doubt * inside)
        self._above = below

    def _window(self, block: Rect) -> Rect:
        """A block with the parts of its right and lower neighbours that are blended, as far as the Scene goes."""
        longer = Rect(block.x, block.y, BLOCK_PX + OVERLAP_PX, BLOCK_PX + OVERLAP_PX)
        return longer.intersect(Rect(0, 0, *self._size))

    def _weighted(self, window: Rect) -> tuple[Tensor, NDArray[np.bool_]]:
        """Class shares (K, h, w) of a window times its weights, and its validity. Nothing is computed without data."""
        request = self._request
        pixels = request.reader.read(TileRef(-1, request.scene_path, window))
        if not pixels.valid.any():
            return self._empty(window.height, window.width), pixels.valid
        model = request.model
        values = rescaled(pixels.values, pixels.valid, request.reader.statistics, model.card.statistics)
        module = inference_module(model.module, self._device, self._plan)
        shares = window_shares(
            module, values, model.card.temperature, self._plan, self._device, self._check, request.flips
        )
        down = self._weights(window.y, window.height, self._size[1])
        across = self._weights(window.x, window.width, self._size[0])
        return shares * down[:, None] * across, pixels.valid

    def _weights(self, start: int, length: int, size: int) -> Tensor:
        """Rising over the overlap with the window before, falling over that with the next; 1 at the Scene's edges."""
        weights = np.ones(length, np.float32)
        rise = np.sin(np.pi / 2 * (np.arange(OVERLAP_PX) + 0.5) / OVERLAP_PX) ** 2
        if start > 0:
            weights[:OVERLAP_PX] = rise[:length]
        if start + BLOCK_PX < size:
            weights[BLOCK_PX:] = 1 - rise[: length - BLOCK_PX]
        return self._torch.from_numpy(weights).to(self._device)  # type: ignore[no-any-return]

    def _empty(self, height: int, width: int) -> Tensor:
        return self._torch.zeros(self._classes, height, width, device=self._device)  # type: ignore[no-any-return]
