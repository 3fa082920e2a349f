"""Training: from painted Tiles to a model within a time budget. Reads from `train` downwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.imagery.reader import TileReader
from core.jobs import Checkpoint, JobContext, Unwatched
from core.labels.snapshot import Snapshot
from core.learning import runtime
from core.learning.acceleration import LONGEST_PROBE_S, AgreedPlan, Phase, Plan, placed, plan_for
from core.learning.dataset import CONTEXT_PX, Batch, CropSampler, TileMemory, count_labels
from core.learning.heads import tile_weights
from core.learning.hold_out import Split, split_tiles
from core.learning.initial_network import initial_network
from core.learning.interrupted import Interrupted, RunFile, run_key
from core.learning.judging import Candidate, Judge, Judged
from core.learning.levelling import LOOKS, has_levelled_off
from core.learning.loss import balanced_weights
from core.learning.model import ModelCard, SegmentationModel
from core.learning.progress import Clock, Curve, TrainingPoint, TrainingReport
from core.learning.ranks import ALONE, Ranks, ranks_of
from core.learning.run_state import RunState
from core.learning.schedule import rate_share
from core.learning.settings import FEWEST_STEPS, TrainingSettings
from core.learning.stepper import Stepper, crops_on
from core.learning.trainable import trainable_classes
from core.learning.unet import padded
from core.memory import is_out_of_memory, short_of_memory
from core.text import Text, text

if TYPE_CHECKING:
    import torch

KEEP_EVERY_S = 20.0
_WRITE_S = 0.03 * KEEP_EVERY_S
LONG_S, LONG_STEPS = 240.0, 600  # from which on a training may end early
_CHECKPOINTS = (0.5, 0.75, 0.9)  # parts of the run whose averaged model competes with that of its end
_PROBE_SHARE = 1 / 6  # of the time budget, for each of two
_WARM_RATE = 0.5  # a model that goes on from an earlier round learns slower


@dataclass(frozen=True)
class TrainingResult:
    """The model of the best validation, the learning curve, and how the model was judged. `tiles`: how many it and
    those it was continued from could learn from."""

    model: SegmentationModel
    points: tuple[TrainingPoint, ...]
    judged: Judged
    tiles: int

    @property
    def is_too_short(self) -> bool:
        """Whether it has found nothing better than what it began with, for lack of steps."""
        steps = self.points[-1].step if self.points else 0
        return self.model.card.same_as > 0 and steps < FEWEST_STEPS


def train(
    snapshot: Snapshot,
    reader: TileReader,
    class_names: Mapping[int, str],
    settings: TrainingSettings,
    context: JobContext,
    warm_start: SegmentationModel | None = None,
    run_path: Path | None = None,
) -> TrainingResult:
    """Train a model on the labeled pixels of `snapshot` for the time or the steps that `settings` give.

    Pixels that are unlabeled, ignored or without data are never learned from; Classes nobody painted are left out,
    but two are needed. `warm_start` goes on from an earlier model of the same bands. Stops within one step when the
    job is cancelled. In the file `run_path` it keeps what it takes to go on: the same training, called again after
    the program was killed, does. Raises LearningError (too few labels, no memory, diverged) and SceneError.
    """
    class_values = trainable_classes(snapshot, class_names)
    run_file = None if run_path is None else RunFile(run_path, run_key(snapshot, reader, settings, warm_start))
    plan = None
    if settings.processes > 1:
        threads = settings.threads or max(runtime.available_cores() // settings.processes, 1)
        settings = replace(settings, threads=threads)
        plan = AgreedPlan.made(Phase.TRAIN, threads, threads, context.check)
    request = Request(snapshot, reader, class_names, class_values, settings, warm_start, run_file)
    with ranks_of(settings.processes, _follow, (plan, request)) as ranks:
        return TrainingRun(request, context, ranks).run()


def _follow(ranks: Ranks, asked: tuple[AgreedPlan, Request]) -> None:
    """Train along in a process that does not lead."""
    plan, request = asked
    plan.take()
    TrainingRun(request, Unwatched(), ranks).follow()


@dataclass(frozen=True)
class Request:
    """What a run learns from and how; it goes to other processes as it is."""

    snapshot: Snapshot
    reader: TileReader
    class_names: Mapping[int, str]
    class_values: tuple[int, ...]
    settings: TrainingSettings
    warm_start: SegmentationModel | None = None
    run_file: RunFile | None = None


class TrainingRun:
    """One run. Owns the network being trained, its average, and the learning curve."""

    def __init__(self, request: Request, context: Checkpoint, ranks: Ranks = ALONE) -> None:
        self.reader = request.reader
        self.class_names = request.class_names
        self.class_values = request.class_values
        self.settings = request.settings
        earlier = request.warm_start
        self.warm_start = earlier if earlier is not None and earlier.card.roles == self.reader.roles else None
        self.run_file = request.run_file
        self.ranks = ranks
        self.progress = 0.0  # as agreed by all processes
        self.keep_after_s = 0.0
        self.curve = Curve()
        self.clock = Clock(self.settings, context)
        self.judge: Judge | None = None
        self.split = self._split(request.snapshot)
        self.tiles, self.held_out = self.split.taught, self.split.judges
        here = {tile.ref.tile_id for tile in request.snapshot.tiles}
        before = self.warm_start.card.validation_tiles if self.warm_start is not None else ()
        self.held_out_elsewhere = [tile for tile in before if tile not in here]  # Scene lost, or its paint erased

    def run(self) -> TrainingResult:
        self.prepare()
        best = self._steps()
        return self._result(best)

    def follow(self) -> None:
        """The same steps, for a process that does not lead: it scores nothing and keeps nothing."""
        self.held_out = ()
        self.prepare()
        self._steps()

    def prepare(self) -> None:
        """Everything before the first step."""
        self._report(text("Preparing to train"))
        runtime.configure(self.settings.threads)
        self.device = runtime.best_device(self.ranks.number)
        self.clock.check()
        self.module = initial_network(self.reader.roles, self.class_values, self.settings, self.warm_start)
        self.interrupted = self._found()
        self._report(text("Measuring what is fastest on this machine"))
        longest_s = self.clock.share_s(_PROBE_SHARE, LONGEST_PROBE_S)
        plan = plan_for(Phase.TRAIN, self.device, self.clock.check, longest_s)
        self.plan = self._agreed(plan)
        if self.held_out:
            predicting = plan_for(Phase.PREDICT, self.device, self.clock.check, longest_s)
            self.judge = Judge(self.held_out, self.class_values, self.reader, predicting, self.clock)
            self._report(text("Trying the pixel classifier on the tiles held out"))
            self.judge.try_classifier(self.tiles)
        self.module = placed(self.module, self.device, self.plan)
        self._prepare_steps()

    def _agreed(self, plan: Plan) -> Plan:
        """The leader's: a gradient that is scaled for float16 must not be averaged with one that is not."""
        if self.ranks.count == 1:
            return plan
        return Plan(*(bool(self.ranks.agreed(each)) for each in astuple(plan)))

    def _split(self, snapshot: Snapshot) -> Split:
        """The Tiles to train on and those held out. Tiles without a trained Class are in neither."""
        counts = count_labels(snapshot.tiles, self.class_values).sum(axis=1)
        tiles = [tile for tile, pixels in zip(snapshot.tiles, counts, strict=True) if pixels > 0]
        card = self.warm_start.card if self.warm_start is not None else None
        trained, held_out = (card.training_tiles, card.validation_tiles) if card is not None else ((), ())
        infos = {path: self.reader.scene(path).info for path in dict.fromkeys(tile.ref.scene_path for tile in tiles)}
        return split_tiles(tiles, self.class_values, trained, held_out, infos, snapshot.drawn)

    def _found(self) -> Interrupted | None:
        """Where the same run was when it was killed, if it was; the clock goes on from there."""
        found = self.run_file.read(self.module.state_dict()) if self.run_file is not None else None
        if found is not None:
            self.clock.go_on(found.step, found.done)
            self._report(text("Going on with the training that was interrupted"))
        return found

    def _keep(self) -> None:
        """Every now and then, what it takes to go on after a kill; after the last step there is nothing to go on to. A
        slow disk gets it more seldom: writing takes no more than 3 % of the time."""
        if self.run_file is None or self.ranks.number > 0:
            return
        began, done = self.clock.now(), self.clock.progress
        if began >= self.keep_after_s and done < 1.0:
            self.state.reserve_s, self.state.hurries_from = self.clock.reserve_s, self.clock.hurries_from
            self.run_file.write(self.state.kept(self.clock.step, self.clock.used))
            now = self.clock.now()
            self.keep_after_s = now + KEEP_EVERY_S * max((now - began) / _WRITE_S, 1.0)

    def _prepare_steps(self) -> None:
        # Every other process draws other crops, and others again when it goes on.
        again = [self.clock.step, self.ranks.number] if self.ranks.number else []
        random = np.random.default_rng([self.settings.seed, *again])
        self.sampler = self._sampler(random)
        balance = balanced_weights(count_labels(self.tiles, self.class_values).sum(axis=0))
        importance = tile_weights(len(self.tiles), self.settings.heads, self.settings.seed)
        self.stepper = Stepper(self.module, self.device, self.plan, self.ranks, balance, importance)
        checkpoints = list(LOOKS if self._is_long else _CHECKPOINTS) if self.judge is not None else []
        crops = self.settings.batch_size or crops_on(self.device)
        self.state = RunState(self.stepper, random, checkpoints, crops)

    def _sampler(self, random: np.random.Generator) -> CropSampler:
        longest = max(max(tile.labels.shape) for tile in self.tiles) + 2 * CONTEXT_PX
        crop_px = padded(min(self.settings.crop_px, longest))
        return CropSampler(TileMemory(self.tiles, self.reader, self.class_values), crop_px, random)

    def _steps(self) -> Candidate | None:
        """Train to the end of the budget; the best checkpoint on the way, None where the Tiles held out can't tell."""
        self._begin_steps()
        while (progress := self.ranks.agreed(self.clock.progress)) < 1.0:
            self.progress = progress
            self.clock.check()
            self._step()
            self.clock.step += 1
            iou = self._score_if_due()
            if iou is not None or self.stepper.has_news:
                self._read(iou)
            self._keep()
            self._report(text("Training"))
        self._read(None)
        return self.state.best

    def _begin_steps(self) -> None:
        """Where the run was interrupted, or with what the earlier model is worth: a round must not end with less."""
        state = self.state
        if self.interrupted is not None:
            state.put_back(self.interrupted, draws_the_same=self.ranks.number == 0)
            self.clock.reserve_s, self.clock.hurries_from = state.reserve_s, state.hurries_from
        elif self.warm_start is not None and self.judge is not None and self.judge.may_choose:
            state.best = self.judge.look(self.stepper, is_shifted=True)
        self.clock.start_steps()
        self.keep_after_s = self.clock.now() + KEEP_EVERY_S

    def _score_if_due(self) -> float | None:
        """The mean IoU of the averaged weights where a checkpoint has been passed. They may be the best so far; where
        scores have levelled off the end is brought forward."""
        state, judge = self.state, self.judge
        passed = [part for part in state.checkpoints if part <= self.clock.progress]
        if judge is None or not passed:
            return None
        del state.checkpoints[: len(passed)]
        found = judge.look(self.stepper)
        is_best = state.best is None or found.iou > state.best.iou
        if judge.may_choose and is_best and set(passed) & set(_CHECKPOINTS):
            state.best = found
        state.scores.append(found.iou)
        if judge.may_choose and self._is_long and has_levelled_off(state.scores):
            self.clock.bring_the_end_forward()
            state.checkpoints.clear()  # the end, which is near, is scored anyway
        return found.iou

    @property
    def _is_long(self) -> bool:
        """Whether the run may end early."""
        settings = self.settings
        return settings.max_steps >= LONG_STEPS or (settings.max_steps == 0 and settings.time_budget_s >= LONG_S)

    def _read(self, iou: float | None) -> None:
        """How the last steps went, onto the curve, with what their checkpoint scored."""
        loss, clock = self.stepper.read(), self.clock
        if loss is not None:
            self.curve.add(TrainingPoint(clock.step, loss, clock.elapsed_s, clock.steps_per_s, iou))

    def _step(self) -> None:
        """One optimiser step with as much of a batch as memory holds."""
        while True:
            try:
                self._learn(self.sampler.batch(self.state.batch_size))
                return
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.state.batch_size == 1:
                    raise short_of_memory() from error
            self.stepper.give_up()
            runtime.release_memory(self.device)
            self.state.batch_size //= 2

    def _learn(self, batch: Batch) -> None:
        self.stepper.learn(batch, self._rate())

    def _rate(self) -> float:
        highest = self.settings.learning_rate * (_WARM_RATE if self.warm_start is not None else 1.0)
        return highest * rate_share(self.progress)

    def _result(self, best: Candidate | None) -> TrainingResult:
        judged = self._judged(best)
        module: Any = self.stepper.average.module
        module = module.to(device="cpu", memory_format=runtime.load_torch().contiguous_format).eval()
        module.requires_grad_(False)
        self._report(text("Trained"), finished=True)
        model = SegmentationModel(self._card(judged, self._same_as(module)), module)
        tiles = len(self._seen_before | {tile.ref.tile_id for tile in self.tiles})
        return TrainingResult(model, tuple(self.curve.points), judged, tiles)

    @property
    def _seen_before(self) -> set[int]:
        """The Tiles that the Model it goes on from has learned from."""
        return set(self.warm_start.card.training_tiles) if self.warm_start is not None else set()

    def _judged(self, best: Candidate | None) -> Judged:
        if self.judge is None:
            return Judged()
        self._report(text("Checking on the tiles held out"))
        judged = self.judge.judge(self.stepper, best, self.settings.heads)
        if judged.scores is not None:
            self.curve.score_last(judged.scores.mean_iou)
        return judged

    def _same_as(self, module: torch.nn.Module) -> int:
        """The version that has just these weights: nothing better was found than what the run began with. Else 0."""
        if self.warm_start is None:
            return 0
        before, after = self.warm_start.module.state_dict(), module.state_dict()
        same = before.keys() == after.keys() and all(before[name].cpu().equal(after[name]) for name in after)
        card = self.warm_start.card
        return (card.same_as or card.version) if same else 0

    def _card(self, judged: Judged, same_as: int) -> ModelCard:
        earlier = self.warm_start.card if self.warm_start is not None else None
        trained = self._seen_before | (set() if same_as else {tile.ref.tile_id for tile in self.tiles})
        weights = Path(self.settings.encoder_weights).name  # no one's folders
        return ModelCard(
            version=earlier.version + 1 if earlier else 1,
            encoder=self.settings.encoder,
            roles=self.reader.roles,
            class_values=self.class_values,
            class_names=tuple(self.class_names.get(value, str(value)) for value in self.class_values),
            statistics=self.reader.statistics,
            temperature=judged.temperature,
            created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            settings=replace(self.settings, encoder_weights=weights),
            scores=judged.scores,
            training_tiles=tuple(sorted(trained)),
            validation_tiles=tuple(sorted([*self.held_out_elsewhere, *(t.ref.tile_id for t in self.split.held_out)])),
            joining_tiles=self.split.joining,
            ended_after=self.clock.step if self.clock.hurries_from is not None else 0,
            calibration=judged.calibration,
            same_as=same_as,
        )

    def _report(self, stage: Text, finished: bool = False) -> None:
        self.clock.report(TrainingReport(stage, tuple(self.curve.points)), finished)
