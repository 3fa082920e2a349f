"""What a project holds, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, NamedTuple

from core.errors import FieldbrushError, ProjectError
from core.geometry import Rect, TileRef
from core.project.spelling import folded
from core.text import Text

LARGEST_BUDGET = 1_000_000  # tiles or minutes: two years without sleep
_LONGEST_STEM_BYTES = 190  # a name has 255; "_prediction.tif" and what a file is called while it is written come to it


class TileStatus(Enum):
    """Where the expert is with a Tile. Done never means "the rest is healthy": unlabeled pixels stay unlabeled."""

    NEW = "new"
    IN_PROGRESS = "in progress"
    DONE = "done"
    SKIPPED = "skipped"
    FLAGGED = "flagged"

    @property
    def is_open(self) -> bool:
        """Whether the queue still offers the Tile."""
        return self is TileStatus.NEW or self is TileStatus.IN_PROGRESS

    def with_paint(self, is_painted: bool) -> TileStatus:
        """What becomes of it with the Tile's paint: an open Tile is in progress as long as it has any."""
        if not self.is_open:
            return self
        return TileStatus.IN_PROGRESS if is_painted else TileStatus.NEW


@dataclass(frozen=True)
class SceneRecord:
    """A Scene of the project; `path` is absolute, whatever the file stores."""

    scene_id: int
    path: str
    fingerprint: str
    width: int
    height: int
    transform: tuple[float, ...] | None = None  # affine a, b, c, d, e, f from pixels to map units

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    def map_position(self, x: float, y: float) -> tuple[float, float]:
        """A pixel position in map units; itself without a georeference."""
        if self.transform is None:
            return x, y
        a, b, c, d, e, f = self.transform
        return a * x + b * y + c, d * x + e * y + f


def export_stems(scenes: Iterable[SceneRecord]) -> dict[str, str]:
    """The stem of each Scene's exported files, by its path. It depends on the project's Scenes alone, so that a file
    always belongs to the same one; Scenes of the same name in different folders get a number, and names that would be
    too long with an ending are cut."""
    paths = [scene.path for scene in scenes]
    taken = {folded(_stem(path)) for path in paths}
    stems: dict[str, str] = {}
    used: set[str] = set()
    for path in paths:
        stem, number = _stem(path), 1
        candidate = stem
        while folded(candidate) in used or (number > 1 and folded(candidate) in taken):
            number += 1
            candidate = f"{stem}_{number}"
        used.add(folded(candidate))
        stems[path] = candidate
    return stems


def _stem(path: str) -> str:
    return Path(path).stem.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore")


class TileRecord(NamedTuple):
    """A Tile of the grid; `rect` in pixels of its Scene, `seconds` the expert's active time on it. A tuple, for there
    may be 150,000 of them."""

    tile_id: int
    scene_id: int
    grid_column: int
    grid_row: int
    rect: Rect
    valid_share: float
    status: TileStatus = TileStatus.NEW
    seconds: float = 0.0

    def in_scene(self, scene: SceneRecord) -> TileRef:
        """Where its pixels are; `scene` is its own."""
        return TileRef(self.tile_id, scene.path, self.rect, scene.size)


class RankedTile(NamedTuple):
    """A place in the queue: higher score first; `regime` and `reason` say why the Tile is there. A tuple as a Tile."""

    tile_id: int
    score: float
    regime: str
    reason: Text


@dataclass(frozen=True)
class DoubtRecord:
    """A model's doubt about a Tile (0…1) before it was painted, and its pixel error (0…1) against the paint."""

    tile_id: int
    model_version: int
    regime: str
    doubt: float
    error: float


@dataclass(frozen=True)
class Budget:
    """The labeling effort that the expert has: whole tiles, or minutes."""

    unit: Literal["tiles", "minutes"]
    amount: float

    def __post_init__(self) -> None:
        if self.unit not in ("tiles", "minutes"):
            raise ProjectError("A budget is in tiles or in minutes, not in {unit}.", unit=self.unit)
        if not 0 < self.amount <= LARGEST_BUDGET:
            raise ProjectError(
                "A budget of {amount} is not possible.", "Give a number above 0, at most {most}.",
                amount=self.amount, most=LARGEST_BUDGET,
            )  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """A chosen file that is not part of the project, and why."""

    path: str
    error: FieldbrushError
