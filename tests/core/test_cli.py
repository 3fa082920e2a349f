"""The program from a terminal: what each command prints, writes and returns."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import Mock

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from rich.console import Console

from core.demo.scene import write_demo_scene
from core.errors import ProjectError
from core.jobs import JobContext, Stage, Worker
from core.learning import runtime
from core.learning.acceleration import Phase, Plan, remember
from core.learning.model import SegmentationModel
from core.project.models import model_weights
from core.project.store import Store
from core.tasks import run_path_of
from core.terminal import cli, working
from core.terminal.command_line import COMMANDS
from core.terminal.working import finish
from core.text import text
from gui import headless
from tests.core.imagery_files import damage_block, write_raster
from tests.core.projects import ROOT, UTM, all_masks, dot, opened, start_python, store_of, write_scene

COMMAND = [sys.executable, "-m", "gui.launch"]


class Run(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The whole of standard output as one strict JSON object."""
        assert self.out.count("\n") == 1

        def refuse(name: str) -> None:
            raise AssertionError(f"{name} is not JSON")

        found = json.loads(self.out, parse_constant=refuse)
        assert isinstance(found, dict)
        return found


def fieldbrush(*arguments: object) -> Run:
    run = subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    return Run(run.returncode, run.stdout, run.stderr)


def here(capsys: pytest.CaptureFixture[str], *arguments: object) -> Run:
    """The same in this process, where starting another would only cost time."""
    capsys.readouterr()
    try:
        code = cli.main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    return Run(code, *capsys.readouterr())


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scene and its true mask."""
    folder = tmp_path_factory.mktemp("farm")
    write_demo_scene(folder, size_px=384)
    return folder


def test_masks_that_disagree_about_zero_are_not_guessed_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one file 1 would be the first class, in the other the second."""
    masks = tmp_path / "masks"
    masks.mkdir()
    for name, nodata in (("a", 0), ("b", None)):
        write_scene(tmp_path / f"{name}.tif")
        write_raster(masks / f"{name}.tif", np.ones((1, 128, 128), np.uint8), nodata=nodata, **UTM)
    run = here(capsys, "new", tmp_path / "p", tmp_path / "a.tif", tmp_path / "b.tif", "--tile", 64, "--json")
    assert run.code == 0, run.err
    run = here(capsys, "import-masks", tmp_path / "p", masks, "--json")
    one_sentence(run, "a.tif", "b.tif", "--map")
    assert here(capsys, "info", tmp_path / "p", "--json").json["classes"] == {"healthy": 0, "unhealthy": 0}
    run = here(capsys, "import-masks", tmp_path / "p", masks, "--map", "0=0,1=1", "--json")
    assert run.json["labeled"] == 8


def test_the_whole_loop_from_a_terminal(farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, out, order = tmp_path / "p.fieldbrush", tmp_path / "out", tmp_path / "order.csv"
    run = fieldbrush("new", tmp_path / "p", farm / "farmland.tif", "--tile", 128, "--budget", 4, "--json")
    assert run.code == 0, run.err
    assert (run.json["project"], run.json["tiles"], run.json["nodata"]) == (str(project), 9, 0.0)
    assert run.json["classes"] == {"healthy": 0, "unhealthy": 0}
    assert run.json["budget"] == "4 tiles, 4 tiles left"

    run = here(capsys, "rank", project, "--csv", order, "--json")
    assert run.code == 0, run.err
    assert run.json == {"ranked": 9, "csv": str(order)}
    with order.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert ",".join(header) == "rank,scene,column,row,width,height,score,regime,reason"
    assert [row[0] for row in rows] == [str(place) for place in range(1, 10)]
    assert {row[1] for row in rows} == {str(farm / "farmland.tif")}
    assert {(row[2], row[3]) for row in rows} == {(str(x), str(y)) for x in (0, 128, 256) for y in (0, 128, 256)}
    assert {(row[4], row[5]) for row in rows} == {("128", "128")}
    assert all(row[8] for row in rows)

    with order.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows[:6]])
    run = here(capsys, "import-masks", project, farm, "--tiles", order, "--json")
    assert run.code == 0, run.err
    assert run.json["tiles"] == 6
    again = here(capsys, "import-masks", project, farm, "--tiles", order, "--json")
    assert again.json == {**run.json, "changed": 0}

    assert "no model" in here(capsys, "rank", project, "--strategy", "margin").err
    assert "no model" not in here(capsys, "rank", project, "--strategy", "coreset").err

    empty = tmp_path / "empty"
    empty.mkdir()
    with rasterio.open(farm / "farmland_truth.tif") as truth:
        profile = truth.profile
    with rasterio.open(empty / "farmland.tif", "w", **profile) as file:
        file.write(np.zeros((1, profile["height"], profile["width"]), np.uint8))
    with order.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows[5:7]])
    for _ in range(2):  # one is labeled already, the other has been looked at
        run = here(capsys, "import-masks", project, empty, "--tiles", order, "--json")
        assert (run.json["tiles"], run.json["changed"], run.json["skipped"], run.json["labeled"]) == (2, 0, 1, 6)
    run = here(capsys, "rank", project, "--json")
    assert len(run.json["ranked"]) == 2

    run = here(capsys, "train", project, "--steps", 2, "--json")
    assert run.code == 0, run.err
    assert (run.json["model"], run.json["steps"]) == (1, 2)
    assert 0 < run.json["validation_tiles"] < 5
    assert "Take the scores as a hint" in run.err
    run = here(capsys, "train", project, "--steps", 1, "--fresh", "--heads", 2, "--json")
    assert (run.json["model"], run.json["steps"]) == (2, 1)
    with store_of(project) as store:
        one, two = (SegmentationModel.from_bytes(model_weights(store, version)) for version in (1, 2))
    stems = [next(iter(model.module.get_submodule("encoder").parameters())) for model in (one, two)]
    assert (stems[0] != stems[1]).any(), "the second is not the first one once more"
    one_sentence(here(capsys, "train", project, "--encoder-weights", order, "--json"), "order.csv cannot be read")
    run = fieldbrush("info", project, "--json")
    assert run.json["model"] == 2
    assert run.json["status"]["done"] == again.json["labeled"]
    assert sum(run.json["classes"].values()) > 1000

    run = here(capsys, "rank", project, "--json")
    assert run.code == 0, run.err
    assert [place["rank"] for place in run.json["ranked"]] == list(
        range(1, 9 - again.json["labeled"])
    )  # one is skipped

    run = here(capsys, "export", project, "--out", out, "--json")
    written = [str(out / f"farmland_labels.{kind}") for kind in ("tif", "gpkg")]
    assert run.json == {"written": written, "scenes left out": []}
    run = here(capsys, "predict", project, "--by", "model", "--out", out, "--json")
    names = ("prediction.tif", "doubt.tif", "prediction.gpkg")
    written = [str(out / f"farmland_{name}") for name in names]
    assert run.json == {"map by": "model 2", "written": written, "unlike scenes": [], "scenes left out": []}

    with closing(sqlite3.connect(project)) as file, file:
        file.execute("UPDATE model SET weights = x'00'")
    one_sentence(here(capsys, "train", project, "--steps", 1, "--json"), "not a model")
    run = here(capsys, "train", project, "--steps", 1, "--fresh", "--json")
    assert (run.code, run.json["model"]) == (0, 3), "a damaged model is in nobody's way for good"
    with opened(project) as session:
        masks = all_masks(session)
        rects = {tile_id: tile.rect for tile_id, tile in session.tiles.items()}
    with rasterio.open(out / "farmland_labels.tif") as labels, rasterio.open(farm / "farmland_truth.tif") as truth:
        for tile_id, rect in rects.items():
            assert (labels.read(1)[rect.slices] == masks[tile_id][0]).all()
        painted = labels.read(1) != 0
        assert (labels.read(1)[painted] == truth.read(1)[painted]).all()
    with rasterio.open(out / "farmland_prediction.tif") as predicted:
        assert set(np.unique(predicted.read(1))) <= {0, 1, 2}
    mirrored_views_wherever_they_are_computed(project, tmp_path, capsys)

    copy = tmp_path / "copy"
    assert here(capsys, "new", copy, farm / "farmland.tif", "--tile", 128).code == 0
    assert here(capsys, "import-masks", copy, out).code == 0  # takes the labels, not the predictions beside them
    with opened(copy.with_suffix(".fieldbrush")) as session:
        assert all((mask == masks[t]).all() for t, mask in all_masks(session).items())


def mirrored_views_wherever_they_are_computed(project: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for threads in {1, runtime.available_cores()}:  # whichever are the quicker
        remember(Phase.PREDICT, threads, Plan(channels_last=True, fused=True))
    for name, *options in (
        ("once", "predict"), ("flips", "predict", "--flips"),
        ("spread", "export", "--predictions", "--flips", "--jobs", 2),
    ):  # fmt: skip
        assert here(capsys, options[0], project, *options[1:], "--by", "model", "--out", folder / name).code == 0
    once, flips, spread = (
        [(folder / name / f"farmland_{kind}.tif").read_bytes() for kind in ("prediction", "doubt")]
        for name in ("once", "flips", "spread")
    )
    assert flips == spread
    assert flips[1] != once[1]


@pytest.mark.parametrize("options", [["--by", "classifier"], ["--by", "model"], ["--flips"]])
def test_an_export_of_labels_alone_does_not_pass_over_what_is_asked_of_predictions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    run = here(capsys, "export", tmp_path / "p", "--out", tmp_path / "maps", *options)
    assert (run.code, run.out) == (2, "")
    assert f"{options[0]} is for predictions: add --predictions" in run.err


def test_plain_output_is_for_people(farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("new", tmp_path / "p", farm, "--classes", "soil, crop,weed", "--minutes", 30)
    run = here(capsys, *arguments)
    assert run.code == 0, run.err
    assert "farmland_truth.tif is taken for the mask of" in run.err  # said, not silently left out
    assert "  soil: 0" in run.out.splitlines()
    assert "budget: 30 minutes, 30 tiles left" in run.out.splitlines()
    assert here(capsys, "info", tmp_path / "p").out == run.out


def test_tiles_with_hardly_any_image_data_are_not_left_out_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of three scenes of four tiles each one is empty, and one on its right half."""
    for name, empty_columns in (("a", 0), ("b", 64), ("c", 128)):
        write_scene(tmp_path / f"{name}.tif", empty_columns=empty_columns, seed=ord(name))
    run = here(capsys, "new", tmp_path / "p", tmp_path, "--tile", 64, "--nodata", 0, "--json")
    assert (run.code, run.json["tiles"], run.json["tiles left out"]) == (0, 6, 6)
    assert "fieldbrush: 6 tiles hold less than 5 % image data and are left out." in run.err
    assert here(capsys, "info", tmp_path / "p", "--json").json == run.json
    assert here(capsys, "rank", tmp_path / "p", "--csv", tmp_path / "order.csv", "--json").json["ranked"] == 6
    run = here(capsys, "new", tmp_path / "q", tmp_path / "a.tif", "--tile", 64, "--json")
    assert (run.json["tiles left out"], run.err) == (0, "")


_RANK_AND_TELL = """
import sys
from core.terminal import cli, working
code = cli.main(["rank", sys.argv[1], "--json"])
sys.exit(code or 99 * ("torch" in sys.modules))
"""


def test_what_has_been_embedded_is_ranked_without_loading_torch(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here(capsys, "new", tmp_path / "p", farm / "farmland.tif", "--tile", 128)
    first = here(capsys, "rank", tmp_path / "p", "--json")
    again = subprocess.run(
        [sys.executable, "-c", _RANK_AND_TELL, tmp_path / "p"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (again.returncode, again.stdout) == (0, first.out), again.stderr


_OPEN_AND_TELL = """
import sys
from core.session import Session
session = Session.open(sys.argv[1])
session.forecasts.suggests = True  # as beside a window
session.wait(session.embed())
session.wait(session.pending("get ready"))
session.close()
sys.exit(99 * ("torch" not in sys.modules))
"""


def test_beside_a_window_torch_is_loaded_before_anybody_paints(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here(capsys, "new", tmp_path / "p", farm / "farmland.tif", "--tile", 128)
    here(capsys, "rank", tmp_path / "p")
    project = tmp_path / "p.fieldbrush"
    opened = subprocess.run(
        [sys.executable, "-c", _OPEN_AND_TELL, project], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert opened.returncode == 0, opened.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["new"], ["new", "p"], ["rank"], ["rank", "p", "--strategy", "magic"], ["train", "p", "--steps", "many"],
        ["rank", "p", "--budget", "-1"], ["rank", "p", "--budget", "nan"], ["rank", "p", "--seed", "-1"],
        ["train", "p", "--seconds", "-1"], ["train", "p", "--seconds", "inf"], ["train", "p", "--steps", "0"],
        ["predict", "p"], ["export", "p"], ["import-masks", "p"], ["paint", "p"], ["info", "p", "--loud"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run = here(capsys, *arguments)
    assert (run.code, run.out) == (2, "")
    assert "usage: fieldbrush" in run.err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert fieldbrush("--version").out.startswith("fieldbrush 0.")
    run = here(capsys, "--help")
    assert run.code == 0
    assert all(command in run.out for command in COMMANDS)
    for command in COMMANDS:
        assert here(capsys, command, "--help").code == 0


def test_commands_are_known_before_anything_is_loaded() -> None:
    assert {*headless.COMMANDS, "demo"} == set(COMMANDS) == set(cli._RUN)
    for arguments in (["info", "p"], ["--help"], ["demo", "farm", "--no-window"], ["demo", "--json"]):
        assert headless.works_headless(arguments)
    for arguments in ([], ["p.fieldbrush"], ["demo"], ["info.tif"], ["--self-test"]):
        assert not headless.works_headless(arguments)


def one_sentence(run: Run, *parts: str) -> None:
    """Exit code 1, the sentence on standard error, and as JSON on standard output."""
    assert run.code == 1, run
    sentence = run.json["error"]
    assert run.err.endswith(f"fieldbrush: {sentence}\n")
    assert "Traceback" not in run.err
    assert "Errno" not in sentence
    for part in parts:
        assert part in sentence


def test_errors_are_1_and_one_sentence(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, scene = tmp_path / "p.fieldbrush", farm / "farmland.tif"
    one_sentence(here(capsys, "info", project, "--json"), "There is no project")
    one_sentence(here(capsys, "new", project, tmp_path / "none.tif", "--json"), "none.tif")
    one_sentence(here(capsys, "new", project, tmp_path, "--json"), "There are no images")
    one_sentence(here(capsys, "new", project, scene, "--tile", 7, "--json"), "7 pixels")
    one_sentence(here(capsys, "new", project, scene, "--budget", 0, "--json"), "budget")
    one_sentence(here(capsys, "new", project, scene, "--budget", "inf", "--json"), "budget")
    one_sentence(here(capsys, "new", project, scene, "--minutes", 0, "--json"), "budget")
    one_sentence(here(capsys, "new", project, scene, "--tile", 0, "--json"), "0 pixels")
    for no_name in ("", ".", "/", ".."):
        one_sentence(here(capsys, "info", no_name, "--json"), "name")
    one_sentence(here(capsys, "new", project, scene, "--classes", "a", "--json"), "two classes")
    one_sentence(here(capsys, "new", project, scene, "--bands", "blue,teal", "--json"), "teal")
    one_sentence(here(capsys, "new", project, scene, "--bands", "blue," * 5 + "red", "--json"), "5 bands")
    one_sentence(here(capsys, "new", project, scene, "--bands", "nir", "--json"), "the roles of the 5 bands")
    one_sentence(here(capsys, "new", project, scene, "--nodata", "-9999.5", "--json"), "-9999.5")
    assert not project.exists()
    assert here(capsys, "new", project, scene, "--tile", 128, "--bands", "red,green,blue,nir,other").code == 0
    one_sentence(here(capsys, "new", project, scene, "--json"), "exists already")
    one_sentence(here(capsys, "train", project, "--json"), "too little paint")
    one_sentence(here(capsys, "predict", project, "--out", tmp_path / "o", "--json"), "no model")
    one_sentence(here(capsys, "export", project, "--out", tmp_path / "o", "--json"), "no labels")
    one_sentence(here(capsys, "import-masks", project, tmp_path, "--json"), "no mask")
    for command in ("import-masks", "relink"):
        one_sentence(here(capsys, command, project, tmp_path / "gone", "--json"), "gone cannot be read")
    one_sentence(here(capsys, "import-masks", project, farm, "--map", "x", "--json"), "value map")
    one_sentence(here(capsys, "import-masks", project, farm, "--tiles", tmp_path / "t.csv", "--json"), "t.csv")
    with monkeypatch.context() as patch:
        patch.setattr("core.terminal.cli._session", lambda *_: pytest.fail("work has begun"))
        one_sentence(here(capsys, "rank", project, "--csv", tmp_path / "no" / "x.csv", "--json"), "No such file")
        one_sentence(here(capsys, "rank", project, "--csv", tmp_path, "--json"), "Is a directory")
    with opened(project) as session:
        assert session.reader.roles == ("red", "green", "blue", "nir", "other")
        assert session.painted == {}
        process = fieldbrush("info", project, "--json")  # open in another process
    one_sentence(process, "open in another window")


def test_an_order_is_written_over_nothing_but_an_order(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, scene, order = tmp_path / "p.fieldbrush", tmp_path / "s.tif", tmp_path / "order.csv"
    scene.write_bytes((farm / "farmland.tif").read_bytes())
    assert here(capsys, "new", project, scene, "--tile", 128).code == 0
    before = {path: path.read_bytes() for path in (project, scene)}
    for path in before:
        one_sentence(here(capsys, "rank", project, "--csv", path, "--json"), "was not written by this program")
    assert before == {path: path.read_bytes() for path in before}
    for _ in range(2):
        assert here(capsys, "rank", project, "--csv", order, "--strategy", "random").code == 0
    order.write_text("scene,column,row\n")  # somebody's own list
    one_sentence(here(capsys, "rank", project, "--csv", order, "--json"), "was not written by this program")


_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from core.terminal import cli, ranking
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
told = ranking.told

def told_on_a_full_disk(*told_of):
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
    return told(*told_of)

ranking.told = told_on_a_full_disk
sys.exit(cli.main(["rank", sys.argv[1], "--csv", sys.argv[2]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_an_order_that_finds_no_room_leaves_the_old_one(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, folder = tmp_path / "p.fieldbrush", tmp_path / "orders"
    folder.mkdir()
    assert here(capsys, "new", project, farm / "farmland.tif", "--tile", 128).code == 0
    assert here(capsys, "rank", project, "--csv", folder / "order.csv").code == 0
    old = (folder / "order.csv").read_bytes()
    run = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, project, folder / "order.csv"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (1, "")
    assert "order.csv could not be written" in run.stderr
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("order.csv", old)]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes, and links need a right of their own")
def test_an_order_goes_into_a_pipe_and_through_a_link(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, pipe, link = tmp_path / "p.fieldbrush", tmp_path / "pipe.csv", tmp_path / "latest.csv"
    assert here(capsys, "new", project, farm / "farmland.tif", "--tile", 128).code == 0
    link.symlink_to(tmp_path / "order.csv")
    assert here(capsys, "rank", project, "--csv", link).code == 0
    assert link.is_symlink()
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        run = here(capsys, "rank", project, "--csv", pipe)
        try:
            read, _ = reader.communicate(timeout=20)
        finally:
            reader.kill()
    assert (run.code, pipe.is_fifo()) == (0, True)
    assert read == (tmp_path / "order.csv").read_bytes() == link.read_bytes()


def test_a_budget_that_is_spent_leaves_an_order(farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "p.fieldbrush"
    assert here(capsys, "new", project, farm / "farmland.tif", "--tile", 128).code == 0
    spent, one = (here(capsys, "rank", project, "--budget", budget, "--json").json for budget in (0, 1))
    assert spent == one
    assert len(spent["ranked"]) == 9


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("json_wanted", [False, True])
def test_a_result_that_cannot_be_printed_is_said(json_wanted: bool, farm: Path, tmp_path: Path) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        run = subprocess.run(
            [*COMMAND, "new", tmp_path / "p", farm / "farmland.tif", *(["--json"] if json_wanted else [])],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (run.returncode, run.stderr) == (1, "fieldbrush: standard output: No space left on device.\n")


@pytest.mark.skipif(os.name == "nt", reason="closed by a shell of Unix")
def test_closed_standard_streams(farm: Path, tmp_path: Path) -> None:
    """As a program of Windows without a console has none."""
    line = 'exec "$0" -m gui.launch new "$1" "$2" <&- >&- 2>&-'
    command = ["sh", "-c", line, sys.executable, tmp_path / "p", farm / "farmland.tif"]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=300).returncode == 0
    assert (tmp_path / "p.fieldbrush").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that one program can send to another")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.usefixtures("heeded_signals")
def test_what_ends_a_command_in_order(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    def at_work(_: object) -> dict[str, Any]:
        os.kill(os.getpid(), number)
        time.sleep(30)
        return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cli._RUN, "info", at_work)
        run = here(capsys, "info", "p")
    assert (run.code, run.err) == (130, "fieldbrush: Interrupted. What was finished is saved.\n")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_reader_that_has_seen_enough_is_no_error(farm: Path, tmp_path: Path) -> None:
    """`fieldbrush info PROJECT | head -n 1`."""
    with subprocess.Popen(
        [*COMMAND, "new", tmp_path / "p", farm / "farmland.tif"], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""  # no bars either, where nobody looks
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_names_that_a_terminal_cannot_show(encoding: str, tmp_path: Path) -> None:
    scene, project = write_scene(tmp_path / "Rübenäcker 菜.tif"), tmp_path / "菜 ü"

    def new() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, "new", project, scene, "--json"], cwd=ROOT, capture_output=True, check=False,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )  # fmt: skip

    run = new()
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["project"] == str(project.with_suffix(".fieldbrush"))
    again = new()
    assert again.returncode == 1
    assert b"exists already" in again.stderr


def write_rounds(folder: Path, *rounds: dict[str, tuple[int, ...]], nodata: int | None = None) -> None:
    """For each round a folder 1, 2, … below `folder` with masks of the scenes so called, in stripes of these values."""
    for number, masks in enumerate(rounds, start=1):
        (folder / str(number)).mkdir(exist_ok=True)
        for name, values in masks.items():
            stripes = np.repeat(np.array(values, np.uint8), 128 // len(values))
            write_raster(folder / str(number) / f"{name}.tif", np.tile(stripes, (1, 128, 1)), nodata=nodata, **UTM)


@pytest.fixture
def four(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project of four scenes, a, b, c and d, of one tile each."""
    scenes = [write_scene(tmp_path / f"{name}.tif", seed=seed) for seed, name in enumerate("abcd")]
    assert here(capsys, "new", tmp_path / "p", *scenes, "--tile", 128).code == 0
    return tmp_path / "p.fieldbrush"


def tile_list(path: Path, names: str) -> Path:
    path.write_text("\n".join(["scene,column,row", *(f"{name}.tif,0,0" for name in names)]), encoding="utf-8")
    return path


WHOLE_PX = 128 * 128


def test_listed_tiles_without_a_mask_are_named(four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are offered again: whoever forgot them should know."""
    write_rounds(tmp_path, {"a": (1, 2)})
    asked = ["import-masks", four, tmp_path / "1", "--tiles"]
    run = here(capsys, *asked, tile_list(tmp_path / "some.csv", "cab"), "--json")
    assert (run.code, run.json["tiles"]) == (0, 1)
    assert "2 of the 3 listed tiles have no mask: b.tif, c.tif." in run.err
    places = [{"scene": str(tmp_path / f"{name}.tif"), "column": 0, "row": 0} for name in "bc"]
    assert run.json["without_mask"] == places
    assert "  b.tif\n  c.tif\n" in here(capsys, *asked, tmp_path / "some.csv").out
    run = here(capsys, *asked, tile_list(tmp_path / "all.csv", "a"), "--json")
    assert (run.code, run.err, run.json["without_mask"]) == (0, "", [])
    run = here(capsys, *asked, tile_list(tmp_path / "none.csv", "bcd"), "--json")
    one_sentence(run, "None of the 3 listed tiles has a mask", "b.tif, c.tif, d.tif")
    assert "without_mask" not in here(capsys, *asked[:-1], "--json").json


def test_a_tile_without_a_mask_is_named_by_its_place_in_a_larger_scene(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes = [write_scene(tmp_path / "large.tif", 256, 128), tmp_path / "a.tif"]
    assert here(capsys, "new", tmp_path / "q", *scenes, "--tile", 128).code == 0
    write_rounds(tmp_path, {"a": (1, 2)})
    (tmp_path / "round.csv").write_text("scene,column,row\na.tif,0,0\nlarge.tif,128,0\n")
    run = here(capsys, "import-masks", tmp_path / "q", tmp_path / "1", "--tiles", tmp_path / "round.csv")
    assert "1 of the 2 listed tiles have no mask: large.tif (128, 0)." in run.err


def test_masks_of_0_and_255_are_not_ignored_in_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The usual form of a mask with one class."""
    scene, values = write_scene(tmp_path / "s.tif"), np.zeros((1, 128, 128), np.uint8)
    values[0, :32] = 255
    for name, nodata, proposed, healthy in (("p", 0, "0=0,255=1", 32 * 128), ("q", None, "0=1,255=2", 96 * 128)):
        assert here(capsys, "new", tmp_path / name, scene).code == 0
        write_raster(tmp_path / "s_mask.tif", values, nodata=nodata, **UTM)
        one_sentence(here(capsys, "import-masks", tmp_path / name, tmp_path, "--json"), f"--map {proposed}")
        assert here(capsys, "info", tmp_path / name, "--json").json["classes"] == {"healthy": 0, "unhealthy": 0}
        run = here(capsys, "import-masks", tmp_path / name, tmp_path, "--json", "--map", proposed)
        assert (run.code, run.err) == (0, "")
        assert run.json["classes"] == {"healthy": healthy, "unhealthy": 0 if nodata == 0 else 32 * 128}


def test_with_three_classes_masks_of_0_and_255_are_warned_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = write_scene(tmp_path / "s.tif")
    assert here(capsys, "new", tmp_path / "p", scene, "--classes", "soil,crop,weed").code == 0
    write_rounds(tmp_path, {"s": (0, 255)})
    run = here(capsys, "import-masks", tmp_path / "p", tmp_path / "1", "--json")
    assert (run.code, run.json["classes"]["soil"]) == (0, 64 * 128)
    assert "--map 0=1,255=2" in run.err


def test_masks_without_a_zero_hold_the_numbers_of_the_classes(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In rounds, too, whose tiles show one class only: what all masks in the folder hold decides."""
    write_rounds(tmp_path, {"a": (1,), "b": (1, 2), "c": (1, 255), "d": (2,)})
    for names, classes in (
        ("a", {"healthy": WHOLE_PX, "unhealthy": 0}),
        ("b", {"healthy": WHOLE_PX * 3 // 2, "unhealthy": WHOLE_PX // 2}),
        ("cd", {"healthy": 2 * WHOLE_PX, "unhealthy": WHOLE_PX * 3 // 2}),
    ):
        chosen = tile_list(tmp_path / "round.csv", names)
        run = here(capsys, "import-masks", four, tmp_path / "1", "--tiles", chosen, "--json")
        assert (run.code, run.err) == (0, ""), run.err
        assert run.json["classes"] == classes
        assert run.json["values"] == "as the numbers of the classes"


def test_where_one_mask_has_a_zero_it_is_the_first_class_in_all(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also in a later round whose folder holds no 0 any more."""
    write_rounds(tmp_path, {"a": (1,), "b": (1, 0)}, {"c": (1,)}, {"d": (0,)})
    for number, name, classes in (
        (1, "a", {"healthy": 0, "unhealthy": WHOLE_PX}),
        (2, "c", {"healthy": 0, "unhealthy": 2 * WHOLE_PX}),
        (3, "d", {"healthy": WHOLE_PX, "unhealthy": 2 * WHOLE_PX}),
    ):
        chosen = tile_list(tmp_path / "round.csv", name)
        run = here(capsys, "import-masks", four, tmp_path / str(number), "--tiles", chosen, "--json")
        assert (run.code, run.err) == (0, "")
        assert run.json["classes"] == classes
        assert run.json["values"] == "0 as the first class"


def test_a_value_in_the_last_mask_leaves_all_undone(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All were read, and three of four written, before the one with the wrong value was met."""
    write_rounds(tmp_path, {"a": (0, 1), "b": (0, 1), "c": (1, 0), "d": (0, 1, 10, 30)})
    run = here(capsys, "import-masks", four, tmp_path / "1", "--json")
    one_sentence(run, "d.tif", "value 10", "0, 1, 10, 30", "--map 0=1,1=2,10=255,30=255")
    info = here(capsys, "info", four, "--json").json
    assert (info["status"], info["classes"]) == ({"new": 4}, {"healthy": 0, "unhealthy": 0})
    chosen = tile_list(tmp_path / "round.csv", "abc")
    assert here(capsys, "import-masks", four, tmp_path / "1", "--tiles", chosen, "--json").json["tiles"] == 3


def test_a_proposed_map_is_of_all_masks_together(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rounds(tmp_path, {"a": (10, 10), "b": (20, 20)})
    one_sentence(here(capsys, "import-masks", four, tmp_path / "1", "--json"), "10, 20", "--map 10=1,20=2")


@pytest.mark.parametrize(("classes", "proposed"), [("a,b,c", "0=1,127=2,255=3"), ("a,b", "0=1,127=2,255=255")])
def test_a_proposed_map_of_greys_leaves_no_class_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], classes: str, proposed: str
) -> None:
    """White is ignore by custom, but as the third of three greys for three classes it is the third."""
    scene, values = write_scene(tmp_path / "a.tif"), np.full((1, 128, 128), 255, np.uint8)
    values[0, :32], values[0, 32:64] = 0, 127
    (tmp_path / "m").mkdir()
    write_raster(tmp_path / "m" / "a.tif", values, **UTM)
    assert here(capsys, "new", tmp_path / "p", scene, "--classes", classes).code == 0
    one_sentence(
        here(capsys, "import-masks", tmp_path / "p", tmp_path / "m", "--json"), "0, 127, 255", f"--map {proposed}"
    )


def test_a_map_may_begin_with_a_sign(four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = np.zeros((1, 128, 128), np.int16)
    values[:, :32] = -1
    (tmp_path / "m").mkdir()
    write_raster(tmp_path / "m" / "a.tif", values, **UTM)
    for written in (("--map", "-1=255,0=1"), ("--map=-1=255,0=1",)):
        run = here(capsys, "import-masks", four, tmp_path / "m", *written, "--json")
        assert (run.code, run.err) == (0, "")
        assert run.json["classes"] == {"healthy": 96 * 128, "unhealthy": 0}


def test_of_coloured_masks_nothing_is_said_but_that_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their first band mostly holds 0 and 255, which was asked about before it was seen what they are."""
    scene, values = write_scene(tmp_path / "s.tif"), np.zeros((3, 128, 128), np.uint8)
    values[0, :32] = values[1, 32:] = 255
    (tmp_path / "m").mkdir()
    write_raster(tmp_path / "m" / "s.tif", values, **UTM)
    for name, classes in (("p", "a,b"), ("q", "a,b,c")):
        assert here(capsys, "new", tmp_path / name, scene, "--classes", classes).code == 0
        run = here(capsys, "import-masks", tmp_path / name, tmp_path / "m", "--json")
        one_sentence(run, "it is a picture")
        assert run.err.count("\n") == 1


def test_a_list_without_tiles_is_no_round(four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rounds(tmp_path, {"a": (0, 1)})
    run = here(capsys, "import-masks", four, tmp_path / "1", "--tiles", tile_list(tmp_path / "x.csv", ""), "--json")
    one_sentence(run, "x.csv lists no tiles")


def test_masks_that_are_no_scenes_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        write_scene(tmp_path / "images" / f"{number}.tif", seed=number)
        write_scene(tmp_path / "masks" / f"{number}.tif", bands=1, seed=number)
    run = here(capsys, "new", tmp_path / "p", tmp_path, "--json")
    assert run.json["scenes"] == 5
    assert run.err.count("\n") == 1
    assert f"left out: 5 masks: {tmp_path / 'masks' / '0.tif'}, " in run.err
    assert "2.tif, …. Import them" in run.err


def test_masks_that_may_start_at_0_or_at_1_are_said_to(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rounds(tmp_path, {"a": (1, 255)}, {"b": (0, 1)}, {"c": (1, 2)}, {"d": (0, 2)})
    run = here(capsys, "import-masks", four, tmp_path / "1", "--json")
    assert "--map 0=1,1=2" in run.err
    assert run.json["classes"] == {"healthy": WHOLE_PX // 2, "unhealthy": 0}
    run = here(capsys, "import-masks", four, tmp_path / "2", "--json")
    one_sentence(run, "held no 0", "--map 0=0,1=1,2=2", "--map 0=1,1=2")
    run = here(capsys, "import-masks", four, tmp_path / "3", "--json")
    assert (run.err, run.json["classes"]) == ("", {"healthy": WHOLE_PX, "unhealthy": WHOLE_PX // 2})
    run = here(capsys, "import-masks", four, tmp_path / "4", "--json")  # 2 is a class's number: 0 cannot be one now
    assert "as the numbers of the classes" in run.err
    assert run.json["classes"] == {"healthy": WHOLE_PX, "unhealthy": WHOLE_PX}


def test_a_map_serves_later_rounds_too_and_another_one_is_said_to_be(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rounds(tmp_path, {"a": (0, 255), "b": (0,), "c": (255,)})
    for name, options, said, painted in (
        ("a", ("--map", "0=1,255=2"), "", (WHOLE_PX // 2, WHOLE_PX // 2)),
        ("b", (), "--map 0=1,255=2", (WHOLE_PX * 3 // 2, WHOLE_PX // 2)),
        ("c", ("--map", "0=2,255=1"), "were read otherwise: --map 0=1,255=2", (WHOLE_PX * 5 // 2, WHOLE_PX // 2)),
        ("b", (), "--map 0=2,255=1", (WHOLE_PX * 3 // 2, WHOLE_PX * 3 // 2)),
    ):
        chosen = tile_list(tmp_path / "round.csv", name)
        run = here(capsys, "import-masks", four, tmp_path / "1", "--tiles", chosen, *options, "--json")
        assert run.code == 0
        assert tuple(run.json["classes"].values()) == painted
        assert said in run.err
        assert bool(said) == bool(run.err)


def test_a_value_that_a_map_leaves_out(four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rounds(tmp_path, {"a": (0, 1)}, {"b": (0, 2)})
    command, classes = ("import-masks", four), "the classes 1 (healthy), 2 (unhealthy)"
    run = here(capsys, *command, tmp_path / "2", "--map", "0=1", "--json")
    one_sentence(run, "b.tif", "value 2, of which --map 0=1 says nothing", classes, "--map 0=1,2=2")
    assert here(capsys, *command, tmp_path / "1", "--map", "0=2,1=1", "--json").code == 0
    run = here(capsys, *command, tmp_path / "2", "--json")
    one_sentence(run, "b.tif", "value 2, of which the --map given before says nothing: 0=2,1=1.", classes)
    assert here(capsys, *command, tmp_path / "2", "--map", "0=2,2=1", "--json").code == 0


def test_what_was_refused_decides_nothing(four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rounds(tmp_path, {"a": (0, 1, 2, 2)})
    one_sentence(here(capsys, "import-masks", four, tmp_path / "1", "--json"), "--map 0=0,1=1,2=2")
    run = here(capsys, "import-masks", four, tmp_path / "1", "--map", "0=0,1=1,2=2", "--json")
    assert (run.code, run.err) == (0, "")


def test_own_labels_are_read_by_their_names_whatever_masks_were_read_before(
    four: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rounds(tmp_path, {"a": (0, 1)})
    assert here(capsys, "import-masks", four, tmp_path / "1").code == 0
    assert here(capsys, "export", four, "--out", tmp_path / "out").code == 0
    run = here(capsys, "import-masks", four, tmp_path / "out", "--json")
    assert (run.code, run.err, run.json["changed"]) == (0, "", 0)
    write_rounds(tmp_path, {}, {"c": (1, 2)}, nodata=0)
    one_sentence(here(capsys, "import-masks", four, tmp_path / "2", "--json"), "c.tif", "--map")


def test_a_scene_that_is_another_one_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = write_scene(tmp_path / "s.tif")
    assert here(capsys, "new", tmp_path / "p", scene).code == 0
    write_scene(scene, seed=1)
    write_raster(tmp_path / "s_mask.tif", np.ones((1, 128, 128), np.uint8), **UTM)
    run = here(capsys, "import-masks", tmp_path / "p", tmp_path, "--json")
    assert run.code == 0
    assert "s.tif has changed since" in run.err


def test_a_project_that_lost_its_scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = write_scene(tmp_path / "s.tif")
    assert here(capsys, "new", tmp_path / "p", scene).code == 0
    scene.unlink()
    assert here(capsys, "info", tmp_path / "p", "--json").json["missing scenes"] == [str(scene)]
    one_sentence(here(capsys, "rank", tmp_path / "p", "--json"), "s.tif")


def test_tiles_of_a_lost_scene_come_last_and_that_is_said_once(tmp_path: Path) -> None:
    """And not of every tile, nor that they were left out: a scene has thousands."""
    scenes = [write_scene(tmp_path / f"{name}.tif", seed=seed) for seed, name in enumerate("ab", start=9871)]
    assert fieldbrush("new", tmp_path / "p", *scenes, "--tile", 64).code == 0
    scenes[1].unlink()
    run = fieldbrush("rank", tmp_path / "p", "--json")
    assert run.code == 0, run
    assert [row["scene"] for row in run.json["ranked"]] == [*[str(scenes[0])] * 4, *[str(scenes[1])] * 4]
    assert run.err.count("b.tif was not found") == 1, run.err
    assert "come last in the ranking" in run.err


def test_labels_of_a_lost_scene_are_missed_once_and_not_tile_by_tile(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / f"{name}.tif", seed=seed) for seed, name in enumerate("ab", start=9873)]
    assert fieldbrush("new", tmp_path / "p", *scenes, "--tile", 64).code == 0
    with opened(tmp_path / "p.fieldbrush") as session:
        for number, tile_id in enumerate(sorted(session.tiles)):
            if number % 4 < 2:  # two tiles of each scene
                dot(session, tile_id, 20, 20, 1, 20)
                dot(session, tile_id, 50, 50, 2, 20)
    scenes[1].unlink()
    run = fieldbrush("rank", tmp_path / "p", "--strategy", "margin")
    assert run.code == 0, run
    assert run.err.count("does not learn from tiles that cannot be read") == 1, run.err


def test_a_project_finds_its_moved_scenes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    scenes = [write_scene(tmp_path / f"{name}.tif", seed=seed) for seed, name in enumerate("ab")]
    assert here(capsys, "new", tmp_path / "p", *scenes).code == 0
    for scene in scenes:
        scene.rename(tmp_path / "elsewhere" / scene.name)
    (tmp_path / "nowhere").mkdir()
    one_sentence(here(capsys, "relink", tmp_path / "p", tmp_path / "nowhere", "--json"), "none of the missing scenes")
    found = here(capsys, "relink", tmp_path / "p", tmp_path / "elsewhere", "--json").json
    assert found == {"found": 2, "missing scenes": []}
    assert here(capsys, "relink", tmp_path / "p", tmp_path, "--json").json["found"] == 0, "and nothing was missing"


def test_the_bar_moves_where_work_tells_a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """As making a project does: the parts of it have no number in common."""
    written = io.StringIO()
    monkeypatch.setattr(working, "Console", lambda **_: Console(file=written, force_terminal=True, width=100))

    def work(context: JobContext) -> None:
        for share in (0.25, 0.5):
            Stage(context, 0.0, share).report(1, 1)
            end = time.monotonic() + 20
            while f"{round(100 * share)}/100" not in written.getvalue() and time.monotonic() < end:
                time.sleep(0.01)

    worker = Worker("work")
    finish(worker.submit(text("Cutting tiles"), work))
    worker.close()
    assert "25/100" in written.getvalue()
    assert "50/100" in written.getvalue()


def test_the_demo_without_a_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = fieldbrush("demo", tmp_path / "farm", "--size", 256, "--no-window", "--json")
    assert run.code == 0, run.err
    assert [Path(path).name for path in run.json["files"]] == ["farmland.tif", "farmland_truth.tif"]
    project = Path(run.json["project"])
    assert here(capsys, "info", project, "--json").json["scenes"] == 1
    written = project.stat().st_mtime_ns
    again = here(capsys, "demo", tmp_path / "farm", "--size", 256, "--no-window", "--json")
    assert again.json == run.json
    assert project.stat().st_mtime_ns == written
    one_sentence(here(capsys, "demo", tmp_path / "small", "--size", 10, "--no-window", "--json"), "10 px")
    theirs = tmp_path / "theirs" / "farmland.tif"
    theirs.parent.mkdir()
    theirs.write_bytes(b"a scene of the user's")
    one_sentence(here(capsys, "demo", theirs.parent, "--no-window", "--json"), "was not written by this program")
    assert theirs.read_bytes() == b"a scene of the user's"
    (tmp_path / "file").touch()
    one_sentence(here(capsys, "demo", tmp_path / "file", "--no-window", "--json"), "file")


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process")
def test_ctrl_c_is_130_and_nothing_is_lost(farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "p.fieldbrush"
    assert here(capsys, "new", project, farm / "farmland.tif", "--tile", 128).code == 0
    assert here(capsys, "import-masks", project, farm).code == 0
    with opened(project) as session:
        before = all_masks(session)
    process = subprocess.Popen(
        [sys.executable, "-c", _TRAIN_AND_TELL, str(project)], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "training\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert json.loads(out) == {"error": "Interrupted. What was finished is saved."}
    with opened(project) as session:
        assert session.forecasts.version == 0
        assert all((mask == before[t]).all() for t, mask in all_masks(session).items())


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process")
@pytest.mark.usefixtures("heeded_signals")
def test_ctrl_c_does_not_cancel_what_could_go_on_later() -> None:
    """A training that is cancelled forgets how far it was; one whose program ends does not."""
    worker = Worker("compute")
    asked: list[bool] = []

    def work(context: JobContext) -> None:
        os.kill(os.getpid(), signal.SIGINT)  # heard by the main thread
        try:
            while True:
                context.check()
                time.sleep(0.01)
        finally:
            asked.append(context.closing)

    job = worker.submit(text("Training"), work)
    with pytest.raises(KeyboardInterrupt):
        finish(job)
    worker.close()
    assert asked == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process")
def test_ctrl_c_while_the_program_loads_is_130_too() -> None:
    code = (
        "import signal, sys, threading; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import gui.launch\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'core.terminal.cli':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.exit(gui.launch.main(['info', 'p']))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "fieldbrush: Interrupted.\n")


_TRAIN_AND_TELL = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in a shell's background
from core import jobs
from core.terminal import cli, working
told = []
report = jobs.JobContext.report
def telling(self, *progress, **more):
    if not told:
        told.append(print("training", flush=True))
    report(self, *progress, **more)
jobs.JobContext.report = telling
sys.exit(cli.main(["train", sys.argv[1], "--steps", "100000", "--json"]))
"""


_TRAIN_AND_HANG = """
import sys
from core.terminal import cli, working
from core.learning import acceleration, runtime, training
torch = runtime.load_torch()
training.KEEP_EVERY_S = 0.0
training.plan_for = lambda *_: acceleration.Plan()
learn = training.TrainingRun._learn
def hang(run, batch):
    if run.clock.step < 2:
        return learn(run, batch)
    print("hanging", flush=True)
    values = torch.ones(700, 700)
    while True:
        values @ values
training.TrainingRun._learn = hang
sys.exit(cli.main(["train", sys.argv[1], "--steps", "100000"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that one program can send to another")
def test_sigterm_ends_a_training_whose_step_does_not_end(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on a busy machine, where a step took two minutes: who ended the program killed it long before."""
    project = tmp_path / "p.fieldbrush"
    assert here(capsys, "new", project, farm / "farmland.tif", "--tile", 128).code == 0
    assert here(capsys, "import-masks", project, farm).code == 0
    run = run_path_of(project)
    process = start_python(_TRAIN_AND_HANG, project)
    assert process.stdout is not None
    assert process.stdout.readline() == "hanging\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (130, "fieldbrush: Interrupted. What was finished is saved.\n")
    assert run.exists(), "it can be taken up again"
    assert not list(project.parent.glob("*-journal")), "the project was closed"
    with opened(project) as session:
        assert session.can_train()


@pytest.mark.parametrize("typed", ["inof", "--jsn"])
def test_a_mistyped_command_opens_no_window(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):  # where it was to be one that needs none
        monkeypatch.delenv(name, raising=False)
    run = fieldbrush(typed, "p")
    assert (run.code, run.out) == (2, "")
    assert run.err == f"fieldbrush: There is neither a command nor a file called {typed}. See fieldbrush --help.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a screen")
def test_no_screen_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    run = fieldbrush()
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("fieldbrush: There is no screen to open a window on.")
    assert run.err.count("\n") == 1


def test_a_project_is_found_without_its_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("p.fieldbrush", "q", "q.fieldbrush"):
        Path(name).touch()
    assert [cli.existing_project(name) for name in ("p", "p.fieldbrush", "q", "r")] == [
        Path("p.fieldbrush"), None, None, None
    ]  # fmt: skip


def test_masks_of_a_scene_that_is_damaged_somewhere_are_imported_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate", "nodata": 0}
    values = np.random.default_rng(0).integers(1, 255, (3, 512, 512), np.uint8)
    scene = write_raster(tmp_path / "x.tif", values, **layout, **UTM)
    write_raster(tmp_path / "x_mask.tif", np.ones((1, 512, 512), np.uint8), nodata=0, **UTM)
    assert here(capsys, "new", tmp_path / "p", scene, "--tile", "128").code == 0
    damage_block(scene, 1, 1)
    run = here(capsys, "import-masks", tmp_path / "p", tmp_path, "--json")
    assert run.code == 0
    assert run.json["labeled"] == 15
    assert "tile 6 is left out: x.tif cannot be read: it is damaged" in run.err
    scene.unlink()
    one_sentence(here(capsys, "import-masks", tmp_path / "p", tmp_path, "--json"), "x.tif")


def test_an_import_that_stops_halfway_says_how_far_it_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene, project = write_scene(tmp_path / "x.tif"), tmp_path / "p.fieldbrush"
    write_raster(tmp_path / "x_mask.tif", np.ones((1, 128, 128), np.uint8), nodata=0, **UTM)
    assert here(capsys, "new", project, scene, "--tile", "64").code == 0
    with closing(sqlite3.connect(project)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON mask WHEN (SELECT COUNT(*) FROM mask) >= 2"
            " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    run = here(capsys, "import-masks", project, tmp_path)
    assert run.code == 1
    assert "2 tiles have their labels by now. Import again for the others" in run.err
    with closing(sqlite3.connect(project)) as connection, connection:
        connection.execute("DROP TRIGGER full")
    assert here(capsys, "import-masks", project, tmp_path, "--json").json["labeled"] == 4


def test_masks_on_other_pixels_are_imported_and_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scene(tmp_path / "x.tif")
    values = np.random.default_rng(0).integers(1, 3, (1, 64, 64), np.uint8)
    coarse = UTM | {"transform": UTM["transform"] @ Affine.scale(2)}
    write_raster(tmp_path / "x_mask.tif", values, nodata=0, **coarse)
    assert here(capsys, "new", tmp_path / "p", tmp_path / "x.tif", "--tile", "64").code == 0
    run = here(capsys, "import-masks", tmp_path / "p", tmp_path, "--json")
    assert run.code == 0
    assert "1 of the masks lie on other pixels" in run.err
    with opened(tmp_path / "p.fieldbrush") as session:
        painted = [planes[0] for planes in all_masks(session).values()]
    assert (np.block([painted[:2], painted[2:]]) == values[0].repeat(2, axis=0).repeat(2, axis=1)).all()


def test_a_project_that_may_only_be_read_is_told_about_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written beside it, and nothing into it."""
    archive = tmp_path / "100% #1?"
    write_scene(archive / "x.tif")
    write_raster(archive / "x_mask.tif", np.ones((1, 128, 128), np.uint8), nodata=0, **UTM)
    project = archive / "p.fieldbrush"
    assert here(capsys, "new", project, archive / "x.tif").code == 0
    assert here(capsys, "import-masks", project, archive).code == 0
    before = {path.name: path.read_bytes() for path in archive.iterdir()}

    def allowed(path: Path, mode: int) -> bool:  # root may write everywhere
        return archive not in (Path(path), Path(path).parent) or not mode & os.W_OK

    monkeypatch.setattr("core.project.connection.os.access", allowed)
    monkeypatch.setattr("core.project.project_file.connect", None)
    run = here(capsys, "info", project, "--json")
    assert run.json["classes"] == {"healthy": 128 * 128, "unhealthy": 0}
    assert here(capsys, "export", project, "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "x_labels.tif").is_file()
    one_sentence(here(capsys, "predict", project, "--out", tmp_path / "out", "--json"), "no model")
    with closing(Store.open(project, only_reading=True)) as store, pytest.raises(ProjectError, match="be written"):
        store.set_setting("a", 1)
    assert {path.name: path.read_bytes() for path in archive.iterdir()} == before
    closed = sqlite3.OperationalError("unable to open database file")
    monkeypatch.setattr("core.project.connection.os.access", lambda path, mode: allowed(path, mode) and mode != os.R_OK)
    with monkeypatch.context() as refusing:
        refusing.setattr("core.project.connection.sqlite3.connect", Mock(side_effect=closed))
        one_sentence(here(capsys, "info", project, "--json"), "may not be read")
    monkeypatch.setattr("core.project.connection.os.access", allowed)
    (archive / "p.fieldbrush-wal").write_bytes(b"what another program has not brought in yet")
    one_sentence(here(capsys, "info", project, "--json"), "in use")
