"""A trained model and its card, and the one file format for both: safetensors with the card as JSON inside."""

from __future__ import annotations

import json
import logging
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import LearningError
from core.imagery.statistics import BandStatistics
from core.learning import runtime
from core.learning.calibration import Calibration
from core.learning.metrics import Scores
from core.learning.settings import TrainingSettings
from core.learning.unet import build_unet

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_log = logging.getLogger(__name__)

FORMAT = "fieldbrush-model-1"
METADATA_KEY = "fieldbrush"
_LAST_BLOCK = "decoder.blocks.4."  # which only the first models have
_LARGEST_HEADER = 16 * 2**20
_LARGEST_BAND_COUNT = 1024


@dataclass(frozen=True)
class ModelCard:
    """Everything about a model but its weights.

    `roles` are those of the bands it reads, in order; `class_values` and `class_names` belong together, in the order
    of the network's outputs. `temperature` divides the logits before the softmax. `scores` are measured on Tiles the
    model never trained on and are None where there were too few to hold any out. `training_tiles` are the ids of
    all Tiles that this model or those it was continued from trained on; `validation_tiles` were held out. Of those
    behind `scores`, `joining_tiles` join one that it learned from: there were too few that lie apart. `ended_after`
    counts the steps of a training that ended early, and is 0 for all others. `same_as` is the version that has the same
    weights, where a training has found nothing better than what it began with; else 0.
    """

    version: int
    encoder: str
    roles: tuple[str, ...]
    class_values: tuple[int, ...]
    class_names: tuple[str, ...]
    statistics: BandStatistics
    temperature: float
    created_utc: str
    settings: TrainingSettings
    scores: Scores | None = None
    training_tiles: tuple[int, ...] = ()
    validation_tiles: tuple[int, ...] = ()
    calibration: Calibration | None = None
    joining_tiles: int = 0
    ended_after: int = 0
    same_as: int = 0

    def to_json(self) -> str:
        fields = {
            "format": FORMAT,
            "version": self.version,
            "encoder": self.encoder,
            "roles": list(self.roles),
            "class_values": list(self.class_values),
            "class_names": list(self.class_names),
            "statistics": json.loads(self.statistics.to_json()),
            "temperature": self.temperature,
            "created_utc": self.created_utc,
            "settings": json.loads(self.settings.to_json()),
            "scores": None if self.scores is None else json.loads(self.scores.to_json()),
            "training_tiles": list(self.training_tiles),
            "validation_tiles": list(self.validation_tiles),
            "joining_tiles": self.joining_tiles,
            "ended_after": self.ended_after,
            "same_as": self.same_as,
            "calibration": None if self.calibration is None else json.loads(self.calibration.to_json()),
        }
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Raises LearningError on anything that `to_json` did not write."""
        try:
            card = cls._from_fields(json.loads(text))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise _damaged("its description is not complete") from error
        counts_fit = (
            len(card.class_values) == len(card.class_names) >= 2 and 1 <= len(card.roles) <= _LARGEST_BAND_COUNT
        )
        if not counts_fit or not (math.isfinite(card.temperature) and card.temperature > 0):
            raise _damaged("its description contradicts itself")
        return card

    @classmethod
    def _from_fields(cls, data: dict[str, Any]) -> ModelCard:
        if data["format"] != FORMAT:
            raise ValueError(data["format"])
        return cls(
            version=int(data["version"]),
            encoder=str(data["encoder"]),
            roles=tuple(str(role) for role in data["roles"]),
            class_values=tuple(_class_value(value) for value in data["class_values"]),
            class_names=tuple(str(name) for name in data["class_names"]),
            statistics=BandStatistics.from_json(json.dumps(data["statistics"])),
            temperature=float(data["temperature"]),
            created_utc=str(data["created_utc"]),
            settings=TrainingSettings.from_json(json.dumps(data["settings"])),
            scores=None if data["scores"] is None else Scores.from_json(json.dumps(data["scores"])),
            training_tiles=tuple(int(tile) for tile in data["training_tiles"]),
            validation_tiles=tuple(int(tile) for tile in data["validation_tiles"]),
            calibration=_calibration(data.get("calibration")),  # not in the first models
            joining_tiles=int(data.get("joining_tiles", 0)),  # nor these
            ended_after=int(data.get("ended_after", 0)),
            same_as=int(data.get("same_as", 0)),
        )


@dataclass(frozen=True)
class SegmentationModel:
    """A card and the network it describes, in evaluation mode."""

    card: ModelCard
    module: torch.nn.Module

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it goes as a model file."""
        return SegmentationModel.from_bytes, (self.to_bytes(),)

    def to_bytes(self) -> bytes:
        """The model as a safetensors file with its card in the metadata; nothing in it can run code."""
        from safetensors.torch import save

        state = {name: value.detach().cpu().contiguous() for name, value in self.module.state_dict().items()}
        return save(state, {METADATA_KEY: self.card.to_json()})

    @classmethod
    def from_bytes(cls, data: bytes) -> SegmentationModel:
        """Read what `to_bytes` wrote. Raises LearningError on everything else; never unpickles."""
        card = read_card(data)
        state = _read_state(data)
        module = build_unet(
            card.roles, len(card.class_values), encoder=card.encoder, pretrained=False, heads=card.settings.heads,
            whole_decoder=any(name.startswith(_LAST_BLOCK) for name in state),
        )  # fmt: skip
        expected = module.state_dict()
        if expected.keys() != state.keys() or any(expected[key].shape != state[key].shape for key in expected):
            raise _damaged("its weights are not those of the network that it describes")
        module.load_state_dict(state)
        return cls(card, module.eval())


def read_card(data: bytes) -> ModelCard:
    """Only the card of a model file, without loading torch. Raises LearningError if `data` is not a model."""
    if len(data) < 8:
        raise _damaged("it is too short")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(_LARGEST_HEADER, len(data) - 8):
        raise _damaged("it is not a safetensors file")
    try:
        description = str(json.loads(data[8 : 8 + length])["__metadata__"][METADATA_KEY])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged("it holds no description of a Fieldbrush model") from error
    return ModelCard.from_json(description)


def legible_card(data: bytes) -> ModelCard | None:
    """As `read_card`; None where damage has left none."""
    try:
        return read_card(data)
    except LearningError as error:
        _log.warning("a model cannot be read: %s", error)
        return None


def _read_state(data: bytes) -> dict[str, torch.Tensor]:
    torch = runtime.load_torch()
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        state: dict[str, Tensor] = load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise _damaged("it was cut short or altered") from error
    if not all(bool(torch.isfinite(value).all()) for value in state.values()):
        raise _damaged("some of its weights are not numbers")
    return state


def _calibration(data: Any) -> Calibration | None:
    return None if data is None else Calibration.from_json(json.dumps(data))


def _class_value(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= 199:
        raise ValueError(value)
    return value


def _damaged(reason: str) -> LearningError:
    return LearningError(
        "This is not a model that Fieldbrush can use: {reason}.",
        "Train a new model, or choose a file that Fieldbrush exported.",
        reason=reason,
    )
