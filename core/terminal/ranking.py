"""`fieldbrush rank`: the tiles in the order in which they are worth labeling, as a list or a CSV."""

from __future__ import annotations

import argparse
import csv
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from core.atomic import replacing
from core.export.writing import refuse_unwritable, writing
from core.project.records import RankedTile
from core.selection.strategies import DEFAULT, STRATEGIES, UNHEARD, Strategy, named
from core.session import Session
from core.terminal.saying import say_notice
from core.terminal.working import finish, load_model, load_model_and_doubts, wait_for

_NOBODY_DOUBTS = "There is no model whose doubt could count: {order}. Train between the rounds with “fieldbrush train”."
_NOBODY_ANSWERS = (
    "“{strategy}” asks a trained model, and there is none: {order}. Train between the rounds with “fieldbrush train”."
)
_NOBODY_CAN_DOUBT = "Fewer than two classes are painted: there is nothing to be in doubt about yet, {order}."
_BY_LOOKS, _BY_ANOTHER = "the order goes by the tiles' looks alone", "the order is that of the strategy “{unheard}”"
_ANOTHER_DOUBTS = "There is no model yet: the doubt that counts is that of the pixel classifier, taught by the labels."
_BETTER_DOUBTS = (
    "The model has not proven better than the pixel classifier, taught by the labels: its doubt counts in the model's "
    "place."
)
_CSV_COLUMNS = ("rank", "scene", "column", "row", "width", "height", "score", "regime", "reason")
_MOST_SHOWN = 20


class Ranked(NamedTuple):
    """`rows` as in the CSV; `trust` in the model's doubts, as a number and in words, empty where they do not count."""

    rows: list[list[Any]]
    trust: dict[str, Any]


def check_output(arguments: argparse.Namespace) -> None:
    """Before any work. Raises OSError or ExportError where the CSV cannot be written."""
    if arguments.csv:
        refuse_unwritable(arguments.csv, ",".join(_CSV_COLUMNS).encode())


def rank(arguments: argparse.Namespace, session: Session) -> Ranked:
    """Rank the open tiles, and say whose doubts count where it is not the model's."""
    strategy = named(STRATEGIES, arguments.strategy)
    _prepare(session, strategy)
    job = session.rank(arguments.strategy, arguments.seed, arguments.budget)
    assert job is not None  # there are embeddings now
    finish(job, session)
    rows = [_row(session, place, ranked) for place, ranked in enumerate(session.queue(), start=1)]
    worth_a_word = session.painted or strategy.name in UNHEARD  # the first round of `auto` is as it should be
    if rows and worth_a_word and session.forecasts.classifier_leads and strategy.hears_model:
        say_notice(_who_doubts(session, strategy))
    return Ranked(rows, _trust(session) if strategy.name == DEFAULT else {})


def told(arguments: argparse.Namespace, found: Ranked) -> dict[str, Any]:
    """What the command says when it is done; the CSV is written here."""
    if found.trust:
        say_notice(f"{found.trust['doubts']}.")
    if arguments.csv:
        _write(arguments.csv, found.rows)
        return {"ranked": len(found.rows), "csv": str(arguments.csv), **(found.trust if arguments.json else {})}
    if arguments.json:
        return {"ranked": [dict(zip(_CSV_COLUMNS, row, strict=True)) for row in found.rows], **found.trust}
    return {"ranked": [_line(row) for row in found.rows[:_MOST_SHOWN]]}


def _prepare(session: Session, strategy: Strategy) -> None:
    """What the strategy goes by: the tiles' embeddings, which show chance itself where there is nothing to see, and the
    doubts of the model or of its stand-in."""
    if strategy.asks_model:
        load_model(session)
    else:
        load_model_and_doubts(session)
    finish(session.embed(), session)
    wait_for(session, session.pending("rank"))
    if strategy.hears_model and not strategy.asks_model:
        wait_for(session, session.stand_in.ask([ranked.tile_id for ranked in session.queue()]))


def _trust(session: Session) -> dict[str, Any]:
    """How far doubts decided, as a number and in words; nothing where nobody doubts."""
    verdict = session.doubt_records.verdict()
    return {} if verdict is None else {"trust": round(session.doubt_records.trust(), 3), "doubts": str(verdict)}


def _who_doubts(session: Session, strategy: Strategy) -> str:
    """In the place of a model that nobody has trained; where it is nobody, whose order it really is."""
    if session.forecasts.model is not None:
        return "" if strategy.asks_model and not strategy.shares_suffice else _BETTER_DOUBTS
    answered = strategy.asks_model and any(ranked.regime == "doubt" for ranked in session.queue())
    if answered or (session.forecasts.doubts and not strategy.asks_model):
        return _ANOTHER_DOUBTS
    order = _BY_ANOTHER.format(unheard=UNHEARD[strategy.name]) if strategy.name in UNHEARD else _BY_LOOKS
    if strategy.asks_model and not strategy.shares_suffice:
        return _NOBODY_ANSWERS.format(strategy=strategy.name, order=order)
    return (_NOBODY_DOUBTS if session.can_train() else _NOBODY_CAN_DOUBT).format(order=order)


def _row(session: Session, place: int, ranked: RankedTile) -> list[Any]:
    tile = session.tiles[ranked.tile_id]
    scene = session.scenes[tile.scene_id].path
    return [place, scene, *tile.rect, round(ranked.score, 6), ranked.regime, str(ranked.reason)]


def _write(path: Path, rows: list[list[Any]]) -> None:
    is_stream = path.exists() and not path.is_file()  # a pipe or a terminal: nothing to be replaced
    whole = nullcontext(path) if is_stream else replacing(path.resolve())
    with writing(path), whole as target, open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_CSV_COLUMNS)
        writer.writerows(rows)


def _line(row: list[Any]) -> str:
    place, scene, column, top, *_, reason = row
    return f"{place:>4}  {Path(scene).name} ({column}, {top})  {reason}"
