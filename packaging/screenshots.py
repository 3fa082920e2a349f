"""Pictures of the running program for docs/images: the real window on the generated demo, painted, trained, predicted.

    python packaging/screenshots.py [--out docs/images] [--language de] [--theme dark] [--size 1366x768] [--scale 2]
                                    [--until painting]

Nothing is staged but the expert: strokes follow the demo's true mask, with real mouse events. The program gets a home
of its own, so no settings or paths of this computer are seen, and a private screen where there is none.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import rasterio
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListView, QPushButton, QSpinBox

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from demo_expert import Expert  # noqa: E402
from stage import private_home, save, screen  # noqa: E402
from tool_sheet import tool_sheet, where_two_fields_meet  # noqa: E402

from core.demo.project import make_demo_project  # noqa: E402
from core.learning.training import TrainingReport  # noqa: E402
from core.session import Session  # noqa: E402
from gui.app import make_application  # noqa: E402
from gui.dialogs.budget import BudgetDialog  # noqa: E402
from gui.dialogs.classes import ClassesDialog  # noqa: E402
from gui.dialogs.export import ExportDialog  # noqa: E402
from gui.dialogs.formula import FormulaDialog  # noqa: E402
from gui.dialogs.keys import KeysDialog  # noqa: E402
from gui.dialogs.likeness import LikenessDialog  # noqa: E402
from gui.dialogs.model_report import ModelReportDialog  # noqa: E402
from gui.dialogs.new_project import NewProjectDialog  # noqa: E402
from gui.dialogs.preview import ScenePreview  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.panels.layers import LOOK_SHOWN, ROOMY_PX  # noqa: E402
from gui.theme import ThemeKeeper  # noqa: E402
from gui.translate import install_translations  # noqa: E402

DEMO_PX = 3000
TRAINING_S, MOST_TRAININGS = 90, 4
CURVE_POINTS = 4  # that the picture of a training shows
SUBMITTED_TILES = 8  # five are needed for a score
_FORMULA = "(nir - rededge) / (nir + rededge)"
_RED_GREEN_BLUE = (3, 2, 1)  # of the demo's bands
_ALL = QRect(0, 0, 10_000, 10_000)  # nothing of the picture is the window's own


class Photographer:
    """Goes through the program's states in the order of the work and saves a picture of each."""

    def __init__(self, app: QApplication, options: argparse.Namespace, home: Path) -> None:
        self._app = app
        self._options = options
        self._home = home
        self._themes = ThemeKeeper(app, options.theme)
        self._project = make_demo_project(home / "Documents", _Unhurried(), size_px=DEMO_PX)
        self._window = self._open_window()
        self._expert = Expert(app, self._window, self._project.with_name("farmland_truth.tif"))

    def run(self) -> None:
        with suppress(_Enough):
            self._go_through()
        self._window.close()

    def _go_through(self) -> None:
        self._expert.settle()
        if self._options.brief:
            self._take_new_project(self._project.with_name("farmland.tif"))
            return
        self._take("start")
        self._take_new_project(self._project.with_name("farmland.tif"))
        self._open()
        self._paint_and_train()
        self._take_predictions()
        self._take_dialogs()
        self._take_review()
        self._take_dark()
        if self._options.language != "de":
            self._take_german()

    def _open_window(self) -> MainWindow:
        window = MainWindow(self._app, self._themes)
        width, height = self._options.size
        window.show()
        window.resize(width, height)
        return window

    def _open(self) -> None:
        for hint in ("paint", "submit"):
            QSettings().setValue(f"hints/{hint}", True)
        is_roomy = self._options.size[1] >= ROOMY_PX  # the private screen is larger than the window
        QSettings().setValue(LOOK_SHOWN, is_roomy)
        self._window.open_project(self._project)
        self._expert.wait_for(lambda: self._expert.session.ranking, "the ranking")
        self._expert.wait_until_idle()

    def _name_classes_in_german(self) -> None:
        """As the dialog for a new project would have done; the demo's are English."""
        session = self._expert.session
        names = {"healthy": "gesund", "unhealthy": "ungesund"}
        session.set_classes([replace(c, name=names.get(c.name, c.name)) for c in session.classes])
        self._expert.wait_until_idle()

    def _paint_and_train(self) -> None:
        assert self._window.workspace is not None
        expert, session = self._expert, self._expert.session
        if self._options.language == "de":
            self._name_classes_in_german()
        session.set_auto_train(False)  # not before the picture of it
        for number in range(SUBMITTED_TILES):
            expert.go_to_mixed_tile()
            expert.paint_tile()
            if number == 2:
                expert.wait_for(self._window.workspace.author.isVisible, "the pixel classifier's answer")
                self._take("painting")
            expert.command("submit")
            expert.wait_until_idle()
        self._take_tools()
        session.set_auto_train(True)
        for box in self._window.findChildren(QSpinBox):
            if box.suffix() == " s":
                box.setValue(TRAINING_S)
        expert.go_to_mixed_tile()
        is_taken = False
        for number in range(MOST_TRAININGS):  # until the model leaves the pixel classifier behind
            expert.command("train")
            expert.wait_for(lambda: _points_of_training(session) >= CURVE_POINTS, "the training's curve")
            is_last = number == MOST_TRAININGS - 1
            if not is_taken and (session.training_job() is not None or is_last):  # a busy machine may be too slow
                self._take("training")
                is_taken = True
            expert.wait_until_idle()
            if is_taken and not session.forecasts.classifier_leads:
                break

    def _take_tools(self) -> None:
        """Every tool in use, the panels, and what shows all tiles."""
        assert self._window.workspace is not None
        workspace, expert = self._window.workspace, self._expert
        place = self._go_where_two_fields_meet()
        workspace.panel_wanted.emit("inspector dock")
        expert.settle(1.5)
        self._save("tools", tool_sheet(workspace.canvas, workspace.inspector, place, expert.settle), _ALL)
        workspace.panel_wanted.emit("training dock")
        workspace.canvas.tools.choose("brush")
        expert.go_to_mixed_tile()
        expert.paint_tile(count=1)
        expert.wait_until_idle()
        expert.command("four panes")
        for view in (workspace.canvas, *workspace.viewing.panes.further):
            expert.wait_for(view.is_complete, "the picture of a pane")
        expert.settle()
        self._take("panes")
        expert.command("one pane")
        expert.command("tile list")
        expert.settle(2.5)
        self._take("tile-list")
        expert.command("tile list")

    def _go_where_two_fields_meet(self) -> tuple[float, float]:
        """The Scene position there, on the active Tile."""
        assert self._window.workspace is not None
        session = self._expert.session
        open_tiles = {t.tile_id: t.rect for t in session.tiles.values() if t.status.is_open and t.valid_share == 1}
        with rasterio.open(self._project.with_name("farmland.tif")) as raster:
            colours = raster.read(_RED_GREEN_BLUE).astype(float)
        rect, x, y = where_two_fields_meet(colours, open_tiles.values())
        self._window.workspace.flow.go_to(next(tile_id for tile_id in open_tiles if open_tiles[tile_id] == rect))
        self._expert.wait_until_idle()
        return x, y

    def _take_predictions(self) -> None:
        assert self._window.workspace is not None
        canvas, expert = self._window.workspace.canvas, self._expert
        expert.go_to_mixed_tile()
        canvas.zoom(0.6)
        expert.settle(1.5)
        self._take("prediction")
        canvas.set_state(show_doubt=True, show_prediction=False)
        self._take("doubt")
        canvas.set_state(show_doubt=False, show_prediction=True)
        expert.command("fit")
        expert.settle(2.5)
        self._take("scene")
        expert.command("fit tile")

    def _take_dialogs(self) -> None:
        assert self._window.workspace is not None
        session, window = self._expert.session, self._window
        report = ModelReportDialog(session, window)
        likeness = LikenessDialog(session, self._window.workspace.flow.go_to, window)
        likeness.set_active(self._window.workspace.flow.tile_id or 0)
        formula = FormulaDialog(self._window.workspace.canvas, window)
        next(f for f in formula.findChildren(QLineEdit) if "nir" in f.placeholderText()).setText(_FORMULA)
        for name, dialog in (
            ("keys", KeysDialog(window.keymap, window)), ("export", ExportDialog(session, window)),
            ("report", report), ("likeness", likeness), ("formula", formula),
            ("classes", ClassesDialog(session, window.keymap, window)),
            ("budget", BudgetDialog(session.effort, session.tiles.values(), window)),
        ):  # fmt: skip
            dialog.show()
            self._hide_home(dialog)
            self._expert.wait_until_idle()
            self._take_alone(name, dialog)
            dialog.reject()

    def _take_review(self) -> None:
        """The panel with what it has found, beside the scene."""
        assert self._window.workspace is not None
        self._expert.command("review")
        self._expert.wait_until_idle()
        findings = self._window.workspace.review.panel.findChildren(QListView)[0]
        QTest.keyClick(findings, Qt.Key.Key_Down)
        self._expert.settle(2.0)
        self._take("review")
        self._window.workspace.panel_wanted.emit("queue dock")

    def _take_new_project(self, scene: Path) -> None:
        dialog = NewProjectDialog([scene], self._window.keymap, self._window)
        dialog.show()
        buttons = dialog.findChildren(QPushButton)
        primary = next(button for button in buttons if button.property("class") == "primary")
        self._expert.wait_for(primary.isEnabled, "the reading of the scene")
        self._hide_home(dialog)
        self._expert.wait_for(lambda: dialog.findChildren(ScenePreview)[0].names, "the preview")
        self._take_alone("scaled" if self._options.brief else "new-project", dialog)
        dialog.reject()

    def _take_dark(self) -> None:
        self._themes.set_mode("dark")
        self._expert.go_to_mixed_tile()
        self._expert.paint_tile()
        self._take("dark")
        self._themes.set_mode(self._options.theme)

    def _take_german(self) -> None:
        self._window.close()
        install_translations(self._app, "de")
        self._window = self._expert.window = self._open_window()
        self._open()
        self._name_classes_in_german()
        self._expert.go_to_mixed_tile()
        self._expert.paint_tile()
        self._take("german")

    def _hide_home(self, dialog: QDialog) -> None:
        """A home in a temporary folder is nothing to show."""
        for field in dialog.findChildren(QLineEdit):
            field.setText(field.text().replace(str(self._home), "~"))
        self._expert.settle()

    def _take(self, name: str) -> None:
        QTest.qWait(300)
        picture, scene = self._window.grab(), QRect()
        if self._window.workspace is not None:
            centre, ratio = self._window.workspace.centre, picture.devicePixelRatio()
            scene = QRect(centre.mapTo(self._window, QPoint(0, 0)) * ratio, centre.size() * ratio)
        self._save(name, picture, scene)

    def _take_alone(self, name: str, dialog: QDialog) -> None:
        """A dialog without the window behind it."""
        QTest.qWait(300)
        self._save(name, dialog.grab(), QRect())

    def _save(self, name: str, picture: QPixmap, scene: QRect) -> None:
        save(picture, self._options.out / f"{name}.png", scene)
        if name == self._options.until:
            raise _Enough


def _points_of_training(session: Session) -> int:
    """How many points its curve has; enough when none runs any more."""
    job = session.training_job()
    report = None if job is None else job.progress.detail
    return CURVE_POINTS if job is None else len(report.points) if isinstance(report, TrainingReport) else 0


class _Enough(Exception):
    """The last picture that is wanted has been taken."""


class _Unhurried:
    """A job's context that nobody cancels and nobody watches."""

    def check(self) -> None: ...

    def report(self, done: float, total: float, detail: object = None) -> None: ...


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Take the pictures in docs/images from the running program.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--language", choices=("en", "de"), default="en")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=(1366, 768))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--until", metavar="NAME", help="stop after this picture")
    parser.add_argument("--brief", action="store_true", help="only a dialog, to show another scale")
    options = parser.parse_args(arguments)
    options.out = options.out.absolute()
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = f"{options.scale:g}"
    width, height = (round(side * options.scale) + 200 for side in options.size)
    with private_home() as home, screen(width, height):
        app = make_application(["fieldbrush"])
        install_translations(app, options.language)
        Photographer(app, options, home).run()
    if not options.brief and options.until is None:  # the scale is chosen when Qt starts
        command = [sys.executable, __file__, "--brief", "--scale", "2", "--out", str(options.out)]
        return subprocess.run([*command, "--language", options.language]).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
