"""Who coloured the active Tile, at the canvas's lower edge, and the button that takes its colours over as paint."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.events import Change, Subject
from core.labels.classes import UNLABELED
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from gui.actions import KeysInTip
from gui.canvas.decorations import SCALE_BAR_ROOM_PX
from gui.canvas.minimap import Minimap
from gui.canvas.view import CanvasView
from gui.icons import IconLabel
from gui.theme import ICON_SMALL_PX, SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, set_class

_CHANGES = {Subject.PREDICTIONS, Subject.MASKS, Subject.MODEL, Subject.CLASSES}


class OverlayAuthor(QWidget):
    """Shown while the active Tile has a prediction that shows, and something on it is not painted yet."""

    def __init__(self, canvas: CanvasView, minimap: Minimap) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._minimap = minimap
        self._has_more = False  # than what is painted
        set_class(self, "card")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._sentence = QLabel(self)
        self._accept = QPushButton(self.tr("Accept"), self)
        set_class(self._accept, "flat")
        self._accept.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_SMALL, 0, SPACE_TIGHT, 0)
        row.setSpacing(SPACE_SMALL)
        row.addWidget(IconLabel("prediction", ICON_SMALL_PX, "accent", self))
        row.addWidget(self._sentence)
        row.addWidget(self._accept)
        self._unsubscribe = canvas.session.changes.subscribe(self._session_changed)
        canvas.view_moved.connect(self.refresh)
        canvas.state_changed.connect(self.refresh)
        canvas.tile_activated.connect(self._look_again)
        self.hide()

    def detach(self) -> None:
        self._unsubscribe()

    def connect_accept(self, action: QAction) -> None:
        """What the button does."""
        self._accept.clicked.connect(action.trigger)
        KeysInTip(self._accept, action)
        self._accept.setAccessibleName(action.text())

    def refresh(self) -> None:
        """Take place between scale bar and minimap; hide where nothing is suggested, or there is no room."""
        canvas = self._canvas
        shows = self._has_more and canvas.state.show_prediction and self._tile_is_in_view()
        left = SCALE_BAR_ROOM_PX
        right = canvas.width() - SPACE_MEDIUM - (self._minimap.width() if self._minimap.isVisible() else 0)
        size = self.sizeHint()
        self.setVisible(shows and size.width() <= right - left)
        middle = min(max(canvas.width() // 2, left + size.width() // 2), right - size.width() // 2)
        self.setGeometry(middle - size.width() // 2, canvas.height() - SPACE_MEDIUM - size.height(),
                         size.width(), size.height())  # fmt: skip

    def _tile_is_in_view(self) -> bool:
        canvas = self._canvas
        if canvas.active is None or canvas.active.scene_id != canvas.scene_id:
            return False
        return canvas.viewport.rect_to_widget(canvas.active.rect).intersects(canvas.rect().toRectF())

    def _look_again(self) -> None:
        canvas, session = self._canvas, self._canvas.session
        version = None if canvas.active is None else session.forecasts.predictions.model_version(canvas.active.tile_id)
        self._has_more = False
        if canvas.active is not None and version is not None:
            self._has_more = bool((session.mask(canvas.active.tile_id).labels == UNLABELED).any())
            self._sentence.setText(self._words(version))
        self.refresh()

    def _words(self, version: int) -> str:
        if version == CLASSIFIER_VERSION:
            self._sentence.setToolTip(self.tr("It learns from every stroke: paint over what is wrong."))
            return self.tr("Coloured by the pixel classifier")
        self._sentence.setToolTip(self.tr("It learns when you train again: paint over what is wrong."))
        return self.tr("Coloured by model {version}").format(version=version)

    def _session_changed(self, change: Change) -> None:
        active = self._canvas.active
        concerned = not change.tile_ids or (active is not None and active.tile_id in change.tile_ids)
        if change.subjects & _CHANGES and concerned:
            self._look_again()
