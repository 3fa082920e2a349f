"""UHerding: coverage of the Tiles that the model doubts.

Bae et al., ICLR 2025: as MaxHerding (coverage.py), with every Tile weighted by its doubt: argmax_i Σ_n û_n ·
max(k(x_n, x_i) - m_n, 0). û is 1 - margin, as the model state has it; the paper also adapts temperature and σ to the
labels, which here stay the model's own and the Pool's. `auto` is between the two: it trusts the doubts as far as they
have been right.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.coverage import coverage_picks
from core.selection.margin import UNSURE
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, classifier_doubts, known_uncertainty
from core.text import Text, text


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by doubt-weighted coverage. `labeled` bool (N,), `budget` in Tiles. Tiles without Prediction count as the
    mean of the others; where there is none at all, plain coverage decides."""
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    doubt = known_uncertainty(pool, model_state)[graph.members]
    known = np.isfinite(doubt)
    weights = np.where(known, doubt, doubt[known].mean() if known.any() else 1.0).astype(np.float32)
    weights[~fresh_members(graph, labeled)] = 0.0 if known.any() else 1.0
    head, rest = coverage_picks(graph, labeled, weights, budget)
    if known.any():
        head = _for_doubt(graph, head, np.where(weights > 0, doubt, np.nan), classifier_doubts(model_state))
    return whole_ranking(pool, graph, labeled, [head, rest])


def _for_doubt(graph: Graph, head: Picks, doubt: NDArray[np.float32], by_classifier: bool) -> Picks:
    """`head` with the doubt for a reason, where there is some on the Tiles that look like a pick, and it cannot wait.
    `doubt` float32 (U,) in 0…1, NaN where it is unknown or settled."""
    regimes, reasons = list(head.regimes), list(head.reasons)
    for place, node in enumerate(graph.local[head.order].tolist()):
        nodes, far = graph.around(node)
        of_like = doubt[nodes[far <= graph.alike_within]]
        of_like = of_like[np.isfinite(of_like)]
        if regimes[place] == "rest" or not of_like.size or of_like.mean() < UNSURE:
            continue
        regimes[place], reasons[place] = "doubt", _reason(float(of_like.mean()), by_classifier)
    return replace(head, regimes=regimes, reasons=reasons)


def _reason(doubt: float, by_classifier: bool) -> Text:
    percent = round(100 * doubt)
    if by_classifier:
        return text("Stands for what the pixel classifier is unsure of ({percent} % doubt)", percent=percent)
    return text("Stands for what the model is unsure of ({percent} % doubt)", percent=percent)
