"""Whose Predictions count, and whose doubts earn which Trust."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.events import Change, Subject
from core.forecasts import Forecasts
from core.labels.classes import UNLABELED
from core.labels.mask import Mask, Provenance
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import MOST_UNPACKED, PackedPrediction
from core.learning.rival import NOT_AHEAD, Ahead
from core.learning.settings import TrainingSettings
from core.project.records import DoubtRecord
from tests.core.projects import done, dot, make_project, opened, opened_with_store, quiet, write_scene

SHAPE = (4, 6)
QUICK = TrainingSettings(max_steps=2, batch_size=1, crop_px=64, threads=1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SegmentationModel:
    """A real one, of version 1; nothing was held out."""
    folder = tmp_path_factory.mktemp("model")
    with opened(make_project(folder, [write_scene(folder / "a.tif")])) as session:
        for number, tile_id in enumerate(sorted(session.tiles)[:2]):
            dot(session, tile_id, 30, 30, 1 + number, 40)
        result, _ = done(session, session.train(QUICK))
        quiet(session)
    return result.model


def version(model: SegmentationModel, number: int) -> SegmentationModel:
    return replace(model, card=replace(model.card, version=number))


def said(forecasts: Forecasts, tile_id: int, by: int, doubt: float, value: int = 1) -> bool:
    classes = np.full(SHAPE, value, np.uint8)
    prediction = TilePrediction(tile_id, by, classes, np.zeros(SHAPE, np.uint8))
    counts = np.bincount(classes.ravel(), minlength=256)
    return forecasts.keep(PackedPrediction.of(prediction), counts, doubt)


def forecasts_of(model: SegmentationModel | None = None, *, behind: bool = False) -> Forecasts:
    forecasts = Forecasts(np.arange(256, dtype=np.uint8), NOT_AHEAD, lambda: True)
    forecasts.suggests = True
    if model is not None:
        forecasts.lead_with(model, Ahead(with_scribbles=behind, alone=False))
    return forecasts


def test_until_a_model_is_loaded_the_classifier_predicts(model: SegmentationModel) -> None:
    forecasts = forecasts_of()
    forecasts.version = 7  # its file is being read
    assert (forecasts.leader, forecasts.classifier_leads) == (CLASSIFIER_VERSION, True)
    assert said(forecasts, 1, CLASSIFIER_VERSION, 0.5)
    forecasts.lead_with(version(model, 7))
    assert (forecasts.leader, forecasts.classifier_leads) == (7, False)
    assert not said(forecasts, 1, CLASSIFIER_VERSION, 0.1)
    assert forecasts.doubts == {1: 0.5}


def test_where_nobody_paints_the_classifier_has_to_be_better_without_strokes(model: SegmentationModel) -> None:
    forecasts = forecasts_of(model, behind=True)
    assert forecasts.classifier_leads
    forecasts.suggests = False  # a terminal
    assert not forecasts.classifier_leads
    forecasts.lead_with(model, Ahead(with_scribbles=False, alone=True))
    assert forecasts.classifier_leads
    forecasts.suggests = True
    assert not forecasts.classifier_leads


def test_what_an_overtaken_model_says_is_dropped(model: SegmentationModel) -> None:
    forecasts = forecasts_of(model)
    assert said(forecasts, 1, 1, 0.5)
    forecasts.lead_with(version(model, 2))
    assert not said(forecasts, 2, 1, 0.9)
    assert forecasts.doubts == {1: 0.5}  # older doubts order Tiles better than none
    assert forecasts.missing([1, 2]) == [1, 2]
    assert said(forecasts, 1, 2, 0.25)
    assert forecasts.missing([1, 2]) == [2]


@pytest.mark.parametrize("suggests", [True, False])
def test_a_model_that_is_behind_does_not_predict_where_the_classifier_can(
    model: SegmentationModel, suggests: bool
) -> None:
    forecasts = forecasts_of(model, behind=True)
    forecasts.suggests = suggests
    assert forecasts.leader == (CLASSIFIER_VERSION if suggests else 1)


def test_doubts_of_models_and_of_the_classifier_do_not_mix(model: SegmentationModel) -> None:
    forecasts = forecasts_of()
    for tile_id in (1, 2):
        said(forecasts, tile_id, CLASSIFIER_VERSION, 0.5)
    assert forecasts.doubts_are_the_classifiers
    forecasts.lead_with(model)
    assert forecasts.doubts_are_the_classifiers
    assert len(forecasts.doubts) == 2  # until there are better ones
    said(forecasts, 2, 1, 0.125)
    assert not forecasts.doubts_are_the_classifiers
    assert forecasts.doubts == {2: 0.125}


def test_counts_are_the_leading_models_alone(model: SegmentationModel) -> None:
    forecasts = forecasts_of(model)
    said(forecasts, 1, 1, 0.5, value=2)
    assert {tile: counts[2] for tile, counts in forecasts.counts().items()} == {1: 24}
    forecasts.lead_with(version(model, 2))
    assert forecasts.counts() == {}


def test_what_is_kept_unpacked_is_what_was_predicted_last_as_it_is_meant_now() -> None:
    forecasts = forecasts_of()
    for tile_id in range(2 * MOST_UNPACKED):
        said(forecasts, tile_id, CLASSIFIER_VERSION, 0.5)
    predictions = forecasts.predictions
    shared = [predictions.get(tile_id) for tile_id in range(2 * MOST_UNPACKED)][-1]
    assert shared is not None
    assert shared is predictions.get(2 * MOST_UNPACKED - 1), "unpacked once"
    for plane in (shared.classes, shared.doubt):
        with pytest.raises(ValueError, match="read-only"):
            plane[0, 0] = 7
    predictions.meaning = np.full(256, 9, np.uint8)  # its class was merged
    assert (predictions.get(7).classes == 9).all()
    predictions.meaning = np.arange(256, dtype=np.uint8)
    said(forecasts, 7, CLASSIFIER_VERSION, 0.5, value=2)
    assert (predictions.get(7).classes == 2).all()
    predictions.drop(7)
    assert predictions.get(7) is None
    assert len(predictions._unpacked) <= MOST_UNPACKED


def painted(value: int = 1, provenance: Provenance = Provenance.DRAWN) -> Mask:
    mask = Mask.empty(*SHAPE)
    mask.labels[:2] = value
    mask.provenance[:2] = provenance
    return mask


def test_a_doubt_is_judged_by_what_a_person_has_painted(model: SegmentationModel) -> None:
    forecasts = forecasts_of(model)
    assert forecasts.judged_by(painted(), 9, "", foreseen=False) is None
    said(forecasts, 9, 1, 0.25, value=2)
    mask = painted()
    mask.labels[0] = 2
    assert forecasts.judged_by(mask, 9, "doubt", foreseen=False) == DoubtRecord(9, 1, "doubt", 0.25, 0.5)
    assert forecasts.judged_by(painted(provenance=Provenance.ACCEPTED), 9, "", foreseen=False) is None
    taught = model.card.training_tiles[0]
    said(forecasts, taught, 1, 0.25)
    assert forecasts.judged_by(painted(), taught, "", foreseen=False) is None


def test_what_an_earlier_model_said_is_not_judged_as_the_present_ones(model: SegmentationModel) -> None:
    """It may have learned from this very Tile, which the card of the one that leads now does not say."""
    forecasts = forecasts_of(version(model, 5))
    said(forecasts, 9, 5, 0.25)
    forecasts.lead_with(model)  # model 1 is used again
    assert forecasts.judged_by(painted(), 9, "", foreseen=False) is None


def test_what_the_classifier_said_goes_with_the_paint_it_learned_from(tmp_path: Path, model: SegmentationModel) -> None:
    """By undo and by a Class that is removed; a Model's Predictions stay. Whatever comes late is not kept."""
    with opened(make_project(tmp_path, [write_scene(tmp_path / "a.tif")])) as session:
        first, second, *others = sorted(session.tiles)
        forecasts = session.forecasts
        session.set_classes([*session.classes, session.class_list.new_class("weed")])
        dot(session, first, 30, 30, 1)
        dot(session, second, 30, 30, 2)
        for tile_id in others:
            said(forecasts, tile_id, CLASSIFIER_VERSION, 0.5)
        told: list[Change] = []
        session.changes.subscribe(told.append)
        session.undo(second)
        assert (len(forecasts.predictions), forecasts.doubts, forecasts.counts()) == (0, {}, {})
        assert [c.tile_ids for c in told if Subject.PREDICTIONS in c.subjects] == [frozenset(others)]
        assert not said(forecasts, others[0], CLASSIFIER_VERSION, 0.5)
        session.redo(second)
        assert said(forecasts, others[0], CLASSIFIER_VERSION, 0.5)
        done(session, session.merge_class(2, UNLABELED))
        assert others[0] not in forecasts.predictions
        session.bring_class_back()
        forecasts.lead_with(model)
        assert said(forecasts, others[0], 1, 0.25)
        session.undo(second)
        assert (list(forecasts.predictions), forecasts.doubts) == ([others[0]], {others[0]: 0.25})


def test_doubts_of_the_last_sitting_go_where_their_paint_has_gone_since(tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    with opened(project) as session:
        for value in (1, 2):
            dot(session, 1, 20 * value, 30, value)
        said(session.forecasts, 2, CLASSIFIER_VERSION, 0.5)
    killed = Path(shutil.copytree(tmp_path, tmp_path / "killed")) / project.name
    with opened(project) as session:
        assert session.forecasts.doubts == {2: 0.5}
        session.undo(1)
        session.gather()
        shutil.copy(project, killed)
    with opened(killed) as session:
        assert session.forecasts.doubts == {}


def test_each_kind_of_doubt_has_the_trust_that_it_has_earned(tmp_path: Path, model: SegmentationModel) -> None:
    with opened_with_store(make_project(tmp_path, [write_scene(tmp_path / "a.tif")])) as (session, store):
        for number in range(10):  # the model was sure where it was wrong
            store.add_doubt_record(DoubtRecord(1 + number % 4, 1, "", 0.1 * number, 1 - 0.1 * number))
        for value in (1, 2):
            dot(session, 1, 20 * value, 30, value)
        session.forecasts.suggests = True
        session.forecasts.lead_with(model, Ahead(with_scribbles=True, alone=False))
        said(session.forecasts, 1, CLASSIFIER_VERSION, 0.5)
        assert session.doubt_records.trust() == 1.0
        untested = "No labels have shown yet whether doubts are right: they are trusted 100 %"
        assert str(session.doubt_records.verdict()) == untested
        session.forecasts.lead_with(model)
        said(session.forecasts, 1, 1, 0.5)
        assert session.doubt_records.trust() == 0.5
        wrong = "Doubts have been right 0 % of the way, on 10 tiles: they are trusted 50 %"
        assert str(session.doubt_records.verdict()) == wrong
        store.add_doubt_record(DoubtRecord(1, 1, "", 0.05, 1.0))
        least = "Doubts have been right 0 % of the way, on 11 tiles; choosing mostly for coverage"
        assert str(session.doubt_records.verdict()) == least
        session.forecasts.doubts.clear()
        assert session.doubt_records.verdict() is None, "nobody doubts"
