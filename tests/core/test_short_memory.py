"""Too little memory: the work goes on in smaller parts, or ends with one clear sentence, and nothing is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.labels.mask import encode_plane
from core.labels.snapshot import StoredMask
from core.learning import judging, prediction, runtime, training
from core.learning.acceleration import Phase, Plan, remember
from core.learning.prediction import tile_logits
from core.learning.settings import TrainingSettings
from core.memory import MemoryShortage
from core.selection import encoder_features
from core.selection.encoder_features import EncoderFeatures
from core.session import Session
from core.tasks import run_path_of, train_model
from core.terminal import cli
from tests.core.learning_data import NAMES, Field, run_job
from tests.core.projects import done, make_project, start_python, write_scene

torch = runtime.load_torch()
_CUDA = RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")


@pytest.fixture(autouse=True)
def _no_probe() -> None:
    runtime.configure(1)
    for phase in Phase:
        remember(phase, 1, Plan())


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(192, 416), (330, 290), (96, 640)])
def test_halves_of_a_window_join_without_a_seam(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], stride: int
) -> None:
    """A network that sees 5 px around itself, with maps of that stride, in memory for some windows only."""
    convolution = torch.nn.Conv2d(1, 2, 11, padding=5, padding_mode="replicate")
    module = torch.nn.Sequential(convolution, torch.nn.AvgPool2d(stride)).eval()
    values = np.random.default_rng(0).random((1, *size), np.float32)
    whole = tile_logits(module, values, 16, Plan(), torch.device("cpu"), stride)
    real, windows = prediction._logits_at_once, []

    def short(network: Any, window: Any, *others: Any) -> Any:
        windows.append(window.shape[1:])
        if window.size > 40_000:
            raise _CUDA
        return real(network, window, *others)

    monkeypatch.setattr(prediction, "_logits_at_once", short)
    parts = tile_logits(module, values, 16, Plan(), torch.device("cpu"), stride)
    assert len(windows) > 2
    assert torch.allclose(parts, whole, atol=1e-5)


_STARVED = """
import resource
import numpy as np
from core.learning import runtime
from core.memory import MemoryShortage
from core.learning.acceleration import Plan
from core.learning.prediction import window_shares
from core.learning.unet import build_unet

device, _ = runtime.load_torch().device("cpu"), runtime.configure(1)
module = build_unet(("red", "green", "blue"), 3, pretrained=False).eval()
values = np.random.default_rng(0).random((3, 576, 576), np.float32)
window_shares(module, values[:, :64, :64], 1.0, Plan(), device)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for megabytes in (300, 110, 60, 4):
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 2**20, resource.RLIM_INFINITY))
    try:
        print("done", *window_shares(module, values, 1.0, Plan(), device).shape)
    except MemoryShortage as error:
        print(error)
    runtime.release_memory(device)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of memory")
def test_a_window_in_too_little_real_memory_is_computed_or_ends_with_a_sentence() -> None:
    said, errors = start_python(_STARVED).communicate(timeout=300)
    lines = said.splitlines()
    assert len(lines) == 4, errors
    assert lines[0] == "done 3 576 576"
    assert lines[-1].startswith("There is too little memory. Close other programs")
    assert set(lines) == {lines[0], lines[-1]}, "nothing else can happen in between"


def test_tiles_that_cannot_be_embedded_together_are_embedded_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = Field(tmp_path, tiles=3)
    tiles = [field.reader.read(ref) for ref in field.refs]
    features = EncoderFeatures(field.reader.roles)
    expected = features(tiles)
    real, most = features._pooled, 1

    def short(values: Any, valid: Any) -> Any:
        if len(values) > most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return real(values, valid)

    monkeypatch.setattr(features, "_pooled", short)
    assert np.allclose(features(tiles), expected, atol=1e-4)
    most = 0
    with pytest.raises(MemoryShortage):
        features(tiles)


@pytest.fixture
def session(tmp_path: Path) -> Any:
    opened = Session.open(make_project(tmp_path, [write_scene(tmp_path / "a.tif")]))
    yield opened
    opened.close()


@pytest.mark.parametrize("failure", [MemoryError(), _CUDA])
def test_a_job_without_memory_ends_with_one_sentence(
    session: Session, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    monkeypatch.setattr(encoder_features.EncoderFeatures, "__init__", _raising(failure))
    with pytest.raises(MemoryShortage, match=r"^There is too little memory\. Close other programs"):
        done(session, session.embed())


@pytest.mark.parametrize("failure", [MemoryError(), _CUDA])
def test_a_command_without_memory_says_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    monkeypatch.setitem(cli._RUN, "info", _raising(failure))
    assert cli.main(["info", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("fieldbrush: There is too little memory. Close other programs")


def test_a_training_that_finds_no_memory_for_its_scores_can_be_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, project = Field(tmp_path, tiles=6), tmp_path / "a.fieldbrush"
    stored = [
        StoredMask(tile.ref, encode_plane(tile.labels), encode_plane(tile.provenance))
        for tile in field.snapshot().tiles
    ]
    settings = TrainingSettings(max_steps=4, batch_size=1, crop_px=64, threads=1)
    monkeypatch.setattr(training, "KEEP_EVERY_S", 0.0)

    def run() -> Any:
        return run_job(
            lambda c: train_model(
                stored, (1, 2), frozenset(), NAMES, field.reader, settings, 1, lambda: None, project, c
            )
        )

    with monkeypatch.context() as short:
        short.setattr(judging, "evaluate", _raising(_CUDA))
        failed = run()
    assert isinstance(failed.error, MemoryShortage)
    assert run_path_of(project).exists()
    result, _ = run().result
    assert result.points[0].step > 1


def _raising(failure: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise failure

    return fail
