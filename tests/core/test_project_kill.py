"""kill -9 at the worst moment: what was finished is there, nothing is corrupt, nothing half-made bears a name."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.labels.mask import Mask
from tests.core.projects import all_masks, make_project, opened, start_python, write_scene

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

_PAINT = """
import sys
import numpy as np
from core.labels.strokes import Ink, brush_segment
from core.session import Session

session = Session.open(sys.argv[1])
tiles = sorted(session.tiles)
rng = np.random.default_rng(int(sys.argv[2]))
for number in range(100_000):
    tile_id = tiles[int(rng.integers(len(tiles)))]
    x0, y0, x1, y1 = rng.uniform(0, 64, 4)
    recorder = session.begin_stroke(tile_id, "brush")
    for rect, pixels in brush_segment((x0, y0), (x1, y1), 7):
        recorder.paint(rect, pixels, Ink(1 + number % 2))
    if session.finish_stroke(tile_id, recorder):
        print(tile_id, x0, y0, x1, y1, 1 + number % 2, flush=True)
"""


def _replayed(lines: list[str], tile_id: int) -> list[np.ndarray]:
    """The Tile's labels before and after each of its Strokes."""
    from core.labels.strokes import Ink, StrokeRecorder, brush_segment

    mask, states = Mask.empty(64, 64), [np.zeros((64, 64), np.uint8)]
    for line in lines:
        tile, x0, y0, x1, y1, value = line.split()
        if int(tile) == tile_id:
            recorder = StrokeRecorder(mask, "brush")
            for rect, pixels in brush_segment((float(x0), float(y0)), (float(x1), float(y1)), 7):
                recorder.paint(rect, pixels, Ink(int(value)))
            states.append(mask.labels.copy())
    return states


def _killed_after(process: subprocess.Popen[str], lines: int, delay_s: float) -> list[str]:
    """All whole lines the process has printed before it was killed, at least `lines`."""
    assert process.stdout is not None
    printed = []
    for _ in range(lines):
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        printed.append(line)
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    return [line for line in [*printed, *rest.splitlines(keepends=True)] if line.endswith("\n")]


@pytest.mark.parametrize("seed", range(1, 3))
def test_killed_while_painting(tmp_path: Path, seed: int) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "s.tif")])
    process = start_python(_PAINT, project, seed)
    lines = _killed_after(process, 10 + 7 * seed, 0.003 * seed)
    with opened(project) as session:
        assert session._store._query("PRAGMA integrity_check") == [("ok",)]
        assert session._store._query("PRAGMA foreign_key_check") == []
        saved = sum(len(session.strokes(t)) for t in session.tiles)
        assert len(lines) <= saved <= len(lines) + 1  # the last one may be saved and not yet said
        extra = 0
        for tile_id in session.tiles:
            states = _replayed(lines, tile_id)
            extra += len(session.strokes(tile_id)) - (len(states) - 1)
            if len(session.strokes(tile_id)) == len(states):  # this is the one nobody heard of
                assert session.undo(tile_id)
            for state in reversed(states):  # every finished stroke is there, and undo goes all the way back
                assert (session.mask(tile_id).labels == state).all()
                assert session.undo(tile_id) == (state is not states[0])
            while session.redo(tile_id):
                pass
        assert extra == saved - len(lines)
        assert all((session.mask(t).labels == m[0]).all() for t, m in all_masks(session).items())


_TRAIN = """
import sys
from core.learning.settings import TrainingSettings
from core.session import Session

session = Session.open(sys.argv[1], beside_window=False)  # with other programs about, one that steps back takes minutes
job = session.train(TrainingSettings(max_steps=100_000, batch_size=1, crop_px=64, threads=1))
steps = 0
while not job.state.is_final:
    session.inbox.run_next(0.05)
    report = job.progress.detail
    if report is not None and report.points and report.points[-1].step > steps:
        steps = report.points[-1].step
        print("step", steps, flush=True)
print("ended", job.state, job.error, flush=True)
"""


def test_killed_while_training(tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "s.tif")])
    rng = np.random.default_rng(0)
    with opened(project) as session:
        for tile_id in session.tiles:
            session.import_mask(tile_id, rng.integers(0, 3, (64, 64), np.uint8))
        before, painted = all_masks(session), dict(session.painted)
    lines = _killed_after(start_python(_TRAIN, project), 2, 0.05)
    assert all(line.startswith("step") for line in lines)
    with opened(project) as session:
        assert session._store._query("PRAGMA integrity_check") == [("ok",)]
        assert all((mask == before[t]).all() for t, mask in all_masks(session).items())
        assert session.painted == painted
        assert session.forecasts.version == 0
        tile_id = min(session.tiles)
        assert session.undo(tile_id)
        assert not session.mask(tile_id).labels.any()


_CREATE = """
import sys, time
from pathlib import Path
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from tests.core.projects import Unwatched

class Told(Unwatched):
    def report(self, done, total, detail=None):
        print("at", done, total, flush=True)

found = examine([Path(sys.argv[1])], Unwatched())
plan = ProjectPlan(Path(sys.argv[2]), found, found.interpretation, 64, Budget("tiles", 5))
print("start", flush=True)
create_project(plan, Told())
print("made", flush=True)
time.sleep(600)  # it is killed, however late
"""


@pytest.mark.parametrize("lines", [20, 41])
def test_killed_while_a_project_is_made(tmp_path: Path, lines: int) -> None:
    for number in range(40):
        write_scene(tmp_path / "scenes" / f"{number}.tif", seed=number)
    project = tmp_path / "new.fieldbrush"
    printed = _killed_after(start_python(_CREATE, tmp_path / "scenes", project), lines, 0.0)
    if "made\n" not in printed and project.exists():
        assert printed[-1] == "at 1 1\n"  # killed between its appearance and saying so: then it is whole
    if project.exists():
        with opened(project) as session:
            assert (len(session.scenes), len(session.tiles)) == (40, 160)
        project.unlink()
    # What a killed program left behind does not get in the way of the next.
    make_project(tmp_path, [tmp_path / "scenes"], name="new")
    with opened(project) as session:
        assert (len(session.scenes), len(session.tiles)) == (40, 160)
        assert session._store._query("PRAGMA integrity_check") == [("ok",)]
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["new.fieldbrush"]
    with sqlite3.connect(project) as connection:
        assert connection.execute("SELECT count(*) FROM setting").fetchone()[0] >= 4
    connection.close()
