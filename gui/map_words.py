"""Who makes the map, in words: for the export, the field report and the model report."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.session import Session
from core.session_parts.maps import MapChoice
from gui.translate import number


def maker_named(version: int) -> str:
    """Such as "Model 3"."""
    if version == CLASSIFIER_VERSION:
        return QCoreApplication.translate("map", "Pixel classifier")
    return QCoreApplication.translate("map", "Model {version}").format(version=version)


def maker_with_score(choice: MapChoice) -> str:
    """Such as "Model 3: IoU 0.81 on 8 tiles held out"."""
    name = maker_named(choice.version)
    if math.isnan(choice.mean_iou):
        return QCoreApplication.translate("map", "{name}: not scored yet").format(name=name)
    words = QCoreApplication.translate("map", "{name}: IoU {iou} on %n tile(s) held out", "", choice.tiles)
    return words.format(name=name, iou=number(choice.mean_iou, 2))


def whose_map(session: Session, version: int) -> str:
    """What to know of a map by that one where the scene is coloured by the other; else empty."""
    is_classifiers = version == CLASSIFIER_VERSION
    if session.forecasts.classifier_leads == is_classifiers:
        return ""
    if is_classifiers:
        return QCoreApplication.translate("map", "The scene has the model's colours, the map the pixel classifier's.")
    if not session.forecasts.classifier_maps and session.forecasts.classifier_is_ahead.maps is None:
        return QCoreApplication.translate(
            "map",
            "The scene has the pixel classifier's colours, the map the model's: nobody has measured which is better.",
        )
    if not session.forecasts.classifier_maps:
        return QCoreApplication.translate(
            "map",
            "The scene has the pixel classifier's colours: with strokes on a tile it does better, without them the "
            "model does.",
        )
    return QCoreApplication.translate("map", "The scene has the pixel classifier's colours, the map the model's.")


def whose_colours(session: Session) -> str:
    """Who colours the scene and makes the map where that is not the model in use alone; else empty."""
    forecasts = session.forecasts
    if forecasts.classifier_leads and forecasts.classifier_maps:
        return QCoreApplication.translate(
            "map", "Scene and map have the pixel classifier's colours until the model is better."
        )
    return whose_map(session, CLASSIFIER_VERSION if forecasts.classifier_maps else forecasts.version)
