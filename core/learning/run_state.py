"""What of a training changes from step to step: kept and put back, a run goes on as if it had never stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.learning import runtime
from core.learning.interrupted import Interrupted
from core.learning.judging import Candidate
from core.learning.stepper import Stepper

if TYPE_CHECKING:
    from torch import Tensor


@dataclass
class RunState:
    """`random` draws the crops; `checkpoints` are the parts 0…1 of the run that are still to be scored after, `scores`
    those of the others; `best` is the best checkpoint so far. `reserve_s` is what scoring at the end will take, and
    `hurries_from` the part of the run after which its end was brought forward."""

    stepper: Stepper
    random: np.random.Generator
    checkpoints: list[float]
    batch_size: int
    best: Candidate | None = None
    reserve_s: float = 0.0
    hurries_from: float | None = None
    scores: list[float] = field(default_factory=list)

    def kept(self, step: int, done: float) -> Interrupted:
        """All of it, as it is now. The tensors are the run's own: write them before the next step."""
        best = self.best
        tensors = {
            "raw": self.stepper.module.state_dict(),
            "average": self.stepper.average.module.state_dict(),
            "moments": self._moments(),
            "best": best.weights if best is not None else {},
        }
        more = {
            "averaged": self.stepper.average.count,
            "random": self.random.bit_generator.state,
            "checkpoints": self.checkpoints,
            "batch_size": self.batch_size,
            "scaler": self.stepper.scaler.state_dict(),
            "reserve_s": self.reserve_s,
            "hurries_from": self.hurries_from,
            "scores": self.scores,
            "best": None if best is None else [best.iou, best.shift.tolist()],
        }
        return Interrupted(step, done, tensors, more)

    def put_back(self, found: Interrupted, *, draws_the_same: bool) -> None:
        """Go on from there. A process of several that does not lead draws crops of its own: not `draws_the_same`."""
        more, stepper = found.more, self.stepper
        stepper.module.load_state_dict(found.tensors["raw"])
        stepper.average.module.load_state_dict(found.tensors["average"])
        stepper.average.count = int(more["averaged"])
        self._put_moments(found.tensors["moments"])
        if more["scaler"]:
            stepper.scaler.load_state_dict(more["scaler"])
        if draws_the_same:
            self.random.bit_generator.state = more["random"]
        self.checkpoints[:] = [float(part) for part in more["checkpoints"]]
        self.batch_size = int(more["batch_size"])
        self.reserve_s = float(more["reserve_s"])
        self.hurries_from = more["hurries_from"]
        self.scores[:] = [float(score) for score in more["scores"]]
        if more["best"] is not None:
            iou, shift = more["best"]
            self.best = Candidate(float(iou), dict(found.tensors["best"]), np.array(shift, np.float32))

    def _moments(self) -> dict[str, Tensor]:
        return {
            f"{number}/{name}": value
            for number, values in self.stepper.optimiser.state_dict()["state"].items()
            for name, value in values.items()
        }

    def _put_moments(self, moments: Mapping[str, Tensor]) -> None:
        torch = runtime.load_torch()
        parameters = [parameter for group in self.stepper.optimiser.param_groups for parameter in group["params"]]
        for name, value in moments.items():
            number, _, kind = name.partition("/")
            parameter = parameters[int(number)]
            if kind != "step":  # laid out in memory as its parameter is: the optimiser goes through both side by side
                value = torch.empty_like(parameter).copy_(value)
            self.stepper.optimiser.state[parameter][kind] = value if kind != "step" else self._step_of(parameter, value)

    def _step_of(self, parameter: Tensor, value: Tensor) -> Tensor:
        """How many steps the moments hold; the fused optimiser wants it where the parameter is."""
        return value.to(parameter.device) if self.stepper.optimiser.defaults.get("fused") else value
