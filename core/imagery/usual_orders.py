"""Which order so many bands usually have, where a file names none of them: a guess, and said to be one."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.imagery import presets
from core.imagery.files import SceneInfo
from core.imagery.fill_values import means
from core.imagery.georeference import Georeference
from core.imagery.presets import BandGuess
from core.imagery.scene import Scene
from core.text import Text, text

_BRIGHTER, _CLEARLY = 1.05, 1.2
_RED_EDGE_OVER_RED = 1.1  # at least, on bare soil
_FINEST_OF_SATELLITES_M = 0.25
_SATELLITES_ONLY = (8, 9, 11, 12, 13)  # so many bands: of no drone camera that we know
_NIR_OVER_GREEN = 1.8  # on bare soil about twice; water is in green less than that over blue

_Order = tuple[tuple[BandGuess, ...], Text | str]  # and what it is called


def hints_of(info: SceneInfo) -> str:
    """Everything that may name the sensor, in one lower-case text."""
    tags = [f"{key}={value}" for key, value in info.tags if not key.startswith("TIFFTAG_XRES") and len(value) < 500]
    return " ".join([info.name, *tags]).lower()


def usual_order(
    info: SceneInfo, count: int, scene: Scene | None, nodata: float | None
) -> tuple[tuple[BandGuess, ...] | None, Text]:
    """The usual order of so many bands: a guess, and said to be one."""
    hints, is_byte, is_drone = hints_of(info), info.dtype == "uint8", _is_from_a_drone(info)
    micasense = is_drone or re.search(r"micasense|altum|rededge|red.edge", hints) is not None
    choices = _of_so_many(is_byte, micasense, hints) | _of_named_sensors(hints)
    looked_at = {4: not is_byte, 5: True, 6: micasense, 7: micasense, 9: True, 10: not micasense}
    if scene is not None and looked_at.get(count, False):
        choices |= _by_brightness(scene, count, nodata, hints)
    if is_drone and count in _SATELLITES_ONLY:
        del choices[count]
    if count not in choices:
        return None, text("The file does not say what its bands are.") if count > 1 else text("The only band.")
    preset, name = choices[count]
    return preset, text("A guess from the number of bands: {name}.", name=name)


def _of_so_many(is_byte: bool, micasense: bool, hints: str) -> dict[int, _Order]:
    """The commonest order of each number of bands."""
    red_green_blue = re.search(r"pl[eé]iades|phr1[ab]|pneo|spot.?[67]", hints) is not None  # unlike Planet
    return {
        3: (presets.RGB, "RGB"),
        4: (presets.RGBN, text("red, green, blue, NIR"))
        if is_byte or red_green_blue
        else (presets.BGRN, text("blue, green, red, NIR")),
        5: (presets.BY_WAVELENGTH_5, text("a drone camera: blue, green, red, red edge, NIR")),
        6: (presets.ALTUM_6, "MicaSense Altum") if micasense else (presets.LANDSAT_6, text("blue to SWIR 2")),
        7: (presets.ALTUM_PT_7, "MicaSense Altum-PT") if micasense else (presets.LANDSAT_7, "Landsat 8/9"),
        8: (presets.SUPERDOVE_8, "Planet SuperDove"),
        9: (presets.LANDSAT_9, "Landsat 8/9"),
        10: (presets.MICASENSE_DUAL_10, "MicaSense Dual") if micasense else (presets.SENTINEL2_10, "Sentinel-2"),
        11: (presets.LANDSAT_11, "Landsat 8/9"),
        12: (presets.SENTINEL2_12, "Sentinel-2"),
        13: (presets.SENTINEL2_13, "Sentinel-2"),
    }


def _of_named_sensors(hints: str) -> dict[int, _Order]:
    """Other orders that the file hints at."""
    found: dict[int, _Order] = {}
    if re.search(r"naip|\bm_\d{7}", hints):
        found[4] = (presets.RGBN, "NAIP")
    if re.search(r"mavic|m3m|\bp4m|dji", hints):
        found[4] = (presets.DJI_MULTISPECTRAL_4, text("a DJI multispectral camera"))
    if "sequoia" in hints:
        found[4] = (presets.DJI_MULTISPECTRAL_4, "Parrot Sequoia")  # the same four bands
    if _is_rededge_p(hints):
        found[6] = (presets.REDEDGE_P_6, "MicaSense RedEdge-P")
    if re.search(r"worldview|\bwv0?[23]|dg_|maxar", hints):
        found[8] = (presets.WORLDVIEW_8, "WorldView")
    return found


def _is_from_a_drone(info: SceneInfo) -> bool:
    """Whether the pixels are of centimetres. Cameras that fly so low have no short-wave infrared."""
    size_m = Georeference(info).pixel_size_m()
    return size_m is not None and max(size_m) < _FINEST_OF_SATELLITES_M


def _is_rededge_p(hints: str) -> bool:
    """The only RedEdge of six bands."""
    return "altum" not in hints and re.search(r"rededge|red.edge", hints) is not None


def _by_brightness(scene: Scene, count: int, nodata: float | None, hints: str) -> Mapping[int, _Order]:
    """Other orders of so many bands, where the usual one cannot be: plants and soil reflect most in NIR, and more in
    the red edge than in red."""
    brightness = means(scene, nodata)
    place = count - 3  # of NIR, where single bands were merged in the order of their names
    is_nir = count < 6 and brightness[place] > _CLEARLY * np.delete(brightness, place).max()
    if is_nir and brightness[place] > _NIR_OVER_GREEN * brightness[place - 1]:
        by_name = presets.BY_NAME_5 if brightness[-1] > brightness[-2] else presets.BY_NAME_5_EDGE_FIRST
        return {count: (by_name[5 - count :], text("single bands in the order of their names, NIR before red"))}
    if count in (9, 10) and brightness[-1] > _CLEARLY * brightness[-2]:  # NIR; in the usual orders SWIR 2 or cirrus
        by_name = presets.SENTINEL2_20M_BY_NAME[10 - count :]
        return {count: (by_name, text("Sentinel-2 at 20 m, in the order of the names"))}
    if count in (6, 7):
        return {count: _micasense_by_brightness(brightness, count, hints)}
    if count != 5 or not brightness[3] > _BRIGHTER * brightness[4]:
        return {}
    return {5: (presets.BY_CAMERA_5, text("a MicaSense camera: blue, green, red, NIR, red edge"))}


def _micasense_by_brightness(
    brightness: NDArray[np.float64], count: int, hints: str
) -> tuple[tuple[BandGuess, ...], str]:
    """By wavelength or by camera, with a panchromatic band, a thermal one, or (seven bands) both. What a panchromatic
    band sees is mixed from the others, so it is never brighter than all of them; red, which comes after it by
    wavelength, is hardly brighter than it, as the red edge is that comes after red."""
    by_camera = brightness[3] > _BRIGHTER * brightness[4]
    pan_is_third = not by_camera and brightness[3] < _RED_EDGE_OVER_RED * brightness[2]
    if count == 7:
        if pan_is_third:
            return presets.ALTUM_PT_7_BY_WAVELENGTH, "MicaSense Altum-PT"
        return presets.ALTUM_PT_7_BY_CAMERA if by_camera else presets.ALTUM_PT_7, "MicaSense Altum-PT"
    pan_is_last = by_camera and brightness[5] < brightness[:5].max()
    if _is_rededge_p(hints) or ("altum" not in hints and (pan_is_third or pan_is_last)):
        return presets.REDEDGE_P_6_BY_CAMERA if by_camera else presets.REDEDGE_P_6, "MicaSense RedEdge-P"
    return presets.ALTUM_6_BY_CAMERA if by_camera else presets.ALTUM_6, "MicaSense Altum"
