"""The key sheet (F1), made from the commands themselves."""

from __future__ import annotations

from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.actions import COMMANDS, GESTURES, MENUS, translated
from gui.theme import SPACE_EMPTY, SPACE_LARGE, SPACE_SMALL, SPACE_TIGHT, SPACE_WIDE, set_class


class KeysDialog(QDialog):
    """All commands that have a key, by menu, and the gestures on the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        commands = {command.name: command for command in COMMANDS}
        groups = [
            (translated(title).replace("&", ""), [
                (_shown(commands[name].keys), translated(commands[name].text).rstrip("…"))
                for name in names if name is not None and commands[name].keys
            ])
            for title, names in MENUS
        ]  # fmt: skip
        groups.insert(
            0, (self.tr("On the canvas"), [([translated(keys)], translated(what)) for keys, what in GESTURES])
        )
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_WIDE)
        stacks = [QVBoxLayout(), QVBoxLayout()]
        for number, (title, rows) in enumerate(groups):
            stacks[0 if number < 3 else 1].addWidget(_group(title, rows))
        for stack in stacks:
            stack.setSpacing(SPACE_LARGE)
            stack.addStretch(1)
            columns.addLayout(stack, 1)
        page = QWidget()
        page.setLayout(columns)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        self.resize(max(900, page.sizeHint().width() + 2 * SPACE_EMPTY), 690)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(area, 1)
        whole.addWidget(buttons)


def _shown(keys: tuple[str, ...]) -> list[str]:
    return [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys[:2]]


def _group(title: str, rows: list[tuple[list[str], str]]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE_LARGE)
    grid.setVerticalSpacing(SPACE_TIGHT)
    heading = QLabel(title)
    set_class(heading, "heading")
    grid.addWidget(heading, 0, 0, 1, 2)
    for number, (keys, what) in enumerate(rows, start=1):
        caps = QHBoxLayout()
        caps.setSpacing(SPACE_TIGHT)
        caps.addStretch(1)
        for key in keys:
            cap = QLabel(key)
            set_class(cap, "key")
            caps.addWidget(cap)
        grid.addWidget(QLabel(what), number, 0)
        grid.addLayout(caps, number, 1)
    grid.setColumnStretch(0, 1)
    grid.setContentsMargins(SPACE_SMALL, 0, SPACE_SMALL, 0)
    return box
