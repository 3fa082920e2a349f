"""`fieldbrush models`: what the window's model report does with the kept models, and the list of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from core.learning.intervals import Estimate
from core.session import Session
from core.session_parts.kept_models import Comparison, KeptModel
from core.terminal.saying import say_notice
from core.terminal.working import finish


def changes_project(arguments: argparse.Namespace) -> bool:
    return bool(arguments.use or arguments.bring_in)


def run(arguments: argparse.Namespace, session: Session) -> dict[str, Any]:
    """What the command says when it is done. Raises LearningError, ExportError."""
    if arguments.use:
        finish(session.models.use(arguments.use), session)
        return {"model": arguments.use}
    if arguments.bring_in:
        finish(session.models.bring_in(arguments.bring_in), session)
        return {"model": session.forecasts.version}
    if arguments.export:
        return {"written": [str(path) for path in session.models.exporting(*arguments.export)()]}
    if arguments.compare:
        return _compared(finish(session.models.compare(*arguments.compare), session))
    kept = [_entry(model) for model in session.models.kept()]
    return {"models": kept if arguments.json else [_line(entry) for entry in kept]}


def _entry(model: KeptModel) -> dict[str, Any]:
    scores = model.card.scores
    return {
        "model": model.version,
        "in use": model.leads,
        "made": model.made_utc,
        "same_as": model.card.same_as or None,
        "tiles": len(model.card.training_tiles),
        "mean_iou": round(scores.mean_iou, 4) if scores else None,
        "validation_tiles": scores.tile_count if scores else 0,
    }


def _line(entry: dict[str, Any]) -> str:
    iou, held_out = entry["mean_iou"], entry["validation_tiles"]
    score = "no score" if iou is None or iou != iou else f"mean IoU {iou:.2f} on {held_out} tile{'s' * (held_out != 1)}"
    in_use = "  in use" if entry["in use"] else ""
    same = f", the weights of model {entry['same_as']}" if entry["same_as"] else ""
    tiles = f"taught by {entry['tiles']} tile{'s' * (entry['tiles'] != 1)}{same}"
    return f"{entry['model']:>3}  {entry['made']}  {tiles}  {score}{in_use}"


def _compared(found: Comparison) -> dict[str, Any]:
    """Scores in the order of the two models, each with its interval; the gain is the second's minus the first's."""
    say_notice(str(found.verdict))
    first, second = found.scores.first, found.scores.second
    names = [found.names[c.value] for c in first.classes]
    pairs = zip(first.classes, second.classes, strict=True)
    return {
        "models": list(found.versions),
        "tiles": first.tiles,
        "mean_iou": _spans((first.mean_iou, second.mean_iou)),
        "mean_gain": _span(found.scores.mean_gain),
        "iou": {name: _spans((one.iou, two.iou)) for name, (one, two) in zip(names, pairs, strict=True)},
        "gain": dict(zip(names, _spans(found.scores.gains), strict=True)),
        "differing": {scene: round(share, 4) for scene, share in found.differing.items()},
    }


def _spans(found: Sequence[Estimate]) -> list[list[float]]:
    return [_span(one) for one in found]


def _span(found: Estimate) -> list[float]:
    """[value, low, high]"""
    return [round(value, 4) for value in (found.value, found.low, found.high)]
