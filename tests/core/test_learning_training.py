"""Training: what is learned, what never is, and how a run ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from core.errors import LearningError
from core.jobs import JobContext, JobState, Unwatched
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning import acceleration, judging, runtime, stepper, training
from core.learning.acceleration import Phase, Plan
from core.learning.calibration import UNSURE_TEMPERATURE, calibration_of, fit_temperature, tile_worth
from core.learning.dataset import CONTEXT_PX, UNTRAINED, CropSampler, TileMemory, prepare
from core.learning.hold_out import hold_out
from core.learning.judging import Candidate, can_judge, few_of
from core.learning.levelling import has_levelled_off
from core.learning.loss import segmentation_loss
from core.learning.metrics import confusion
from core.learning.model import ModelCard
from core.learning.model_files import card_markdown
from core.learning.pixel_classifier import ClassifierTrainer
from core.learning.prediction import predict_tile
from core.learning.progress import Clock, TrainingReport
from core.learning.settings import TrainingSettings
from core.learning.training import TrainingResult, train
from core.learning.unet import last_layer
from core.memory import MemoryShortage
from tests.core.learning_data import NAMES, Field, result_of, run_job
from tests.core.projects import start_python

torch = runtime.load_torch()
QUICK = TrainingSettings(max_steps=3, crop_px=64, batch_size=2, threads=1)


@pytest.fixture(autouse=True)
def _no_probe() -> Iterator[None]:
    """Plain float32 in these tests, so that they do not depend on what is fastest here."""
    known = dict(acceleration._known)
    for phase in Phase:
        acceleration.remember(phase, 1, Plan())
    yield
    acceleration._known.clear()
    acceleration._known.update(known)


def _train(snapshot: Snapshot, field: Field, settings: TrainingSettings = QUICK, **more: object) -> TrainingResult:
    job = run_job(lambda context: train(snapshot, field.reader, NAMES, settings, context, **more))  # type: ignore[arg-type]
    return result_of(job)


def test_a_short_run_learns_to_tell_textures_apart(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=4)
    known = Snapshot(tuple(field.tile(number) for number in range(3)), (1, 2, 3))
    result = _train(known, field, replace(QUICK, max_steps=30, batch_size=4))
    prediction = predict_tile(result.model, field.reader, field.refs[3])
    right = confusion(field.tile(3).labels, prediction.classes, (1, 2)).trace() / prediction.classes.size
    assert right > 0.85
    assert result.points[-1].loss < 0.6 * result.points[0].loss
    assert result.model.card.class_values == (1, 2), "a class that nobody painted is left out"
    assert result.model.card.training_tiles == (100, 101, 102)
    assert result.judged.scores is None, "three tiles are too few to hold any out"
    squares = last_layer(result.model.module).weight.unflatten(0, (2, 4))
    assert (squares - squares[:, :1]).abs().max() > 1e-3, "the four pixels of a square have learned each their own"


def test_ignored_and_unlabeled_pixels_have_no_influence_on_loss_and_gradients() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 3, 16, 16, generator=generator)
    targets = torch.randint(0, 3, (2, 16, 16), generator=generator)
    weights = (torch.rand(2, 16, 16, generator=generator) > 0.5).float()
    changed_logits = torch.where(
        weights.bool().unsqueeze(1), logits, 40 * torch.randn(2, 3, 16, 16, generator=generator)
    )
    changed_targets = torch.where(weights.bool(), targets, UNTRAINED)
    outcomes = []
    for these, those in ((logits, targets), (changed_logits, changed_targets)):
        leaf = these.clone().requires_grad_(True)
        loss = segmentation_loss(leaf, those, weights, torch.ones(3))
        loss.backward()
        outcomes.append((loss.detach(), leaf.grad))
    (loss, gradient), (other_loss, other_gradient) = outcomes
    trained = weights.bool().unsqueeze(1).expand_as(gradient)
    assert torch.equal(loss, other_loss)
    assert torch.equal(gradient[trained], other_gradient[trained])
    assert not other_gradient[~trained].any()


def test_a_batch_without_labels_has_no_loss_and_no_gradient() -> None:
    leaf = torch.randn(1, 2, 8, 8).requires_grad_(True)
    loss = segmentation_loss(leaf, torch.full((1, 8, 8), UNTRAINED), torch.zeros(1, 8, 8), torch.ones(2))
    loss.backward()
    assert loss.item() == 0.0
    assert not leaf.grad.any()


def test_what_is_not_painted_changes_nothing_in_the_trained_model(tmp_path: Path) -> None:
    """Unlabeled against ignore: two masks that mean the same to training give the same weights, bit by bit."""
    field = Field(tmp_path, tiles=2)
    states = []
    for unpainted in (0, 255):
        labels = field.tile(0).labels
        labels[:, 40:] = unpainted
        states.append(_train(Snapshot((field.tile(0, labels), field.tile(1)), (1, 2)), field).model.module.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_only_painted_valid_pixels_of_known_classes_become_targets(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1, nodata_columns=16)
    labels = np.full((64, 64), 2, np.uint8)
    labels[:10], labels[10:20], labels[20:30] = 0, 255, 7
    provenance = np.full((64, 64), Provenance.DRAWN, np.uint8)
    provenance[40:] = Provenance.ACCEPTED
    tile = prepare(LabeledTile(field.refs[0], labels, provenance), field.reader, (1, 2))
    inside = tile.targets[CONTEXT_PX:-CONTEXT_PX, CONTEXT_PX:-CONTEXT_PX]
    assert (inside[30:, :48] == 1).all()
    assert (inside[:30] == UNTRAINED).all()
    assert (inside[:, 48:] == UNTRAINED).all(), "nodata is never trained on, whatever the mask says"
    assert (tile.targets != UNTRAINED).sum() == (inside != UNTRAINED).sum(), "nor is anything outside the tile"
    assert ((tile.weights > 0) == (tile.targets != UNTRAINED)).all()
    weights = tile.weights[CONTEXT_PX:-CONTEXT_PX, CONTEXT_PX:-CONTEXT_PX]
    assert set(np.unique(weights[30:40, :48])) == {100}
    assert set(np.unique(weights[40:, :48])) == {50}, "accepted predictions weigh half"


def test_a_rare_class_comes_up_in_the_crops(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=6)
    tiles = [field.tile(number, np.ones((64, 64), np.uint8)) for number in range(6)]
    rare = tiles[4].labels
    rare[5:8, 50:55] = 2
    tiles[4] = field.tile(4, rare)
    memory = TileMemory(tiles, field.reader, (1, 2))
    sampler = CropSampler(memory, 32, np.random.default_rng(0))
    batch = sampler.batch(60)
    share = np.mean([(crop == 1).any() for crop in batch.targets])
    assert batch.values.shape == (60, 3, 32, 32)
    assert share > 0.08, f"{share:.0%} of the crops, although it covers 0.06 % of the paint"


def test_memory_holds_as_many_tiles_as_it_may(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=5)
    one = prepare(field.tile(0), field.reader, (1, 2)).byte_count
    memory = TileMemory([field.tile(number) for number in range(5)], field.reader, (1, 2), limit_bytes=2 * one)
    first = memory[0]
    for number in (1, 2, 3, 4):
        memory[number]
    assert len(memory._held) == 2
    assert memory[0] is not first
    assert np.array_equal(memory[0].values, first.values)


@pytest.mark.parametrize("bands", [1, 2, 4, 10])
def test_any_number_of_bands(tmp_path: Path, bands: int) -> None:
    field = Field(tmp_path, tiles=2, bands=bands)
    result = _train(field.snapshot(), field, replace(QUICK, max_steps=1))
    prediction = predict_tile(result.model, field.reader, field.refs[0])
    assert result.model.card.roles == field.reader.roles
    assert set(np.unique(prediction.classes)) <= {1, 2}


def test_missing_classes_are_named(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=2)
    only_healthy = field.tile(0, np.ones((64, 64), np.uint8))
    with pytest.raises(LearningError, match=r"“unhealthy”") as caught:
        _train(Snapshot((only_healthy,), (1, 2)), field)
    assert "“healthy”" not in str(caught.value)
    with pytest.raises(LearningError, match=r"“healthy”, “unhealthy”"):
        _train(Snapshot((), (1, 2)), field)


def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=2)
    first, again, other = (_train(field.snapshot(), field, replace(QUICK, seed=seed)) for seed in (3, 3, 4))
    states = [result.model.module.state_dict() for result in (first, again, other)]
    assert [point.loss for point in first.points] == [point.loss for point in again.points]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert any(not torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_a_cancelled_run_ends_within_a_step(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=2)
    steps_at_cancel = []

    def work(context: JobContext) -> TrainingResult:
        report = context.report

        def cancel_at_step_three(done: float, total: float, detail: TrainingReport) -> None:
            report(done, total, detail)
            if len(detail.points) >= 3 and not steps_at_cancel:
                steps_at_cancel.append(detail.points[-1].step)
                context._job.cancel()

        context.report = cancel_at_step_three  # type: ignore[method-assign]
        return train(field.snapshot(), field.reader, NAMES, replace(QUICK, max_steps=10_000), context)

    job = run_job(work)
    assert job.state is JobState.CANCELLED
    assert job.result is None
    assert job.progress.detail.points[-1].step <= steps_at_cancel[0] + 1


def test_the_time_budget_is_kept_and_progress_reported(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=6)
    details: list[object] = []

    def work(context: JobContext) -> TrainingResult:
        report = context.report

        def listen(done: float, total: float, detail: object = None) -> None:
            details.append((done, total, detail))
            report(done, total, detail)

        context.report = listen  # type: ignore[method-assign]
        return train(field.snapshot(), field.reader, NAMES, replace(QUICK, max_steps=0, time_budget_s=4.0), context)

    result = result_of(run_job(work))
    end_s = max(4.0, result.points[0].elapsed_s + 2.0)  # half of the time is for steps, however long it took to begin
    assert all(point.elapsed_s < end_s for point in result.points[:-1]), "no step begins after the end"
    assert result.points[-1].elapsed_s > 2.0, "what scoring leaves of the time is used, half of it at least"
    done, total, detail = details[-1]  # type: ignore[misc]
    assert (done, total) == (4.0, 4.0)
    assert isinstance(detail, TrainingReport)
    assert str(detail.stage) == "Trained"
    assert [point.step for point in result.points] == sorted(point.step for point in result.points)
    assert result.judged.scores is not None
    assert result.points[-1].validation_iou == pytest.approx(result.judged.scores.mean_iou)
    assert result.judged.scores.tile_count == len(result.model.card.validation_tiles) == 1
    assert not set(result.model.card.validation_tiles) & set(result.model.card.training_tiles)


@pytest.mark.parametrize("seconds", [20.0, 60.0])
def test_scores_and_the_rival_take_their_time_from_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """On a made-up clock: 0.3 s a step and for each of the rival's forests, half a second for a Tile's scores."""
    field = Field(tmp_path, tiles=35)
    passed_s = 0.0

    def slow(place: object, name: str, takes_s: float) -> None:
        real = getattr(place, name)

        def slowly(*given: object, **named: object) -> object:
            nonlocal passed_s
            passed_s += takes_s
            return real(*given, **named)

        monkeypatch.setattr(place, name, slowly)

    slow(training.TrainingRun, "_step", 0.3)
    slow(judging, "tile_logits", 0.5)
    slow(ClassifierTrainer, "train", 0.3)
    monkeypatch.setattr(training, "Clock", partial(Clock, now=lambda: passed_s))
    settings = replace(QUICK, max_steps=0, time_budget_s=seconds, crop_px=32, batch_size=1)
    result = _train(field.snapshot(), field, settings)
    assert result.judged.scores is not None
    assert len(result.model.card.validation_tiles) == 7
    assert result.judged.scores.tile_count == 6, "the seventh joins a tile that is learned from"
    assert 0.9 * seconds <= passed_s <= seconds + 0.5
    assert result.judged.classifier_is_ahead is not None


@pytest.mark.parametrize(
    ("steps", "tiles", "taken"), [(40, 6, 30), (40, 4, 40), (39, 6, 39)], ids=["long", "nothing held out", "short"]
)
def test_a_long_training_ends_when_the_score_no_longer_rises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int, tiles: int, taken: int
) -> None:
    """The eighth score is that of step 26; what is left goes by in four more, to the lowest rate."""
    monkeypatch.setattr(training, "LONG_STEPS", 40)
    monkeypatch.setattr(judging.Judge, "look", lambda _, stepper, **__: Candidate(0.5, weights(stepper), nothing))
    nothing, rates, learn = np.zeros(2, np.float32), [], stepper.Stepper.learn

    def weights(stepper):  # type: ignore[no-untyped-def]
        return stepper.average.module.state_dict()

    def noting(this, batch, rate):  # type: ignore[no-untyped-def]
        rates.append(rate)
        learn(this, batch, rate)

    monkeypatch.setattr(stepper.Stepper, "learn", noting)
    field = Field(tmp_path, tiles=tiles)
    result = _train(field.snapshot(), field, replace(QUICK, max_steps=steps, batch_size=1, crop_px=32))
    assert result.points[-1].step == len(rates) == taken
    assert rates[-1] < 0.1 * max(rates)
    card = result.model.card
    assert card.ended_after == (taken if taken < steps else 0)
    assert ModelCard.from_json(card.to_json()).ended_after == card.ended_after
    assert ("Stopped after 30 steps" in card_markdown(card)) == (taken < steps)


def test_a_score_has_levelled_off_when_it_rises_no_more_than_it_scatters() -> None:
    rising = [0.5, 0.55, 0.59, 0.62, 0.645, 0.665, 0.68, 0.69]
    assert not has_levelled_off(rising)
    assert not has_levelled_off([0.7] * 7), "too few to say"
    assert has_levelled_off([0.7] * 8)
    assert has_levelled_off([*rising, 0.7, 0.68, 0.71, 0.69, 0.695, 0.705, 0.69, 0.7])
    assert has_levelled_off(rising[::-1])
    rng = np.random.default_rng(0)
    steady = [0.5 + 0.01 * number + rng.normal(0, 0.005) for number in range(16)]
    assert not any(has_levelled_off(steady[:count]) for count in range(17)), "a rise in noise is still one"


def test_an_end_that_is_brought_forward_keeps_all_that_follows_progress() -> None:
    now = [0.0]
    clock = Clock(TrainingSettings(time_budget_s=200.0), Unwatched(), lambda: now[0])
    clock.reserve_s = 0.0
    clock.start_steps()
    now[0] = 120.0
    clock.bring_the_end_forward()
    assert clock.progress == pytest.approx(0.6)
    now[0] = 130.0
    assert clock.progress == pytest.approx(0.8)
    now[0] = 140.0
    assert clock.progress == pytest.approx(1.0)


def test_an_end_that_is_near_is_not_brought_forward() -> None:
    clock = Clock(TrainingSettings(max_steps=600), Unwatched())
    clock.step = 540
    clock.bring_the_end_forward()
    assert (clock.progress, clock.hurries_from) == (0.9, None)


def test_a_warm_start_goes_on_and_keeps_what_was_held_out(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=8)
    six = Snapshot(tuple(field.tile(number) for number in range(6)), (1, 2))
    first = _train(six, field, replace(QUICK, max_steps=12, batch_size=4))
    labels = field.tile(7).labels
    labels[:8, :8] = 3
    more = Snapshot((*six.tiles, field.tile(6), field.tile(7, labels)), (1, 2, 3))
    second = _train(more, field, QUICK, warm_start=first.model)
    assert second.model.card.version == 2
    assert second.model.card.class_values == (1, 2, 3)
    assert set(first.model.card.validation_tiles) <= set(second.model.card.validation_tiles)
    assert not set(second.model.card.validation_tiles) & set(second.model.card.training_tiles)
    assert second.points[0].loss < first.points[0].loss


def test_a_round_that_makes_it_worse_ends_with_the_model_before(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=7)
    six = Snapshot(tuple(field.tile(number) for number in range(6)), (1, 2))
    first = _train(six, field, replace(QUICK, max_steps=12, batch_size=4))
    learned = set(first.model.card.training_tiles)
    spoilt = _train(six, field, replace(QUICK, max_steps=6, learning_rate=1.0), warm_start=first.model)
    assert first.judged.scores is not None
    assert spoilt.judged.scores is not None
    assert spoilt.points[-2].loss > 2 * first.points[-1].loss, "it did get worse on the way"
    assert spoilt.judged.scores.mean_iou == first.judged.scores.mean_iou
    state, before = spoilt.model.module.state_dict(), first.model.module.state_dict()
    assert all(torch.equal(state[name], before[name]) for name in before)
    again = _train(field.snapshot(), field, replace(QUICK, max_steps=6, learning_rate=1.0), warm_start=spoilt.model)
    assert (first.model.card.same_as, spoilt.model.card.same_as, again.model.card.same_as) == (0, 1, 1)
    assert not set(again.model.card.training_tiles) - learned, "of the seventh Tile it has learned nothing"
    assert ModelCard.from_json(again.model.card.to_json()).same_as == 1
    assert "Its weights are those of model 1" in card_markdown(again.model.card)
    better = _train(field.snapshot(), field, replace(QUICK, max_steps=24, batch_size=4), warm_start=again.model)
    assert better.model.card.same_as == 0


@pytest.mark.parametrize("missing", [False, True])
def test_a_checkpoint_counts_as_what_its_shift_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    """Here all of it would become class 2, so that the model before is the best: unless class 2 is `missing` from the
    held-out Tile, which then cannot judge between the two."""
    field = Field(tmp_path, tiles=6)
    first = _train(field.snapshot(), field, replace(QUICK, max_steps=6, batch_size=4))
    (held_out,) = first.model.card.validation_tiles
    more = [
        field.tile(n, np.ones((64, 64), np.uint8)) if missing and field.refs[n].tile_id == held_out else field.tile(n)
        for n in range(6)
    ]
    monkeypatch.setattr(judging, "fit_shift", lambda *_: np.array([-50.0, 50.0], np.float32))
    settings = replace(QUICK, max_steps=12, batch_size=4)
    second = _train(Snapshot(tuple(more), (1, 2)), field, settings, warm_start=first.model)
    assert second.model.card.validation_tiles == (held_out,)
    assert second.points[-1].loss < first.points[-1].loss, "it did get better on the way"
    state, before = second.model.module.state_dict(), first.model.module.state_dict()
    assert all(torch.equal(state[name], before[name]) for name in before) is not missing


def test_a_quick_look_knows_every_class_that_is_held_out(tmp_path: Path) -> None:
    """The first Tiles alone may lack one, and then the model that never finds it looks best."""
    field = Field(tmp_path, tiles=4)
    ones = np.ones((64, 64), np.uint8)
    tiles = [field.tile(number, ones * (2 if number == 2 else 1)) for number in range(4)]
    assert few_of(tiles, (1, 2), 2 * 64 * 64) == (0, 1, 2)
    assert few_of(tiles, (1, 2), 10**9) == (0, 1, 2, 3)
    assert few_of(tiles[:2], (1, 2), 1) == (0,), "at least one; nobody has class 2"
    assert few_of((), (1, 2), 10**9) == ()
    assert can_judge([tiles[number] for number in few_of(tiles, (1, 2), 1)], (1, 2))
    assert not can_judge(tiles[:2], (1, 2))


def test_validation_never_takes_a_class_away(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=10)
    tiles = [field.tile(number) for number in range(10)]
    for number in range(10):
        tiles[number] = field.tile(number, np.full((64, 64), 1 if number else 2, np.uint8))
    chosen = hold_out(tiles, (1, 2))
    assert len(chosen) == 2
    assert 0 not in chosen, "the only tile with class 2"
    assert chosen == hold_out(tiles, (1, 2))
    assert hold_out(tiles[:4], (1, 2)) == ()
    assert set(hold_out(tiles, (1, 2), trained_before=range(100, 109))) <= {9}


def test_too_little_memory_halves_the_batch_then_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field = Field(tmp_path, tiles=2)
    sizes = []
    real = stepper.segmentation_loss

    def short_of_memory(logits, *others):  # type: ignore[no-untyped-def]
        sizes.append(len(logits))
        if len(logits) > limit:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")
        return real(logits, *others)

    monkeypatch.setattr(stepper, "segmentation_loss", short_of_memory)
    limit = 2
    result = _train(field.snapshot(), field, replace(QUICK, batch_size=4))
    assert sizes == [4, 2, 2, 2]
    assert len(result.points) == 3
    limit = 0
    with pytest.raises(MemoryShortage, match="too little memory"):
        _train(field.snapshot(), field, QUICK)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_loss_that_is_no_number_is_skipped_then_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """On a device that answers at once, and on one that steps do not wait for."""
    field = Field(tmp_path, tiles=2)
    real, calls = stepper.segmentation_loss, []

    def sometimes_nan(logits, *others):  # type: ignore[no-untyped-def]
        calls.append(1)
        loss = real(logits, *others)
        return loss * float("nan") if bad(len(calls)) else loss

    def bad(call: int) -> bool:
        return call == 2 or always

    if not at_once:
        monkeypatch.setattr(stepper, "_QUICK_TO_ANSWER", ())
    monkeypatch.setattr(stepper, "segmentation_loss", sometimes_nan)
    always = False
    result = _train(field.snapshot(), field)
    assert [point.step for point in result.points] == ([1, 3] if at_once else [3])
    assert all(torch.isfinite(value).all() for value in result.model.module.state_dict().values())
    always = True
    with pytest.raises(LearningError, match="no longer a number"):
        _train(field.snapshot(), field, replace(QUICK, max_steps=100))


def test_steps_that_nobody_waits_for_are_the_same_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graphics processor is asked how they went every so often, and at the end."""
    field, settings = Field(tmp_path, tiles=6), replace(QUICK, max_steps=20, batch_size=1)
    waited = _train(field.snapshot(), field, settings)
    monkeypatch.setattr(stepper, "_QUICK_TO_ANSWER", ())
    queued = _train(field.snapshot(), field, settings)
    states = [result.model.module.state_dict() for result in (waited, queued)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert len(queued.points) < len(waited.points)
    assert queued.points[-1].step == 20
    assert queued.judged.scores == waited.judged.scores


def test_half_precision_that_overflows_gives_way_to_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field, real, autocast = Field(tmp_path, tiles=2), stepper.logits_of, []

    def overflowing(module, values, plan):  # type: ignore[no-untyped-def]
        autocast.append(plan.autocast)
        return real(module, values, Plan()) * (float("inf") if plan.autocast else 1.0)

    acceleration.remember(Phase.TRAIN, 1, Plan(autocast=True))
    monkeypatch.setattr(stepper, "logits_of", overflowing)
    monkeypatch.setattr(stepper, "_QUICK_TO_ANSWER", ())
    result = _train(field.snapshot(), field, replace(QUICK, max_steps=40, batch_size=1, crop_px=32))
    assert autocast == [True] * stepper.STEPS_AT_ONCE + [False] * (40 - stepper.STEPS_AT_ONCE)
    assert all(torch.isfinite(value).all() for value in result.model.module.state_dict().values())


def test_a_graphics_processor_gets_more_crops_a_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field, sizes, real = Field(tmp_path, tiles=2), [], stepper.logits_of

    def noting(module, values, plan):  # type: ignore[no-untyped-def]
        sizes.append(len(values))
        return real(module, values, plan)

    monkeypatch.setattr(stepper, "logits_of", noting)
    _train(field.snapshot(), field, replace(QUICK, max_steps=1, batch_size=0))
    assert sizes == [stepper.crops_on(torch.device("cpu"))] == [2]
    assert stepper.crops_on(torch.device("cuda")) == stepper.crops_on(torch.device("mps")) > 2


def test_temperature_makes_overconfident_logits_honest() -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 1.5, (3, 4000)).astype(np.float32)
    shares = np.exp(honest) / np.exp(honest).sum(axis=0)
    targets = np.array([rng.choice(3, p=share / share.sum()) for share in shares.T.astype(float)], np.uint8)
    assert fit_temperature(3 * honest, targets, 40) == pytest.approx(3.0, rel=0.15)
    assert fit_temperature(np.zeros((3, 0), np.float32), np.zeros(0, np.uint8), 0) == UNSURE_TEMPERATURE
    assert fit_temperature(honest, targets, 1) > 1.05, "one tile is little against what is known beforehand"


def test_a_single_tile_that_is_all_right_does_not_end_all_doubt() -> None:
    right = np.random.default_rng(0).integers(0, 2, 4000).astype(np.uint8)
    logits = np.where(right == np.arange(2)[:, None], 1.5, -1.5).astype(np.float32)
    temperatures = [fit_temperature(logits, right, tiles) for tiles in (1, 4, 40)]
    assert temperatures[0] > 0.5
    assert temperatures == sorted(temperatures, reverse=True), "many tiles are believed"
    assert temperatures[2] < 0.4


def test_strokes_say_less_of_the_temperature_than_whole_tiles() -> None:
    whole, strokes = np.ones((256, 256), bool), np.zeros((256, 256), bool)
    assert tile_worth(whole) == tile_worth(np.ones((640, 640), bool)) == 1
    strokes[40:46, 20:80] = strokes[200:206, 150:210] = True
    assert tile_worth(strokes) == pytest.approx(5 / 50)
    assert tile_worth(~whole) == 0
    right = np.random.default_rng(0).integers(0, 2, 4000).astype(np.uint8)
    logits = np.where(right == np.arange(2)[:, None], 1.5, -1.5).astype(np.float32)
    tiles = np.repeat(np.arange(8), 500)
    few, all_ = (calibration_of(logits, right, tiles, np.full(8, worth)) for worth in (tile_worth(strokes), 1.0))
    assert few is not None
    assert all_ is not None
    assert few.error_after > all_.error_after, "strokes that are all right do not end all doubt"


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(LearningError, match="make no sense"):
        TrainingSettings(batch_size=-1)
    assert TrainingSettings.from_json(QUICK.to_json()) == QUICK


_FREES = """
import psutil
from core.learning import runtime
held = [bytes(60_000) for _ in range(6000)]
top = bytes(60_000)  # what is freed lies below it: the allocator does not give it back by itself
rss = lambda: psutil.Process().memory_info().rss / 2**20
runtime.load_torch()
del held
before = rss()
runtime.release_memory(runtime.best_device())
print(round(before - rss()))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_freed_memory_goes_back_to_the_system() -> None:
    said, errors = start_python(_FREES).communicate(timeout=300)
    assert int(said) > 200, errors
