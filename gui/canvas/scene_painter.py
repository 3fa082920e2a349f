"""What a Scene view draws, from below: picture, overlays, queue, grid, the active Tile, scale, legend, north."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.geometry import Rect
from core.imagery.georeference import Georeference
from core.imagery.scene import Scene
from core.project.records import TileRecord
from core.project.settings import Setting
from gui.canvas.decorations import (
    ACTIVE_FRAME_PX,
    NORTH_ARROW_ROOM_PX,
    draw_active_frame,
    draw_grid,
    draw_north_arrow,
    draw_scale_bar,
    draw_tile_marks,
    has_grid,
    has_marks,
    tilt_degrees,
)
from gui.canvas.layers import OverlayPainter
from gui.canvas.legend import LegendRow, draw_doubt_legend, draw_legend, draw_ranking_legend
from gui.canvas.ranking_layer import Places, draw_ranking, places_of
from gui.canvas.tile_index import Line
from gui.canvas.viewport import Viewport
from gui.theme import current_theme

if TYPE_CHECKING:
    from gui.canvas.scene_view import SceneView

TilesWithin = Callable[[Collection[int] | None], list[TileRecord]]  # what is drawn; only those of these ids, or all
_OVERLAYS = {Subject.MASKS: ("mask",), Subject.PREDICTIONS: ("prediction", "doubt")}  # what shows them


class ScenePainter:
    """One a view; `beside` another of the same project, the images of overlays serve both."""

    def __init__(self, view: SceneView, beside: ScenePainter | None = None) -> None:
        self._view = view
        self._tile_px: int = view.session.setting(Setting.TILE_PX)
        self._overlays: OverlayPainter = OverlayPainter(view.session) if beside is None else beside._overlays
        self.has_all_overlays = True  # of what was in view when it drew last
        self._places: Places | None = None
        self._regimes: frozenset[str] = frozenset()  # of these places: a stroke asks with every move
        self._scene: Scene | None = None
        self._pixel_size_m: tuple[float, float] | None = None
        self._north: tuple[float, float] | None = None

    def show(self, scene: Scene) -> None:
        """Another Scene is looked at."""
        self._scene = scene
        georeference = Georeference(scene.info)
        self._pixel_size_m, self._north = georeference.pixel_size_m(), georeference.north()

    def forget(self, change: Change) -> bool:
        """Drop what was made of something that has changed since. Whether more has to be drawn anew than the Tiles that
        have changed."""
        view = self._view
        if change.subjects & {Subject.RANKING, Subject.STATUS}:
            self._places = None
        if Subject.CLASSES in change.subjects:
            self._overlays.clear()
        kinds = [kind for subject in change.subjects for kind in _OVERLAYS.get(subject, ())]
        for tile_id in change.tile_ids:
            self._overlays.drop(tile_id, kinds)
        # with the first of all predictions the legend of doubt appears
        first = len(view.session.forecasts.predictions) <= len(change.tile_ids)
        legend = Subject.PREDICTIONS in change.subjects and first
        reordered = view.state.show_ranking and change.subjects & {Subject.RANKING, Subject.STATUS}
        return bool(legend or reordered or change.subjects & {Subject.SCENES, Subject.CLASSES})

    def leave(self) -> None:
        """The view is not seen any more."""
        self._overlays.leave(self._view)

    def draw(self, painter: QPainter, exposed: QRect) -> None:
        """All that lies in `exposed`, a part of the widget that the painter is clipped to."""
        view, viewport, scene = self._view, self._view.viewport, self._scene
        painter.fillRect(view.rect(), current_theme().canvas)
        self.has_all_overlays = True
        if scene is None or view.scene_id is None or not view.composites:
            return
        whole = QRectF(view.rect())
        corner = viewport.to_scene(QPointF(exposed.topLeft()))
        shown = Viewport(viewport.scale, *corner).visible(exposed.width(), exposed.height())
        view.pyramid.draw(
            view, painter, scene, view.scene_id, view.composite, viewport.visible(view.width(), view.height()), shown,
            viewport.scale * view.devicePixelRatioF(), viewport.rect_to_widget,
        )  # fmt: skip
        if not view.peeking:
            inside = shown.intersect(view.scene_rect())
            tiles_within = partial(view.tile_index.within, view.scene_id, inside)
            self._draw_overlays(painter, shown, tiles_within)
            if view.state.show_ranking:
                self._draw_queue(painter, tiles_within)
            is_inside = self._is_inside_active(exposed)
            if view.state.show_grid and not is_inside:
                self._draw_grid(painter, tiles_within, view.tile_index.edges(view.scene_id, inside))
            self._draw_active(painter, whole, framed=not is_inside)
        draw_scale_bar(painter, self._pixel_size_m, viewport, whole)
        self._draw_legends(painter, whole)
        draw_north_arrow(painter, self._north, whole)

    def _draw_overlays(self, painter: QPainter, shown: Rect, tiles_within: TilesWithin) -> None:
        view = self._view
        try:
            self.has_all_overlays = self._overlays.draw(
                painter, view.viewport, tiles_within, view.state, view.active_tile, shown, view
            )
        except FieldbrushError as error:
            view.failed.emit(error)
        if not self.has_all_overlays:
            view.update()

    def _draw_queue(self, painter: QPainter, tiles_within: TilesWithin) -> None:
        view = self._view
        if self._places is None:
            self._places = places_of(view.session.queue())
            self._regimes = frozenset(regime for _, regime in self._places.values())
        active_id = None if view.active is None else view.active.tile_id
        draw_ranking(painter, tiles_within(self._places), view.viewport, self._places, active_id)

    def _draw_grid(self, painter: QPainter, tiles_within: TilesWithin, edges: Iterable[Line]) -> None:
        view = self._view
        if has_grid(self._tile_px, view.viewport):
            draw_grid(painter, edges, view.scene_rect(), view.viewport)
        if has_marks(self._tile_px, view.viewport):
            draw_tile_marks(painter, [t for t in tiles_within(None) if t is not view.active], view.viewport)

    def _is_inside_active(self, exposed: QRect) -> bool:
        """Whether no line and no mark of any Tile lies there: as in most steps of a Stroke."""
        view = self._view
        if view.active is None or view.active.scene_id != view.scene_id:
            return False
        edge = ACTIVE_FRAME_PX
        clear = view.viewport.rect_to_widget(view.active.rect).adjusted(edge, edge, -edge, -edge)
        return clear.contains(exposed.toRectF())

    def _draw_active(self, painter: QPainter, whole: QRectF, *, framed: bool) -> None:
        active, view = self._view.active_tile, self._view
        if active is None or active.record.scene_id != view.scene_id:
            return
        rect = view.viewport.rect_to_widget(active.record.rect)
        if active.limit is not None:
            active.limit.draw(painter, rect, whole)
        if framed:
            draw_active_frame(painter, rect, whole)

    def _draw_legends(self, painter: QPainter, whole: QRectF) -> None:
        view = self._view
        arrow_px = 0 if tilt_degrees(self._north) is None else NORTH_ARROW_ROOM_PX
        row = LegendRow(whole.adjusted(0, 0, -arrow_px, 0))
        stretch = view.stretch() if view.composite.is_single else None
        if stretch is not None:
            draw_legend(painter, view.composite, view.session.looks.look(view.composite), stretch, row)
        if view.peeking:
            return
        if view.state.show_doubt and len(view.session.forecasts.predictions) > 0:
            draw_doubt_legend(painter, row)
        if view.state.show_ranking:
            draw_ranking_legend(painter, self._regimes, row)
        view.fitting.legends_are_at(row.taken.toAlignedRect())
