"""The status bar: always what runs and for how long, where the cursor is, and whether everything is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from core.events import Change, Subject
from core.imagery.georeference import Georeference
from core.jobs import Job, JobState
from core.open_project import pixels_with_data
from core.session import Session
from gui.canvas.view import CanvasView
from gui.controls import show_fraction
from gui.elided import ElidedLabel
from gui.latest import Latest
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, set_class
from gui.translate import number, say

_ROOMY_PX = 900  # a narrower bar leaves out degrees and the name of the coordinate system
_LEAST_PX = 560  # and one narrower than that the place; while something runs it goes as soon as the degrees do
_PLACED = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize)
_LEAST_HECTARES = 0.01  # smaller areas are told in square metres


def remaining(seconds: float | None) -> str:
    """“25 s left”, “3 min left”, or that nobody can tell yet."""
    if seconds is None:
        return "…"
    if seconds < 90:
        return QCoreApplication.translate("status", "{seconds} s left").format(seconds=max(round(seconds), 1))
    return QCoreApplication.translate("status", "{minutes} min left").format(minutes=round(seconds / 60))


def _is_export(job: Job[Any]) -> bool:
    """What the user has asked for and may give up; all else the program does by itself, or has a button elsewhere."""
    return (job.key or "").startswith("export ")


class Readout(QWidget):
    """A text that changes all the time. It keeps the width of the widest so far: a QLabel alone would have the whole
    window laid out anew at every change, for some milliseconds each time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = QLabel(self)
        set_class(self._label, "muted")

    def text(self) -> str:
        return self._label.text()

    def set_text(self, shown: str) -> None:
        if shown == self._label.text():
            return
        self._label.setText(shown)
        wanted = self._label.sizeHint()
        if wanted.width() > self.minimumWidth() or wanted.height() > self.minimumHeight():
            self.setMinimumSize(wanted.expandedTo(self.minimumSize()))
        self._label.resize(self.minimumWidth(), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._label.resize(self.minimumWidth(), self.height())  # its words are in the middle

    def clear(self) -> None:
        """Nothing is shown, and its room is free again."""
        self._label.clear()
        self.setMinimumSize(0, 0)


class StatusBar(QStatusBar):
    """Left: what runs, with a bar. Right: coordinates, zoom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._canvas: CanvasView | None = None
        self._georeference: tuple[int, Georeference] | None = None
        self._pixels_with_data: dict[int, float] = {}  # of Scenes that have been shown
        self._unsubscribe: Callable[[], object] = lambda: None
        self._place_shown_soon = Latest(self._show_place, self)
        self._work = ElidedLabel(self)
        self._left = QLabel(self)  # is read to its end where the words before it give way
        for label in (self._work, self._left):  # one sentence
            set_class(label, "flush")
            label.setIndent(0)
        self._bar = QProgressBar(self)
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = QToolButton(self)  # over the bar's whole height, and its place is in the row
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Cancel this export"))
        self._cancel.setAccessibleName(self._cancel.toolTip())
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(self._cancel_shown)
        self._cancel.hide()
        self._shown: Job[Any] | None = None
        self._is_pointing = False  # the mouse, at a place of the Scene
        self._place, self._degrees, self._zoom = Readout(self), Readout(self), Readout(self)
        left = QWidget(self)
        row = QHBoxLayout(left)
        row.setContentsMargins(SPACE_MEDIUM, 0, SPACE_SMALL, 0)
        row.setSpacing(SPACE_TIGHT)
        row.addWidget(self._work)
        row.addWidget(self._left)
        row.addSpacing(SPACE_SMALL)
        row.addWidget(self._bar)
        row.addSpacing(SPACE_TIGHT)
        self._cancel_place = QWidget(left)
        row.addWidget(self._cancel_place)
        row.addStretch(1)
        self.addWidget(left, 1)
        for readout in (self._place, self._degrees, self._zoom):
            self.addPermanentWidget(readout)
        self.setSizeGripEnabled(False)
        self._cancel_place.installEventFilter(self)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        """However long its words are: they must not make the window wider than the screen."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_cancel()
        self._degrees.setVisible(self._is_roomy())
        self._place.clear()  # it would keep the width it had
        self._show_scene()
        self._make_room_for_work()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._cancel_place and event.type() in _PLACED:
            self._place_cancel()
        return False

    def _place_cancel(self) -> None:
        """As high as the bar: in the row, which is only as high as its words, it would be hard to hit, or the bar would
        grow with it and the picture would move."""
        place = self._cancel_place
        self._cancel.setGeometry(place.mapTo(self, QPoint(0, 0)).x(), 0, place.width(), self.height())
        self._cancel.setVisible(place.isVisible())

    def _make_room_for_work(self) -> None:
        """What runs, and how long, is worth more than the place."""
        self._place.setVisible(self._is_roomy() or (self._shown is None and self.width() >= _LEAST_PX))

    def _is_roomy(self) -> bool:
        return self.width() >= _ROOMY_PX

    def attach(self, session: Session, canvas: CanvasView) -> None:
        """Follow a project until `detach()`."""
        self._session, self._canvas = session, canvas
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        canvas.cursor_moved.connect(self._point_at)
        canvas.cursor_left.connect(self._point_nowhere)
        canvas.tile_activated.connect(self._tile_activated)
        canvas.view_moved.connect(self._show_zoom)
        self.refresh()

    def detach(self) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None
        self._session = self._canvas = self._georeference = None
        self._is_pointing = False
        self._pixels_with_data.clear()
        self._place_shown_soon.drop()
        for readout in (self._place, self._degrees, self._zoom):
            readout.clear()
        self.refresh()

    def refresh(self) -> None:
        jobs = self._session.work_under_way() if self._session is not None else []
        if not jobs:
            self._shown = None
            for widget in (self._left, self._bar, self._cancel_place):
                widget.hide()
            self._work.setText(self._at_rest())
            self._make_room_for_work()
            return
        running = [j for j in jobs if j.state in (JobState.RUNNING, JobState.PAUSED)]
        self._shown = job = running[-1] if running else jobs[0]
        sentence = say(job.title)
        if job.is_paused:
            sentence = self.tr("{work} (paused)").format(work=sentence)
        waiting = len(jobs) - 1
        if waiting:
            sentence += " · " + self.tr("%n more waiting", "", waiting)
        self._work.setText(sentence)
        left_s = None if job.is_paused else job.progress.remaining_s
        self._left.setText("" if left_s is None else f"· {remaining(left_s)}")
        self._left.setVisible(left_s is not None)
        show_fraction(self._bar, job.progress)
        self._bar.show()
        self._cancel_place.setFixedWidth(self._cancel.sizeHint().width())
        self._cancel_place.setVisible(_is_export(job))
        self._make_room_for_work()

    def _at_rest(self) -> str:
        if self._session is None:
            return self.tr("Ready")
        problem = self._session.unsaved.problem()
        return self.tr("Ready. All work is saved.") if problem is None else say(problem.what)

    def _cancel_shown(self) -> None:
        if self._shown is not None:
            self._shown.cancel()
            self._cancel_place.hide()  # it stops at its next checkpoint

    def _session_changed(self, change: Change) -> None:
        if change.subjects & {Subject.JOBS, Subject.MODEL}:
            self.refresh()

    def _known_georeference(self) -> Georeference | None:
        """Of the Scene on the canvas."""
        canvas, session = self._canvas, self._session
        if canvas is None or session is None or canvas.scene_id is None:
            return None
        if self._georeference is None or self._georeference[0] != canvas.scene_id:
            self._georeference = (canvas.scene_id, Georeference(session.scene_files.open(canvas.scene_id).info))
        return self._georeference[1]

    def _show_place(self, x: float, y: float) -> None:
        georeference = self._known_georeference()
        if georeference is None:
            return
        parts = [self.tr("pixel {x}, {y}").format(x=int(x // 1), y=int(y // 1))]
        if georeference.is_georeferenced:
            map_x, map_y = georeference.to_map(x, y)
            name = georeference.crs_name if self._is_roomy() else ""
            decimals = 5 if georeference.is_geographic else 2  # a metre, or a centimetre
            parts.append(f"{number(map_x, decimals)}  {number(map_y, decimals)}" + (f"   {name}" if name else ""))
        self._place.set_text("   ".join(parts))
        degrees = georeference.to_degrees(x, y)
        self._degrees.set_text("" if degrees is None else _degrees(*degrees))

    def _show_zoom(self) -> None:
        if self._canvas is not None:
            percent = 100 * self._canvas.viewport.scale * self._canvas.devicePixelRatioF()
            self._zoom.set_text(f"{number(percent, 0 if percent >= 10 else 1)} %")

    def _point_at(self, x: float, y: float) -> None:
        self._is_pointing = True
        self._place_shown_soon(x, y)

    def _point_nowhere(self) -> None:
        self._is_pointing = False
        self._show_scene()

    def _tile_activated(self, _: int) -> None:
        if not self._is_pointing:
            self._show_scene()

    def _show_scene(self) -> None:
        """While the mouse is elsewhere: how large Scene and Tile are, in pixels and on the ground."""
        self._place_shown_soon.drop()
        georeference = self._known_georeference()
        if georeference is None or self._canvas is None or self._session is None:
            return
        scene, tile = self._canvas.scene_rect(), self._canvas.active
        parts = [
            self.tr("{width} × {height} px").format(width=scene.width, height=scene.height),
            area_label(georeference, self._scene_pixels()),
        ]
        if tile is not None and tile.scene_id == self._canvas.scene_id:
            size = area_label(georeference, tile.rect.area, tile.rect.centre)
            parts.append(self.tr("tile {size}").format(size=size) if size else "")
        self._place.set_text("   ".join(filter(None, parts)))
        self._degrees.set_text("")

    def _scene_pixels(self) -> float:
        """How many pixels of the Scene hold data, counted once: there may be 100,000 Tiles."""
        assert self._canvas is not None
        assert self._session is not None
        shown = self._canvas.scene_id
        assert shown is not None
        if shown not in self._pixels_with_data:
            self._pixels_with_data[shown] = pixels_with_data(self._session, shown)
        return self._pixels_with_data[shown]


def area_label(georeference: Georeference, pixel_count: float, at: tuple[float, float] | None = None) -> str:
    """So many pixels on the ground, round a position: "21.3 ha", below 100 m² in square metres, "" where that is
    unknown."""
    hectares = georeference.hectares(pixel_count, at)
    if hectares is None:
        return ""
    if hectares < _LEAST_HECTARES:
        return f"{number(10_000 * hectares, 1)} m²"
    return f"{number(hectares, 0 if hectares >= 1000 else 1 if hectares >= 10 else 2)} ha"


def _degrees(longitude: float, latitude: float) -> str:
    translate = QCoreApplication.translate
    east = translate("status", "E", "east") if longitude >= 0 else translate("status", "W", "west")
    north = translate("status", "N", "north") if latitude >= 0 else translate("status", "S", "south")
    return f"{number(abs(latitude), 5)}° {north}  {number(abs(longitude), 5)}° {east}"
