"""What several commands' options have in common: their types, and where work is done."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from core.executors.spread import Workplace


def above_zero(written: str) -> float:
    """The type of an option: a finite number above 0."""
    number = float(written)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{written} is not a number above 0")
    return number


def one_or_more(written: str) -> int:
    """The type of an option: a whole number from 1 up."""
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{written} is not 1 or more")
    return number


def zero_or_more(written: str) -> int:
    """The type of an option: a whole number from 0 up."""
    number = int(written)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{written} is not 0 or more")
    return number


def seed(written: str) -> int:
    """The type of an option: a whole number from 0 up that every random generator takes."""
    number = int(written)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{written} is not from 0 to {2**32 - 1}")
    return number


class NumberAndFile(argparse.Action):
    """What an option does that takes a model's number, then a file."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        number, file = values
        try:
            setattr(namespace, self.dest, (one_or_more(number), Path(file)))
        except (ValueError, argparse.ArgumentTypeError) as error:
            raise argparse.ArgumentError(self, f"“{number}” is not a model's number") from error


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """--jobs and --scheduler, for `place_of`."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, default=1, help="processes to compute in (default: 1, with all cores)")
    where.add_argument("--scheduler", default="", help="compute on a Dask cluster: its address, as tcp://HOST:8786")


def place_of(arguments: argparse.Namespace) -> Workplace:
    """Where the options want the work done. Raises WorkplaceError."""
    return Workplace(arguments.jobs, arguments.scheduler)
