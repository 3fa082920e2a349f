"""`fieldbrush predict`, `export --predictions` and `report`: the map, by a model or by the pixel classifier."""

from __future__ import annotations

import argparse
from typing import Any

from core.learning.mappers import name_of
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.report.files import summary
from core.session import Session
from core.terminal.saying import say_notice
from core.terminal.working import finish, load_model, wait_for

_BEHIND = "On the tiles held out the pixel classifier does better than this model{figures}: "
_FIGURES = " (mean IoU {classifier:.2f}, the model's {model:.2f}; tiles: {tiles})"
_TRAINED = "it makes the maps, unless you say --by model. Train longer, with a larger --seconds, or label more."
_CHOSEN = "--by classifier takes its map."
_NO_MODEL = "There is no model: the map is made by the pixel classifier, taught by the labels."
_CLASSIFIERS = "The map is made by the pixel classifier, taught by the labels."
_BETTER = (
    "The map is made by the pixel classifier, taught by the labels: on {tiles} tiles held out its mean IoU is "
    "{classifier:.2f}, that of model {version} {model:.2f}."
)
_UNMEASURED = (
    "The map is made by the model. Nobody has measured whether the pixel classifier, --by classifier, does better: "
    "that takes tiles held out, as a training has from five labeled ones on."
)
_NO_FLIPS = "--flips is for a model's map: the pixel classifier makes it without."


def predict(arguments: argparse.Namespace, session: Session) -> dict[str, Any]:
    """What the command says when it is done. Raises LearningError, ExportError, SceneError."""
    by = _maker(arguments, session)
    unlike = _say_what_looks_unlike(session) if by != CLASSIFIER_VERSION else []
    if arguments.flips and by == CLASSIFIER_VERSION:
        say_notice(_NO_FLIPS)
    export = session.export_predictions(arguments.out, by=by, flips=arguments.flips)
    written = [str(path) for path in finish(export, session)]
    left_out = list(export.left_out)
    return {"map by": name_of(by), "written": written, "unlike scenes": unlike, "scenes left out": left_out}


def report(arguments: argparse.Namespace, session: Session) -> dict[str, Any]:
    """What the command says when it is done. Raises LearningError, ExportError, SceneError."""
    by = _maker(arguments, session)
    if by != CLASSIFIER_VERSION:
        _say_what_looks_unlike(session)
    export = session.maps.export_report(arguments.out, by)
    found = finish(export, session)
    written = [str(path) for path in found.files]
    return {**summary(found.scores, found.areas), "written": written, "scenes left out": list(export.left_out)}


def say_what_it_lacks(session: Session, *, is_chosen: bool = False) -> None:
    """Whoever maps with a model should know what it never shows, and that another way is better. `is_chosen`: it makes
    the map that is asked for, else it has been trained."""
    for sentence in session.models.missed():
        say_notice(str(sentence))
    scores = session.forecasts.classifier_is_ahead.maps
    if session.forecasts.classifier_maps or (scores is not None and scores.classifier > scores.model):
        figures = "" if scores is None else _FIGURES.format(**scores._asdict())
        say_notice(_BEHIND.format(figures=figures) + (_CHOSEN if is_chosen else _TRAINED))


def _maker(arguments: argparse.Namespace, session: Session) -> int:
    """Who makes the map; what there is to know of that is said."""
    if arguments.by != "classifier":
        load_model(session)
    if arguments.by == "model":
        by = session.leading.model().card.version
    else:
        by = CLASSIFIER_VERSION if arguments.by == "classifier" else session.maps.usual()
    if by == CLASSIFIER_VERSION:
        say_notice(_why_the_classifier(session))
    else:
        say_what_it_lacks(session, is_chosen=True)
        if arguments.by is None and session.forecasts.classifier_is_ahead.maps is None:
            say_notice(_UNMEASURED)
    return by


def _why_the_classifier(session: Session) -> str:
    model, scores = session.forecasts.model, session.forecasts.classifier_is_ahead.maps
    if model is None:
        return _CLASSIFIERS if session.leading.stored() is not None else _NO_MODEL
    if scores is None:
        return _CLASSIFIERS
    return _BETTER.format(
        version=model.card.version, tiles=scores.tiles, classifier=scores.classifier, model=scores.model
    )


def _say_what_looks_unlike(session: Session) -> list[str]:
    """The paths of Scenes that are not like those the model knows: its map of them is a guess."""
    wait_for(session, session.unlike_scenes.ask())
    say_notice(str(session.unlike_scenes.sentence()))
    return session.unlike_scenes.paths()
