"""`fieldbrush --self-test`: the whole loop on a small generated scene, in the real window, in a temporary folder.

For the frozen program above all: it shows that every library came along. Prints one JSON object; exit code 0 or 1.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import rasterio
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from core import __version__
from core.demo.project import make_demo_project
from core.jobs import Job, JobState, Worker
from core.mask_import.files import MaskFile
from core.mask_import.importer import MaskImporter
from core.session import Session
from core.session_parts.predicting import TILES_PREDICTED_FIRST
from core.text import text
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper

T = TypeVar("T")

_SIZE_PX = 1024
_LABELED_TILES = 5
_PATIENCE_S = 600.0


def run_self_test(arguments: Sequence[str]) -> int:
    """`arguments` may hold a folder for the generated files and a screenshot. Returns the exit code."""
    steps: dict[str, object] = {"version": __version__}
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(arguments[0]) if arguments else Path(temporary)
            QSettings.setDefaultFormat(QSettings.Format.IniFormat)
            QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings"))
            _SelfTest(folder, steps).run()
        steps["ok"] = True
    except Exception as error:
        steps["ok"] = False
        steps["error"] = f"{type(error).__name__}: {error}"
        print(traceback.format_exc(), file=sys.stderr)
    print(json.dumps(steps))
    return 0 if steps["ok"] else 1


class _SelfTest:
    """Each step is what a user does; `steps` tells what came of it."""

    def __init__(self, folder: Path, steps: dict[str, object]) -> None:
        self._folder = folder
        self._steps = steps
        self._app = make_application(["fieldbrush"])
        self._window = MainWindow(self._app, ThemeKeeper(self._app, "light"))

    def run(self) -> None:
        project = self._make_project()
        self._window.show()
        self._window.open_project(project)
        self._until(lambda: bool(self._session.ranking), "no ranking came")
        self._steps["first"] = str(self._session.ranking[0].reason)
        self._paint()
        self._label_from_truth()
        self._train()
        self._export()
        self._window.grab().save(str(self._folder / "self-test.png"))
        self._window.close()

    @property
    def _session(self) -> Session:
        assert self._window.workspace is not None, "the project did not open"
        return self._window.workspace.session

    def _make_project(self) -> Path:
        worker = Worker("self-test")
        try:
            job = worker.submit(
                text("Demo"), lambda context: make_demo_project(self._folder, context, size_px=_SIZE_PX)
            )
            job.wait()
        finally:
            worker.close()
        if job.error is not None:
            raise job.error
        assert job.result is not None
        return job.result

    def _paint(self) -> None:
        """One stroke with real mouse events."""
        assert self._window.workspace is not None
        canvas = self._window.workspace.canvas
        self._until(lambda: canvas.active is not None, "no tile became active")
        assert canvas.active is not None
        frame = canvas.viewport.rect_to_widget(canvas.active.rect)
        across = [QPointF(frame.left() + share * frame.width(), frame.center().y()) for share in (0.3, 0.5, 0.7)]
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseButtonPress, across[0], left, left)
        for place in across[1:]:
            self._mouse(QEvent.Type.MouseMove, place, none, left)
        self._mouse(QEvent.Type.MouseButtonRelease, across[-1], left, none)
        painted = self._session.painted.get(canvas.active.tile_id, {})
        assert sum(painted.values()) > 100, "the stroke left no paint"
        self._steps["painted_pixels"] = sum(painted.values())

    def _mouse(self, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        assert self._window.workspace is not None
        canvas = self._window.workspace.canvas
        event = QMouseEvent(kind, place, canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)

    def _label_from_truth(self) -> None:
        scene = next(iter(self._session.scenes.values()))
        truth = MaskFile(scene.scene_id, Path(scene.path).with_name("farmland_truth.tif"))
        importer = MaskImporter(truth, scene, self._session.classes, None)
        for ranked in self._session.queue()[:_LABELED_TILES]:
            rect = self._session.tiles[ranked.tile_id].rect
            self._session.import_mask(ranked.tile_id, importer.read(rect))
        self._session.predicting.answer_imports()

    def _train(self) -> None:
        settings = self._session.default_training_settings()
        self._finish(self._session.train(type(settings)(max_steps=8, threads=settings.threads)))
        head = [ranked.tile_id for ranked in self._session.queue()[:TILES_PREDICTED_FIRST]]
        forecasts = self._session.forecasts
        self._until(lambda: all(tile_id in forecasts.predictions for tile_id in head), "no predictions came")
        self._steps["model"] = forecasts.version
        self._steps["overlay_by"] = "pixel classifier" if forecasts.classifier_leads else "model"
        self._steps["predicted_tiles"] = len(forecasts.predictions)

    def _export(self) -> None:
        written = [
            *(self._finish(self._session.export_labels(self._folder / "out")) or []),
            *(self._finish(self._session.export_predictions(self._folder / "out")) or []),
        ]
        with rasterio.open(next(iter(self._session.scenes.values())).path) as scene:
            for path in written:
                if path.suffix == ".gpkg":
                    continue
                with rasterio.open(path) as raster:
                    assert raster.crs == scene.crs, f"{path} has another CRS"
                    assert raster.transform == scene.transform, f"{path} has another transform"
        self._steps["exported"] = [path.name for path in written]
        report = self._finish(self._session.maps.export_report(self._folder / "report"))
        assert report is not None
        self._steps["reported"] = [path.name for path in report.files]

    def _finish(self, job: Job[T]) -> T | None:
        self._until(lambda: job.is_settled, f"“{job.title}” did not end")
        if job.error is not None:
            raise job.error
        assert job.state is JobState.DONE, f"“{job.title}” was cancelled"
        return job.result

    def _until(self, reached: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not reached():
            self._app.processEvents()
            assert time.monotonic() < end, complaint
            time.sleep(0.005)
