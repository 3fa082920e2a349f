"""`fieldbrush models`: the kept models without the window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.learning.settings import TrainingSettings
from core.terminal.cli import main
from tests.core.projects import done, quiet
from tests.core.test_kept_models import QUICK, opened, painted_project


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two models."""
    project = painted_project(tmp_path_factory.mktemp("models") / "field", 6)
    with opened(project) as session:
        for seed in range(2):
            done(session, session.train(TrainingSettings(**{**vars(QUICK), "seed": seed})))
    return project


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command; (exit code, its JSON, what it said on standard error)."""

    def run(*arguments: object) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = main(["models", *map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out), err

    return run


def test_the_list_says_what_each_is_worth(trained: Path, said: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, found, _ = said(trained)
    newest, older = found["models"]
    assert (newest["model"], older["model"]) == (2, 1)
    assert (newest["in use"], older["in use"]) == (True, False)
    with opened(trained) as session:
        kept = session.models.kept()
    for entry, model in zip(found["models"], kept, strict=True):
        assert model.card.scores is not None
        assert entry["mean_iou"] == pytest.approx(model.card.scores.mean_iou, abs=1e-4)
        assert entry["tiles"] == len(model.card.training_tiles) > 0
        assert entry["validation_tiles"] == model.card.scores.tile_count > 0
        assert entry["made"] == model.made_utc
    assert main(["models", str(trained)]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert ["in use" in line for line in lines] == [True, False]
    assert all(f"mean IoU {entry['mean_iou']:.2f}" in line for entry, line in zip(found["models"], lines, strict=True))


def test_two_are_compared_in_the_order_given(trained: Path, said: Any) -> None:
    _, found, err = said(trained, "--compare", 2, 1)
    assert found["models"] == [2, 1]
    (first, *_), (second, *_) = found["mean_iou"]
    assert found["mean_gain"][0] == pytest.approx(second - first, abs=2e-4)
    assert set(found["iou"]) == set(found["gain"]) == {"healthy", "unhealthy"}
    assert len(found["differing"]) == 6
    assert "Too few tiles to tell which is better." in err
    code, found, _ = said(trained, "--compare", 1, 77)
    assert (code, found["error"]) == (1, "Model 77 is not kept any more. Choose another one.")


def test_going_back_stays_so(trained: Path, said: Any) -> None:
    assert said(trained, "--use", 1)[:2] == (0, {"model": 1})
    assert [model["in use"] for model in said(trained)[1]["models"]] == [False, True]
    with opened(trained) as session:
        quiet(session)
        assert session.forecasts.model is not None
        assert session.forecasts.model.card.version == 1
    assert said(trained, "--use", 2)[0] == 0
    assert said(trained, "--use", 5)[0] == 1


def test_out_into_a_file_and_into_another_project(trained: Path, said: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.safetensors"
    for _ in range(2):  # it may take the place of an older one of ours
        assert said(trained, "--export", 1, file)[1] == {"written": [str(file), str(file.with_suffix(".md"))]}
    other = painted_project(tmp_path / "other", 3)
    assert said(other)[1] == {"models": []}
    assert said(other, "--import", file)[:2] == (0, {"model": 1})
    (model,) = said(other)[1]["models"]
    assert model["in use"]
    assert model["mean_iou"] is None, "its score was another project's"
    code, found, _ = said(other, "--import", tmp_path / "none.safetensors")
    assert code == 1
    assert "none.safetensors could not be read" in found["error"]


@pytest.mark.parametrize("name", ["README.md", "README.safetensors"])
def test_a_file_of_the_user_s_is_left_alone(trained: Path, said: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("my notes")
    code, found, _ = said(trained, "--export", 1, tmp_path / "README")
    assert code == 1
    assert name in found["error"]
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(name, "my notes")]


@pytest.mark.parametrize(
    "arguments",
    [["--use", "0"], ["--use", "1", "--compare", "1", "2"], ["--export", "first", "x"], ["--export", "1"], ["--use"]],
)
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["models", "p", *arguments])
