"""On 1366 × 768 px nothing is cut off, in English and in German: the window, its menus, every dialog. At 200 % there is
half as much of it, and the window stays on the screen with linked views, messages and every panel."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import rasterio
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QToolBar,
    QToolButton,
    QToolTip,
    QWidget,
)

import gui.dialogs.section
import gui.docks
from core.jobs import JobContext, Priority
from core.labels.classes import LabelClass
from core.learning.progress import TrainingPoint
from core.mask_import.folder import MaskFolder
from core.text import text
from gui import translate
from gui.actions import translated
from gui.canvas.decorations import SCALE_BAR_ROOM_PX
from gui.canvas.panes import PaneHeader
from gui.composite_box import CompositeBox
from gui.dialogs.budget import BudgetDialog
from gui.dialogs.class_key import ClassKeyDialog
from gui.dialogs.classes import ClassesDialog, RemoveClassDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.formula import FormulaDialog
from gui.dialogs.go_to import GoToDialog
from gui.dialogs.import_masks import ImportMasksDialog
from gui.dialogs.keys import ChangeKeyDialog, KeysDialog
from gui.dialogs.likeness import LikenessDialog
from gui.dialogs.model_report import ModelReportDialog
from gui.dialogs.new_project import NewProjectDialog
from gui.dialogs.note import NoteDialog
from gui.elided import ElidedBox, ElidedLabel
from gui.main_window import MainWindow
from gui.notices import Sentence
from gui.regimes import REGIMES, regime_title
from gui.theme import SPACE_LARGE, ThemeKeeper
from tests.core.projects import bring_embeddings, done, keep_embeddings, make_project, write_scene
from tests.core.test_kept_models import QUICK, opened, painted_project
from tests.gui.finding import named
from tests.gui.test_canvas import canvas_of, drag
from tests.gui.waiting import wait_for_tile, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
SCREEN = QSize(1366, 768)
HALF = SCREEN / 2  # what Qt lays out at 200 %
TITLE_BAR_PX = 24
LONG_PATH = f"/home/someone/{'a_flight_over_the_north_field_' * 4}2026.tif"


def after_flagging(window: MainWindow) -> NoteDialog:
    window.actions_by_name["flag"].trigger()
    workspace = window.workspace
    return NoteDialog(workspace.session, workspace.ways.thumbnails, workspace.flow.tiles_for_note(), window)


DIALOGS: dict[str, Callable[[MainWindow], QDialog]] = {
    "new project": lambda window: NewProjectDialog((), window.keymap, window),
    "classes": lambda window: ClassesDialog(window.workspace.session, window.keymap, window),
    "formula": lambda window: FormulaDialog(window.workspace.canvas, window),
    "go to": lambda window: GoToDialog(window.workspace.session, window.workspace.canvas, window),
    "note": after_flagging,
    "export": lambda window: ExportDialog(window.workspace.session, window),
    "import masks": lambda window: ImportMasksDialog(
        MaskFolder((), {0: 90, 1: 10, 7: 0}, {0: 1, 1: 2, 7: 255}, False), window.workspace.session, window
    ),
    "budget": lambda window: BudgetDialog(
        window.workspace.session.effort, window.workspace.session.tiles.values(), window
    ),
    "likeness": lambda window: LikenessDialog(window.workspace.session, lambda _: True, window),
    "model report": lambda window: ModelReportDialog(window.workspace.session, window),
    "keys": lambda window: KeysDialog(window.keymap, window),
    "change key": lambda window: ChangeKeyDialog(window.keymap, "brush", window),
    "class key": lambda window: ClassKeyDialog(
        window.workspace.session.classes[0], window.workspace.session.classes, window.keymap, window
    ),
    "remove class": lambda window: RemoveClassDialog(
        window.workspace.session.classes[0], window.workspace.session.classes[1:], 3, 70_000, window
    ),
}


@pytest.fixture(scope="module")
def five_bands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("five_bands")
    project = make_project(folder, [write_scene(folder / f"{name}.tif", bands=5) for name in ("north", "south")])
    keep_embeddings(project)
    return project


@pytest.fixture(params=translate.LANGUAGES)
def small_window(
    request: pytest.FixtureRequest, speaker: QApplication, themes: ThemeKeeper, until: Until, tmp_path: Path,
    five_bands: Path, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:  # fmt: skip
    """The window as it first opens on a small screen, with a project of five bands and two scenes."""
    monkeypatch.setattr(gui.docks, "_SETTLED_MS", 50)  # no window manager resizes it a second later
    translate.install_translations(speaker, request.param)
    QSettings().clear()
    window = MainWindow(speaker, themes)
    window.show()
    window.resize(SCREEN - QSize(0, TITLE_BAR_PX))
    bring_embeddings(five_bands)
    shutil.copytree(five_bands.parent, tmp_path, dirs_exist_ok=True)
    window.open_project(tmp_path / five_bands.name)
    wait_for_tile(window, until)
    yield window
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def trained_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a scored model, which the pixel classifier does better than."""
    project = painted_project(tmp_path_factory.mktemp("small_screen") / "field", 8)
    with opened(project) as session:
        done(session, session.train(QUICK))
        session.set_setting("classifier_is_ahead", True)
    return project


def cut_off(root: QWidget) -> list[str]:
    """Words that have less room than they need, as “text (has, needs)”."""
    found = []
    for kind in (QAbstractButton, QLabel, QComboBox):
        for widget in root.findChildren(kind):
            words = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
            room = widget.width()
            if isinstance(widget, QLabel) and widget.wordWrap():
                has, needs = widget.height(), widget.heightForWidth(room)
            elif isinstance(widget, QComboBox):
                has, needs = room, widget.fontMetrics().horizontalAdvance(words) + 34  # its frame and arrow
            else:
                has, needs = room, widget.sizeHint().width()
            given_up = widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored  # its tool tip says it
            given_up |= isinstance(widget, ElidedBox | ElidedLabel)  # and they say that there is more
            if not widget.visibleRegion().isEmpty() and words and has < needs and not given_up:
                found.append(f"{words} ({has}, {needs})")
    return found


def cut_words(root: QWidget) -> list[str]:
    """Words of wrapped texts that are wider than their label, as “word (has, needs)”."""
    found = []
    for label in root.findChildren(QLabel):
        if label.wordWrap() and not label.visibleRegion().isEmpty():
            words = re.split(r"[\s\u200b]+", label.text())
            widest = max(words, key=label.fontMetrics().horizontalAdvance)
            has, needs = label.contentsRect().width(), label.fontMetrics().horizontalAdvance(widest)
            if has < needs:
                found.append(f"{widest} ({has}, {needs})")
    return found


def halve(window: MainWindow) -> None:
    window.resize(HALF)
    wait_until_laid_out(window)


def is_on_half_a_screen(window: MainWindow) -> bool:
    least = window.minimumSizeHint()
    return window.size() == HALF and least.boundedTo(HALF - QSize(0, TITLE_BAR_PX)) == least


def outside(root: QWidget) -> list[str]:
    """Controls that lie partly outside the scroll area they are in."""
    found = []
    for area in root.findChildren(QScrollArea):
        seen = QRect(QPoint(0, 0), area.viewport().size())
        for widget in area.findChildren(QAbstractButton):
            place = QRect(widget.mapTo(area.viewport(), QPoint(0, 0)), widget.size())
            if not area.visibleRegion().isEmpty() and widget.isVisible() and not seen.contains(place):
                found.append(widget.text() or widget.toolTip())
    return found


def test_the_window_fits(small_window: MainWindow) -> None:
    least = small_window.minimumSizeHint()
    assert least.width() <= SCREEN.width() - 100, "room for a few more letters in another language"
    assert least.height() <= SCREEN.height() - TITLE_BAR_PX
    assert small_window.width() == SCREEN.width()


def test_the_window_fits_at_200_percent(small_window: MainWindow, until: Until) -> None:
    """What Qt then lays out has half as many pixels. With the list of all tiles, too, and with a long message."""
    small_window.actions_by_name["tile list"].trigger()
    small_window.workspace.notices.show_hint(f"The scene {'_of_a_flight' * 9}.tif has changed.")
    canvas = canvas_of(small_window)
    canvas.cursor_moved.emit(12.0, 12.0)
    wait_until_laid_out(small_window)
    least = small_window.minimumSizeHint()
    assert least.width() <= SCREEN.width() // 2
    assert least.height() <= SCREEN.height() // 2
    small_window.resize(SCREEN / 2)
    wait_until_laid_out(small_window)
    more = small_window.findChild(QToolButton, "qt_toolbar_ext_button")
    picture = more.grab().toImage()
    places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert len({picture.pixelColor(*place).name() for place in places}) > 1, "an arrow is drawn"


def test_linked_views_stay_on_half_a_screen(small_window: MainWindow) -> None:
    halve(small_window)
    canvas, panes = canvas_of(small_window), small_window.workspace.viewing.panes
    assert canvas.width() >= HALF.width() // 2, "the picture has more room than the panels"
    for command in ("two panes", "four panes", "one pane"):
        small_window.actions_by_name[command].trigger()
        wait_until_laid_out(small_window)
        assert is_on_half_a_screen(small_window), command
        assert not cut_off(small_window)
        headers = panes.findChildren(PaneHeader)
        assert len(headers) > 1
        for header in headers:
            box = header.findChild(CompositeBox)
            least = 5 * box.fontMetrics().averageCharWidth() + 34
            assert not header.isVisible() or box.width() >= least, "a name that can be told from others"
    header = panes.findChildren(PaneHeader)[0]
    small_window.actions_by_name["two panes"].trigger()
    wait_until_laid_out(small_window)
    assert header._more.isVisible()
    before = canvas.state.show_doubt
    header._entries["doubt"].trigger()
    assert canvas.state.show_doubt != before
    assert header._entries["doubt"].isChecked() == canvas.state.show_doubt


def test_no_message_is_cut_or_wider_than_half_a_screen(small_window: MainWindow) -> None:
    halve(small_window)
    workspace = small_window.workspace
    bring_back = (translated("Bring the last removed class back"), int)
    taught = tuple(workspace.tr(words) for words in (
        "Paint with the left button, erase with the right. The wheel zooms, Shift+wheel changes the brush.",
        "{key} submits the tile and brings the next one. You need not paint every pixel.",
    ))  # fmt: skip
    for command in ("one pane", "two panes", "four panes"):
        small_window.actions_by_name[command].trigger()
        for say in (
            *(partial(workspace.notices.show_hint, words) for words in taught),
            partial(workspace.notices.show_hint, taught[0], offer=bring_back),
            partial(workspace.notices.show_hint, LONG_PATH),
            partial(workspace.notices.show_error, ValueError(LONG_PATH)),
        ):
            say()
            wait_until_laid_out(small_window)
            assert is_on_half_a_screen(small_window)
            bar = workspace.notices
            assert small_window.rect().contains(bar.geometry())
            assert bar.height() <= HALF.height() // 2, "it leaves some of the picture"
            assert not cut_words(small_window)
            assert not cut_off(small_window)


def test_the_time_that_is_left_is_read_to_its_end_in_a_narrow_status_bar(
    small_window: MainWindow, until: Until
) -> None:
    halve(small_window)
    bar, told = small_window.statusBar(), threading.Event()
    left = bar._left

    def work(context: JobContext) -> None:
        context.report(1, 100)
        time.sleep(0.6)  # a shorter time says nothing
        context.report(2, 100)
        told.wait(60)

    title = text("Preparing the scenes, their statistics and all that comes after it")
    job = small_window.workspace.session.background.run(title, work, Priority.TRAINING, "preparing")
    until(lambda: bar._shown is job and left.text() and left.width() >= left.sizeHint().width())
    place = QRect(left.mapTo(bar, QPoint(0, 0)), left.size())
    assert bar.rect().contains(place)
    assert bar._place.isHidden()
    told.set()
    until(lambda: job.is_settled and not left.isVisible())


def test_a_message_lies_over_the_panels_where_the_canvas_is_narrow(small_window: MainWindow) -> None:
    workspace = small_window.workspace
    workspace.notices.show_hint("Something to read. " * 4)
    wait_until_laid_out(small_window)
    assert workspace.centre.geometry().contains(workspace.notices.geometry())
    sides = [small_window.findChild(QDockWidget, name) for name in ("queue dock", "classes dock")]
    small_window.resizeDocks(sides, [540, 540], Qt.Orientation.Horizontal)
    wait_until_laid_out(small_window)
    assert workspace.centre.width() < 340
    assert workspace.notices.width() > workspace.centre.width()
    assert small_window.rect().contains(workspace.notices.geometry())
    assert not cut_words(workspace.notices)


def test_what_is_copied_of_a_broken_path_is_the_path(small_window: MainWindow) -> None:
    notices = small_window.workspace.notices
    notices.show_hint(LONG_PATH)
    label = notices.findChild(Sentence)
    assert label.text() != LONG_PATH
    assert notices.text == LONG_PATH
    label.setSelection(0, len(label.text()))
    QTest.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == LONG_PATH


def test_one_panel_at_a_time_on_half_a_screen_and_all_afterwards(small_window: MainWindow, until: Until) -> None:
    docks = {dock.objectName(): dock for dock in small_window.findChildren(QDockWidget)}
    wait_until_laid_out(small_window)

    def places() -> dict[str, QRect]:
        return {name: dock.geometry() for name, dock in docks.items() if not dock.visibleRegion().isEmpty()}

    before = places()
    assert len(before) == 4
    halve(small_window)
    rail = small_window.findChild(QToolBar, "panels")
    assert rail.isVisible()
    assert sorted(a.text() for a in rail.actions()) == sorted(dock.windowTitle() for dock in docks.values())
    for name, dock in docks.items():
        if not dock.isVisible():
            next(entry for entry in rail.actions() if entry.text() == dock.windowTitle()).trigger()
        wait_until_laid_out(small_window)
        assert [other for other, each in docks.items() if each.isVisible()] == [name]
        assert is_on_half_a_screen(small_window), name
        assert not cut_off(small_window), name
        assert not cut_words(small_window), name
        assert canvas_of(small_window).width() >= HALF.width() // 2, name
    raised = small_window.workspace.panel_wanted
    raised.emit("history dock")
    QTest.keyClick(small_window, Qt.Key.Key_F9)
    wait_until_laid_out(small_window)
    assert not any(dock.isVisible() for dock in docks.values())
    raised.emit("layers dock")
    docks["layers dock"].findChild(CompositeBox).setFocus()
    raised.emit("history dock")
    assert canvas_of(small_window).hasFocus(), "the keys do not go with the panel"
    QTest.keyClick(small_window, Qt.Key.Key_F9)
    wait_until_laid_out(small_window)
    assert canvas_of(small_window).width() > 0.9 * HALF.width()
    QTest.keyClick(small_window, Qt.Key.Key_F9)
    assert docks["history dock"].isVisible()
    QTest.keyClick(small_window, Qt.Key.Key_I)
    wait_until_laid_out(small_window)
    assert docks["inspector dock"].isVisible(), "a command brings its panel"
    assert not docks["history dock"].isVisible()

    small_window.resize(SCREEN - QSize(0, TITLE_BAR_PX))
    until(lambda: places() == before)
    assert not rail.isVisible()
    QTest.keyClick(small_window, Qt.Key.Key_F9)  # for more of the picture
    wait_until_laid_out(small_window)
    assert not places()
    assert rail.actions()[-1] is small_window.actions_by_name["panels"]
    rail.actions()[-1].trigger()
    until(lambda: places() == before)


def test_a_layout_is_not_forgotten_on_half_a_screen(small_window: MainWindow, until: Until) -> None:
    wait_until_laid_out(small_window)
    queue = small_window.findChild(QDockWidget, "queue dock")
    small_window.resizeDocks([queue], [330], Qt.Orientation.Horizontal)
    until(lambda: queue.width() == 330)
    until(lambda: not small_window._docks._note_layout_soon.isActive())
    halve(small_window)
    path = small_window.workspace.session.path
    small_window.close_project()
    assert not small_window.findChild(QToolBar, "panels").isVisible()
    small_window.open_project(path)
    wait_for_tile(small_window, until)
    queue = small_window.findChild(QDockWidget, "queue dock")
    assert queue.width() < 330, "beside the rail"
    small_window.resize(SCREEN - QSize(0, TITLE_BAR_PX))
    until(lambda: queue.width() == 330)


def test_the_minimap_leaves_a_small_canvas_alone(small_window: MainWindow) -> None:
    halve(small_window)
    canvas, minimap = canvas_of(small_window), small_window.workspace.viewing.minimap
    for command in ("one pane", "two panes", "four panes"):
        small_window.actions_by_name[command].trigger()
        wait_until_laid_out(small_window)
        small_window.actions_by_name["actual size"].trigger()
        canvas.zoom(8)
        assert minimap.isVisible() == (command == "one pane"), command
        assert minimap.isHidden() or minimap.x() >= SCALE_BAR_ROOM_PX


def test_the_list_of_all_tiles_shows_a_whole_row_on_half_a_screen(small_window: MainWindow) -> None:
    halve(small_window)
    small_window.actions_by_name["tile list"].trigger()
    wait_until_laid_out(small_window)
    view = small_window.workspace.ways.tile_list.view
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex())), "below the boxes there is room"


def test_a_low_list_of_all_tiles_is_for_pictures_until_a_box_is_wanted(small_window: MainWindow) -> None:
    small_window.actions_by_name["tile list"].trigger()
    wait_until_laid_out(small_window)
    page = small_window.workspace.ways.tile_list
    boxes = [*page.filters._boxes(), page.filters._order]
    assert not page._unfold.isVisible()
    assert all(box.isVisible() for box in boxes)
    halve(small_window)
    wait_until_laid_out(small_window)
    assert not any(box.isVisible() for box in boxes)
    assert page.view.height() > page.height() / 2
    page.filters.search.setText("there is no such tile")
    wait_until_laid_out(small_window)
    assert not cut_words(page)
    again = next(b for b in page.findChildren(QPushButton) if b.isVisible() and b.parent() is not page)
    assert page.rect().contains(QRect(again.mapTo(page, QPoint()), again.size()))
    again.click()
    assert page.filters.is_clear
    page._unfold.click()
    wait_until_laid_out(small_window)
    assert all(box.isVisible() for box in boxes)


def test_no_box_over_the_list_of_all_tiles_is_cut(small_window: MainWindow) -> None:
    small_window.actions_by_name["tile list"].trigger()
    filters = small_window.workspace.ways.tile_list.filters
    unfold = small_window.workspace.ways.tile_list._unfold
    for resize in (lambda: None, partial(halve, small_window), unfold.click):
        resize()
        wait_until_laid_out(small_window)
        if unfold.isVisible() and not unfold.isChecked():
            continue
        boxes = filters.findChildren(ElidedBox, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert len(boxes) == 7
        for box in boxes:
            assert box.width() >= box.width_for(box.currentText()), box.currentText()
        search = filters.search
        hint = search.fontMetrics().horizontalAdvance(search.placeholderText())
        assert hint <= search.width() - 2 * search.height(), "its icons are as high as wide"


def test_what_a_filter_says_begins_with_a_capital_and_keeps_those_within(small_window: MainWindow) -> None:
    box = small_window.workspace.ways.tile_list.filters._regime
    for row, regime in enumerate(REGIMES, start=1):
        assert box.itemText(row)[0].isupper()
        assert box.itemText(row)[1:] == regime_title(regime)[1:]


def test_the_boxes_over_all_tiles_say_what_they_ask_for(small_window: MainWindow) -> None:
    """On 1280 × 720 px; on a wide screen they stay together, and an empty scroll bar is not drawn."""
    small_window.resize(1280, 700)
    small_window.actions_by_name["tile list"].trigger()
    wait_until_laid_out(small_window)
    page = small_window.workspace.ways.tile_list
    boxes = [box for box in page.filters.findChildren(ElidedBox) if box.isVisible()]
    assert len(boxes) == 7
    assert not [box.currentText() for box in boxes if box.width() < box.width_for(box.currentText())]
    assert len({box.y() for box in boxes}) <= 3
    assert len({box.x() for box in boxes}) in (3, 6), "no row has a box or two in it"
    small_window.resize(3800, 2100)
    wait_until_laid_out(small_window)
    assert max(box.geometry().right() for box in boxes) <= 1100
    bar = page.view.verticalScrollBar()
    assert bar.maximum() == 0
    assert not bar.isEnabled(), "the style sheet then draws no handle"


def test_a_long_band_or_class_name_does_not_widen_a_dock(
    small_window: MainWindow, until: Until, tmp_path: Path
) -> None:
    scene = write_scene(tmp_path / "long" / "long.tif", bands=4)
    with rasterio.open(scene, "r+") as raster:
        for band in range(1, 5):
            raster.set_band_description(band, f"band {band}, reflectance at the top of the atmosphere, 842 nm ± 57 nm")
    small_window.open_project(make_project(tmp_path, [scene], name="long"))
    wait_for_tile(small_window, until)
    workspace = small_window.workspace
    session, inspector = workspace.session, workspace.inspector
    session.set_classes([replace(c, name=f"{c.name} winter wheat of the variety Reform") for c in session.classes])
    workspace.panel_wanted.emit("inspector dock")
    canvas = canvas_of(small_window)
    drag(canvas, [(0.3, 0.5), (0.7, 0.5)])
    x, y = canvas.viewport.to_scene(canvas.rect().center().toPointF())
    inspector._cursor_moved(x, y)
    until(lambda: inspector._values[3].text() != "–")
    wait_until_laid_out(small_window)
    assert small_window.findChild(QDockWidget, "inspector dock").width() < 300
    assert "Reform" in inspector._label.text()
    names = [label for label in inspector.findChildren(ElidedLabel) if "reflectance" in label.text()]
    assert len(names) == 4
    assert all(label.is_cut for label in [*names, inspector._label])
    assert not any(value.is_cut for value in inspector._values)
    QApplication.sendEvent(names[0], QHelpEvent(QEvent.Type.ToolTip, QPoint(3, 3), names[0].mapToGlobal(QPoint(3, 3))))
    assert QToolTip.text() == names[0].text(), "all of it is told"
    QToolTip.hideText()


def test_a_word_wider_than_the_panel_goes_on_in_the_next_line(small_window: MainWindow) -> None:
    verdict = small_window.workspace.training.curve_and_verdict.verdict
    verdict.setText("Blattdürrekrankheitsverdachtsflächenanteilsbestimmungsverfahren 0.46")
    verdict.resize(200, 400)
    lines = verdict.lines()
    assert "".join(lines).replace(" ", "") == verdict.text().replace(" ", "")
    assert all(verdict.fontMetrics().horizontalAdvance(line) <= 200 for line in lines)


def test_the_key_sheet_does_not_scroll_sideways_on_half_a_screen(small_window: MainWindow) -> None:
    sheet = KeysDialog(small_window.keymap, small_window)
    sheet.show()
    sheet.resize(round(0.95 * HALF.width()), 360)
    wait_until_laid_out(sheet)
    area = sheet.findChild(QScrollArea)
    assert area.verticalScrollBar().isVisible()
    assert area.horizontalScrollBar().maximum() == 0
    sheet.reject()
    sheet.deleteLater()


def test_the_question_for_the_key_of_a_class_fits_on_half_a_screen(small_window: MainWindow) -> None:
    classes = small_window.workspace.session.classes
    dialog = ClassKeyDialog(classes[0], classes, small_window.keymap, small_window)
    dialog.show()
    wait_until_laid_out(dialog)
    assert dialog.width() <= 0.95 * HALF.width()
    assert dialog.height() <= HALF.height() - TITLE_BAR_PX
    assert not cut_off(dialog)
    dialog.reject()
    dialog.deleteLater()


def test_the_model_report_names_all_its_pages_on_half_a_screen(
    small_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        gui.dialogs.section, "_OF_SCREEN", 0.95 * HALF.width() / QApplication.primaryScreen().size().width()
    )
    report = ModelReportDialog(small_window.workspace.session, small_window)
    report.show()
    wait_until_laid_out(report)
    assert report.width() <= HALF.width()
    tabs = report.findChild(QTabBar)
    assert tabs.tabRect(tabs.count() - 1).right() <= tabs.width(), "none of them is behind an arrow"
    assert not cut_off(report)
    report.reject()
    report.deleteLater()


def test_hundreds_of_composites_are_found_by_typing(small_window: MainWindow, until: Until, tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "many" / "many.tif", bands=60)
    small_window.open_project(make_project(tmp_path, [scene], name="many"))
    wait_for_tile(small_window, until)
    workspace = small_window.workspace
    box = workspace.layers.findChild(CompositeBox)
    assert box.count() > 60
    box.showPopup()
    found = box._search
    field = found.findChild(QLineEdit)
    QTest.keyClicks(field, "band 57")
    assert found._found.rowCount() == 1
    QTest.keyClicks(field, "xyz")
    assert found._nothing.isVisible()
    field.setText("57")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "57" in box.currentText()
    assert canvas_of(small_window).composite.key == box.currentData()
    assert box._search is None

    dialog = FormulaDialog(workspace.canvas, small_window)
    dialog.show()
    wait_until_laid_out(dialog)
    assert dialog.width() <= HALF.width()
    assert dialog.height() <= HALF.height() + 60, "the bands scroll; where the screen is low they have two rows less"
    dialog.reject()
    dialog.deleteLater()


def test_the_list_of_scenes_is_as_wide_as_their_names(small_window: MainWindow, tmp_path: Path, until: Until) -> None:
    names = [f"flight over the field north of the road {number}" for number in range(2)]
    scenes = [write_scene(tmp_path / "long" / f"{name}.tif", bands=5) for name in names]
    small_window.open_project(make_project(tmp_path, scenes, name="long"))
    wait_for_tile(small_window, until)
    box = small_window.workspace.ways.tile_list.filters._scene
    row = box.findText(f"{names[1]}.tif")
    assert box.itemData(row, Qt.ItemDataRole.ToolTipRole) == f"{names[1]}.tif"
    small_window.actions_by_name["tile list"].trigger()
    wait_until_laid_out(small_window)
    box.showPopup()
    assert box.view().viewport().width() >= box.view().sizeHintForColumn(0) > box.width()
    box.hidePopup()


def test_no_panel_is_cut_off(small_window: MainWindow, until: Until) -> None:
    wait_until_laid_out(small_window)
    assert not cut_off(small_window)
    assert not outside(small_window)
    canvas = canvas_of(small_window)
    for value, height in ((1, 0.3), (2, 0.7)):
        canvas.choose_class(value)
        drag(canvas, [(0.1, height), (0.9, height)])
    until(small_window.workspace.author.isVisible)
    until(lambda: not cut_off(small_window))  # what runs is told in the status bar, which is laid out in a moment
    assert not outside(small_window)
    small_window.actions_by_name["tile list"].trigger()
    until(lambda: not cut_off(small_window))


def test_the_model_panel_fits_with_a_curve_and_a_long_verdict(
    small_window: MainWindow, trained_project: Path, until: Until, request: pytest.FixtureRequest
) -> None:
    own = trained_project.with_name(f"{request.node.name}.fieldbrush")
    shutil.copy(trained_project, own)
    small_window.open_project(own)
    wait_for_tile(small_window, until)
    session, panel = small_window.workspace.session, small_window.workspace.training
    until(lambda: session.forecasts.model is not None)
    session.set_classes([*session.classes, LabelClass(3, "hail damage", "#009E73")])  # which the model has not learned
    shared = panel.curve_and_verdict
    shared.show_points([TrainingPoint(step, 1 / step, step, 1.0, 0.1 * step) for step in range(1, 5)])
    wait_until_laid_out(small_window)
    height = shared.fontMetrics().lineSpacing()
    assert shared.verdict.height_for(shared.width()) >= 4 * height
    assert not outside(small_window.findChild(QDockWidget, "training dock"))
    assert any(box.visibleRegion().boundingRect() == box.rect() for box in panel.findChildren(QCheckBox))
    assert shared.verdict.height() >= len(shared.verdict.lines()) * height
    assert shared.verdict.lines()[-1].endswith("…") == bool(shared.verdict.toolTip())

    small_window.resize(SCREEN.width(), 2 * SCREEN.height())
    until(shared.curve.isVisible)
    assert not shared.verdict.toolTip(), "where there is room all of it is said, under the curve"
    assert shared.curve.geometry().bottom() < shared.verdict.y()


def test_classes_that_are_added_fit_as_long_as_there_is_room(small_window: MainWindow) -> None:
    session, model = small_window.workspace.session, small_window.findChild(QDockWidget, "training dock").widget()
    wait_until_laid_out(small_window)
    fitted = []
    for _ in range(3):
        session.set_classes([*session.classes, session.class_list.new_class(f"class {len(session.classes) + 1}")])
        wait_until_laid_out(small_window)
        fitted.append(not outside(small_window))
        assert fitted[-1] or model.height() <= model.widget().minimumSizeHint().height(), "the lowest can give more"
    assert fitted[0]


def test_more_classes_than_fit_scroll_and_leave_the_brush_in_view(small_window: MainWindow, until: Until) -> None:
    workspace = small_window.workspace
    session, panel = workspace.session, workspace.classes
    wait_until_laid_out(small_window)
    while len(session.classes) < 9:
        session.set_classes([*session.classes, session.class_list.new_class(f"class {len(session.classes) + 1}")])
    rows = panel.findChild(QScrollArea)
    until(lambda: rows.verticalScrollBar().maximum() > 0)
    seen = QRect(QPoint(0, 0), panel.parentWidget().size())
    others = [button for button in panel.findChildren(QAbstractButton) if not rows.isAncestorOf(button)]
    assert len(others) >= 5
    assert all(seen.contains(QRect(b.mapTo(panel.parentWidget(), QPoint()), b.size())) for b in others if b.isVisible())
    for number, key in ((9, Qt.Key.Key_9), (1, Qt.Key.Key_1)):
        QTest.keyClick(workspace.canvas, key)
        chosen = panel.findChild(QButtonGroup).checkedButton()
        assert chosen.toolTip().endswith(f"  {number}")
        until(lambda chosen=chosen: chosen.visibleRegion().boundingRect().height() == chosen.height())


def test_no_menu_is_higher_than_the_screen(small_window: MainWindow) -> None:
    menus = [menu for menu in small_window.menuBar().findChildren(QMenu) if menu.actions()]
    assert len(menus) >= 7
    assert not {menu.title(): menu.sizeHint().height() for menu in menus if menu.sizeHint().height() > 700}


def test_no_dialog_is_cut_off(small_window: MainWindow) -> None:
    for name, make in DIALOGS.items():
        dialog = make(small_window)
        dialog.show()
        if name in ("keys", "new project"):  # take what they need of the screen, which is narrower here
            dialog.resize(SCREEN.width(), dialog.height())
        wait_until_laid_out(dialog)
        assert dialog.width() <= SCREEN.width(), name
        assert dialog.height() <= SCREEN.height() - TITLE_BAR_PX, name
        assert not cut_off(dialog), name
        bars = [area.horizontalScrollBar() for area in dialog.findChildren(QScrollArea)]
        assert not any(bar.maximum() for bar in bars if bar.isVisible()), f"{name} scrolls up and down at most"
        dialog.reject()
        dialog.deleteLater()


def test_the_start_page_fits(speaker: QApplication, themes: ThemeKeeper, tmp_path: Path) -> None:
    translate.install_translations(speaker, "de")
    deep = tmp_path / "Befliegungen des Betriebs Großkreutz" / "Kartoffelschläge nördlich der Landstraße" / "2026"
    deep.mkdir(parents=True)
    project = deep / "Ein Projekt mit einem recht langen Namen, wie man sie findet.fieldbrush"
    project.write_bytes(b"")
    QSettings().setValue("recent", [str(project)])
    window = MainWindow(speaker, themes)
    window.resize(SCREEN - QSize(0, TITLE_BAR_PX))
    window.show()
    assert window.width() == SCREEN.width()
    assert not cut_off(window)
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def search_in(sheet: KeysDialog) -> QLineEdit:
    return named(sheet, QLineEdit, "Find a command or a key")


def test_the_key_sheet_finds_commands_and_keys(open_window: MainWindow) -> None:
    sheet = KeysDialog(open_window.keymap, open_window)
    sheet.show()

    def listed() -> set[str]:
        return {name for name, button in sheet._buttons.items() if button.isVisible()}

    everything = listed()
    search_in(sheet).setText("brush")
    assert {"brush", "snapping brush", "larger"} <= listed() < everything
    search_in(sheet).setText("ctrl+z")
    assert listed() == {"undo"}  # of two keys the sheet shows both, of more the first two
    search_in(sheet).setText("")
    assert listed() == everything
    sheet.reject()
    sheet.deleteLater()


def test_the_key_sheet_has_two_columns_of_one_size(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gui.dialogs.section, "_OF_SCREEN", 3.0)  # a screen where two have room
    sheet = KeysDialog(open_window.keymap, open_window)
    page = sheet.findChild(QScrollArea).widget()
    wanted = page.sizeHint()
    sheet.show()
    sheet.resize(wanted.width() + 60, wanted.height() + 120)
    wait_until_laid_out(sheet)
    groups = [group.geometry() for group in sheet._groups]
    ends = {x: max(group.bottom() for group in groups if group.x() == x) for x in {group.x() for group in groups}}
    assert len(ends) == 2
    assert max(ends.values()) - min(ends.values()) < 0.1 * wanted.height()
    assert len({group.width() for group in groups}) == 1
    assert wanted.height() - max(ends.values()) < 2 * SPACE_LARGE, "no empty place below: the sheet opens so high"
    sheet.reject()
    sheet.deleteLater()


def test_the_key_sheet_begins_with_the_search(open_window: MainWindow) -> None:
    sheet = KeysDialog(open_window.keymap, open_window)
    assert sheet.focusWidget() is search_in(sheet)
    assert search_in(sheet).focusPolicy() & Qt.FocusPolicy.TabFocus
    sheet.deleteLater()


def test_many_classes_take_the_room_that_nothing_is_in(small_window: MainWindow, until: Until, tmp_path: Path) -> None:
    """The layout is kept from project to project: here from one of two classes, on a high screen."""
    small_window.resize(1366, 1300)
    session = small_window.workspace.session
    more = [LabelClass(value, f"class {value}", "#009E73") for value in range(3, 13)]
    path, few = session.path, make_project(tmp_path / "next", [write_scene(tmp_path / "next" / "west.tif")])
    session.set_classes([*session.classes, *more])
    small_window.close_project()
    QSettings().clear()
    for project in (few, path):
        small_window.open_project(project)
        wait_for_tile(small_window, until)
        wait_until_laid_out(small_window)
    names = ("classes", "training")
    classes, model = (small_window.findChild(QDockWidget, f"{name} dock").widget() for name in names)
    assert min(classes.sizeHint().height() - classes.height(), model.height() - model.sizeHint().height()) <= 0


def test_the_room_that_many_classes_had_goes_to_the_other_panels_of_the_next_project(
    small_window: MainWindow, until: Until, tmp_path: Path
) -> None:
    session = small_window.workspace.session
    more = [LabelClass(value, f"class {value}", "#009E73") for value in range(3, 13)]
    session.set_classes([*session.classes, *more])
    path = session.path
    small_window.close_project()
    QSettings().clear()
    small_window.open_project(path)  # as it first opens with so many classes
    wait_for_tile(small_window, until)
    wait_until_laid_out(small_window)
    many = small_window.findChild(QDockWidget, "classes dock").height()
    small_window.open_project(make_project(tmp_path / "next", [write_scene(tmp_path / "next" / "west.tif")]))
    wait_for_tile(small_window, until)
    wait_until_laid_out(small_window)
    classes = small_window.findChild(QDockWidget, "classes dock")
    assert classes.height() < many
    assert classes.widget().height() == classes.widget().sizeHint().height(), "nothing is empty"
