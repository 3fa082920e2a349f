"""Where names have no room, those that differ at their ends alone can still be told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from gui.elided import ElidedBox, ElidedName
from gui.main_window import MainWindow
from tests.gui.waiting import wait_until_laid_out

UPPER, LOWER = (f"Gesunder Bestand ohne sichtbare Symptome, Blattdrittel {part}" for part in ("oben", "unten"))


def box_with(name: str) -> QWidget:
    box = ElidedBox()
    box.addItem(name)
    return box


@pytest.mark.parametrize("make", [box_with, ElidedName])
def test_the_ends_of_names_are_seen(app: QApplication, make: type[ElidedName]) -> None:
    pictures = []
    for name in (UPPER, LOWER):
        widget = make(name)
        widget.resize(260, 30)
        pictures.append(widget.grab().toImage())
    assert pictures[0] != pictures[1]


def test_classes_with_one_beginning_are_told_apart(open_window: MainWindow) -> None:
    assert open_window.workspace is not None
    session, panel = open_window.workspace.session, open_window.workspace.classes
    session.set_classes([replace(c, name=name) for c, name in zip(session.classes, (UPPER, LOWER), strict=True)])
    wait_until_laid_out(open_window)
    rows = [button for button in panel.findChildren(QToolButton) if button.accessibleName().startswith("Paint Ges")]
    assert [row.toolTip().split("  ")[0] for row in rows] == [UPPER, LOWER]
    assert all("…" in row.text() for row in rows)
    assert rows[0].text() != rows[1].text()
