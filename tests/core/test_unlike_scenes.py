"""A session says which scenes look unlike what its model has seen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import rasterio

from core.labels.strokes import Ink
from core.learning.settings import TrainingSettings
from core.session import Session
from core.terminal.cli import main
from tests.core.projects import UTM, done, make_project, write_scene
from tests.core.test_kept_models import opened

QUICK = TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1)


def smooth_scene(path: Path) -> Path:
    """Nothing of the others' noise: a bright slope."""
    rows, columns = np.mgrid[:96, :96]
    values = np.stack([(rows + columns) // 2 + 60 + 20 * band for band in range(3)]).astype(np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=96, height=96, count=3, dtype="uint8", nodata=0, **UTM
    ) as file:  # fmt: skip
        file.write(values)
    return path


def paint_both(session: Session, tile_id: int) -> None:
    recorder = session.begin_stroke(tile_id, "brush")
    labels = np.where(np.arange(96)[:, None] < 48, 1, 2).repeat(96, axis=1).astype(np.uint8)
    recorder.paint_labels(labels, Ink(1))
    session.finish_stroke(tile_id, recorder)


def test_a_strange_scene_is_named_until_it_is_learned_from(tmp_path: Path) -> None:
    noise = [write_scene(tmp_path / f"n{number}.tif", 96, 96, seed=number) for number in range(8)]
    project = make_project(tmp_path, [*noise, smooth_scene(tmp_path / "slope.tif")], tile_px=96)
    with opened(project) as session:
        names = {scene.scene_id: Path(scene.path).name for scene in session.scenes.values()}
        tiles = {names[tile.scene_id]: tile.tile_id for tile in session.tiles.values()}
        for number in range(7):
            paint_both(session, tiles[f"n{number}.tif"])
        assert not session.unlike_scenes.sentence().template
        done(session, session.train(QUICK))
        done(session, session.embed())
        finish(session)
        assert session.unlike_scenes.shares.keys() >= {scene for scene, name in names.items() if name == "slope.tif"}
        assert "slope.tif" in str(session.unlike_scenes.sentence())
        assert "n1.tif" not in str(session.unlike_scenes.sentence())

        paint_both(session, tiles["slope.tif"])
        done(session, session.train(QUICK))
        finish(session)
        model = session.forecasts.model
        held_back = model is not None and tiles["slope.tif"] in model.card.validation_tiles
        assert held_back or "slope.tif" not in str(session.unlike_scenes.sentence())


def test_a_terminal_says_so_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, in the JSON, and as a remark of the field report; nobody has ranked the tiles here."""
    noise = [write_scene(tmp_path / f"n{number}.tif", 96, 96, seed=number) for number in range(8)]
    project = make_project(tmp_path, [*noise, smooth_scene(tmp_path / "slope.tif")], tile_px=96)
    with opened(project) as session:
        for tile in list(session.tiles)[:7]:
            paint_both(session, tile)
        assert session.unlike_scenes.ask() is None, "there is no model"
        done(session, session.train(QUICK))
        finish(session)

    def says_so(words: str) -> bool:
        return bool(re.search(r"Looks unlike what the model has seen: [^:]*slope\.tif", words))

    for command in (["predict", "--out", "map"], ["export", "--predictions", "--out", "both"]):
        *words, out = command
        assert main([*words, str(tmp_path / out), str(project), "--json"]) == 0
        run = capsys.readouterr()
        assert says_so(run.err)
        unlike = json.loads(run.out)["unlike scenes"]
        assert str(tmp_path / "slope.tif") in unlike
        assert len(unlike) <= 3, "and not the others"
    assert main(["report", str(project), "--out", str(tmp_path / "report"), "--json"]) == 0
    assert any(map(says_so, json.loads(capsys.readouterr().out)["remarks"]))
    assert says_so((tmp_path / "report" / "report.html").read_text(encoding="utf-8"))
    with opened(project) as session:
        assert not session.ranking, "the queue is not what these commands are about"


def test_where_the_model_knows_every_scene_no_tile_is_looked_at(tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "one.tif", 96 * 3, 96 * 2)], tile_px=96)
    with opened(project) as session:
        for tile in session.tiles:
            paint_both(session, tile)
        done(session, session.train(QUICK))
        finish(session)
        assert session.unlike_scenes.ask() is None
        assert session.unlike_scenes.paths() == []


def finish(session: Session) -> None:
    """Until nothing is under way any more."""
    while jobs := session.work_under_way():
        session.wait(jobs[0])
