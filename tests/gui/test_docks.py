"""Panels keep their places from start to start, and a dialog finds the middle, though the window gets its size late."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QPoint, QPointF, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDockWidget, QWidget

import gui.docks
from gui.dialogs.new_project import NewProjectDialog
from gui.main_window import MainWindow
from gui.panels.layers import LOOK_SHOWN
from gui.theme import ThemeKeeper
from tests.core.projects import bring_embeddings
from tests.gui.waiting import run_what_is_due, wait_for_tile, wait_ms, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
OPENS, GETS = QSize(1366, 768), QSize(1900, 1040)  # of the window, before and after the window manager maximises it
SIDE_PX = 270  # how wide the panels are at first
NAMES = ("queue", "classes", "layers", "training")


def sizes(window: MainWindow) -> dict[str, QSize]:
    return {name: window.findChild(QDockWidget, f"{name} dock").size() for name in NAMES}


@pytest.fixture
def project(tmp_path: Path, small_project: Path) -> Path:
    bring_embeddings(small_project)
    shutil.copytree(small_project.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / small_project.name


@pytest.fixture
def start(
    app: QApplication, themes: ThemeKeeper, until: Until, project: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MainWindow]:
    """Open the window with the project, as `fieldbrush PROJECT` does. The panels do not settle before the window has
    its size, however busy the machine is."""
    QSettings().clear()
    monkeypatch.setattr(gui.docks, "_SETTLED_MS", 600_000)

    def opened(later_ms: int = 15) -> MainWindow:
        window = MainWindow(app, themes)
        window.resize(OPENS)
        window.show()
        window.open_project(project)
        wait_ms(later_ms)
        window.resize(GETS)
        wait_for_tile(window, until)
        run_what_is_due()
        window._docks._settle_soon.start(0)
        wait_until_laid_out(window)
        return window

    return opened


def end(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("later_ms", [0, 15, 300])
def test_panels_that_nobody_touches_stay_as_they_are(start: Callable[..., MainWindow], later_ms: int) -> None:
    seen = []
    for _ in range(3):
        window = start(later_ms)
        seen.append(sizes(window))
        end(window)
    assert seen[0] == seen[1] == seen[2]


def drag_lower_edge(window: MainWindow, name: str, down_px: int) -> None:
    """Of a panel: the line between it and the next."""
    dock = window.findChild(QDockWidget, f"{name} dock")
    line = QPoint(dock.geometry().center().x(), dock.geometry().bottom() + 2)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseMove(window, line)
    QTest.mousePress(window, left, none, line)
    for step in range(1, 5):
        QTest.mouseMove(window, line + QPoint(0, down_px * step // 4))
        wait_ms(20)
    QTest.mouseRelease(window, left, none, line + QPoint(0, down_px))
    wait_ms(20)


def test_only_the_line_between_two_panels_is_dragged(start: Callable[..., MainWindow]) -> None:
    """A press on a title or a label comes to the window, too, and its release may go to the menu that it opens."""
    window = start()
    window.resize(GETS)
    wait_until_laid_out(window)
    title = window.findChild(QDockWidget, "classes dock")
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        press(window, button, title.mapTo(window, QPoint(60, 6)))
    line = QPoint(title.geometry().center().x(), title.geometry().bottom() + 2)
    press(window, Qt.MouseButton.RightButton, line)
    window.resize(GETS - QSize(0, 80))
    wait_until_laid_out(window)
    window.resize(GETS)
    wait_until_laid_out(window)
    assert not QSettings().value("window/heights chosen", False, bool)
    drag_lower_edge(window, "classes", -40)
    end(window)
    assert QSettings().value("window/heights chosen", False, bool)


def press(window: MainWindow, button: Qt.MouseButton, place: QPoint) -> None:
    """What the window hears, and no release."""
    kind = QEvent.Type.MouseButtonPress
    where = QPointF(place)
    event = QMouseEvent(kind, where, QPointF(window.mapToGlobal(place)), button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, event)


def test_panels_come_back_as_the_user_has_left_them(start: Callable[..., MainWindow], until: Until) -> None:
    """Also one that the user has made too low for what is in it, and one that is higher than it needs to be."""
    window = start()
    before = sizes(window)
    queue = window.findChild(QDockWidget, "queue dock")
    drag_lower_edge(window, "classes", -90)
    window.resizeDocks([queue], [350], Qt.Orientation.Horizontal)
    until(lambda: queue.width() == 350)
    left = sizes(window)
    assert left["classes"].height() == before["classes"].height() - 90
    assert left["layers"].height() == before["layers"].height() + 90
    window.actions_by_name["value range"].trigger()
    until(lambda: window.workspace.classes.value_range._bounds.isVisible())
    wait_ms(100)
    assert sizes(window) == left, "that the range shows is no reason either"
    window.actions_by_name["value range"].trigger()
    window.resize(GETS + QSize(0, 20))
    wait_ms(300)
    window.resize(GETS)
    wait_ms(300)
    assert sizes(window)["classes"].height() < before["classes"].height()
    drag_lower_edge(window, "classes", 150)
    drag_lower_edge(window, "layers", 40)
    left = sizes(window)
    assert room(window, "classes")[0] > room(window, "classes")[2], "for the value range, say"
    end(window)
    window = start()
    now = sizes(window)
    end(window)
    assert now == left


def room(window: MainWindow, name: str) -> tuple[int, int, int]:
    """What a panel has, the least for its controls, and what it would like to have, in px of height."""
    area = window.findChild(QDockWidget, f"{name} dock").widget()
    return area.height(), area.widget().minimumSizeHint().height(), area.widget().sizeHint().height()


def add_classes(window: MainWindow, up_to: int) -> None:
    session = window.workspace.session
    while len(session.classes) < up_to:
        session.set_classes([*session.classes, session.class_list.new_class(f"class {len(session.classes) + 1}")])


def test_more_classes_than_heights_were_chosen_for_get_what_is_empty(start: Callable[..., MainWindow]) -> None:
    window = start()
    drag_lower_edge(window, "classes", -60)
    chosen = sizes(window)
    add_classes(window, 5)
    wait_ms(100)
    assert sizes(window) == chosen
    end(window)
    window = start()
    wait_ms(100)
    for name in ("classes", "layers"):
        has, _, wanted = room(window, name)
        assert has == wanted, name
    assert sizes(window)["classes"].height() > chosen["classes"].height() + 60
    end(window)


def test_panels_that_were_moved_go_back_where_they_are_at_first(start: Callable[..., MainWindow]) -> None:
    window = start()
    at_first = sizes(window)
    places = {name: window.findChild(QDockWidget, f"{name} dock").geometry() for name in NAMES}
    drag_lower_edge(window, "classes", -60)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.findChild(QDockWidget, "layers dock"))
    wait_until_laid_out(window)
    assert sizes(window) != at_first
    window.actions_by_name["usual panels"].trigger()
    window._docks._settle_soon.start(0)
    wait_until_laid_out(window)
    assert {name: window.findChild(QDockWidget, f"{name} dock").geometry() for name in NAMES} == places
    end(window)
    window = start()
    assert sizes(window) == at_first, "and the next time"
    add_classes(window, 5)
    wait_until_laid_out(window)
    has, _, wanted = room(window, "classes")
    assert has == wanted, "heights follow what is in the panels again"
    end(window)


@pytest.mark.parametrize("size", [QSize(1366, 730), QSize(1280, 640), GETS, QSize(3840, 2080)])
@pytest.mark.parametrize("classes", [2, 12])
def test_no_panel_on_the_right_has_empty_room_that_another_lacks(
    start: Callable[..., MainWindow], size: QSize, classes: int
) -> None:
    QSettings().setValue(LOOK_SHOWN, False)
    window = start()
    add_classes(window, classes)
    window.resize(size)
    wait_until_laid_out(window)
    has, least, wanted = room(window, "classes")
    assert least <= has <= wanted, "the brush is in view, and nothing is empty"
    assert room(window, "layers")[0] == room(window, "layers")[2]
    model, controls, _ = room(window, "training")
    assert has == wanted or model <= controls
    assert model >= controls or size.height() < 700
    heights = sizes(window)
    for name in ("wand", "fill", "brush"):
        window.actions_by_name[name].trigger()
        wait_ms(60)
        assert sizes(window) == heights, "nothing moves while somebody paints"
    end(window)


def test_the_value_range_pushes_neither_class_nor_model_out_of_view(
    start: Callable[..., MainWindow], until: Until
) -> None:
    QSettings().setValue(LOOK_SHOWN, False)
    window = start()
    window.resize(1366, 730)
    wait_until_laid_out(window)
    window.actions_by_name["value range"].trigger()
    panel = window.workspace.classes
    until(lambda: is_seen(panel.value_range._share))
    wait_until_laid_out(window)
    assert is_seen(panel._group.checkedButton())
    for name in ("classes", "layers", "training"):
        assert room(window, name)[0] >= room(window, name)[1], name
    end(window)


@pytest.mark.parametrize("size", [QSize(1366, 730), QSize(1920, 1010)])
def test_a_composite_that_has_more_to_set_hides_no_layer(start: Callable[..., MainWindow], size: QSize) -> None:
    """One band has a colour map besides."""
    QSettings().setValue(LOOK_SHOWN, True)
    window = start()
    canvas = window.workspace.canvas
    single, colour = (next(c.key for c in canvas.composites if c.is_single is wanted) for wanted in (True, False))
    canvas.set_state(composite_key=colour)
    window.resize(size)
    wait_until_laid_out(window)
    before = room(window, "layers")
    canvas.set_state(composite_key=single)
    wait_until_laid_out(window)
    assert room(window, "layers")[2] > before[2]
    layers = {box.text(): box for box in window.workspace.layers.findChildren(QCheckBox)}
    assert is_seen(layers["Doubt"])
    end(window)


def is_seen(widget: QWidget) -> bool:
    """Wholly."""
    return widget.visibleRegion().boundingRect().size() == widget.size()


def test_the_class_that_is_chosen_by_key_is_scrolled_to(start: Callable[..., MainWindow], until: Until) -> None:
    """Through the rows and the panel: on half a screen neither has room for all."""
    window = start()
    add_classes(window, 6)
    window.resize(683, 300)
    until(lambda: window._docks.has_rail)
    window.resize(683, 300)  # three panels on top of each other were higher
    window._docks.raise_("classes dock")
    wait_until_laid_out(window)
    window.actions_by_name["value range"].trigger()
    panel, canvas = window.workspace.classes, window.workspace.canvas
    until(lambda: is_seen(panel.value_range._share))
    wait_until_laid_out(window)
    assert not is_seen(panel._group.checkedButton())
    for key in (Qt.Key.Key_2, Qt.Key.Key_6, Qt.Key.Key_1):
        QTest.keyClick(canvas, key)
        assert is_seen(panel._group.checkedButton())
    end(window)


def test_a_full_hd_screen_at_200_percent_has_a_rail(start: Callable[..., MainWindow]) -> None:
    """Three panels on top of each other would show three classes and no brush."""
    window = start()
    window.resize(960, 520)
    wait_until_laid_out(window)
    assert window._docks.has_rail
    window._docks.raise_("classes dock")
    wait_until_laid_out(window)
    has, least, _ = room(window, "classes")
    assert has >= least
    end(window)


@pytest.mark.parametrize("size", [GETS, QSize(900, 600)])
def test_the_next_project_begins_with_the_queue(start: Callable[..., MainWindow], until: Until, size: QSize) -> None:
    """Of an empty review, which nobody has asked for, a user would not know what to do."""
    window = start()
    for name in ("history dock", "review dock"):
        window.resize(size)
        wait_until_laid_out(window)
        window._docks.raise_(name)
        until(lambda name=name: not window.findChild(QDockWidget, name).visibleRegion().isEmpty())
    end(window)
    window = start()
    window.resize(size)
    until(lambda: not window.findChild(QDockWidget, "queue dock").visibleRegion().isEmpty())
    if size == GETS:
        assert not window.findChild(QDockWidget, "history dock").visibleRegion().isEmpty(), "as it was"
    end(window)


def test_a_window_closed_before_it_has_its_size_keeps_the_layout(
    start: Callable[..., MainWindow], app: QApplication, themes: ThemeKeeper, project: Path
) -> None:
    window = start()
    before = sizes(window)
    end(window)
    hasty = MainWindow(app, themes)
    hasty.resize(OPENS)
    hasty.show()
    hasty.open_project(project)
    run_what_is_due()
    end(hasty)
    window = start()
    after = sizes(window)
    end(window)
    assert after == before


def test_panels_laid_out_before_the_window_has_shown_the_canvas_leave_its_room(
    app: QApplication, themes: ThemeKeeper, project: Path
) -> None:
    """On a busy machine that is the order in which Qt's events come."""
    QSettings().clear()
    window = MainWindow(app, themes)
    window.resize(GETS)
    window.show()
    run_what_is_due()
    window.open_project(project)
    window._docks._follow_soon.stop()
    window._docks._follow()
    wait_until_laid_out(window)
    now = sizes(window)
    end(window)
    assert now["queue"].width() == now["classes"].width() == SIDE_PX


def test_a_layout_without_room_for_the_canvas_is_neither_kept_nor_brought_back(
    start: Callable[..., MainWindow],
) -> None:
    window = start()
    window.resizeDocks([window.findChild(QDockWidget, "queue dock")], [350], Qt.Orientation.Horizontal)
    wait_until_laid_out(window)
    window._docks._note_layout_soon.start(0)
    run_what_is_due()
    good = sizes(window)
    assert good["queue"].width() == 350
    crowded = crowd(window)
    end(window)
    window = start()
    kept = sizes(window)
    end(window)
    assert kept == good
    QSettings().setValue("window/state", crowded)
    window = start()
    brought_back = sizes(window)
    end(window)
    assert brought_back["queue"].width() == brought_back["classes"].width() == SIDE_PX


def crowd(window: MainWindow) -> QByteArray:
    """The panels take all the room that there is; returns that layout."""
    sides = [window.findChild(QDockWidget, f"{name} dock") for name in ("queue", "classes")]
    window.resizeDocks(sides, [GETS.width(), GETS.width()], Qt.Orientation.Horizontal)
    wait_until_laid_out(window)
    centre = window.centralWidget()
    assert centre.width() == centre.minimumSizeHint().width()
    return window.saveState(gui.docks._LAYOUT_VERSION)


def test_the_new_project_waits_for_the_window_over_which_it_is_centred(
    app: QApplication, themes: ThemeKeeper, until: Until, project: Path
) -> None:
    """As `fieldbrush FILE` opens it, when the window is not on the screen yet."""
    places: list[tuple[QPoint, QPoint]] = []

    def look() -> None:
        dialog = app.activeModalWidget()
        if isinstance(dialog, NewProjectDialog):
            places.append((dialog.frameGeometry().center(), window.frameGeometry().center()))
            dialog.reject()
        else:
            QTimer.singleShot(10, look)

    window = MainWindow(app, themes)
    window.resize(200, 200)
    window.show()
    QTimer.singleShot(10, look)
    window.open_paths([project.with_name("north.tif")])
    window.setGeometry(100, 200, 700, 500)  # as the window manager does, before it shows the window
    until(lambda: places)
    end(window)
    dialog, middle = places[0]
    assert (dialog - middle).manhattanLength() < 60
