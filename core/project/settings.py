"""The settings of a project: what each is called in its file, and in what shape it comes back."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any


class Setting(StrEnum):
    """What is kept in the project under a name, as JSON. The values stand in files: they never change."""

    # How scenes are read, and how tiles are cut
    INTERPRETATION = "interpretation"
    STATISTICS = "statistics"  # of the bands
    TILE_PX = "tile_px"
    TILES_LEFT_OUT = "tiles_left_out"  # how many have too little image data to be in the grid
    HOME = "home"  # the folder that the project lay in when it last had all its scenes
    # How they are looked at
    LOOKS = "looks"  # by composite
    FORMULAS = "formulas"  # the user's own composites
    HIGHEST_FORMULA = "highest_formula"  # number that was ever given
    STRETCHES = "stretches"  # measured ones: the next first picture need not wait for them
    VALUE_RANGE = "value_range"  # where painting is allowed
    VIEW = "view"  # what the canvas shows, and how its tools are set
    PLACE = "place"  # where the user looks, with which tool
    PANES = "panes"
    # Labels
    HIGHEST_CLASS_VALUE = "highest_class_value"  # that was ever given
    HIDDEN_CLASSES = "hidden_classes"
    MASK_VALUES = "mask_values"  # how those of masks were read that have been imported
    KEPT_FINDINGS = "kept_findings"  # of the label review: right as they are
    # Where the expert is
    BUDGET = "budget"
    SPENT = "spent"  # of the budget
    UNSPENT_SECONDS = "unspent_seconds"  # on tiles that were left before they were done
    DONE_BEFORE = "done_before"  # tiles that were done when they were put aside
    LAST_TILE = "last_tile"
    # Models
    DOUBTS = "doubts"  # by tile, as the last sitting left them
    LEADING_MODEL = "leading_model"  # its version
    ROUNDS = "rounds"  # what each training came to
    CLASSIFIER_IS_AHEAD = "classifier_is_ahead"  # of the leading model, where it has seen strokes on the tile itself
    CLASSIFIER_ALONE_IS_AHEAD = "classifier_alone_is_ahead"  # where it has not
    MAP_SCORES = "map_scores"  # by version of a kept model: its and the classifier's, where nobody paints
    TRAINING = "training"  # how long one may take
    AUTO_TRAIN = "auto_train"


def in_shape(stored: Any, usual: Any) -> Any:
    """The JSON value `stored` where it is of the kind of `usual`, else `usual`: whatever another version of the program
    has left there, or damage. None is of every kind.

    Numbers are finite, and whole where the usual one is. Of a dict each value is looked at for itself, and what the
    usual one does not have is left out; one without entries takes any.
    """
    if usual is None:
        return stored
    if isinstance(usual, dict) and isinstance(stored, dict):
        return {key: in_shape(stored.get(key, value), value) for key, value in usual.items()} if usual else stored
    if isinstance(usual, float) and isinstance(stored, int) and not isinstance(stored, bool):
        return stored
    fits = type(stored) is type(usual) and not (isinstance(stored, float) and not math.isfinite(stored))
    return stored if fits else usual
