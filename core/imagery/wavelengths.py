"""Wavelengths that a file states of its bands, and the roles they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from core.imagery.files import SceneInfo

_NUMBER = r"\d+(?:[.,]\d+)?"
# "842 nm", "Band 20 (0.56 µm)", "455–515 nm"
_WITH_UNIT = re.compile(rf"(?:({_NUMBER}) ?[-–] ?)?({_NUMBER}) ?(nm|nan[oóò]m|um|µm|μm|micr[oóò]m)")
_PLAIN = re.compile(rf"(?:(?:band|b|x|r|wl|wvl|lambda|wavelength|refl(?:ectance)?)[ _=:-]*)?({_NUMBER})")
_TAG = re.compile(r"(?:CENT(?:RAL|ER|RE))?WAVELENGTH(NM|UM)?")
_SHORTEST_NM, _LONGEST_NM = 350.0, 14_000.0
_NM_OF_ROLE = {  # shortest, middle, longest
    "coastal": (425.0, 443.0, 455.0),
    "blue": (456.0, 485.0, 515.0),
    "green": (525.0, 560.0, 595.0),
    "red": (625.0, 660.0, 690.0),
    "rededge": (695.0, 717.0, 750.0),
    "nir": (765.0, 842.0, 900.0),
    "swir1": (1550.0, 1610.0, 1720.0),
    "swir2": (2080.0, 2190.0, 2350.0),
    "thermal": (8000.0, 10_900.0, 14_000.0),
}


def wavelengths_nm(info: SceneInfo, data: Sequence[int], descriptions: Sequence[str]) -> list[float | None] | None:
    """Of the data bands (numbered from 1), None for bands of another kind; None where fewer than half have one. From
    the bands' tags, as ENVI files have them, else from their descriptions, in which numbers may stand alone."""
    for found in (
        _of_tags(info, data),
        [_with_unit(description) for description in descriptions],
        _plain(descriptions),
    ):
        if sum(length is not None for length in found) >= max(len(found) / 2, 1):
            return found
    return None


def roles_of_wavelengths(lengths_nm: Sequence[float | None]) -> list[str]:
    """Each role goes to the band that lies nearest to its middle, so that a hyperspectral file has one red; "other"
    for the rest."""
    roles = ["other"] * len(lengths_nm)
    known = {place: length for place, length in enumerate(lengths_nm) if length is not None}
    for role, (shortest, middle, longest) in _NM_OF_ROLE.items():
        nearest = min(known, key=lambda place: abs(known[place] - middle))
        if shortest <= known[nearest] <= longest:
            roles[nearest] = role
    if "blue" not in roles:  # DJI's blue is at 450 nm
        roles = ["blue" if role == "coastal" else role for role in roles]
    return roles


def _of_tags(info: SceneInfo, data: Sequence[int]) -> list[float | None]:
    whole = _plain_keys(info.tags)
    unit = whole.get("WAVELENGTHUNITS", whole.get("WAVELENGTHUNIT", ""))
    listed = re.findall(_NUMBER, whole.get("WAVELENGTH", ""))
    if len(listed) == info.band_count:  # ENVI's list for the whole file
        return [_in_nm(_float(listed[index - 1]), unit) for index in data]
    return [_of_band(_plain_keys(info.band_tags[n - 1]), unit) if n <= len(info.band_tags) else None for n in data]


def _of_band(tags: Mapping[str, str], unit_of_file: str) -> float | None:
    unit = tags.get("WAVELENGTHUNITS", tags.get("WAVELENGTHUNIT", unit_of_file))
    for key, value in tags.items():
        match, number = _TAG.fullmatch(key), re.match(_NUMBER, value.strip())
        if match and number:
            return _in_nm(_float(number[0]), match[1] or value.strip()[number.end() :].strip() or unit)
    return None


def _plain_keys(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {re.sub(r"[\W_]", "", key).upper(): value for key, value in tags}


def _with_unit(description: str) -> float | None:
    match = _WITH_UNIT.search(description.lower())
    if match is None:
        return None
    longest = _float(match[2])
    shortest = _float(match[1]) if match[1] else longest
    is_range = 0.5 * longest < shortest < longest  # else it is the number of the band: "B2-490 nm"
    return _in_nm((shortest + longest) / 2 if is_range else longest, match[3])


def _plain(descriptions: Sequence[str]) -> list[float | None]:
    """Numbers alone are wavelengths where all may be, rise, and stand for two roles at least. They may begin anew
    once: two spectrometers overlap, and MicaSense has its red edge after NIR."""
    matches = [_PLAIN.fullmatch(description.strip().lower()) for description in descriptions]
    numbers = [_float(match[1]) for match in matches if match]
    if len(numbers) < len(descriptions) or len(numbers) < 2:
        return [None] * len(descriptions)
    unit = "um" if numbers[0] < 1 else "nm"
    lengths = [_in_nm(number, unit) for number in numbers]
    falls = sum(later <= earlier for earlier, later in pairwise(numbers))
    if None in lengths or falls > 1 or len(set(roles_of_wavelengths(lengths)) - {"other"}) < 2:
        return [None] * len(descriptions)
    return lengths


def _in_nm(length: float, unit: str) -> float | None:
    """None in a unit of something else, and for what no camera measures."""
    short = unit.strip().lower()
    if short in ("", "unknown"):
        short = "um" if length < _SHORTEST_NM / 10 else "nm"
    factor = 1.0 if short.startswith("n") else 1000.0 if short.startswith(("u", "µ", "μ", "mic")) else 0.0
    return length * factor if _SHORTEST_NM <= length * factor <= _LONGEST_NM else None


def _float(number: str) -> float:
    return float(number.replace(",", "."))
