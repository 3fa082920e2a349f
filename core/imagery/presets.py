"""Band orders of common sensors and exports, for guessing what the bands of a file are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class BandGuess(NamedTuple):
    """A name to show and a role to compute with."""

    name: str
    role: str


def _bands(text: str) -> tuple[BandGuess, ...]:
    """From "Name:role Name:role"; a lone word is both."""
    pairs = (word.partition(":") for word in text.split())
    return tuple(BandGuess(name.replace("_", " "), role or name) for name, _, role in pairs)


RGB = _bands("red green blue")
RGBN = _bands("red green blue NIR:nir")
BGRN = _bands("blue green red NIR:nir")
DJI_MULTISPECTRAL_4 = _bands("green red red_edge:rededge NIR:nir")  # Mavic 3M: RGB is a separate file
BY_WAVELENGTH_5 = _bands("blue green red red_edge:rededge NIR:nir")
BY_CAMERA_5 = _bands("blue green red NIR:nir red_edge:rededge")  # MicaSense numbers its cameras so
# Maps of single bands, merged in the order of their files' names: "red edge" may come before "red.tif".
BY_NAME_5 = _bands("blue green NIR:nir red red_edge:rededge")
BY_NAME_5_EDGE_FIRST = _bands("blue green NIR:nir red_edge:rededge red")
ALTUM_6 = (*BY_WAVELENGTH_5, BandGuess("thermal", "thermal"))
ALTUM_6_BY_CAMERA = (*BY_CAMERA_5, BandGuess("thermal", "thermal"))
# Its panchromatic band lies between green and red by wavelength (Metashape), and is the last as a camera (MicaSense).
REDEDGE_P_6 = _bands("blue green pan red red_edge:rededge NIR:nir")
REDEDGE_P_6_BY_CAMERA = (*BY_CAMERA_5, BandGuess("pan", "pan"))
ALTUM_PT_7 = (*BY_WAVELENGTH_5, BandGuess("pan", "pan"), BandGuess("thermal", "thermal"))
ALTUM_PT_7_BY_CAMERA = (*BY_CAMERA_5, BandGuess("pan", "pan"), BandGuess("thermal", "thermal"))
ALTUM_PT_7_BY_WAVELENGTH = (*REDEDGE_P_6, BandGuess("thermal", "thermal"))
LANDSAT_6 = _bands("blue green red NIR:nir SWIR_1:swir1 SWIR_2:swir2")
LANDSAT_7 = _bands("coastal blue green red NIR:nir SWIR_1:swir1 SWIR_2:swir2")
SUPERDOVE_8 = _bands("coastal blue green_I:other green yellow:other red red_edge:rededge NIR:nir")
WORLDVIEW_8 = _bands("coastal blue green yellow:other red red_edge:rededge NIR_1:nir NIR_2:nir")
LANDSAT_9 = (*LANDSAT_7, BandGuess("pan", "pan"), BandGuess("cirrus", "other"))
LANDSAT_11 = (*LANDSAT_9, BandGuess("thermal 1", "thermal"), BandGuess("thermal 2", "thermal"))
MICASENSE_DUAL_10 = _bands(
    "coastal_444:coastal blue_475:blue green_531:other green_560:green red_650:other red_668:red "
    "red_edge_705:rededge red_edge_717:rededge red_edge_740:rededge NIR_842:nir"
)

SENTINEL2 = {
    "B01": BandGuess("B01 coastal", "coastal"),
    "B02": BandGuess("B02 blue", "blue"),
    "B03": BandGuess("B03 green", "green"),
    "B04": BandGuess("B04 red", "red"),
    "B05": BandGuess("B05 red edge", "rededge"),
    "B06": BandGuess("B06 red edge", "rededge"),
    "B07": BandGuess("B07 red edge", "rededge"),
    "B08": BandGuess("B08 NIR", "nir"),
    "B8A": BandGuess("B8A narrow NIR", "nir"),
    "B09": BandGuess("B09 water vapour", "other"),
    "B10": BandGuess("B10 cirrus", "other"),
    "B11": BandGuess("B11 SWIR 1", "swir1"),
    "B12": BandGuess("B12 SWIR 2", "swir2"),
}
SENTINEL2_13 = tuple(SENTINEL2.values())
SENTINEL2_12 = tuple(guess for name, guess in SENTINEL2.items() if name != "B10")  # surface reflectance
# The bands of 20 m, merged in the order of their files' names; older products have no B01 among them.
SENTINEL2_20M_BY_NAME = tuple(
    SENTINEL2[name] for name in ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B11", "B12", "B8A")
)
SENTINEL2_10 = tuple(guess for name, guess in SENTINEL2.items() if name not in ("B01", "B09", "B10"))


def _numbered(numbers: Iterable[int], guesses: Iterable[BandGuess]) -> dict[str, BandGuess]:
    """By the product's number, which stays in the name: formulas call the band by it."""
    return {f"B{n:02d}": BandGuess(f"B{n} {guess.name}", guess.role) for n, guess in zip(numbers, guesses, strict=True)}


LANDSAT8 = _numbered(range(1, 12), LANDSAT_11)
LANDSAT5 = _numbered((1, 2, 3, 4, 5, 7, 6), (*LANDSAT_6, BandGuess("thermal", "thermal")))
MODIS = _numbered(range(1, 8), _bands("red NIR:nir blue green NIR_1240:other SWIR_1:swir1 SWIR_2:swir2"))

# Colours in German, French, Spanish, Italian, Portuguese and Dutch too, without accents.
_BLUE = r"blue|blau|bleu|blu\b|azul|azzurr"
_GREEN = r"green|gruen|grun|groen|vert\b|verte\b|verde"
_FOREIGN_RED = r"rot\b|rote[rs]?\b|rouge|rojo|roja|rosso|rossa|vermelh|rood\b|rode\b"
_EDGE = r"edge|kante|rand\b|bord|limit|lejano|lointain"
_INFRARED = r"infra ?(?:red|rot|roug|r?rojo|ross|vermelh|rood)"
_SHORT_WAVE = rf"short ?wave|kurzwell|(?:mid(?:dle)?|mittl\w*|moyen|medio) ?{_INFRARED}"
_SHORT_WAVE += rf"|{_INFRARED}\w* .*(?:cort[aeo]|curta|courte|moyen|medio)|\bmir\b"

# A word of a band's description → its role, the first that is found. Names of indices and masks come first.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"ndvi|ndre|ndwi|savi|evi|dem|dsm|elevation|height|slope|mask|scl|class|label|quality|qa|cloud|fmask", "other"),
    (r"masque|mascara|maschera|wolke|nuage|nuvol|hauteur|hoehe|hohe\b|altura|altezza|klasse", "other"),
    (r"alpha|transparency", "alpha"),
    (r"coastal|aeross?ol|deep ?blue|kueste|kuste|cotier|costeir|costier|costero", "coastal"),
    (r"yellow|gelb|jaune|amarill|amarel|giall|geel\b", "other"),
    (r"green ?i\b|cirrus|water ?vapou?r|violet|v[vh]\b|h[vh]\b", "other"),
    (r"red ?edge|\bre ?\d*\b|vegetation red|rededge|rotkante|rotrand", "rededge"),
    (rf"(?:{_EDGE}).*\b(?:{_FOREIGN_RED})|(?:{_FOREIGN_RED}).*\b(?:{_EDGE})", "rededge"),
    (rf"swir ?(?:2|ii)|(?:{_SHORT_WAVE}).*2", "swir2"),
    (rf"swir|{_SHORT_WAVE}", "swir1"),
    (r"thermal|thermi[qs]|termi[ck]|termal|lwir|\btir", "thermal"),
    (rf"nir|(?:near|nah|nahes|nabij) ?{_INFRARED}|{_INFRARED}|\b(?:ir|n|pir|irc|ivp)\b(?! ?\d)", "nir"),
    (r"panchro|pancro|\bpan\b", "pan"),
    (rf"{_BLUE}|\bb\b(?! ?\d)", "blue"),
    (rf"{_GREEN}|\bg\b", "green"),
    (rf"red|{_FOREIGN_RED}|\br\b", "red"),
)
# What only counts the bands, or is too short to say what it means.
_SAYS_NOTHING = re.compile(r"(?:band[ae]?|layer|channel|kanal|canal)?\W*[\d_ ]*|\w", re.IGNORECASE)


def role_of_description(description: str) -> str | None:
    """The role that a band's name speaks of, None where it does not: "Red Edge 705", "Rotkante" → "rededge"."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", description) if not unicodedata.combining(sign))
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|[_\-./:(),'\u2019]+", " ", plain).lower()
    return next((role for pattern, role in _WORDS if re.search(rf"(?<![a-z])(?:{pattern})", spaced)), None)


def says_nothing(description: str) -> bool:
    """Whether a band's name tells nothing of what it is: none at all, "Band 4", "V"."""
    return _SAYS_NOTHING.fullmatch(description.strip()) is not None


def code_of_description(description: str) -> str | None:
    """The band number in a satellite product's way, zero-padded: "SR_B4" → "B04", "S2 band b8a" → "B8A"."""
    match = re.search(r"(?:^|[^a-z0-9])b(?:and)?[ _]?(8a|\d{1,2})(?![0-9a-z])", description.lower())
    if match is None:
        return None
    number = match.group(1)
    return "B8A" if number == "8a" else f"B{int(number):02d}"


def landsat_of(descriptions: Sequence[str]) -> tuple[str, dict[str, BandGuess]]:
    """The Landsat that numbers its bands so, and its bands by number. Up to Landsat 7 the sixth is the thermal one,
    which surface reflectances name ST_B6 or leave out."""
    codes = {code_of_description(description) for description in descriptions}
    is_thermal_sixth = any(re.search(r"st_b6(?!\d)", description.lower()) for description in descriptions)
    if is_thermal_sixth or ({"B01", "B05", "B07"} <= codes and "B06" not in codes):
        return "Landsat 4–7", LANDSAT5
    return "Landsat 8/9", LANDSAT8
