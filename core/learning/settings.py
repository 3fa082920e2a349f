"""What a training run is told to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from core.errors import LearningError
from core.learning.encoder import DEFAULT_ENCODER

MOST_HEADS = 16


FEWEST_STEPS = 30  # of fewer little comes


@dataclass(frozen=True)
class TrainingSettings:
    """How long, how big and how random a training run is.

    With `max_steps` = 0 the run takes `time_budget_s` seconds in all. With `max_steps` > 0 the steps alone govern
    and the time budget is not looked at: the same seed then gives the same model on the same machine, unless that
    computes on a graphics processor, which adds up in any order. A long run ends early when its score on held-out Tiles
    no longer rises (`core/learning/levelling.py`).
    `threads` = 0 computes with every core, or with one where others have them now (the last digits may then differ from
    run to run); a program whose window is in use asks for `threads_beside_window`. `encoder_weights` is a
    safetensors file to start the encoder from instead of the weights that ship with the program. With `processes`
    above 1 so many train one network, each with `batch_size` crops a step; a `batch_size` of 0 takes as many as suit
    what computes (`crops_on`). `heads` last layers learn side by side, and the model answers with their mean
    (`core/learning/heads.py`).
    """

    time_budget_s: float = 60.0
    max_steps: int = 0
    batch_size: int = 0
    crop_px: int = 256
    learning_rate: float = 4e-3
    seed: int = 0
    threads: int = 0
    encoder: str = DEFAULT_ENCODER
    encoder_weights: str = ""
    processes: int = 1
    heads: int = 1

    def __post_init__(self) -> None:
        counts = min(self.processes, self.heads)
        out_of_range = self.crop_px < 32 or self.heads > MOST_HEADS or self.batch_size < 0
        if self.time_budget_s <= 0 or counts < 1 or self.learning_rate <= 0 or out_of_range:
            raise LearningError(
                "These training settings make no sense: {settings}.",
                "Time, learning rate and processes must be positive, a batch size not negative, "
                "a crop at least 32 px, heads 1 to 16.",
                settings=asdict(self),
            )

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TrainingSettings:
        """Raises KeyError, TypeError, ValueError or LearningError on anything that `to_json` did not write."""
        data = {"encoder_weights": "", "processes": 1, "heads": 1, **json.loads(text)}  # not in the first models
        return cls(**{field.name: type(field.default)(data[field.name]) for field in fields(cls)})  # type: ignore[misc]
