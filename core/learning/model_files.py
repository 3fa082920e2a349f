"""A model as a file of its own: safetensors with its card, and the places it learned from, so that a score on those
never passes for an honest one in another project on the same scenes. Reads and writes headers only; no torch."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.errors import LearningError
from core.geometry import Rect
from core.learning.model import METADATA_KEY, ModelCard, read_card

PLACES_KEY = "fieldbrush_places"
CARD_MARK = "# Fieldbrush model"  # what a card for people begins with
LARGEST_FILE = 2 * 2**30


@dataclass(frozen=True)
class TilePlace:
    """A Tile by its Scene's fingerprint and its rectangle, whatever its id."""

    fingerprint: str
    rect: Rect


def model_file(data: bytes, learned_from: Iterable[TilePlace]) -> bytes:
    """The model `data` with the places of its training Tiles in it; those that it came with from another project, whose
    Scenes nobody has here, stay."""
    known = dict.fromkeys([*(_places(data) or ()), *learned_from])
    places = [[place.fingerprint, *place.rect] for place in known]
    return _with_metadata(data, {PLACES_KEY: json.dumps(places)})


def adopted(
    data: bytes, version: int, tiles: Mapping[int, TilePlace], painted: Collection[int]
) -> tuple[ModelCard, bytes]:
    """A model file as version `version` of a project with these Tiles.

    Those that overlap a place it learned from count as its training Tiles; where the file tells no places, all
    `painted` ones do. What was measured elsewhere says nothing here, but the temperature: with that the model is what
    it was. Raises LearningError when `data` is no model.
    """
    card = read_card(data)
    places = _places(data)
    if places is None:
        taught = sorted(painted)
    else:
        taught = [tile_id for tile_id, tile in tiles.items() if any(_overlap(tile, place) for place in places)]
    card = replace(
        card, version=version, training_tiles=tuple(taught), validation_tiles=(), scores=None, calibration=None,
        joining_tiles=0, ended_after=0, same_as=0,
    )  # fmt: skip
    return card, _with_metadata(data, {METADATA_KEY: card.to_json()})


def card_markdown(card: ModelCard) -> str:
    """The card for people."""
    lines = [
        f"{CARD_MARK} {card.version}", "",
        f"- Made: {card.created_utc}",
        f"- Bands, in order: {', '.join(card.roles)}",
        "- Classes: " + ", ".join(f"{v} {n}" for v, n in zip(card.class_values, card.class_names, strict=True)),
        f"- Learned from {len(card.training_tiles)} tiles; held out: {len(card.validation_tiles)}",
        f"- Encoder: {card.encoder}; temperature {card.temperature:.2f}",
        f"- Training settings: {card.settings.to_json()}",
    ]  # fmt: skip
    if card.scores is not None:
        shown = ("–" if math.isnan(value) else f"{value:.2f}" for value in card.scores.iou)
        iou = (f"{name} {score}" for name, score in zip(card.class_names, shown, strict=True))
        lines.append(f"- IoU on {card.scores.tile_count} held-out tiles: {', '.join(iou)}")
    if card.joining_tiles:
        lines.append(f"- {card.joining_tiles} of those join tiles it learned from: the scores may flatter")
    if card.ended_after:
        lines.append(f"- Stopped after {card.ended_after} steps: the score on held-out tiles no longer rose")
    if card.same_as:
        lines.append(f"- Its weights are those of model {card.same_as}: the training found nothing better")
    return "\n".join([*lines, "", "Values are scaled to 0…1 between the limits in the card inside the file.", ""])


def _overlap(one: TilePlace, other: TilePlace) -> bool:
    return one.fingerprint == other.fingerprint and not one.rect.intersect(other.rect).is_empty


def _places(data: bytes) -> list[TilePlace] | None:
    text = _header(data)[0].get("__metadata__", {}).get(PLACES_KEY)
    if text is None:
        return None
    try:
        return [TilePlace(str(f), Rect(int(x), int(y), int(w), int(h))) for f, x, y, w, h in json.loads(text)]
    except (TypeError, ValueError) as error:
        raise LearningError("The places this model learned from cannot be read.", "Export it anew.") from error


def _header(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the weights behind it, of bytes that `read_card` has accepted."""
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def _with_metadata(data: bytes, entries: Mapping[str, str]) -> bytes:
    header, weights = _header(data)
    header["__metadata__"] = {**header.get("__metadata__", {}), **entries}
    packed = json.dumps(header, ensure_ascii=False).encode()
    packed += b" " * (-len(packed) % 8)  # the format wants the weights aligned
    return struct.pack("<Q", len(packed)) + packed + weights
