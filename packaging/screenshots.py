"""Pictures of the running program for docs/images: the real window on the generated demo, painted, trained, predicted.

    python packaging/screenshots.py [--out docs/images] [--language de] [--theme dark] [--size 1366x768] [--scale 2]
                                    [--until painting]

Nothing is staged but the expert: strokes follow the demo's true mask, with real mouse events. The program gets a home
of its own, so no settings or paths of this computer are seen, and a private screen where there is none.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRect, QSettings, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListView, QPushButton, QSpinBox

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from tool_sheet import tool_sheet  # noqa: E402

from core.demo.project import make_demo_project  # noqa: E402
from core.geometry import Rect  # noqa: E402
from core.labels.classes import HEALTHY, IGNORE, UNHEALTHY, LabelClass  # noqa: E402
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
TRAINING_S, MOST_TRAININGS = 40, 3
SUBMITTED_TILES = 6  # five are needed for a score
QUEUE_HEAD, ENOUGH_TO_PAINT, MOST_IGNORED = 50, 0.05, 0.2
LARGEST_FILE = 300_000
PATIENCE_S = 900.0
_FEWER_COLOURS = ((256, True), (256, False), (200, False), (160, False), (128, False))
_FORMULA = "(nir - rededge) / (nir + rededge)"
_FLAT_COLOURS, _LEAST_FLAT_PX = 72, 60
_ALL = QRect(0, 0, 10_000, 10_000)  # nothing of the picture is the window's own


# --- files and screens ---


@contextmanager
def private_home() -> Iterator[Path]:
    """A folder that the program takes for the user's home; set before Qt looks for its folders."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"):
            os.environ[name] = folder
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home / "config"))
        yield home


@contextmanager
def screen(width: int, height: int) -> Iterator[None]:
    """Uses the screen there is, else an Xvfb of its own, else Qt's offscreen platform."""
    has_screen = sys.platform != "linux" or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))
    if has_screen or "QT_QPA_PLATFORM" in os.environ:
        yield
    elif shutil.which("Xvfb") is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield
    else:
        read_end, write_end = os.pipe()
        command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=(write_end,), stdin=subprocess.DEVNULL)
        os.close(write_end)
        try:
            with os.fdopen(read_end) as pipe:
                os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
            yield
        finally:
            os.environ.pop("DISPLAY", None)
            server.terminate()
            server.wait(10)


def save(picture: QPixmap, path: Path, scene: QRect) -> None:
    """As a PNG of at most 256 colours, fewer where it would be too large; plain without Pillow.

    The window's own colours stay exact: they are counted outside `scene`, in device pixels.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.toImage().save(buffer, "PNG")  # type: ignore[call-overload]
    data = bytes(buffer.data().data())
    try:
        from PIL import Image
    except ImportError:
        path.write_bytes(data)
    else:
        full = Image.open(io.BytesIO(data)).convert("RGB")
        outside = full.copy()
        outside.paste(0, (scene.left(), scene.top(), scene.right() + 1, scene.bottom() + 1))
        counts = sorted(outside.getcolors(full.width * full.height), reverse=True)[:_FLAT_COLOURS]
        flat = [part for count, colour in counts if count >= _LEAST_FLAT_PX for part in colour]  # the window's own
        for colours, dithered in _FEWER_COLOURS:
            other = full.quantize(colours - len(flat) // 3, method=Image.Quantize.MEDIANCUT).getpalette()
            palette = Image.new("P", (1, 1))
            palette.putpalette(flat + other)
            dither = Image.Dither.FLOYDSTEINBERG if dithered else Image.Dither.NONE
            full.quantize(palette=palette, dither=dither).save(path, optimize=True)
            if path.stat().st_size <= LARGEST_FILE:
                break
    print(f"{path.name}: {path.stat().st_size // 1000} kB", flush=True)


# --- the expert ---


def strokes(truth: NDArray[np.uint8], value: int, diameter_px: int, count: int, seed: int) -> list[list[QPointF]]:
    """Up to `count` lines in Tile pixels along which a brush of `diameter_px` stays where `truth` is `value`."""
    random = np.random.default_rng(seed)
    free = _eroded(truth == value, diameter_px // 2 + 1)
    found: list[list[QPointF]] = []
    for _ in range(40 * count):
        places = np.argwhere(free)
        if len(found) == count or len(places) == 0:
            break
        y, x = places[random.integers(len(places))]
        line = _walk(free, float(x), float(y), random)
        if len(line) < 5:
            continue
        found.append(line)
        for point in line:  # the next stroke keeps its distance
            rows, columns = np.ogrid[: free.shape[0], : free.shape[1]]
            free &= (columns - point.x()) ** 2 + (rows - point.y()) ** 2 > (1.6 * diameter_px) ** 2
    return found


def _walk(free: NDArray[np.bool_], x: float, y: float, random: np.random.Generator) -> list[QPointF]:
    """From (x, y) in the direction with the longest way, slightly bent, as a hand draws."""
    best: list[QPointF] = []
    bend = float(random.normal(0, 0.02))
    for direction in np.linspace(0, 2 * np.pi, 16, endpoint=False):
        line, px, py, heading = [], x, y, float(direction)
        while len(line) < 26 and 0 <= px < free.shape[1] and 0 <= py < free.shape[0] and free[int(py), int(px)]:
            line.append(QPointF(px, py))
            heading += bend
            px, py = px + 4 * np.cos(heading), py + 4 * np.sin(heading)
        best = max(best, line, key=len)
    return best


def _eroded(inside: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """True where all pixels of the square of `radius` are inside."""
    kept = np.pad(inside, radius)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(kept, 2 * radius + 1, axis=axis)
        kept = windows.all(axis=-1)
    return kept


class Expert:
    """Paints Tiles of the demo by its true mask, with the mouse."""

    def __init__(self, app: QApplication, window: MainWindow, truth_path: Path) -> None:
        self._app = app
        self.window = window
        with rasterio.open(truth_path) as raster:
            self._truth: NDArray[np.uint8] = raster.read(1)

    @property
    def session(self) -> Session:
        assert self.window.workspace is not None
        return self.window.workspace.session

    def command(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()
        self.settle()

    def settle(self, seconds: float = 0.4) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.005)

    def wait_for(self, reached: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not reached():
            self.settle(0.05)
            if time.monotonic() > end:
                raise SystemExit(f"Gave up waiting for {what}.")

    def wait_until_idle(self) -> None:
        """Until nothing runs for a second: what is done may ask for more."""
        quiet_since = time.monotonic()

        def is_quiet() -> bool:
            nonlocal quiet_since
            if self.session.compute.active():
                quiet_since = time.monotonic()
            return time.monotonic() - quiet_since > 1.0

        self.wait_for(is_quiet, "the background work")

    def go_to_mixed_tile(self) -> None:
        """The first Tile in the queue with room to paint both classes."""
        assert self.window.workspace is not None
        queue = [ranked.tile_id for ranked in self.session.queue() if ranked.tile_id not in self.session.painted]
        mixtures = {tile_id: self._mixture(self.session.tiles[tile_id].rect) for tile_id in queue[:QUEUE_HEAD]}
        best = max(mixtures, key=lambda tile_id: mixtures[tile_id])
        chosen = next((tile_id for tile_id in mixtures if mixtures[tile_id] > ENOUGH_TO_PAINT), best)
        self.window.workspace.flow.go_to(chosen)
        self.settle(1.5)  # the picture is read in the background

    def _mixture(self, rect: Rect) -> float:
        truth = self._crop(rect)
        if rect.width != rect.height or not truth.all() or np.mean(truth == IGNORE) > MOST_IGNORED:
            return 0.0  # at the scene's edge, in a village, under a cloud
        return min(float(np.mean(_eroded(truth == value, 12))) for value in (HEALTHY, UNHEALTHY))

    def _crop(self, rect: Rect) -> NDArray[np.uint8]:
        return self._truth[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]

    def paint_tile(self, count: int = 3) -> None:
        """`count` strokes of each class, unhealthy last; the cursor stays where the last one ends."""
        assert self.window.workspace is not None
        canvas = self.window.workspace.canvas
        assert canvas.active is not None
        rect = canvas.active.rect
        for value, diameter in ((HEALTHY, 22), (UNHEALTHY, 16)):
            canvas.choose_class(value)
            canvas.set_diameter("brush", diameter)
            for line in strokes(self._crop(rect), value, diameter, count, seed=rect.x + rect.y + value):
                self._drag([canvas.viewport.to_widget(rect.x + p.x(), rect.y + p.y()).toPoint() for p in line])

    def _drag(self, places: Sequence[QPoint]) -> None:
        assert self.window.workspace is not None
        canvas, none = self.window.workspace.canvas, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, none, places[0])
        for place in places[1:]:
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, none, places[-1])
        self.settle(0.1)


# --- the pictures ---


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
        session.set_classes([LabelClass(c.value, names.get(c.name, c.name), c.colour) for c in session.classes])
        self._expert.wait_until_idle()

    def _paint_and_train(self) -> None:
        expert, session = self._expert, self._expert.session
        if self._options.language == "de":
            self._name_classes_in_german()
        session.set_auto_train(False)  # not before the picture of it
        for number in range(SUBMITTED_TILES):
            expert.go_to_mixed_tile()
            expert.paint_tile()
            if number == 2:
                self._take("painting")
            expert.command("submit")
            expert.wait_until_idle()
        self._take_tools()
        session.set_auto_train(True)
        for box in self._window.findChildren(QSpinBox):
            if box.suffix() == " s":
                box.setValue(TRAINING_S)
        expert.go_to_mixed_tile()
        for number in range(MOST_TRAININGS):  # until the model leaves the pixel classifier behind
            expert.command("train")
            expert.wait_for(lambda: not 0 <= _share_of_training(session) < 0.7, "the training")
            if number == 0:
                self._take("training")
            expert.wait_until_idle()
            if not session.classifier_leads:
                break

    def _take_tools(self) -> None:
        """Every tool in use, the panels, and what shows all tiles."""
        assert self._window.workspace is not None
        workspace, expert = self._window.workspace, self._expert
        expert.go_to_mixed_tile()
        expert.paint_tile(count=1)
        expert.wait_until_idle()
        workspace.canvas.zoom(1.4)
        expert.settle(1.5)
        self._save("tools", tool_sheet(workspace.canvas, expert.settle), _ALL)
        workspace.canvas.choose_tool("brush")
        expert.command("fit tile")
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
            ("classes", ClassesDialog(session, window)), ("budget", BudgetDialog(session.effort, window)),
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
        dialog = NewProjectDialog([scene], self._window)
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
            canvas, ratio = self._window.workspace.canvas, picture.devicePixelRatio()
            corner = canvas.mapTo(self._window, QPoint(0, 0)) * ratio
            scene = QRect(corner, canvas.size() * ratio)
        self._save(name, picture, scene)

    def _take_alone(self, name: str, dialog: QDialog) -> None:
        """A dialog without the window behind it."""
        QTest.qWait(300)
        self._save(name, dialog.grab(), QRect())

    def _save(self, name: str, picture: QPixmap, scene: QRect) -> None:
        save(picture, self._options.out / f"{name}.png", scene)
        if name == self._options.until:
            raise _Enough


def _share_of_training(session: Session) -> float:
    """0…1, −1 when none runs."""
    job = session.training_job()
    return -1.0 if job is None else job.progress.fraction or 0.0


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
