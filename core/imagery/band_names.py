"""What bands are by what a file calls them: words, wavelengths, and the codes of satellites' products."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.imagery import presets
from core.imagery.files import SceneInfo
from core.imagery.presets import BandGuess
from core.imagery.usual_orders import hints_of
from core.imagery.wavelengths import roles_of_wavelengths, wavelengths_nm
from core.text import Text, text

_MANY = 20  # bands of a hyperspectral file, whose names would make many of them red


def from_names(
    info: SceneInfo, data: Sequence[int], descriptions: list[str]
) -> tuple[Sequence[BandGuess | None], Text] | None:
    """What each band is by its name or wavelength, None for those whose names say nothing; None where no name says
    anything."""
    lengths = wavelengths_nm(info, data, descriptions)
    measured = ["other"] * len(data) if lengths is None else roles_of_wavelengths(lengths)
    coded = _from_codes(info, descriptions)
    if coded is not None and all(seen in ("other", own.role) for own, seen in zip(coded[0], measured, strict=True)):
        return coded
    roles = [presets.role_of_description(description) for description in descriptions]
    if lengths is not None and (None in roles or len(roles) > _MANY):
        return _from_wavelengths(descriptions, roles, lengths, measured)
    return _from_words(descriptions, roles)


def nameless(number: int) -> str:
    """The name of a band of which the file says its number alone."""
    return f"band {number}"


def band_name(info: SceneInfo, index: int) -> str:
    """The band's description, or a tag that serves as one."""
    own = info.descriptions[index - 1] if index <= len(info.descriptions) else None
    tags = dict(info.band_tags[index - 1]) if index <= len(info.band_tags) else {}
    upper = {key.upper(): value for key, value in tags.items()}
    return own or upper.get("BANDNAME") or upper.get("BAND_NAME") or upper.get("STANDARD_NAME") or ""


def _from_words(
    descriptions: Sequence[str], roles: Sequence[str | None]
) -> tuple[Sequence[BandGuess | None], Text] | None:
    if all(role in (None, "other") for role in roles):
        return None
    named = [
        None if role is None else BandGuess(description, "other" if role == "alpha" else role)
        for description, role in zip(descriptions, roles, strict=True)
    ]
    return named, text("From the band names in the file.")


def _from_wavelengths(
    descriptions: Sequence[str], roles: Sequence[str | None], lengths: Sequence[float | None], measured: Sequence[str]
) -> tuple[Sequence[BandGuess], Text]:
    """By the roles that are `measured`. Where these say nothing, those of the names count, as long as no other of them
    contradicts and the bands are few."""
    if len(roles) <= _MANY and not _contradict(roles, measured):
        measured = [own if seen == "other" and own else seen for own, seen in zip(roles, measured, strict=True)]
    return _measured(descriptions, lengths, measured), text("From the wavelengths in the file.")


def _contradict(some: Sequence[str | None], others: Sequence[str | None]) -> bool:
    unsaid = (None, "other")
    return any(a != b for a, b in zip(some, others, strict=True) if a not in unsaid and b not in unsaid)


def _measured(descriptions: Sequence[str], lengths_nm: Sequence[float | None], roles: Sequence[str]) -> list[BandGuess]:
    """Named by the wavelength where the file's own name says nothing."""
    names = [
        own if length is None or not presets.says_nothing(own) else f"{round(length, 1):g} nm"
        for own, length in zip(descriptions, lengths_nm, strict=True)
    ]
    return [
        BandGuess(name or nameless(number), "other" if role == "alpha" else role)
        for number, (name, role) in enumerate(zip(names, roles, strict=True), start=1)
    ]


def _from_codes(info: SceneInfo, descriptions: list[str]) -> tuple[list[BandGuess], Text] | None:
    """Names such as B02 or SR_B4 of the Sentinel-2 and Landsat products. Where several dates lie in one file, each band
    keeps its own name."""
    codes = [presets.code_of_description(description) for description in descriptions]
    known = [code for code in codes if code is not None]
    repeated = len(set(known)) < len(known)
    if len(known) < max(len(codes) / 2, 1) or (repeated and len(set(descriptions)) < len(descriptions)):
        return None
    found = _product(info, codes, descriptions)
    if found is None or _say_more_than_codes(known, descriptions):
        return None
    product, table = found
    if not any(code in table for code in known) or "B00" in known:
        return None
    guesses = [
        table.get(code or "", BandGuess(description or "?", "other"))
        for code, description in zip(codes, descriptions, strict=True)
    ]
    if repeated:
        guesses = [BandGuess(own, guess.role) for own, guess in zip(descriptions, guesses, strict=True)]
        return guesses, text("Band names of {product}, several times; composites show the first.", product=product)
    return guesses, text("Band names of {product}.", product=product)


def _say_more_than_codes(codes: Sequence[str], descriptions: Sequence[str]) -> bool:
    return len(set(codes)) == 1 or any(presets.role_of_description(d) not in (None, "other") for d in descriptions)


def _product(
    info: SceneInfo, codes: Sequence[str | None], descriptions: Sequence[str]
) -> tuple[str, dict[str, BandGuess]] | None:
    """Which product's bands have these codes: as the file says, else by the bands there are; None where they only count
    the bands. Sentinel-2's first ones are 01, 02, … as well."""
    stated = _stated_product(info, descriptions)
    if _are_places(codes, descriptions) and (stated is None or stated[0] == "Sentinel-2"):
        return None
    return stated or _product_of([code for code in codes if code is not None], descriptions)


def _are_places(codes: Sequence[str | None], descriptions: Sequence[str]) -> bool:
    """Whether the names only count the bands, as many programs name them: "Band 1", "Band 2", …"""
    once = list(dict.fromkeys(codes))  # several dates, each with the same bands
    return once == [f"B{place:02d}" for place in range(1, len(once) + 1)] and not _is_padded(descriptions)


def _is_padded(descriptions: Sequence[str]) -> bool:
    """Sentinel-2's bands are: B02."""
    return any(re.search(r"b0\d", description.lower()) for description in descriptions)


def _stated_product(info: SceneInfo, descriptions: Sequence[str]) -> tuple[str, dict[str, BandGuess]] | None:
    """Every product numbers its bands in its own way; what the file says which is meant."""
    hints = " ".join([hints_of(info), *descriptions]).lower()
    if re.search(r"sur_refl_b0\d|nadir_reflectance_band|\bm[coy]d(?:09|43)", hints):
        return "MODIS", presets.MODIS
    if re.search(r"\bs2[abc]?_|\bs2[abc]\b|sentinel.?2|msil[12]", hints):
        return "Sentinel-2", presets.SENTINEL2
    if re.search(r"l[tem]0[457]_|landsat.?[457]", hints):
        return "Landsat 4–7", presets.LANDSAT5
    if re.search(r"l[co]0[89]_|landsat.?[89]|hls\.l30", hints):
        return "Landsat 8/9", presets.LANDSAT8
    if re.search(r"landsat|(?:^|\W)sr_b\d", hints):
        return presets.landsat_of(descriptions)
    return None


def _product_of(codes: Sequence[str], descriptions: Sequence[str]) -> tuple[str, dict[str, BandGuess]]:
    """The same from the bands there are."""
    sentinel = {"B8A", "B12"} & set(codes) or ("B08" in codes and "B09" not in codes) or _is_padded(descriptions)
    return ("Sentinel-2", presets.SENTINEL2) if sentinel else presets.landsat_of(descriptions)
