"""A written position ("pixel 120, 40", "600120.5, 5299800", "48.1° N, 11.5° E") and the pixel it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from core.errors import SceneError
from core.imagery.files import SceneInfo
from core.imagery.georeference import Georeference

Notation = Literal["pixel", "map", "degrees"]

_PIXEL = re.compile(r"(?:pixels?|px)\b[\s:]*", re.IGNORECASE)
_NUMBER = r"[+-]?\d+(?:\.\d*)?|[+-]?\.\d+"
# 48.137° N · N 48° 8' 14.5" · -48.137°: hemisphere before or behind, minutes and seconds where given
_ANGLE = re.compile(
    rf"(?P<before>[NSEWO])?\s*(?P<degrees>{_NUMBER})\s*°?"
    rf"(?:\s*(?P<minutes>\d+(?:\.\d*)?)\s*['′])?(?:\s*(?P<seconds>\d+(?:\.\d*)?)\s*(?:[\"″]|''))?"
    r"\s*(?P<behind>[NSEWO](?![a-z]))?",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[°'′\"″]|[NSEWO]", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A position in pixels of a Scene, and what the words were taken for."""

    scene_id: int
    x: float
    y: float
    notation: Notation


def find_place(words: str, scenes: Iterable[tuple[int, SceneInfo]]) -> Place:
    """Where `words` point to: pixels of the first Scene (the one that is looked at), or a place in the first Scene
    that holds it. Two plain numbers are x, y in the Scene's CRS, or else latitude, longitude; where the CRS itself is
    in degrees, the other way round. Raises SceneError: not understood, not possible, or outside."""
    notation, first, second = _parse(words)
    tried: list[tuple[SceneInfo, Notation]] = []
    for scene_id, info in scenes:
        if tried and notation == "pixel":
            break
        georeference = Georeference(info)
        for meaning in _meanings(notation, first, second, georeference):
            tried.append((info, meaning))
            position = _pixel(meaning, first, second, georeference)
            if position is not None and 0 <= position[0] <= info.width and 0 <= position[1] <= info.height:
                return Place(scene_id, *position, meaning)
    raise _nowhere(words, tried)


def _meanings(asked: Notation | None, first: float, second: float, georeference: Georeference) -> tuple[Notation, ...]:
    """What the two numbers may mean in this Scene, the likeliest first."""
    if asked is not None:
        return (asked,)
    if abs(first) > 90 or abs(second) > 180 or not georeference.is_georeferenced:
        return ("map",)
    return ("degrees", "map") if georeference.is_geographic else ("map", "degrees")


def _pixel(meaning: Notation, first: float, second: float, georeference: Georeference) -> tuple[float, float] | None:
    if meaning == "pixel":
        return first, second
    return georeference.to_pixel(first, second) if meaning == "map" else georeference.from_degrees(second, first)


def _parse(words: str) -> tuple[Notation | None, float, float]:
    """(what is said to be meant, first, second number); degrees as latitude, longitude."""
    plain = words.strip().replace("\N{MINUS SIGN}", "-").replace("º", "°")
    prefix = _PIXEL.match(plain)
    if prefix is not None:
        return "pixel", *_two_numbers(words, plain[prefix.end() :])
    if _MARKS.search(plain):
        return "degrees", *_degrees(words, plain)
    return None, *_two_numbers(words, plain)


def _two_numbers(words: str, plain: str) -> tuple[float, float]:
    """Separated by a semicolon, a space, or a comma; commas are decimal where something else separates."""
    for separator in (r"\s*;\s*", r"\s*,\s+|\s+,\s*", r"\s+", ","):
        parts = re.split(separator, plain.strip())
        if len(parts) == 2:
            numbers = [part.replace(",", ".") if part.count(",") == 1 else part for part in parts]
            if all(re.fullmatch(_NUMBER, number) for number in numbers):
                return float(numbers[0]), float(numbers[1])
            break
    raise _not_understood(words)


def _degrees(words: str, plain: str) -> tuple[float, float]:
    """(latitude, longitude) of two angles; they may be swapped where hemispheres say so."""
    found = list(_angles(words, re.sub(r"(?<=\d),(?=\d)", ".", plain)))
    if len(found) != 2:
        raise _not_understood(words)
    (first, first_axis), (second, second_axis) = found
    if first_axis == "longitude" or second_axis == "latitude":
        (first, first_axis), (second, second_axis) = found[1], found[0]
    if first_axis == "longitude" or second_axis == "latitude":
        raise _not_understood(words)  # two of the same kind
    if abs(first) > 90 or abs(second) > 180:
        raise SceneError(
            "There is no latitude {latitude:g} with longitude {longitude:g}.",
            "Write the latitude first, from -90 to 90, then the longitude, from -180 to 180.",
            latitude=first, longitude=second,
        )  # fmt: skip
    return first, second


def _angles(words: str, plain: str) -> Iterator[tuple[float, str]]:
    """(signed degrees, "latitude", "longitude" or "") of each angle; nothing but commas may stand between them."""
    end = 0
    for match in _ANGLE.finditer(plain):
        if plain[end : match.start()].strip(" ,;\t"):
            raise _not_understood(words)
        end = match.end()
        degrees = float(match["degrees"])
        size = abs(degrees) + float(match["minutes"] or 0) / 60 + float(match["seconds"] or 0) / 3600
        side = (match["before"] or match["behind"] or "").upper()
        sign = -1 if side in ("S", "W") or match["degrees"].startswith("-") else 1
        yield sign * size, {"": "", "N": "latitude", "S": "latitude"}.get(side, "longitude")
    if plain[end:].strip(" ,;\t"):
        raise _not_understood(words)


def _not_understood(words: str) -> SceneError:
    return SceneError(
        "“{words}” is no position.",
        "Write x, y as in the status bar, latitude, longitude in degrees, or: pixel column, row.",
        words=words.strip(),
    )


def _nowhere(words: str, tried: list[tuple[SceneInfo, Notation]]) -> SceneError:
    """Outside everything: with the limits of the Scene that is looked at."""
    if not tried:
        return SceneError("No scene can be read.", "Show where the files are now.")
    info, notation = tried[0]
    georeference = Georeference(info)
    if notation == "degrees" and georeference.to_degrees(info.width / 2, info.height / 2) is None:
        return SceneError(
            "Where {name} lies on Earth is not known.", "Write x, y as in the status bar, or: pixel column, row.",
            name=info.name,
        )  # fmt: skip
    firsts, seconds = zip(*(_shown(notation, x, y, georeference) for x, y in _corners(info)), strict=True)
    limits = {"least_first": min(firsts), "most_first": max(firsts), "least_second": min(seconds)}
    return SceneError(
        "{words} lies outside {name}.",
        "It goes from {least_first:.8g} to {most_first:.8g}, and from {least_second:.8g} to {most_second:.8g}.",
        words=words.strip(), name=info.name, most_second=max(seconds), **limits,
    )  # fmt: skip


def _corners(info: SceneInfo) -> list[tuple[float, float]]:
    return [(x, y) for x in (0.0, float(info.width)) for y in (0.0, float(info.height))]


def _shown(notation: Notation, x: float, y: float, georeference: Georeference) -> tuple[float, float]:
    """A pixel position as it would have been written."""
    if notation == "pixel":
        return x, y
    if notation == "map":
        return georeference.to_map(x, y)
    longitude, latitude = georeference.to_degrees(x, y) or (float("nan"), float("nan"))
    return latitude, longitude
