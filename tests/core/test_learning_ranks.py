"""Two real processes that train one network: gradients are averaged, and both end with the same weights."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from core.errors import LearningError
from core.jobs import JobContext, Unwatched
from core.learning import runtime
from core.learning.acceleration import Phase, Plan, remember
from core.learning.ranks import ALONE, Ranks, ranks_of
from core.learning.settings import TrainingSettings
from core.learning.training import Request, TrainingRun, train
from tests.core.learning_data import NAMES, Field, result_of, run_job

torch = runtime.load_torch()
SETTINGS = TrainingSettings(max_steps=3, batch_size=1, crop_px=64, threads=1, processes=2)


def _trained(folder: Path, ranks: Ranks) -> dict[str, torch.Tensor]:
    """The weights and running averages after the steps of one of the processes."""
    runtime.configure(1)
    for phase in Phase:
        remember(phase, 1, Plan())
    own = folder / str(ranks.number)  # two processes must not write one file at once
    own.mkdir(exist_ok=True)
    field = Field(own, tiles=2)
    run = TrainingRun(Request(field.snapshot(), field.reader, NAMES, (1, 2), SETTINGS), Unwatched(), ranks)
    run.follow()
    parameters = {name: value.detach().contiguous() for name, value in run.module.named_parameters()}
    buffers = {name: value.contiguous() for name, value in run.module.named_buffers()}
    return parameters | buffers


def _mean_gradient(ranks: Ranks) -> list[float]:
    weight = torch.nn.Parameter(torch.zeros(2))
    weight.grad = torch.tensor([1.0, 10.0]) * (ranks.number + 1)
    ranks.average_gradients([weight, torch.nn.Parameter(torch.zeros(1))])
    return list(weight.grad.tolist())


def _follow(ranks: Ranks, folder: Path) -> None:
    assert ranks.agreed(0.9) == 0.25, "what the leader says"
    assert _mean_gradient(ranks) == [1.5, 15.0]
    save_file(_trained(folder, ranks), folder / "follower.safetensors")


def test_two_processes_train_one_network(tmp_path: Path) -> None:
    with ranks_of(2, _follow, tmp_path) as ranks:
        assert ranks == Ranks(0, 2)
        assert ranks.agreed(0.25) == 0.25
        assert _mean_gradient(ranks) == [1.5, 15.0]
        leader = _trained(tmp_path, ranks)
    follower = load_file(tmp_path / "follower.safetensors")
    alone = _trained(tmp_path, ALONE)
    trainable = [name for name in leader if "running_" not in name and "num_batches" not in name]
    assert all(torch.equal(leader[name], follower[name]) for name in trainable), "the same network"
    assert any(not torch.equal(leader[name], alone[name]) for name in trainable), "learned from both"
    seen = "decoder.blocks.0.conv1.1.running_mean"
    assert not np.allclose(leader[seen], follower[seen]), "from crops of their own"


def _with_own_plan(ranks: Ranks, folder: Path) -> None:
    """A process takes the leader's plan, whatever its own card can do."""
    runtime.configure(1)
    remember(Phase.TRAIN, 1, Plan(autocast=True, half=ranks.number == 1))
    own = folder / str(ranks.number)
    own.mkdir()
    field = Field(own, tiles=2)
    run = TrainingRun(Request(field.snapshot(), field.reader, NAMES, (1, 2), SETTINGS), Unwatched(), ranks)
    run.held_out = ()
    run.prepare()
    assert run.plan == Plan(autocast=True)
    assert ranks.agreed(0.5) == 0.5


def test_processes_compute_in_one_precision(tmp_path: Path) -> None:
    with ranks_of(2, _with_own_plan, tmp_path) as ranks:
        _with_own_plan(ranks, tmp_path)


def _vanish(ranks: Ranks, request: None) -> None:
    os._exit(1)


def test_a_process_that_vanishes_ends_the_training_with_a_sentence() -> None:
    with pytest.raises(LearningError, match="has ended"), ranks_of(2, _vanish, None) as ranks:
        ranks.agreed(0.0)


def test_a_training_with_two_processes_gives_a_model(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=2)

    runtime.configure(1)
    remember(Phase.TRAIN, 1, Plan())

    def work(context: JobContext) -> object:
        return train(field.snapshot(), field.reader, NAMES, SETTINGS, context)

    result = result_of(run_job(work))
    assert [point.step for point in result.points] == [1, 2, 3]
    assert not torch.distributed.is_initialized()
