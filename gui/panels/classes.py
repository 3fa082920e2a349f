"""Classes and the brush: what the next stroke will write, how wide, and in what shape."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.events import Change, Subject
from core.labels.classes import IGNORE, IGNORE_COLOUR
from core.labels.strokes import LARGEST_BRUSH_PX, SMALLEST_BRUSH_PX
from core.session import Session
from gui.canvas.state import LARGEST_TOLERANCE
from gui.canvas.view import CanvasView
from gui.class_keys import ClassKeys
from gui.controls import icon_button
from gui.icons import icon
from gui.into_view import bring_into_view
from gui.keymap import native
from gui.panels.value_range import ValueRangeBox
from gui.swatch import swatch
from gui.theme import SPACE_HAIR, SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, set_class

_SLIDER_STEPS = 100


class ClassesPanel(QWidget):
    """One row a Class (key, colour, name, whether it shows), then the brush's size and shape."""

    classes_clicked = Signal()  # the user wants to edit them
    grown = Signal()  # there are more Classes now, or the value range shows

    def __init__(self, session: Session, canvas: CanvasView, keys: ClassKeys) -> None:
        super().__init__()
        self._session = session
        self._canvas = canvas
        self._keys = keys
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._rows = _Rows(self)
        self._rows.verticalScrollBar().rangeChanged.connect(self._show_chosen)  # laid out anew
        self._filled: list[QWidget] = []
        self._eyes: dict[int, tuple[QToolButton, str]] = {}
        self._build()
        self._fill_rows()
        canvas.state_changed.connect(self.refresh)
        keys.changed.connect(self._show_keys)
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.refresh()

    def detach(self) -> None:
        self._unsubscribe()

    def refresh(self) -> None:
        button = self._group.button(self._canvas.state.class_value)
        if button is not None and not button.isChecked():
            button.setChecked(True)
            bring_into_view(button)
        state, tool = self._canvas.state, self._canvas.tool
        self._name_size()
        self._size.show_value(state.diameters[tool.name] if tool.has_size else None)
        self._tolerance.show_value(state.tolerances[tool.name] if tool.has_tolerance else None)
        self._protect.setChecked(state.protect_painted)
        self._square.setChecked(state.brush_shape == "square")
        self._pressure.setChecked(state.pen_pressure)
        self._shape_row.setVisible(tool.has_shape)

    def _name_size(self) -> None:
        """What the tool in hand has a size of."""
        if self._canvas.tool.sees_superpixels:
            meaning = self.tr("How large the patches of like colour are, across")
            self._size.name_it(self.tr("Patches"), self.tr("Patch size"), meaning)
        else:
            self._size.name_it(self.tr("Size"), self.tr("Brush size"), self.tr("Brush size"))

    def _show_chosen(self) -> None:
        """Scroll the rows to the Class that is painted with."""
        chosen = self._group.checkedButton()
        if chosen is not None:
            self._rows.ensureWidgetVisible(chosen, 0, 0)

    def _build(self) -> None:
        canvas = self._canvas
        self._size = ToolValue(SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX, " px", self)
        self._size.changed.connect(lambda value: canvas.tools.set_diameter(canvas.tool.name, value))
        self._tolerance = ToolValue(1, LARGEST_TOLERANCE, "", self)
        meaning = self.tr("How different a colour may be and still be alike: 1 hardly, 128 much")
        self._tolerance.name_it(self.tr("Tolerance"), self.tr("Tolerance"), meaning)
        self._tolerance.changed.connect(lambda value: canvas.tools.set_tolerance(canvas.tool.name, value))
        for value in (self._size, self._tolerance):
            value.finished.connect(canvas.setFocus)
        self._protect = QCheckBox(self.tr("Protect painted pixels"), self)
        self._protect.toggled.connect(lambda on: self._canvas.set_state(protect_painted=on))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_MEDIUM, SPACE_TIGHT, SPACE_MEDIUM, SPACE_SMALL)
        whole.setSpacing(SPACE_SMALL)
        edit = QToolButton(self)
        edit.setIcon(icon("classes", "accent"))
        edit.setText(self.tr("Edit classes…"))
        edit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        edit.setIconSize(QSize(24, 18))
        set_class(edit, "row link")
        edit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        edit.clicked.connect(self.classes_clicked)
        edit_and_shape = QHBoxLayout()  # beside the size they would leave its slider no room
        edit_and_shape.addWidget(edit)
        edit_and_shape.addStretch(1)
        edit_and_shape.addWidget(self._build_shape_row())
        whole.addWidget(self._rows)
        whole.addLayout(edit_and_shape)
        whole.addWidget(self._size)
        whole.addWidget(self._tolerance)
        whole.addWidget(self._protect)
        self.value_range = ValueRangeBox(canvas, self)
        self.value_range.grown.connect(self.grown)
        whole.addWidget(self.value_range)
        whole.addStretch(1)

    def _build_shape_row(self) -> QWidget:
        self._shape_row = QWidget(self)
        row = QHBoxLayout(self._shape_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_HAIR)
        self._square = icon_button("brush-square", self.tr("Square brush"), self, checkable=True)
        self._square.clicked.connect(lambda on: self._canvas.set_state(brush_shape="square" if on else "round"))
        self._pressure = icon_button("pen", self.tr("A pen's pressure changes the size"), self, checkable=True)
        self._pressure.clicked.connect(lambda on: self._canvas.set_state(pen_pressure=on))
        for button in (self._square, self._pressure):
            row.addWidget(button)
        return self._shape_row

    def _fill_rows(self) -> None:
        for row in self._filled:
            self._rows.column.removeWidget(row)
            row.hide()  # it is deleted later
            row.deleteLater()
        for button in self._group.buttons():
            self._group.removeButton(button)
        entries = [(c.value, c.name, c.colour) for c in self._session.classes]
        entries.append((IGNORE, self.tr("ignore"), IGNORE_COLOUR))
        self._filled, self._eyes, self._listed = [], {}, self._session.classes
        for value, name, colour in entries:
            self._filled.append(self._class_row(value, name, colour))
            self._rows.column.addWidget(self._filled[-1])
        self._refresh_eyes()
        self._show_keys()

    def _show_keys(self) -> None:
        for button in self._group.buttons():
            assert isinstance(button, _ClassButton)
            button.show_key(self._keys.key_of(self._group.id(button)))

    def _class_row(self, value: int, name: str, colour: str) -> QWidget:
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_TIGHT)
        row.addWidget(self._class_button(value, name, colour), 1)
        row.addWidget(self._eye(value, name))
        return holder

    def _eye(self, value: int, name: str) -> QToolButton:
        """Shows or hides the Class."""
        button = QToolButton(self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._session.show_class(value, value in self._session.class_list.hidden))
        self._eyes[value] = (button, name)
        return button

    def _refresh_eyes(self) -> None:
        for value, (button, name) in self._eyes.items():
            hidden = value in self._session.class_list.hidden
            button.setIcon(icon("eye-off" if hidden else "eye", "muted"))
            tip = self.tr("Show “{name}”") if hidden else self.tr("Hide “{name}”")
            button.setToolTip(tip.format(name=name))
            button.setAccessibleName(button.toolTip())

    def _class_button(self, value: int, name: str, colour: str) -> QToolButton:
        button = _ClassButton(name, self)
        button.setIcon(swatch(colour, hatched=value == IGNORE, width_px=18))
        button.setAccessibleName(self.tr("Paint {name}").format(name=name))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._canvas.choose_class(value))
        self._group.addButton(button, value)
        return button

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects and self._listed != self._session.classes:
            before = len(self._filled)
            self._fill_rows()
            self.refresh()
            if len(self._filled) > before:
                self.grown.emit()
        elif Subject.CLASSES in change.subjects:
            self._refresh_eyes()  # the buttons stay, and the keyboard's focus with them


class _Rows(QScrollArea):
    """The Classes; where there are more than fit they scroll by themselves, and the brush below stays in view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._holder = QWidget(self)
        self.column = QVBoxLayout(self._holder)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_TIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._holder)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Rows that are new ask for room only when they are shown, a moment later."""
        if watched is self._holder and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return self._holder.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """That of a row: with more the panel would scroll, too, where it has little room."""
        return QSize(self._holder.minimumSizeHint().width(), self.sizeHint().height() // max(self.column.count(), 1))


class _ClassButton(QToolButton):
    """A Class to paint with: as much of its name as there is room for, and its key."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._key = QLabel(self)
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_class(self._key, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, SPACE_SMALL, 0)
        row.addStretch(1)
        row.addWidget(self._key)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(30, 18))  # some air before the name
        self.setProperty("class", "row")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda on: set_class(self._key, "" if on else "muted"))  # pale on the chosen row's ground

    def show_key(self, key: str) -> None:
        """In Qt's portable form; empty for none. In the row Shift is the arrow on its key, for names need the room."""
        self._key.setText(key.replace("Shift+", "⇧"))
        self.setToolTip(f"{self._name}  {native(key)}".strip())
        self.setAccessibleDescription(self.tr("Key {key}").format(key=native(key)) if key else "")
        self._cut_name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._cut_name()
        super().resizeEvent(event)

    def _cut_name(self) -> None:
        room = self.width() - self.iconSize().width() - 2 * SPACE_MEDIUM
        if self._key.text():
            room -= self._key.sizeHint().width() + SPACE_SMALL
        words = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        self.setText(words.replace("&", "&&"))


class ToolValue(QWidget):
    """A caption, a slider and a number beside it. The slider is quadratic: fine steps for fine brushes."""

    changed = Signal(int)
    finished = Signal()

    def __init__(self, least: int, most: int, suffix: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._most = most
        self._caption = QLabel(self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, _SLIDER_STEPS)
        self._number = QSpinBox(self)
        self._number.setRange(least, most)
        self._number.setSuffix(suffix)
        self._number.setKeyboardTracking(False)
        self._number.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._slider.valueChanged.connect(lambda step: self._number.setValue(self._from_slider(step)))
        self._number.valueChanged.connect(self.changed)
        self._number.editingFinished.connect(self.finished)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_SMALL)
        row.addWidget(self._caption)
        row.addWidget(self._slider, 1)
        row.addWidget(self._number)

    def name_it(self, caption: str, name: str, meaning: str) -> None:
        """`caption` stands before the slider, `name` is for screen readers, `meaning` for who rests the mouse there."""
        self._caption.setText(caption)
        self._slider.setAccessibleName(name)
        self._number.setAccessibleName(self.tr("{name} as a number").format(name=name))
        for widget in (self._caption, self._slider, self._number):
            widget.setToolTip(meaning)

    def show_value(self, value: int | None) -> None:
        """Show `value` without saying that it changed; None hides the row."""
        self.setVisible(value is not None)
        if value is not None:
            step = round((value / self._most) ** 0.5 * _SLIDER_STEPS)
            for widget, shown in ((self._number, value), (self._slider, step)):
                widget.blockSignals(True)
                widget.setValue(shown)
                widget.blockSignals(False)

    def _from_slider(self, step: int) -> int:
        return max(self._number.minimum(), round((step / _SLIDER_STEPS) ** 2 * self._most))
