"""The key sheet (F1), made from the commands themselves: a click on a command's keys changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.labels.classes import IGNORE_KEY
from gui.actions import GESTURES, MENUS, command_text, translated
from gui.controls import muted
from gui.dialogs.ask_key import AskKeyDialog
from gui.dialogs.section import fits_on_screen
from gui.elided import ElidedName
from gui.icons import icon
from gui.keymap import Keymap, native
from gui.theme import SPACE_LARGE, SPACE_SMALL, SPACE_TIGHT, SPACE_WIDE, set_class

_ROW_PX = 26
_OF_HEIGHT = 0.9  # of the screen's
_CLASS_PX = 240  # of a Class's name

_Row = tuple[QLabel, QWidget]  # what happens, its keys


class KeysDialog(QDialog):
    """All commands by menu, with their keys as buttons, and the gestures on the canvas."""

    def __init__(self, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self._keymap = keymap
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(self.tr("Find a command or a key"))
        self._search.setAccessibleName(self._search.placeholderText())
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.textChanged.connect(self._find)
        self._buttons = {name: KeyButton(command_text(name), self) for _, names in MENUS for name in names if name}
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.change(name))
        self._reset = QPushButton(self.tr("Reset all keys"), self)
        self._reset.setAutoDefault(False)
        self._reset.clicked.connect(self._reset_all)
        self._classes = _Group(self.tr("Classes"), _class_rows(keymap.of_classes))
        self._groups = self._build_groups()
        self.refresh()
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        page, columns = QWidget(), self._columns()
        page.setLayout(columns)
        area.setWidget(page)
        for button in self._buttons.values():  # in its place: until now the style sheet would have the last word
            button.setFixedHeight(_ROW_PX)
        for group in self._groups:
            group.updateGeometry()
        columns.activate()  # with the rows as high as they are now
        hint = muted(self.tr("Click a command's keys to change them."), self, wraps=False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        QWidget.setTabOrder(list(self._buttons.values())[-1], self._reset)
        bottom = QHBoxLayout()
        bottom.addWidget(hint, 1)
        bottom.addWidget(self._reset)
        bottom.addWidget(buttons)
        whole = QVBoxLayout(self)
        whole.addWidget(self._search)
        whole.addWidget(area, 1)
        whole.addLayout(bottom)
        around = whole.sizeHint().height() - area.sizeHint().height()
        self.resize(self._size_for(page, area.verticalScrollBar().sizeHint().width(), around))
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show the commands' keys as they are now."""
        for name, button in self._buttons.items():
            button.show_keys(self._keymap.keys(name))
        self._reset.setEnabled(self._keymap.is_changed())

    def change(self, name: str) -> None:
        """Ask for another key of a command."""
        if ChangeKeyDialog(self._keymap, name, self).exec():
            self._keys_changed()

    def _reset_all(self) -> None:
        self._keymap.reset()
        self._keys_changed()

    def _keys_changed(self) -> None:
        self.refresh()
        self._classes.show_rows(_class_rows(self._keymap.of_classes))  # a command's key is no class's
        self._find(self._search.text())

    def _find(self, words: str) -> None:
        """Leave only the rows in which all of `words` occur, in the command or in its keys."""
        for group in self._groups:
            group.show_found(words.lower().split())

    def _size_for(self, page: QWidget, bar_px: int, around_px: int) -> QSize:
        """As wide as the columns and a scroll bar need, and as high as all keys with what is `around` them, where the
        screen has so much."""
        wanted = QSize(page.sizeHint().width() + bar_px + 2 * SPACE_LARGE, page.sizeHint().height() + around_px)
        screen = self.screen().availableSize()
        return wanted.boundedTo(QSize(round(0.95 * screen.width()), round(_OF_HEIGHT * screen.height())))

    def _build_groups(self) -> list[_Group]:
        groups = [_gesture_group(self.tr("On the canvas")), self._classes]
        for title, names in MENUS:
            rows = [(QLabel(command_text(name)), self._buttons[name]) for name in names if name]
            groups.append(_Group(translated(title).replace("&", ""), rows))
        return groups

    def _columns(self) -> QHBoxLayout:
        """One or two of the same width, as high as one another."""
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)  # the groups have their own
        columns.setSpacing(SPACE_WIDE)
        widest = max(group.sizeHint().width() for group in self._groups)
        stacks = [QVBoxLayout() for _ in range(2 if fits_on_screen(self, 2 * widest + 3 * SPACE_WIDE) else 1)]
        heights = [0] * len(stacks)
        for group in self._groups:
            shorter = heights.index(min(heights))
            stacks[shorter].addWidget(group)
            heights[shorter] += group.sizeHint().height() + SPACE_LARGE
        for stack in stacks:
            stack.setSpacing(SPACE_LARGE)
            stack.addStretch(1)
            columns.addLayout(stack, 1)
            stack.addStrut(widest)
        return columns


class KeyButton(QPushButton):
    """A command's keys as caps; a click changes them."""

    def __init__(self, command: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._command = command
        self.setAutoDefault(False)
        set_class(self, "flat")
        self._caps = QHBoxLayout(self)
        self._caps.setContentsMargins(SPACE_TIGHT, 0, SPACE_TIGHT, 0)
        self._caps.setSpacing(SPACE_TIGHT)

    def show_keys(self, keys: tuple[str, ...]) -> None:
        """At most two of them; a dash for none."""
        while (item := self._caps.takeAt(0)) is not None:
            cap = item.widget()
            if cap is not None:
                cap.hide()
                cap.deleteLater()
        self._caps.addStretch(1)
        told = [key for key in keys if key.replace("Return", "Enter") not in keys[:1]]  # both are called Enter
        for key in [*keys[:1], *told][:2] or ("–",):
            shown = _cap(native(key) if keys else key)
            if not keys:
                set_class(shown, "muted")
            self._caps.addWidget(shown, 0, Qt.AlignmentFlag.AlignVCenter)
        spoken = ", ".join(native(key) for key in keys) or self.tr("none")
        self.setAccessibleName(self.tr("Keys of “{command}”: {keys}").format(command=self._command, keys=spoken))
        self.setToolTip(self.tr("Change the key"))
        self.setFixedHeight(_ROW_PX)
        self.setMinimumWidth(self._caps.sizeHint().width() + SPACE_SMALL)


class ChangeKeyDialog(AskKeyDialog):
    """Asks for a command's key and says what else it does now."""

    def __init__(self, keymap: Keymap, name: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Change a key"), command_text(name), parent)
        self._keymap, self._name = keymap, name
        self._add_button(self.tr("No key"), lambda: keymap.set_key(name, ""))
        self._add_button(self.tr("Default"), lambda: keymap.reset(name)).setEnabled(keymap.is_changed(name))

    def judge(self, key: str) -> tuple[str, bool]:
        reserved, holder = self._keymap.reserved_for(key), self._keymap.holder(key)
        if reserved:
            return self.tr("{key} is taken: {use}.").format(key=native(key), use=reserved), False
        if holder is not None and holder != self._name:
            return self.tr("“{command}” has this key now and loses it.").format(command=command_text(holder)), True
        return self.tr("This key is free."), True

    def take(self, key: str) -> None:
        self._keymap.set_key(self._name, key)


def _gesture_group(title: str) -> _Group:
    return _Group(title, [(QLabel(translated(what)), _in_caps(translated(keys))) for keys, what in GESTURES])


def _class_rows(of_classes: Mapping[str, str]) -> list[_Row]:
    """The keys of the open project's Classes; without one, what they are at first."""
    rows: list[_Row] = [(_class_label(name), _in_caps(native(key))) for key, name in of_classes.items()]
    if not rows:
        rows.append((QLabel(translated("Choose a class")), _in_caps("1 … 9")))
    return [*rows, (QLabel(translated("Choose “ignore”")), _in_caps(IGNORE_KEY))]


def _class_label(name: str) -> QLabel:
    label = ElidedName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setMaximumWidth(_CLASS_PX)
    label.setToolTip(name)
    return label


def _in_caps(keys: str) -> QWidget:
    caps = QWidget()
    caps.setFixedHeight(_ROW_PX)
    row = QHBoxLayout(caps)
    row.setContentsMargins(0, 0, SPACE_TIGHT, 0)  # in line with the buttons' caps
    row.addStretch(1)
    row.addWidget(_cap(keys), 0, Qt.AlignmentFlag.AlignVCenter)
    return caps


def _cap(text: str) -> QLabel:
    cap = QLabel(text)
    set_class(cap, "key")
    return cap


class _Group(QWidget):
    """A heading over rows of (what happens, its keys)."""

    def __init__(self, title: str, rows: Sequence[_Row]) -> None:
        super().__init__()
        self._rows: Sequence[_Row] = ()
        self._grid = grid = QGridLayout(self)
        grid.setHorizontalSpacing(SPACE_LARGE)
        grid.setVerticalSpacing(0)
        heading = QLabel(title)
        set_class(heading, "heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setContentsMargins(SPACE_SMALL, 0, SPACE_SMALL, 0)
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[_Row]) -> None:
        """Show these in place of those that were there."""
        for gone in (widget for row in self._rows for widget in row):
            self._grid.removeWidget(gone)
            gone.hide()  # it is deleted later
            gone.deleteLater()
        self._rows = rows
        for number, (what, keys) in enumerate(rows, start=1):
            self._grid.addWidget(what, number, 0)
            self._grid.addWidget(keys, number, 1)

    def show_found(self, words: Sequence[str]) -> None:
        """Show the rows that have all of these words, in lower case; without any, nothing of the group shows."""
        found = False
        for what, keys in self._rows:
            caps = " ".join(cap.text() for cap in keys.findChildren(QLabel))
            text = f"{what.text()} {caps}".lower()
            fits = all(word in text for word in words)
            found |= fits
            what.setVisible(fits)
            keys.setVisible(fits)
        self.setVisible(found)
