"""Whether an ensemble knows better than one network where it is wrong, and what it costs.

    python -m tests.benchmarks.doubt [--fields naip_trees,potato_weed] [--seeds 0,1,2,3] [--steps 60] [--tiles 10]
        [--kinds plain,flips,snapshots,late,cycles,heads,head,trainings] [--members 4] [--every 1]

For every seed ten Tiles are labeled by their true masks, as in `useful_model`, and learned from for so many steps. What
then predicts the Tiles held back (with `--every 2` every second one):

    plain       the network as the program keeps it
    flips       the same network, the mean over four mirrored views
    snapshots   the averaged weights of the same run at 50, 75, 90 and 100 %
    late        those at 85, 90, 95 and 100 %
    cycles      a run whose last half is as many short cosine cycles of the learning rate; the weights at their ends
    heads       `TrainingSettings.heads`: as many last layers on one network
    head        only the first of these, which tells what pooling them brings from how the training went
    trainings   as many whole trainings on the same Tiles: no cheap ensemble, but what a cheap one might come near to

Each is judged on the same pixels. A wrong pixel should have more doubt than a right one: AUROC is how often that is so
of a wrong and a right one, AURC the share of wrong pixels among the k least doubtful, in the mean over all k. The doubt
is 1 - margin of the mean shares unless a column says otherwise. `NLL` and `ECE` are the mean negative log likelihood
and the calibration error after a temperature that was fitted, as the program does it, on Tiles held out of the
training; `tile rank` is Spearman's correlation of Tiles' doubt with their share of wrong pixels. Seconds are the
processor's.
"""

from __future__ import annotations

import argparse
import copy
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.jobs import Unwatched
from core.labels.snapshot import Snapshot
from core.learning import runtime
from core.learning.acceleration import Phase, for_inference, plan_for
from core.learning.calibration import calibration_error, fit_temperature
from core.learning.dataset import class_indexes
from core.learning.doubt import DOUBT_WINDOW_PX, entropy, mean_of_most_doubtful
from core.learning.metrics import Scores, confusion
from core.learning.prediction import inner, tile_logits
from core.learning.schedule import _LAST_RATE, rate_share
from core.learning.settings import TrainingSettings
from core.learning.training import Request, TrainingRun
from tests.benchmarks._fields import Field, field_named

MOMENTS = {"snapshots": (0.5, 0.75, 0.9, 1.0), "late": (0.85, 0.9, 0.95, 1.0)}
VIEWS = ((), (1,), (2,), (1, 2))
MARGIN_PX = 32
PIXELS_PER_TILE = 8192
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Figures:
    """Of one kind in one seed; shares 0…1."""

    iou: float
    wrong: float
    auroc: float
    by_entropy: float
    by_information: float
    by_votes: float
    aurc: float
    nll: float
    ece_before: float
    ece: float
    tile_rank: float
    train_s: float
    predict_s_per_mpx: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", default="naip_trees,potato_weed")
    parser.add_argument("--kinds", default="plain,flips,late,heads,head")
    parser.add_argument("--seeds", default="0,1,2,3")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--tiles", type=int, default=10)
    parser.add_argument("--members", type=int, default=4)
    parser.add_argument("--every", type=int, default=1)
    chosen = parser.parse_args()
    runtime.configure(1)
    runtime.load_smp()
    for phase in (Phase.TRAIN, Phase.PREDICT):
        plan_for(phase, runtime.best_device())
    print(f"{runtime.available_cores()} cores, 1 thread, load {os.getloadavg()[0]:.1f}, {vars(chosen)}")
    names = [field.name for field in fields(Figures)]
    print(f"\n| field | seed | kind | {' | '.join(names)} |\n{'| --- ' * (3 + len(names))}|")
    for name in chosen.fields.split(","):
        field = field_named(name)
        found: dict[str, list[Figures]] = {}
        for seed in map(int, chosen.seeds.split(",")):
            for kind, ensemble, train_s in ensembles(field, seed, chosen):
                figures = judged(field, ensemble, train_s, chosen.every)
                found.setdefault(kind, []).append(figures)
                print(row(name, seed, kind, [getattr(figures, each) for each in names]), flush=True)
        for kind, each in found.items():
            print(row(name, "mean", kind, [float(np.mean([getattr(f, n) for f in each])) for n in names]), flush=True)
        for kind, each in found.items():
            if kind != "plain" and "plain" in found:
                better = [
                    [getattr(f, n) - getattr(p, n) for n in names] for f, p in zip(each, found["plain"], strict=True)
                ]
                print(row(name, "gain", kind, np.mean(better, axis=0).tolist()), flush=True)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def row(field: str, seed: object, kind: str, values: Sequence[float]) -> str:
    return f"| {field} | {seed} | {kind} | {' | '.join(f'{value:.4f}' for value in values)} |"


# -- what predicts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ensemble:
    """Networks ready for inference; each gives `heads` members, and as many again for every one of `views`. Only the
    first `taken` count, if it is not 0.

    `held_out` are the Tiles that its training left out: what the temperature is fitted on.
    """

    networks: tuple[Any, ...]
    held_out: tuple[int, ...]
    heads: int = 1
    views: tuple[tuple[int, ...], ...] = ((),)
    taken: int = 0

    def shares(self, values: Floats) -> Floats:
        """(M, K, h, w) of the M members, for reader values with a margin."""
        device = runtime.best_device()
        plan, members = plan_for(Phase.PREDICT, device), []
        for network in self.networks:
            for axes in self.views:
                seen = np.flip(values, axes) if axes else values
                logits = tile_logits(network, seen, MARGIN_PX, plan, device).flip(axes)
                members.append(logits.reshape(self.heads, -1, *logits.shape[1:]).softmax(dim=1))
        together: Floats = runtime.load_torch().cat(members).cpu().numpy()
        return together[: self.taken or None]


def ensembles(field: Field, seed: int, chosen: argparse.Namespace) -> Any:
    """(kind, ensemble, processor seconds of its training)."""
    kinds, numbers = set(chosen.kinds.split(",")), field.chosen(chosen.tiles, seed)
    settings = TrainingSettings(max_steps=chosen.steps, seed=seed, threads=1)
    if kinds & {"plain", "flips", *MOMENTS}:
        run = Watched(field, numbers, settings)
        network, train_s = run.finished()
        yield "plain", Ensemble((network,), run.left_out), train_s
        if "flips" in kinds:
            yield "flips", Ensemble((network,), run.left_out, views=VIEWS), train_s
        for kind, moments in MOMENTS.items():
            if kind in kinds:
                yield kind, Ensemble(run.snapshots(moments), run.left_out), train_s
    if "cycles" in kinds:
        cyclic = Cyclic(field, numbers, settings, chosen.members)
        train_s = cyclic.finished()[1]
        yield "cycles", Ensemble(cyclic.snapshots(cyclic.moments), cyclic.left_out), train_s
    if kinds & {"heads", "head"}:
        headed = Watched(field, numbers, replace(settings, heads=chosen.members))
        network, train_s = headed.finished()
        together = Ensemble((network,), headed.left_out, heads=chosen.members)
        yield "heads", together, train_s
        if "head" in kinds:
            yield "head", replace(together, taken=1), train_s
    if "trainings" in kinds:
        runs = [Watched(field, numbers, replace(settings, seed=seed + 1000 * (n + 1))) for n in range(chosen.members)]
        results = [each.finished() for each in runs]
        yield "trainings", Ensemble(tuple(r[0] for r in results), runs[0].left_out), sum(r[1] for r in results)


class Watched(TrainingRun):
    """The program's training, which keeps its averaged weights at all `MOMENTS` of the way."""

    def __init__(self, field: Field, numbers: Sequence[int], settings: TrainingSettings) -> None:
        values = field.ground.class_values
        snapshot = Snapshot(field.labeled(numbers), values)
        super().__init__(Request(snapshot, field.ground.reader, field.names, values, settings), Unwatched())
        self.moments = tuple(sorted({moment for moments in MOMENTS.values() for moment in moments}))
        self.kept: list[dict[str, Any]] = []

    @property
    def left_out(self) -> tuple[int, ...]:
        return tuple(tile.ref.tile_id for tile in self.held_out)

    def finished(self) -> tuple[Any, float]:
        """The network that the program would keep, ready, and the seconds until then."""
        started = time.process_time()
        module = self.run().model.module
        seconds = time.process_time() - started
        self.shape = copy.deepcopy(module)
        return ready(module), seconds

    def snapshots(self, moments: Sequence[float]) -> tuple[Any, ...]:
        networks = []
        for moment in moments:
            self.shape.load_state_dict(self.kept[self.moments.index(moment)])
            networks.append(ready(self.shape))
        return tuple(networks)

    def _keep(self) -> None:
        super()._keep()
        while len(self.kept) < len(self.moments) and self.clock.progress >= self.moments[len(self.kept)]:
            self.kept.append(copy.deepcopy(self._state()))

    def _state(self) -> dict[str, Any]:
        return self.stepper.average.module.state_dict()


class Cyclic(Watched):
    """The schedule in half the time; then cycles from half the highest rate down to the lowest (Huang et al. 2017,
    "Snapshot Ensembles"), with the weights themselves, not their average, at the end of each."""

    def __init__(self, field: Field, numbers: Sequence[int], settings: TrainingSettings, members: int) -> None:
        super().__init__(field, numbers, settings)
        self.moments = tuple(0.5 + 0.5 * (number + 1) / members for number in range(members))
        self.cycles = members

    def _rate(self) -> float:
        if self.progress < 0.5:
            return self.settings.learning_rate * rate_share(2 * self.progress)
        turn = (self.progress - 0.5) * 2 * self.cycles % 1.0
        share = _LAST_RATE + (0.5 - _LAST_RATE) * 0.5 * (1.0 + np.cos(np.pi * turn))
        return self.settings.learning_rate * float(share)

    def _state(self) -> dict[str, Any]:
        return self.module.state_dict()


def ready(module: Any) -> Any:
    """For inference, every head's logits apart."""
    torch, device = runtime.load_torch(), runtime.best_device()
    apart = copy.deepcopy(module).eval()
    apart.segmentation_head[2] = torch.nn.Identity()
    return for_inference(apart, device, plan_for(Phase.PREDICT, device))


# -- how well it knows -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """Of some Tiles: confusion table; of P of their labeled pixels the members' shares (M, K, P) and truth (P,); of
    each Tile doubt and share of wrong pixels, (2, T); processor seconds for each million pixels."""

    table: NDArray[np.int64]
    shares: Floats
    truth: NDArray[np.uint8]
    tiles: NDArray[np.float64]
    seconds: float


def judged(field: Field, ensemble: Ensemble, train_s: float, every: int) -> Figures:
    before = look(field, ensemble, ensemble.held_out, 1.0)
    temperature = fit_temperature(np.log(mean_of(before.shares)), before.truth, len(ensemble.held_out))
    seen = look(field, ensemble, field.test[::every], temperature)
    logits = np.log(mean_of(seen.shares))
    shares = softmax(logits / temperature)
    wrong = shares.argmax(axis=0) != seen.truth
    doubts = {
        "margin": 1 - margin(shares),
        "entropy": entropy(shares),
        "information": entropy(mean_of(seen.shares)) - np.mean([entropy(s) for s in seen.shares], axis=0),
        "votes": np.mean(seen.shares.argmax(axis=1) != logits.argmax(axis=0), axis=0),
    }
    auroc = {name: area_under_roc(doubt, wrong) for name, doubt in doubts.items()}
    scores = Scores.of(seen.table, field.ground.class_values)
    certain = np.maximum(shares[seen.truth, np.arange(len(wrong))], 1e-12)
    return Figures(
        scores.mean_iou, 1 - seen.table.trace() / seen.table.sum(),
        auroc["margin"], auroc["entropy"], auroc["information"], auroc["votes"],
        area_under_risk(doubts["margin"], wrong),
        float(-np.log(certain).mean()), calibration_error(logits, seen.truth),
        calibration_error((logits / temperature).astype(np.float32), seen.truth), spearman(*seen.tiles), train_s,
        seen.seconds,
    )  # fmt: skip


def look(field: Field, ensemble: Ensemble, numbers: Sequence[int], temperature: float) -> Seen:
    ground, values = field.ground, field.ground.class_values
    table, shares, truths, tiles = np.zeros((len(values),) * 2, np.int64), [], [], []
    used, area = 0.0, 0
    for number in numbers:
        pixels = ground.reader.read(ground.refs[number], MARGIN_PX)
        started = time.process_time()
        members = ensemble.shares(pixels.values)
        used, area = used + time.process_time() - started, area + ground.masks[number].size
        valid = inner(pixels.valid, MARGIN_PX)
        mean = softmax(np.log(mean_of(members)) / temperature)
        mask = np.where(valid, ground.masks[number], 0)
        predicted = np.array(values, np.uint8)[mean.argmax(axis=0)]
        own = confusion(mask, predicted, values)
        table += own
        if own.sum():
            tiles.append((mean_of_most_doubtful(1 - margin(mean), valid, DOUBT_WINDOW_PX), 1 - own.trace() / own.sum()))
        targets = class_indexes(values)[mask].ravel()
        known = np.flatnonzero(np.isin(mask, values).ravel())
        known = known[:: max(len(known) // PIXELS_PER_TILE, 1)]
        shares.append(members.reshape(*members.shape[:2], -1)[:, :, known])
        truths.append(targets[known])
    return Seen(table, np.concatenate(shares, axis=2), np.concatenate(truths), np.transpose(tiles), used * 1e6 / area)


def mean_of(shares: Floats) -> Floats:
    return np.asarray(np.maximum(shares.mean(axis=0), np.float32(1e-12)))


def softmax(logits: NDArray[np.floating]) -> Floats:
    powers = np.exp(logits - logits.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0), np.float32)


def margin(shares: Floats) -> Floats:
    ordered = np.sort(shares, axis=0)
    return np.asarray(ordered[-1] - ordered[-2], np.float32)


def area_under_roc(doubt: Floats, wrong: NDArray[np.bool_]) -> float:
    """The chance that a wrong pixel has more doubt than a right one; ties count half."""
    from scipy.stats import rankdata

    count = int(wrong.sum())
    if count in (0, len(wrong)):
        return float("nan")
    return float((rankdata(doubt)[wrong].sum() - count * (count + 1) / 2) / (count * (len(wrong) - count)))


def area_under_risk(doubt: Floats, wrong: NDArray[np.bool_]) -> float:
    """Geifman and El-Yaniv 2017: the mean, over all k, of the share of wrong pixels among the k least doubtful."""
    errors = wrong[np.argsort(doubt, kind="stable")].cumsum()
    return float((errors / np.arange(1, len(errors) + 1)).mean())


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)


if __name__ == "__main__":
    main()
