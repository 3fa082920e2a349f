"""Reads what the next Tiles will show before they are shown: picture, valid pixels, Mask and Prediction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer

from core.errors import FieldbrushError
from core.geometry import Rect
from core.jobs import Job, JobState, Priority
from core.session import Session
from core.text import text
from gui.canvas.active_tile import read_valid_pixels
from gui.canvas.pyramid import ScenePart
from gui.canvas.scene_view import SceneView

_PAUSE_MS = 40  # the Tile that has just been chosen comes first


class ReadAhead:
    """`aim` says which Tiles; what was begun for others and is not needed any more is dropped."""

    def __init__(self, session: Session, view: SceneView) -> None:
        self._session = session
        self._view = view
        self._tile_ids: list[int] = []
        self._validity: dict[int, Job[NDArray[np.bool_]]] = {}
        self._masks_left: list[int] = []
        self._waits_for_stretch = False
        self._begin_soon = QTimer(view)
        self._begin_soon.setSingleShot(True)
        self._begin_soon.timeout.connect(self._begin)
        self._next_mask = QTimer(view)
        self._next_mask.setSingleShot(True)
        self._next_mask.timeout.connect(self._load_mask)
        view.pyramid.watch(self, self._picture_changed)

    def detach(self) -> None:
        self._begin_soon.stop()
        self._next_mask.stop()
        self._view.pyramid.leave(self)
        self._keep_validity_of([])

    def aim(self, tile_ids: Sequence[int]) -> None:
        """The Tiles that will most likely be looked at next, the likeliest first."""
        self._tile_ids = list(tile_ids)
        self._begin_soon.start(_PAUSE_MS)

    def take_validity(self, tile_id: int) -> Job[NDArray[np.bool_]] | None:
        """The read of a Tile's valid pixels if it has begun: one that still waits is not worth waiting for."""
        job = self._validity.pop(tile_id, None)
        if job is not None and job.state in (JobState.RUNNING, JobState.DONE):
            return job
        if job is not None:
            job.cancel()
        return None

    def _begin(self) -> None:
        session = self._session
        self._keep_validity_of(self._tile_ids)
        parts: list[ScenePart] = []
        for tile_id in self._tile_ids:
            record = session.tiles[tile_id]
            scene = session.scene_files.try_open(record.scene_id)
            if scene is None:
                continue
            parts.append(ScenePart(scene, record.scene_id, *self._seen_of(record.rect)))
            if tile_id not in self._validity:
                work = partial(read_valid_pixels, scene, session.interpretation, record.rect)
                self._validity[tile_id] = session.readers.submit(text("Reading the scene"), work, Priority.QUEUE)
        self._waits_for_stretch = not self._view.pyramid.read_ahead(self, parts, self._view.composite)
        session.predicting.ahead(self._tile_ids)
        self._masks_left = list(self._tile_ids)
        self._next_mask.start(0)

    def _seen_of(self, rect: Rect) -> tuple[Rect, float]:
        """What the view will show of the Scene with this Tile in its middle, and the scale in device pixels."""
        width, height = self._view.width(), self._view.height()
        viewport = self._view.fitting.viewport_on(rect)
        return viewport.visible(width, height), viewport.scale * self._view.devicePixelRatioF()

    def _load_mask(self) -> None:
        """One Mask in a turn of the event loop: this thread alone reads the project, and the user may be painting."""
        if not self._masks_left:
            return
        with suppress(FieldbrushError):  # whoever goes to the Tile is told
            self._session.mask(self._masks_left.pop(0))
        self._next_mask.start(0)

    def _keep_validity_of(self, tile_ids: Sequence[int]) -> None:
        for tile_id in self._validity.keys() - set(tile_ids):
            self._validity.pop(tile_id).cancel()

    def _picture_changed(self, scene_id: int, rect: Rect) -> None:
        if self._waits_for_stretch:
            self._waits_for_stretch = False
            self._begin_soon.start(0)
