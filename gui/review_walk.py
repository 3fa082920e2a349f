"""The walk through what the label review has found: the panel with the list, and the outline on the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.learning.review import Finding
from core.session import Session
from gui.canvas.outline import FindingOutline
from gui.canvas.view import CanvasView
from gui.flow import Flow
from gui.panels.review import ReviewPanel


class ReviewWalk(QObject):
    """From the list to the spot on the canvas, and to painting over it."""

    panel_wanted = Signal()  # to the front

    def __init__(self, session: Session, canvas: CanvasView, flow: Flow, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._flow = flow
        self.panel = ReviewPanel(session)
        self.outline = FindingOutline(session, canvas)
        self.panel.spot_chosen.connect(self._show)
        self.panel.fix_wanted.connect(self._fix)
        canvas.tile_activated.connect(self._leave)

    def detach(self) -> None:
        self.panel.detach()

    def commands(self) -> dict[str, Callable[..., object]]:
        return {"review": self._begin}

    def _begin(self) -> None:
        """Bring the panel to the front and begin, unless there is something to walk through already."""
        self.panel_wanted.emit()
        if not self._session.review.findings:
            self.panel.start()
        self.panel.setFocus()

    def _show(self, finding: Finding | None) -> bool:
        """False where its Tile cannot be shown now."""
        elsewhere = finding is not None and finding.tile_id != self._flow.tile_id
        if finding is not None and elsewhere and not self._flow.go_to(finding.tile_id, move_view=False):
            return False
        self.outline.outline(finding)
        self.outline.look()
        return True

    def _leave(self, tile_id: int) -> None:
        """On another Tile nothing is outlined, nor can anything be kept or fixed unseen."""
        if self.outline.tile_id not in (None, tile_id):
            self.outline.outline(None)
        if self.panel.current is not None and self.panel.current.tile_id != tile_id:
            self.panel.look_away()

    def _fix(self, finding: Finding) -> None:
        """To painting, with the class that the model would say in the brush."""
        if self._show(finding):
            self._canvas.choose_class(finding.likely)
            self._canvas.tools.choose("brush")
            self._canvas.hint.emit(self._what_to_do(finding))
        self._canvas.setFocus()

    def _what_to_do(self, finding: Finding) -> str:
        if self._canvas.state.protect_painted:
            return self.tr("Painted pixels are protected: switch that off, then paint over the outlined place.")
        name = next(c.name for c in self._session.classes if c.value == finding.likely)
        return self.tr("The brush paints “{name}” now: paint over the outlined place.").format(name=name)
