"""Whether the program's word on its own Model can be believed: the score's interval, and the stop signal.

    python -m tests.benchmarks.stop_signal [--fields naip_trees,potato_weed,demo] [--strategies auto,random]
        [--seeds 8] [--first-seed 0] [--labels 64] [--ahead 8] [--out FILE.csv]

Campaigns as in `fieldbrush simulate` with the linear probe, on the study's split, but with rounds as in the window:
every four labels Tiles are held out as a training holds them out, the probe learns from the others alone, and what the
window would say is noted: mean IoU with its interval, and what so many further labels (`--ahead`) promise. Beside it
what is true: the same probe's mean IoU on the Tiles of the test, and what it has gained there so many labels later.

Printed, over all rounds of all campaigns: told minus true, how wide the intervals are, and how many hold the truth,
with a 95 % interval by Student's t over the campaigns; of gains also how many lie below and above. "Hardly" is
"labeling more will hardly help": how often it was said, how often of these the gain was a point of IoU or more (too
early), and how often it was not said though there was an outlook and less than a point to gain (too late). `--out` has
all of it round by round. Drawn at random are the audits of `auto`, and every Tile of `random`.
"""

from __future__ import annotations

import argparse
import csv
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.cache import cache_folder
from core.demo.scene import write_demo_scene
from core.imagery.files import SceneInfo
from core.jobs import Unwatched
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile
from core.learning.hold_out import split_tiles
from core.learning.intervals import Estimate, Tables
from core.learning.metrics import Scores
from core.learning.outlook import HARDLY, JudgedRound, Outlook, outlook
from core.learning.scoring import scores_of
from core.selection.pool import ModelState
from core.selection.strategies import named
from core.selection.trust import earned_trust
from core.simulation.campaign import VARIANTS, Bench, Fitted, part_of, state_of
from core.simulation.dense import DenseCells
from core.simulation.ground import Ground, read_ground
from core.simulation.probe import fit_probe
from core.simulation.results import paired
from core.simulation.runner import SimulationPlan, make_bench
from tests.data import real_data_folder

EVERY = 4  # labels a round: the window trains by itself so often
NAMES = ("naip_trees", "potato_weed", "demo")


@dataclass(frozen=True, eq=False)
class Project:
    """A Ground with all that campaigns on it need. `infos` are empty where Scenes that touch show no common ground."""

    ground: Ground
    bench: Bench
    infos: dict[str, SceneInfo]

    @property
    def painted(self) -> list[LabeledTile]:
        """All Tiles, with all of their truth as paint."""
        drawn = [np.where(mask != 0, Provenance.DRAWN, 0).astype(np.uint8) for mask in self.ground.masks]
        return [
            LabeledTile(ref, mask, by) for ref, mask, by in zip(self.ground.refs, self.ground.masks, drawn, strict=True)
        ]


@dataclass(frozen=True)
class Round:
    """What was said after so many labels, and what was true. Shares 0…1, NaN where nothing was said or is known.
    `drawn` of the `judges` were random checks."""

    field: str
    strategy: str
    seed: int
    labels: int
    judges: int
    drawn: int
    score: float
    score_low: float
    score_high: float
    true_score: float
    gain: float
    gain_low: float
    gain_high: float
    hardly: bool
    true_gain: float = math.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", default=",".join(NAMES))
    parser.add_argument("--strategies", default="auto,random")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--labels", type=int, default=64)
    parser.add_argument("--ahead", type=int, default=8)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    rows: list[Round] = []
    for name in chosen.fields.split(","):
        with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
            project = project_named(name, Path(folder), chosen.labels)
            for strategy in chosen.strategies.split(","):
                for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
                    rows += campaign(project, name, strategy, seed, chosen.ahead)
                    if chosen.out:
                        write(chosen.out, rows)
    report(rows, chosen.ahead)


def project_named(name: str, folder: Path, labels: int) -> Project:
    """As in docs/selection-study.md; the demo's scene is written into `folder`."""
    data: Path | None = folder
    if name == "demo":
        write_demo_scene(folder, 0, 4096)
    else:
        data = real_data_folder(name)
    if data is None:
        raise SystemExit(f"{name} is not there: set FIELDBRUSH_DATA to the folder that holds it.")
    ground = read_ground(data, None, Unwatched())
    gap = name != "potato_weed"
    budgets = tuple(range(EVERY, labels + 1, EVERY))
    plan = SimulationPlan(data, folder / "none.csv", cache_folder() / "simulation", ("auto",), budgets, buffer=gap)
    infos = {ref.scene_path: ground.reader.scene(ref.scene_path).info for ref in ground.refs} if gap else {}
    return Project(ground, make_bench(plan, ground, Unwatched()), infos)


# -- a campaign --------------------------------------------------------------------------------------------------------


def campaign(project: Project, name: str, strategy: str, seed: int, ahead: int) -> list[Round]:
    """Its rounds; the last ones, with too little after them, without a true gain."""
    test = project.bench.layout.places(seed)[1]
    rows: list[Round] = []
    for state in rounds_of(project, strategy, seed):
        found, values = state.said(ahead), project.bench.class_values
        score = scores_of(state.judged, values).mean_iou if len(state.judges) else Estimate(math.nan)
        true = Scores.of(state.fitted.confusion(test), values).mean_iou
        gain = (math.nan,) * 3 if found is None else (found.gain, found.low, found.high)
        rows.append(
            Round(
                name, strategy, seed, state.labels, len(state.judges), len(set(state.judges) & state.drawn),
                score.value, score.low, score.high, true, *gain, found is not None and found.hardly_helps,
            )
        )  # fmt: skip
    later = {row.labels: row.true_score for row in rows}
    return [
        Round(**{**asdict(row), "true_gain": later.get(row.labels + ahead, math.nan) - row.true_score}) for row in rows
    ]


@dataclass(frozen=True, eq=False)
class State:
    """A campaign after a round: `judged` int64 (T, K, K), a table for each of the `judges`; `history` and `checks` as
    `outlook` takes them."""

    labels: int
    fitted: Fitted
    judges: tuple[int, ...]
    drawn: frozenset[int]
    judged: Tables
    history: tuple[JudgedRound, ...]
    checks: tuple[tuple[int, float], ...]

    def said(self, ahead: int) -> Outlook | None:
        """Of so many further labels."""
        return outlook(self.history, ahead, self.checks)


def rounds_of(project: Project, strategy: str, seed: int) -> Iterator[State]:
    """Rank, label, hold out, learn, as `run_campaign` and the program's training do."""
    bench, painted, variant = project.bench, project.painted, named(VARIANTS, strategy)
    assert isinstance(bench.learner, DenseCells)
    kept, _ = bench.layout.places(seed)
    pool, labeled = part_of(bench.pool, kept), np.zeros(len(kept), np.bool_)
    model: ModelState | None = None
    fitted: Fitted | None = None
    learned: tuple[int, ...] = ()
    held_out: tuple[int, ...] = ()
    records: list[tuple[float, float]] = []
    checks: list[tuple[int, float]] = []
    drawn: set[int] = set()
    history: list[JudgedRound] = []
    for budget in bench.budgets:
        left = budget - int(labeled.sum())
        ranking = variant.query(pool, labeled, model, left, np.random.default_rng((seed, 2)))
        picked = ranking.order[:left]
        if fitted is not None and model is not None:
            errors = fitted.errors(kept[picked])
            records += zip(model.uncertainty[picked].tolist(), errors.tolist(), strict=True)
            for tile, regime, error in zip(kept[picked].tolist(), ranking.regimes, errors.tolist(), strict=False):
                if regime == "audit" and math.isfinite(error):
                    drawn.add(tile)
                    checks.append((len(learned), 1.0 - error))
        labeled[picked] = True
        tiles = [painted[tile] for tile in kept[labeled].tolist() if bench.labeled[tile] > 0]
        split = split_tiles(tiles, bench.class_values, learned, held_out, project.infos, drawn)
        learned, held_out, judges = (
            tuple(tile.ref.tile_id for tile in part) for part in (split.taught, split.held_out, split.judges)
        )
        fitted = fit_probe(bench.learner, np.array(learned), seed)
        trust = earned_trust([r[0] for r in records], [r[1] for r in records], variant.prior)
        model = state_of(bench, kept, labeled, fitted, trust, variant.asks, seed) if fitted.can_doubt else None
        tables = {tile: fitted.confusion(np.array([tile])) for tile in judges}
        if tables:
            history.append(JudgedRound(len(learned), bench.class_values, tables))
        judged = np.array(list(tables.values()), np.int64)
        yield State(budget, fitted, judges, frozenset(drawn), judged, tuple(history), tuple(checks))


# -- what came out -----------------------------------------------------------------------------------------------------


def write(path: Path, rows: Sequence[Round]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Round)])
        table.writeheader()
        table.writerows(asdict(row) for row in rows)


def report(rows: Sequence[Round], ahead: int) -> None:
    print("\n| | labels | rounds | judges (drawn) | told − true | width | holds the truth |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for name, mine in parts(rows):
        for low, high in ((0, 32), (36, 48), (52, 10**9), (0, 10**9)):
            some = [row for row in mine if low <= row.labels <= high and math.isfinite(row.score_low)]
            if some:
                span = "all" if low == 0 and high > 32 else f"{some[0].labels}–{max(row.labels for row in some)}"
                judges = f"{mean(some, lambda r: r.judges):.1f} ({mean(some, lambda r: r.drawn):.1f})"
                error = mean(some, lambda r: r.score - r.true_score)
                width = mean(some, lambda r: r.score_high - r.score_low)
                held = share(some, lambda r: r.score_low <= r.true_score <= r.score_high)
                print(f"| {name} | {span} | {len(some)} | {judges} | {error:+.3f} | {width:.2f} | {held} |")
    print(f"\nThe next {ahead} labels, in points of IoU; the width is a median\n")
    print("| | rounds | told | true | width | holds the truth | below | above | “hardly” | too early | too late |")
    print("| --- |" + " ---: |" * 10)
    for name, mine in parts(rows):
        some = [row for row in mine if math.isfinite(row.gain) and math.isfinite(row.true_gain)]
        if not some:
            continue
        told, true = 100 * mean(some, lambda r: r.gain), 100 * mean(some, lambda r: r.true_gain)
        width = 100 * float(np.median([row.gain_high - row.gain_low for row in some]))
        held = share(some, lambda r: r.gain_low <= r.true_gain <= r.gain_high)
        below = 100 * mean(some, lambda r: r.true_gain < r.gain_low)
        above = 100 * mean(some, lambda r: r.true_gain > r.gain_high)
        said = [row for row in some if row.hardly]
        early = sum(row.true_gain >= HARDLY for row in said)
        late = sum(row.true_gain < HARDLY for row in some if not row.hardly)
        print(
            f"| {name} | {len(some)} | {told:+.2f} | {true:+.2f} | {width:.1f} | {held} | {below:.0f} % |"
            f" {above:.0f} % | {len(said)} | {early} | {late} |"
        )


def parts(rows: Sequence[Round]) -> Iterator[tuple[str, list[Round]]]:
    """By field and Strategy, in the order in which they first appear."""
    for name, strategy in dict.fromkeys((row.field, row.strategy) for row in rows):
        yield f"{name}, {strategy}", [row for row in rows if (row.field, row.strategy) == (name, strategy)]


def mean(rows: Sequence[Round], value: Callable[[Round], float]) -> float:
    return float(np.mean([value(row) for row in rows]))


def share(rows: Sequence[Round], holds: Callable[[Round], bool]) -> str:
    """Of how many it is true, in %, with the interval over campaigns; rounds of one are no independent draws."""
    seeds = dict.fromkeys(row.seed for row in rows)
    each = np.array([mean([row for row in rows if row.seed == seed], holds) for seed in seeds])
    found = paired(each, np.zeros(len(each)))
    return f"{100 * mean(rows, holds):.0f} % [{100 * max(found.low, 0):.0f}, {100 * min(found.high, 1):.0f}]"


if __name__ == "__main__":
    main()
