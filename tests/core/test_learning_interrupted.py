"""A training that is killed: the same one goes on from where it was, another starts anew, and none looks finished."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.jobs import Job, JobContext, JobState, Worker
from core.labels.mask import encode_plane
from core.labels.snapshot import StoredMask
from core.learning import judging, runtime, training
from core.learning.acceleration import Phase, Plan, remember
from core.learning.interrupted import Interrupted, RunFile, forget_run
from core.learning.progress import Clock
from core.learning.settings import TrainingSettings
from core.learning.training import TrainingResult, train
from core.learning.unet import build_unet
from core.tasks import run_path_of, train_model
from core.text import text
from tests.core.learning_data import NAMES, Field, result_of, run_job
from tests.core.projects import Unwatched, start_python

SETTINGS = TrainingSettings(max_steps=9, batch_size=1, crop_px=64, threads=1)

_TRAIN = """
import sys
from pathlib import Path
from tests.core.test_learning_interrupted import NAMES, SETTINGS, Field, settle, train
from tests.core.projects import Unwatched

class Told(Unwatched):
    def report(self, done, total, detail=None):
        print("step", len(detail.points), flush=True)

settle()
field = Field(Path(sys.argv[1]), tiles=2)
train(field.snapshot(), field.reader, NAMES, SETTINGS, Told(), None, Path(sys.argv[2]))
"""


def settle() -> None:
    """Keep the run after every step, and measure no speed."""
    training.KEEP_EVERY_S = 0.0
    runtime.configure(1)
    for phase in Phase:
        remember(phase, 1, Plan())


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "KEEP_EVERY_S", 0.0)
    settle()


def _train(field: Field, settings: TrainingSettings, path: Path) -> tuple[TrainingResult, list[str]]:
    """The result, and the stages it went through."""
    stages: list[str] = []

    def work(context: JobContext) -> TrainingResult:
        report = context.report

        def listen(done: float, total: float, detail: Any = None) -> None:
            stages.append(str(detail.stage))
            report(done, total, detail)

        context.report = listen  # type: ignore[method-assign]
        return train(field.snapshot(), field.reader, NAMES, settings, context, None, path)

    return result_of(run_job(work)), stages


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_training_takes_only_the_steps_that_were_left(tmp_path: Path) -> None:
    kept = tmp_path / "cache" / "run.safetensors"
    process = start_python(_TRAIN, tmp_path, kept)
    assert process.stdout is not None
    while "step 4" not in (line := process.stdout.readline()):
        assert line, process.stderr and process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=300)
    assert kept.is_file()
    left_behind, field = kept.read_bytes(), Field(tmp_path, tiles=2)
    other, stages = _train(field, TrainingSettings(max_steps=2, batch_size=1, crop_px=64, threads=1), kept)
    assert "Going on with the training that was interrupted" not in stages, "other settings: another training"
    assert [point.step for point in other.points] == [1, 2]
    kept.write_bytes(left_behind)
    same, stages = _train(field, SETTINGS, kept)
    assert "Going on with the training that was interrupted" in stages
    steps = [point.step for point in same.points]
    assert steps == list(range(steps[0], 10))
    assert 4 <= steps[0] <= 9


def test_a_kill_after_the_last_step_costs_one_step(tmp_path: Path) -> None:
    """While it is scored, say: `train` itself leaves the file where it is."""
    field, kept = Field(tmp_path, tiles=2), tmp_path / "run.safetensors"
    _train(field, SETTINGS, kept)
    again, stages = _train(field, SETTINGS, kept)
    assert "Going on with the training that was interrupted" in stages
    assert [point.step for point in again.points] == [9]


def test_a_round_that_was_killed_does_not_end_with_less_than_it_began_with_either(tmp_path: Path) -> None:
    field, kept = Field(tmp_path, tiles=6), tmp_path / "run.safetensors"

    def run(settings: TrainingSettings, before: TrainingResult | None = None) -> TrainingResult:
        earlier = before.model if before is not None else None
        return train(field.snapshot(), field.reader, NAMES, settings, Unwatched(), earlier, kept if before else None)

    first = run(replace(SETTINGS, max_steps=12, batch_size=4))
    spoiling = replace(SETTINGS, max_steps=6, batch_size=2, learning_rate=1.0)
    run(spoiling, first)
    assert kept.exists(), "as a kill after the last step leaves it"
    again = run(spoiling, first)
    assert again.points[0].step == 6
    state, before = again.model.module.state_dict(), first.model.module.state_dict()
    assert all(runtime.load_torch().equal(state[name], before[name]) for name in before)


def _start(worker: Worker, field: Field, project: Path) -> Job[Any]:
    """As the Session does it, a training that would take hours; it has taken steps when this returns."""
    stored = [
        StoredMask(tile.ref, encode_plane(tile.labels), encode_plane(tile.provenance))
        for tile in field.snapshot().tiles
    ]
    settings = TrainingSettings(max_steps=100_000, batch_size=1, crop_px=64, threads=1)
    work = partial(train_model, stored, (1, 2), frozenset(), NAMES, field.reader, settings, 1, lambda: None, project)
    job = worker.submit(text("test"), work)
    while not run_path_of(project).exists():
        assert not job.wait(0.01), job.error
    return job


def test_a_cancelled_training_is_forgotten_and_one_that_the_programs_end_stopped_is_not(tmp_path: Path) -> None:
    field, project = Field(tmp_path, tiles=2), tmp_path / "a.fieldbrush"
    path, other = run_path_of(project), run_path_of(tmp_path / "b.fieldbrush")
    assert path != other
    worker = Worker("test")
    try:
        job = _start(worker, field, project)
        job.cancel()
        assert job.wait(60)
        assert not path.exists()
        job = _start(worker, field, project)
    finally:
        worker.close()
    assert job.state is JobState.CANCELLED
    assert path.exists()


def test_a_training_is_still_there_when_the_program_ends_again_while_its_rival_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, project, begun = Field(tmp_path, tiles=6), tmp_path / "a.fieldbrush", threading.Event()

    def measure(*others: Any) -> None:
        begun.set()
        check = others[4]
        while True:
            check()

    for interrupted in (False, True):
        worker = Worker("test")
        try:
            if interrupted:
                monkeypatch.setattr(judging, "measure_rival", measure)
            job = _start(worker, field, project)
            assert not interrupted or begun.wait(60), job.error
        finally:
            worker.close()
        assert job.state is JobState.CANCELLED
        assert run_path_of(project).exists()


def left(weights: Mapping[str, Any]) -> Interrupted:
    average = {name: value.clone() for name, value in weights.items()}
    return Interrupted(30, 0.4, {"raw": weights, "average": average, "moments": {}, "best": {}}, {"batch_size": 2})


def test_what_an_earlier_program_kept_counts_as_nothing(tmp_path: Path) -> None:
    """It had the averaged weights alone: from there it would be another training."""
    from safetensors.torch import save_file

    weights = build_unet(("red", "green", "blue"), 2, pretrained=False).state_dict()
    told = json.dumps({"key": "one", "step": 30, "done": 0.4})
    save_file(weights, tmp_path / "run.safetensors", {"fieldbrush-interrupted-training-1": told})
    assert RunFile(tmp_path / "run.safetensors", "one").read(weights) is None


class _Stopped(Exception):
    pass


@pytest.mark.parametrize(
    ("stop_at", "plan", "ends_early"),
    [
        (3, Plan(), False),
        (7, Plan(), False),
        (7, Plan(channels_last=True), False),
        (13, Plan(), True),
        (28, Plan(), True),
    ],
)
def test_a_training_that_was_stopped_ends_with_the_weights_of_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int, plan: Plan, ends_early: bool
) -> None:
    """Before and after the first of its checkpoints; in both memory layouts, for the moments go side by side with the
    weights; and one that ends early, before and after that is decided."""
    field, kept = Field(tmp_path, tiles=6), tmp_path / "run.safetensors"
    for phase in Phase:
        remember(phase, 1, plan)
    learn = training.TrainingRun._learn

    def run(stops: bool, path: Path | None) -> TrainingResult:
        def steps(this: Any, batch: Any) -> None:
            if stops and this.clock.step == stop_at:
                raise _Stopped
            learn(this, batch)

        monkeypatch.setattr(training.TrainingRun, "_learn", steps)
        return train(field.snapshot(), field.reader, NAMES, settings, Unwatched(), None, path)

    settings = replace(SETTINGS, max_steps=40 if ends_early else 10, batch_size=1 if ends_early else 2)
    monkeypatch.setattr(training, "LONG_STEPS", 40)
    monkeypatch.setattr(training, "has_levelled_off", lambda scores: len(scores) == 8)
    straight = run(False, None)
    assert straight.points[-1].step == (30 if ends_early else 10)
    with pytest.raises(_Stopped):
        run(True, kept)
    resumed = run(False, kept)
    assert resumed.points[0].step == stop_at + 1
    assert [p.loss for p in resumed.points] == [p.loss for p in straight.points][stop_at:]
    state, other = straight.model.module.state_dict(), resumed.model.module.state_dict()
    assert all(runtime.load_torch().equal(state[name], other[name]) for name in state)
    assert resumed.judged.scores == straight.judged.scores


def test_a_slow_disk_is_written_to_more_seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a made-up clock: a step takes a second, and it takes six to write what is kept."""
    field, passed_s, written = Field(tmp_path, tiles=2), 0.0, 0

    def learn(*_: Any) -> None:
        nonlocal passed_s
        passed_s += 1.0

    def write(*_: Any) -> None:
        nonlocal passed_s, written
        passed_s, written = passed_s + 6.0, written + 1

    monkeypatch.setattr(training.TrainingRun, "_learn", learn)
    monkeypatch.setattr(RunFile, "write", write)
    monkeypatch.setattr(training, "KEEP_EVERY_S", 20.0)
    monkeypatch.setattr(training, "Clock", lambda settings, context: Clock(settings, context, lambda: passed_s))
    settings = replace(SETTINGS, max_steps=500, crop_px=32)
    train(field.snapshot(), field.reader, NAMES, settings, Unwatched(), None, tmp_path / "run")
    assert written >= 2
    assert 6.0 * written <= 0.03 * passed_s + 6.0


def test_only_what_fits_is_gone_on_from(tmp_path: Path) -> None:
    weights = build_unet(("red", "green", "blue"), 2, pretrained=False).state_dict()
    path = tmp_path / "run.safetensors"
    assert RunFile(path, "one").read(weights) is None
    RunFile(path, "one").write(left(weights))
    found = RunFile(path, "one").read(weights)
    assert found is not None
    assert (found.step, found.done) == (30, 0.4)
    assert all((found.tensors["raw"][name] == value).all() for name, value in weights.items())
    assert found.more == {"batch_size": 2}
    assert RunFile(path, "two").read(weights) is None, "of another training"
    other = build_unet(("red", "green", "blue"), 3, pretrained=False).state_dict()
    assert RunFile(path, "one").read(other) is None, "of another network"
    broken = {**weights, "segmentation_head.0.bias": weights["segmentation_head.0.bias"] * float("nan")}
    RunFile(path, "one").write(left(broken))
    assert RunFile(path, "one").read(weights) is None, "not numbers"
    RunFile(path, "one").write(left(weights))
    path.write_bytes(path.read_bytes()[:-1000])
    assert RunFile(path, "one").read(weights) is None, "cut short"
    torn, written = (path.with_name(f".{name}.partial.safetensors") for name in ("torn", "being written"))
    for each in (torn, written):
        each.touch()
    os.utime(torn, (0, 0))
    forget_run(path)
    assert list(tmp_path.iterdir()) == [written], "the other is of a program that was killed long ago"


def test_a_clock_goes_on_with_what_is_left_of_the_time() -> None:
    now = [100.0]
    context: Any = Unwatched()
    clock = Clock(TrainingSettings(time_budget_s=60.0), context, lambda: now[0])
    clock.go_on(40, 0.5)
    clock.reserve_s = 0.0
    clock.start_steps()
    assert (clock.step, clock.progress) == (40, 0.5)
    now[0] += 15.0
    assert clock.progress == pytest.approx(0.75)
    now[0] += 15.0
    assert clock.progress == 1.0
