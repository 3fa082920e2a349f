"""The outline of a finding over the canvas: a see-through child that follows the canvas's view and takes no mouse."""

from __future__ import annotations

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.geometry import Rect
from core.learning.review import Finding
from core.session import Session
from gui.canvas.edges import edges
from gui.canvas.scene_view import SceneView
from gui.canvas.viewport import Viewport

_MARGIN_SHARE = 1.5  # of the finding's longer side, shown round it
_LEAST_MARGIN_PX = 24


class FindingOutline(QWidget):
    """Hidden while there is nothing to outline."""

    def __init__(self, session: Session, canvas: SceneView) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._finding: Finding | None = None
        self._lines: list[tuple[float, float, float, float]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        canvas.view_moved.connect(self._follow)

    @property
    def tile_id(self) -> int | None:
        """Whose Tile's finding is outlined."""
        return None if self._finding is None else self._finding.tile_id

    def outline(self, finding: Finding | None) -> None:
        """Draw round this finding and nothing else."""
        self._finding = finding
        if finding is None:
            self.hide()
            return
        corner = self._session.tiles[finding.tile_id].rect
        self._lines = edges(finding.pixels, corner.x + finding.rect.x, corner.y + finding.rect.y)
        self.setGeometry(self._canvas.rect())
        self.show()
        self.update()

    def look(self) -> None:
        """Bring the outlined finding to the middle of the canvas, with some of what is round it."""
        if self._finding is not None:
            tile = self._session.tiles[self._finding.tile_id].rect
            rect: Rect = self._finding.rect.moved(tile.x, tile.y)
            margin = max(round(_MARGIN_SHARE * max(rect.width, rect.height)), _LEAST_MARGIN_PX)
            canvas = self._canvas
            canvas.set_viewport(Viewport.fitting(rect.grown(margin), canvas.width(), canvas.height()))

    def _follow(self) -> None:
        """The view has been moved or has another size."""
        self.setGeometry(self._canvas.rect())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        finding = self._finding
        if finding is None or self._session.tiles[finding.tile_id].scene_id != self._canvas.scene_id:
            return
        view = self._canvas.viewport
        lines = [QLineF(view.to_widget(x1, y1), view.to_widget(x2, y2)) for x1, y1, x2, y2 in self._lines]
        painter = QPainter(self)
        for colour, width in ((QColor(0, 0, 0, 190), 5.0), (QColor("#FFD400"), 2.0)):  # readable on any ground
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
            painter.drawLines(lines)
