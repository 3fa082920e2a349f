"""A formula of bands as a new composite: checked while it is typed, and shown on the active Tile."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import FormulaError
from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.expression import FUNCTION_NAMES, LONGEST_FORMULA, short_names
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene
from core.jobs import JobContext, Priority
from core.text import text
from gui.canvas.view import CanvasView
from gui.controls import muted
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.life import while_open
from gui.dialogs.preview import as_pixmap, draw_composite
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, SPACE_WIDE, set_class
from gui.translate import say_error

_PREVIEW_PX = 168
_LEAST_PX = 620
_MOST_BANDS, _BAND_ROWS, _FEWEST_BAND_ROWS = 15, 4, 2  # that are shown at once
_HIGH_SCREEN_PX = 500
_MEANING_PX, _SHORT_PX = 90, 64  # of a band's name; where there are many, beside a scroll bar
_BUTTONS_IN_A_ROW = 5


class FormulaDialog(QDialog):
    """After `exec()` has accepted, the formula is among the project's composites, and on the screen."""

    def __init__(self, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent or canvas)
        self.setWindowTitle(self.tr("Band formula"))
        self._canvas = canvas
        self._looks = canvas.session.looks
        self._show_read = while_open(self, self._preview_read)
        self._formula = QLineEdit(self)
        self._formula.setPlaceholderText("(nir - red) / (nir + red)")
        self._formula.setMaxLength(2 * LONGEST_FORMULA)  # what is too long is said, not cut
        self._name = QLineEdit(self)
        self._name.setPlaceholderText(self.tr("As the formula"))
        self._name.setMaxLength(60)
        self._state = QLabel(self)
        self._state.setWordWrap(True)
        self._state.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._preview = QLabel(self)
        self._preview.setFixedSize(_PREVIEW_PX, _PREVIEW_PX)
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_class(self._preview, "card")
        self._preview.setAccessibleName(self.tr("The formula on this tile"))
        self._lay_out()
        self._name.textChanged.connect(self._check)
        self._formula.textChanged.connect(self._check)
        self._formula.setFocus()
        self._check()

    def _check(self) -> None:
        """Say what is wrong, or show what it gives."""
        source = self._formula.text()
        try:
            composite = self._looks.try_formula(self._name.text(), source)
        except FormulaError as error:
            self._add.setEnabled(False)
            self._preview.setPixmap(QPixmap())
            self._state.setText(say_error(error) if source.strip() else self.tr("Write it with the bands below."))
            set_class(self._state, "error" if source.strip() else "muted")
            return
        self._add.setEnabled(True)
        self._state.setText(self.tr("Understood. Where it is not defined, the picture stays transparent."))
        set_class(self._state, "muted")
        self._show_preview(composite)

    def _show_preview(self, composite: Composite) -> None:
        tile = self._canvas.active
        if tile is None:
            return
        session = self._canvas.session
        work = partial(
            _preview, session.scene_files.open(tile.scene_id), session.interpretation, composite, tile.rect,
            round(_PREVIEW_PX * self.devicePixelRatioF()),
        )  # fmt: skip
        session.readers.submit(
            text("Reading the scene"), work, Priority.VISIBLE, "formula preview", partial(self._show_read, composite)
        )

    def _preview_read(self, composite: Composite, pixels: NDArray[np.uint32]) -> None:
        """Unless the formula has changed meanwhile."""
        if composite.formula is None or composite.formula.source != self._formula.text().strip():
            return
        self._preview.setPixmap(as_pixmap(pixels, self.devicePixelRatioF()))

    def _accepted(self) -> None:
        composite = self._looks.add_formula(self._name.text(), self._formula.text())
        self._canvas.set_state(composite_key=composite.key)
        self.accept()

    def _insert(self, word: str) -> None:
        self._formula.insert(word)
        self._formula.setFocus()

    def _lay_out(self) -> None:
        form = QGridLayout()  # a form layout would not centre the labels on their fields
        form.setSpacing(SPACE_SMALL)
        for row, (name, field) in enumerate(((self.tr("Formula"), self._formula), (self.tr("Name"), self._name))):
            field.setAccessibleName(name)
            form.addWidget(QLabel(name, self), row, 0)
            form.addWidget(field, row, 1)
        words = QVBoxLayout()
        words.setSpacing(SPACE_MEDIUM)
        words.addLayout(form)
        words.addWidget(self._state)
        words.addWidget(muted(self.tr("Bands"), self, wraps=False))
        words.addWidget(self._bands([(name, band, name) for name, band in short_names(self._looks.interpretation)]))
        words.addWidget(muted(self.tr("Functions"), self, wraps=False))
        words.addLayout(self._chips([(f"{name}( )", "", f"{name}(") for name in FUNCTION_NAMES]))
        words.addStretch(1)
        buttons, self._add = dialog_buttons(self, self.tr("Add"), self._accepted)  # the last that Tab comes to
        across = QHBoxLayout()
        across.setSpacing(SPACE_LARGE)
        across.addLayout(words, 1)
        across.addWidget(self._preview, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_LARGE)
        whole.addLayout(across)
        whole.addWidget(buttons)
        self.setMinimumWidth(max(_LEAST_PX, self.sizeHint().width()))

    def _bands(self, words: list[tuple[str, str, str]]) -> QWidget:
        """Those of a sensor with hundreds of bands scroll."""
        holder = QWidget(self)
        are_many = len(words) > _MOST_BANDS
        grid = self._chips(words, meaning_px=_SHORT_PX if are_many else _MEANING_PX)
        grid.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(grid)
        if not are_many:
            return holder
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        row = holder.sizeHint().height() * 3 // len(words)
        is_high = self.screen().availableSize().height() >= _HIGH_SCREEN_PX
        area.setFixedHeight((_BAND_ROWS if is_high else _FEWEST_BAND_ROWS) * row)
        area.setMinimumWidth(holder.sizeHint().width() + area.verticalScrollBar().sizeHint().width())
        return area

    def _chips(self, words: list[tuple[str, str, str]], meaning_px: int = _MEANING_PX) -> QGridLayout:
        """Buttons that write a word into the formula: (shown, what it is, written) each."""
        grid = QGridLayout()
        grid.setSpacing(SPACE_TIGHT)
        for number, (shown, meaning, written) in enumerate(words):
            button = QToolButton(self)
            button.setText(shown)
            button.setToolTip(meaning or shown)
            button.setAccessibleName(f"{shown} {meaning}".strip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._insert, written))
            cell = QHBoxLayout()
            cell.setSpacing(SPACE_TIGHT)
            cell.addWidget(button)
            if meaning:
                shortened = self.fontMetrics().elidedText(meaning, Qt.TextElideMode.ElideMiddle, meaning_px)
                cell.addWidget(muted(shortened, self, wraps=False))
            cell.addStretch(1)
            in_a_row = 3 if meaning else _BUTTONS_IN_A_ROW + 1
            grid.addLayout(cell, number // in_a_row, number % in_a_row)
        return grid


def _preview(
    scene: Scene, interpretation: Interpretation, composite: Composite, rect: Rect, side_px: int, context: JobContext
) -> NDArray[np.uint32]:
    context.check()
    return draw_composite(scene, interpretation, composite, rect, side_px)
