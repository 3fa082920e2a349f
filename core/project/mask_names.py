"""What masks are called: the words that tell a mask's name from its Scene's, and whose folders are alike.

It lies here, not in core/mask_import, because a new project leaves out what is called like a mask."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from core.project.spelling import folded

MASK_WORDS = (
    "annotation", "annotations", "ground_truth", "groundtruth", "gt", "label", "labels", "mask", "masks", "seg",
    "segmentation", "truth",
)  # fmt: skip
IMAGE_WORDS = ("image", "images", "img", "imgs", "rgb", "sat")


def _first_or_last(words: Iterable[str]) -> list[re.Pattern[str]]:
    """Of several signs between word and name all belong to neither, or all but one to the name: x__mask → x, x_."""
    word = f"(?:{'|'.join(words)})"
    patterns = (rf"(.+?)[-_. ]+{word}", rf"{word}[-_. ]+(.+)", rf"(.+)[-_. ]{word}", rf"{word}[-_. ](.+)")
    return [re.compile(pattern, re.DOTALL) for pattern in patterns]


_MASK, _IMAGE, _EITHER = (_first_or_last(words) for words in (MASK_WORDS, IMAGE_WORDS, MASK_WORDS + IMAGE_WORDS))


def _without(patterns: Sequence[re.Pattern[str]], name: str) -> list[str]:
    return list(dict.fromkeys(match[1] for pattern in patterns if (match := pattern.fullmatch(name))))


def mask_names(stem: str) -> dict[str, bool]:
    """The names of Scenes that a mask of this name may belong to, in small letters: without a word for masks at its
    end or start (True: x_mask, mask-x → x), and as it is."""
    stem = folded(stem)
    return dict.fromkeys(_without(_MASK, stem), True) | {stem: False}


def scene_names(stem: str) -> dict[str, bool]:
    """The names that a Scene's masks may bear, in small letters: without a word for images at its end or start (True:
    x_sat, image_x → x), and as it is."""
    stem = folded(stem)
    return dict.fromkeys(_without(_IMAGE, stem), True) | {stem: False}


def alike(mask: str | Path, scene: str | Path) -> int:
    """How many folders above two files, from them upwards, are called alike. Words for masks and images do not count:
    train/masks and train/images, masks/a and images/a, train_masks and train are the same."""
    count = 0  # a data set may have a thousand files of one name: a million pairs
    for one, other in zip(_folders(os.path.dirname(mask)), _folders(os.path.dirname(scene)), strict=False):
        if one != other:
            break
        count += 1
    return count


@lru_cache(maxsize=1 << 14)
def _folders(path: str) -> tuple[str, ...]:
    parts = [folded(part) for part in reversed(Path(path).absolute().parts)]
    return tuple((*_without(_EITHER, part), part)[0] for part in parts if part not in MASK_WORDS + IMAGE_WORDS)


def masks_among(paths: Iterable[str]) -> dict[str, str]:
    """Those that bear another's name in the way of masks, each with that other: x_mask.tif beside x.tif, mask_3.tif
    beside image_3.tif, masks/x.tif beside images/x.tif."""
    paths = list(paths)
    images: dict[str, list[str]] = {}
    for path in paths:
        if not _lies_among_masks(path):
            for name in scene_names(Path(path).stem):
                images.setdefault(name, []).append(path)
    found = {}
    for path in paths:
        in_masks = folded(Path(path).parent.name) in MASK_WORDS
        others = [
            other
            for name, worded in mask_names(Path(path).stem).items()
            for other in images.get(name, ())
            if other != path and (worded or in_masks or (_lies_among_masks(path) and alike(path, other)))
        ]
        if others:
            found[path] = max(others, key=lambda other: alike(path, other))
    return found


def _lies_among_masks(path: str) -> bool:
    """In masks/ or train_masks/; the latter may be called so for another reason."""
    folder = folded(Path(path).parent.name)
    return folder in MASK_WORDS or bool(_without(_MASK, folder))
