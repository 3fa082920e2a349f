"""What can be typed in a terminal: the commands, their options, the help on them. What they do is in cli.py."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core import __version__
from core.demo.project import default_demo_folder
from core.learning.settings import MOST_HEADS
from core.selection.strategies import DEFAULT, OTHER_NAMES, STRATEGIES
from core.simulation import command as simulation
from core.terminal.options import NumberAndFile, above_zero, add_place_options, one_or_more, seed, zero_or_more

MAKERS = ("model", "classifier")
_PREDICTIONS = "with --predictions: "
_FLIPS = "average a model's map over four mirrored views: four times as long"


def command_line() -> argparse.ArgumentParser:
    """The parser; what it returns has the `command`'s name, `json`, and what the command's options say."""
    parser = argparse.ArgumentParser(
        prog="fieldbrush",
        description="Label imagery into crop masks. Without a command the window opens, also with a project or scenes:"
        " fieldbrush [PROJECT | SCENES…]",
    )
    parser.add_argument("--version", action="version", version=f"fieldbrush {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help, description=command.help)
        sub.add_argument("--json", action="store_true", help="print the result, or the error, as one JSON object")
        if command.project:
            sub.add_argument("project", help="the project file (.fieldbrush)")
        command.add_options(sub)
    return parser


def typed(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed, as `command_line` says. Wrong usage ends the program, with 2."""
    parser = command_line()
    arguments = parser.parse_args(_with_signs(argv))
    if arguments.command == "export" and not arguments.predictions:
        for option in ("by", "flips"):
            if getattr(arguments, option):  # else the labels alone would be written, and nobody would say so
                parser.error(f"export: --{option} is for predictions: add --predictions")
    return arguments


def _with_signs(argv: Sequence[str]) -> list[str]:
    """The same words, `--map -1=255` as `--map=-1=255`: else the value would be taken for an option."""
    words: list[str] = []
    for word in argv:
        if words and words[-1] == "--map" and re.match(r"-\d", word):
            words[-1] = f"--map={word}"
        else:
            words.append(word)
    return words


def _new(new: argparse.ArgumentParser) -> None:
    new.add_argument("scenes", nargs="+", help="files or folders")
    new.add_argument("--classes", help="names, separated by commas (default: healthy,unhealthy)")
    new.add_argument("--tile", type=int, help="tile size in pixels (default: by the scenes' size)")
    new.add_argument("--budget", type=float, default=60, help="tiles you can label (default: 60)")
    new.add_argument("--minutes", type=float, help="minutes you have, instead of tiles")
    new.add_argument("--nodata", type=float, help="the nodata value, where the guess is wrong")
    new.add_argument("--bands", help="the bands' roles, e.g. blue,green,red,nir, where the guess is wrong")


def _stack(stack: argparse.ArgumentParser) -> None:
    stack.add_argument("files", nargs="+", help="the bands' files, or folders with them")
    stack.add_argument("--out", type=Path, required=True, help="folder for the GeoTIFFs, one a scene")


def _rank(rank: argparse.ArgumentParser) -> None:
    names = sorted([*STRATEGIES, *OTHER_NAMES])
    rank.add_argument(
        "--strategy", choices=names, default=DEFAULT,
        help="how to choose (default: %(default)s); all look at the tiles first, random too, for which water and tiles"
        " of a single colour come last",
    )  # fmt: skip
    rank.add_argument("--budget", type=zero_or_more, help="tiles (default: what is left of the project's budget)")
    rank.add_argument("--seed", type=seed, default=0, help="the same number, the same order (default: 0)")
    rank.add_argument("--csv", type=Path, help="write the whole order to this file")
    add_place_options(rank)


def _import_masks(masks: argparse.ArgumentParser) -> None:
    masks.add_argument(
        "folder", help="GeoTIFF or PNG masks with the scenes' names; without a georeference, also of their sizes"
    )
    masks.add_argument("--tiles", type=Path, help="only the tiles in this CSV (columns scene, column, row)")
    masks.add_argument(
        "--map",
        help="what the values mean: 0=1,1=2 makes value 0 class 1 and value 1 class 2 (0 is unlabeled, 255 ignore;"
        " default: as in the masks imported before; in the first ones as they are where 0 is the files' nodata or in"
        " none of them, else each one up)",
    )


def _relink(relink: argparse.ArgumentParser) -> None:
    relink.add_argument("folder", type=Path, help="where the scenes are now, there or below")


def _train(train: argparse.ArgumentParser) -> None:
    train.add_argument("--seconds", type=above_zero, help="time budget (default: as set in the window, else 60)")
    train.add_argument("--steps", type=one_or_more, help="so many steps instead, however long they take")
    train.add_argument("--seed", type=seed, default=0, help="with --steps, the same number gives the same model")
    train.add_argument("--fresh", action="store_true", help="do not start from the last model")
    train.add_argument(
        "--processes", type=one_or_more, metavar="N", help="train one network in N processes, or on N GPUs (default: 1)"
    )
    train.add_argument(
        "--heads", type=int, choices=range(1, MOST_HEADS + 1), metavar="N",
        help=f"answer with the mean of N last layers, at most {MOST_HEADS} (default: 1)",
    )  # fmt: skip
    train.add_argument("--encoder-weights", type=Path, metavar="FILE", help="start anew from a safetensors file")


def _models(models: argparse.ArgumentParser) -> None:
    group = models.add_mutually_exclusive_group()
    group.add_argument("--use", type=one_or_more, metavar="N", help="predict with model N, and train on from it")
    group.add_argument(
        "--export", nargs=2, action=NumberAndFile, metavar=("N", "FILE"),
        help="write model N as a safetensors file, and its card beside it",
    )  # fmt: skip
    group.add_argument(
        "--import", type=Path, dest="bring_in", metavar="FILE",
        help="take a model that was exported, as the newest one, and use it",
    )  # fmt: skip
    group.add_argument(
        "--compare", nargs=2, type=one_or_more, metavar=("A", "B"),
        help="score both on the same tiles that neither learned from, and say where they differ",
    )  # fmt: skip


def _by(command: argparse.ArgumentParser, needs: str = "") -> None:
    who = "who makes the map (default: who does better on the tiles held out)"
    command.add_argument("--by", choices=MAKERS, help=f"{needs}{who}")


def _predict(predict: argparse.ArgumentParser) -> None:
    predict.add_argument("--out", type=Path, required=True, help="folder for the GeoTIFFs and GeoPackages")
    _by(predict)
    predict.add_argument("--flips", action="store_true", help=_FLIPS)
    add_place_options(predict)


def _export(export: argparse.ArgumentParser) -> None:
    export.add_argument("--out", type=Path, required=True, help="folder for the GeoTIFFs and GeoPackages")
    export.add_argument("--predictions", action="store_true", help="predictions too")
    _by(export, needs=_PREDICTIONS)
    export.add_argument("--flips", action="store_true", help=f"{_PREDICTIONS}{_FLIPS}")
    add_place_options(export)


def _report(report: argparse.ArgumentParser) -> None:
    report.add_argument("--out", type=Path, required=True, help="folder for report.pdf, map.gpkg and the tables")
    _by(report)


def _simulate(simulate: argparse.ArgumentParser) -> None:
    simulation.add_options(simulate)
    add_place_options(simulate)


def _demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("folder", type=Path, nargs="?", help=f"default: {default_demo_folder()}")
    demo.add_argument("--seed", type=seed, default=7, help="another number, another farm (default: %(default)s)")
    demo.add_argument("--size", type=int, default=6000, help="pixels on a side (default: %(default)s)")
    demo.add_argument("--no-window", action="store_true", help="only write the files")


@dataclass(frozen=True)
class Command:
    """A word after `fieldbrush`."""

    help: str
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None
    project: bool = True  # works on a project file, which is its first argument


COMMANDS = {
    "new": Command("make a project from GeoTIFF files or folders", _new),
    "stack": Command("put bands that lie in a file each together", _stack, project=False),
    "info": Command("say what is in a project"),
    "relink": Command("say where moved scenes are now", _relink),
    "rank": Command("order the tiles by what a label on them is worth", _rank),
    "import-masks": Command("take existing masks as labels", _import_masks),
    "train": Command("train the U-Net on all labels", _train),
    "models": Command("list the kept models; use, export, import or compare them", _models),
    "predict": Command("map the scenes with the model in use, or with the pixel classifier", _predict),
    "export": Command("write labels (and predictions) as GeoTIFFs and GeoPackages", _export),
    "report": Command("say what the map is worth and how much area each class has", _report),
    "simulate": Command(simulation.HELP, _simulate, project=False),
    "demo": Command("generate a farmland scene with its true mask, and open it", _demo, project=False),
}
