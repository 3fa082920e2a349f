"""Tiles as the encoder and the model want them: float32 on one scale, with their validity."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.errors import SceneError
from core.geometry import TileRef
from core.imagery.files import refuse_other_size
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Pixels, Scene, exact_dtype, open_scene
from core.imagery.statistics import BandStatistics, scale_for
from core.jobs import Checkpoint, Unwatched

_MAX_OPEN_SCENES = 32
_LOOK_S = 0.02  # how long what is in view may wait for a scale that another thread measures
_LOWEST, _HIGHEST = -0.5, 1.5  # what lies further outside the percentiles is noise, glint, or cloud


@dataclass(frozen=True)
class TilePixels:
    """`values` float32 (B, h, w), mostly 0…1, clipped to −0.5…1.5, 0 where invalid; `valid` bool (h, w)."""

    values: NDArray[np.float32]
    valid: NDArray[np.bool_]

    def filled(self) -> NDArray[np.float32]:
        """The values, with those of the nearest valid pixel where there are none. 0 would be the darkest that there is,
        as water is: a network takes the pixels along such an edge for it."""
        if self.valid.all() or not self.valid.any():
            return self.values
        rows, columns = ndimage.distance_transform_edt(~self.valid, return_distances=False, return_indices=True)
        filled = self.values.copy()
        filled[:, ~self.valid] = self.values[:, rows[~self.valid], columns[~self.valid]]
        return filled


class TileReader:
    """Reads Tiles by reference. Safe to share between threads; a pickled copy opens its own files."""

    def __init__(self, interpretation: Interpretation, statistics: BandStatistics) -> None:
        if len(statistics.low) != len(interpretation.data_bands):
            raise SceneError(
                "The statistics are of {found} bands, but the scenes have {expected}.",
                "Measure them again.",
                found=len(statistics.low),
                expected=len(interpretation.data_bands),
            )
        self.interpretation = interpretation
        self.statistics = statistics
        self._scenes: OrderedDict[str, Scene] = OrderedDict()
        self._scales: dict[tuple[str, BandStatistics], BandStatistics] = {}
        self._lock = threading.Lock()
        self._measuring = threading.RLock()  # what comes between two windows may ask for a scale too

    @property
    def roles(self) -> tuple[str, ...]:
        """What each data band measures, in order."""
        return tuple(band.role for band in self.interpretation.data_bands)

    @property
    def band_count(self) -> int:
        return len(self.interpretation.data_bands)

    def read(self, ref: TileRef, margin_px: int = 0) -> TilePixels:
        """The Tile with `margin_px` of its surroundings; outside the Scene is invalid. So are all surroundings where a
        part of them cannot be read: a damaged block spoils no Tile beside it. Raises SceneError."""
        pixels = self.read_raw(ref, margin_px)
        return TilePixels(self._normalised(pixels, self.scale_of(ref.scene_path)), pixels.valid)

    def read_raw(self, ref: TileRef, margin_px: int = 0) -> Pixels:
        """The same in the file's own units and dtype. Raises SceneError."""
        scene = self.scene(ref.scene_path)
        refuse_other_size(ref.scene_path, scene.info.size, ref.scene_size)
        self.refuse_fewer_bands(scene)
        try:
            return scene.read(ref.rect.grown(margin_px), interpretation=self.interpretation)
        except SceneError:
            if not margin_px:
                raise
        alone = scene.read(ref.rect, interpretation=self.interpretation)
        frame = ((margin_px, margin_px), (margin_px, margin_px))
        return Pixels(np.pad(alone.values, ((0, 0), *frame)), np.pad(alone.valid, frame))

    def has_all_bands(self, scene: Scene) -> bool:
        """Whether the Scene has all bands that the Project needs."""
        return scene.info.band_count >= self._needed_bands

    @property
    def _needed_bands(self) -> int:
        return max(band.index for band in self.interpretation.data_bands)

    def refuse_fewer_bands(self, scene: Scene) -> None:
        """Raises SceneError for one that lacks a band that the Project needs."""
        if not self.has_all_bands(scene):
            raise SceneError(
                "{name} has {found} bands, but the project needs {needed}.",
                "Link the scene this project was made with.",
                name=scene.info.name,
                found=scene.info.band_count,
                needed=self._needed_bands,
            )

    def scene(self, path: str) -> Scene:
        """The open Scene; kept for the next read of the same file. Raises SceneError."""
        with self._lock:
            known = self._scenes.get(path)
        mine = known or open_scene(path)  # out of the lock: a slow drive must not hold up reads of the others
        with self._lock:
            scene = self._scenes.setdefault(path, mine)
            self._scenes.move_to_end(path)
            stale = [mine] if scene is not mine else []  # another thread was quicker
            if len(self._scenes) > _MAX_OPEN_SCENES:
                stale.append(self._scenes.popitem(last=False)[1])
        for each in stale:
            each.release()  # not close: another thread may be about to read it
        return scene

    def close(self) -> None:
        """Free all files; the reader stays usable."""
        with self._lock:
            scenes, self._scenes = list(self._scenes.values()), OrderedDict()
        for scene in scenes:
            scene.release()

    def scale_of(
        self, path: str, common: BandStatistics | None = None, context: Checkpoint = Unwatched()
    ) -> BandStatistics:
        """What brings the pixels of this Scene to 0…1: mostly `common`, by default the Project's. Where no session has
        measured it before, that decodes up to 36 windows, with a look at `context` before each, and while another
        thread does so. Raises SceneError."""
        place = path, common or self.statistics
        if place in self._scales:
            return self._scales[place]
        while not self._measuring.acquire(timeout=_LOOK_S):
            context.check()
        try:
            if place not in self._scales:
                self.refuse_fewer_bands(self.scene(path))
                self._scales[place] = scale_for(self.scene(path), self.interpretation, place[1], context)
            return self._scales[place]
        finally:
            self._measuring.release()

    def _normalised(self, pixels: Pixels, scale: BandStatistics) -> NDArray[np.float32]:
        out = np.empty(pixels.values.shape, dtype=np.float32)
        # float32 holds 16 bits exactly; large integers and doubles lose their detail unless the offset goes first
        exact = exact_dtype(pixels.values.dtype)
        with np.errstate(invalid="ignore", over="ignore"):
            for band, scaled, low, high in zip(pixels.values, out, scale.low, scale.high, strict=True):
                shifted = np.subtract(band, exact(low), dtype=exact)
                np.multiply(shifted, exact(1.0 / (high - low)), out=scaled, casting="same_kind")
                np.clip(scaled, _LOWEST, _HIGHEST, out=scaled)
                scaled[~pixels.valid] = 0.0
        return out

    def __getstate__(self) -> dict[str, Any]:
        return {"interpretation": self.interpretation, "statistics": self.statistics}

    def __setstate__(self, state: dict[str, Any]) -> None:
        TileReader.__init__(self, state["interpretation"], state["statistics"])
