"""Classes and the brush: what the next stroke will write, and how wide."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QSlider, QSpinBox, QToolButton, QVBoxLayout, QWidget

from core.events import Change, Subject
from core.labels.classes import IGNORE, IGNORE_COLOUR
from core.labels.strokes import LARGEST_BRUSH_PX, SMALLEST_BRUSH_PX
from core.session import Session
from gui.canvas.view import CanvasView
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT

_SLIDER_STEPS = 100


class ClassesPanel(QWidget):
    """One row a Class (key, colour, name, share of the paint), then the brush's size."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_TIGHT)
        self._build()
        self._fill_rows()
        canvas.state_changed.connect(self.refresh)
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.refresh()

    def detach(self) -> None:
        self._unsubscribe()

    def refresh(self) -> None:
        button = self._group.button(self._canvas.state.class_value)
        if button is not None:
            button.setChecked(True)
        diameter = self._canvas.state.diameters[self._canvas.tool.name]
        for widget, value in ((self._size, diameter), (self._slider, _to_slider(diameter))):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)
        self._protect.setChecked(self._canvas.state.protect_painted)

    def _build(self) -> None:
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, _SLIDER_STEPS)
        self._slider.setAccessibleName(self.tr("Brush size"))
        self._slider.setToolTip(self.tr("Brush size"))
        self._slider.valueChanged.connect(lambda step: self._set_size(_from_slider(step)))
        self._size = QSpinBox(self)
        self._size.setRange(SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX)
        self._size.setSuffix(" px")
        self._size.setKeyboardTracking(False)
        self._size.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._size.setAccessibleName(self.tr("Brush size in pixels"))
        self._size.valueChanged.connect(self._set_size)
        self._size.editingFinished.connect(self._canvas.setFocus)
        self._protect = QCheckBox(self.tr("Protect painted pixels"), self)
        self._protect.toggled.connect(lambda on: self._canvas.set_state(protect_painted=on))
        row = QHBoxLayout()
        row.addWidget(self._slider, 1)
        row.addWidget(self._size)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, SPACE_MEDIUM)
        whole.setSpacing(SPACE_SMALL)
        whole.addLayout(self._rows)
        whole.addLayout(row)
        whole.addWidget(self._protect)
        whole.addStretch(1)

    def _fill_rows(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.deleteLater()
        entries = [(c.value, c.name, c.colour) for c in self._session.classes]
        entries.append((IGNORE, self.tr("ignore"), IGNORE_COLOUR))
        for number, (value, name, colour) in enumerate(entries, start=1):
            key = "0" if value == IGNORE else str(number) if number <= 9 else ""
            self._rows.addWidget(self._class_button(value, name, colour, key))

    def _class_button(self, value: int, name: str, colour: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(_swatch(colour, hatched=value == IGNORE))
        button.setIconSize(QSize(18, 18))
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, 170)
        button.setText(f"{key}   {shown}" if key else shown)
        button.setToolTip(name)
        button.setAccessibleName(self.tr("Paint {name}").format(name=name))
        button.setProperty("class", "row")
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._canvas.choose_class(value))
        self._group.addButton(button, value)
        return button

    def _set_size(self, diameter_px: int) -> None:
        self._canvas.set_diameter(self._canvas.tool.name, diameter_px)

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects:
            self._fill_rows()
            self.refresh()


def _to_slider(diameter_px: int) -> int:
    """The slider is quadratic: fine steps for fine brushes."""
    share = (diameter_px / SMALLEST_BRUSH_PX) ** 0.5 / (LARGEST_BRUSH_PX / SMALLEST_BRUSH_PX) ** 0.5
    return round(share * _SLIDER_STEPS)


def _from_slider(step: int) -> int:
    return max(SMALLEST_BRUSH_PX, round((step / _SLIDER_STEPS) ** 2 * LARGEST_BRUSH_PX))


def _swatch(colour: str, *, hatched: bool) -> QIcon:
    pixmap = QPixmap(36, 36)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(1, 1, 16, 16, 4, 4)
    if hatched:
        painter.setBrush(Qt.BrushStyle.BDiagPattern)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawRoundedRect(1, 1, 16, 16, 4, 4)
    painter.end()
    return QIcon(pixmap)
