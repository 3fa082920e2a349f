"""What the bands of a file mean: a guess from everything the file says, and what the user makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from core.errors import SceneError
from core.imagery import presets
from core.imagery.fill_values import fill_of_edges, fill_of_others
from core.imagery.presets import BandGuess
from core.imagery.scene import Scene, SceneInfo
from core.imagery.usual_orders import hints_of, usual_order
from core.imagery.wavelengths import roles_of_wavelengths, wavelengths_nm
from core.text import Text, text

ROLES = (
    "coastal",
    "blue",
    "green",
    "red",
    "rededge",
    "nir",
    "swir1",
    "swir2",
    "thermal",
    "pan",
    "alpha",
    "other",
)

# GDAL's words, since 3.10 for more than red, green and blue
_MARKED_ROLES = {role: role for role in ("coastal", "blue", "green", "red", "rededge", "nir", "pan")} | {
    "tir": "thermal",
    "lwir": "thermal",
}
_MANY = 20  # bands of a hyperspectral file, whose names would make many of them red


@dataclass(frozen=True)
class Band:
    """A band of a file, numbered from 1; `role` is one of ROLES."""

    index: int
    name: str
    role: str

    @property
    def is_named(self) -> bool:
        """Whether the file says more of it than its number."""
        return self.name != _nameless(self.index)


def _nameless(number: int) -> str:
    return f"band {number}"


@dataclass(frozen=True)
class Interpretation:
    """What every band means and which value is nodata (None: none is). `source` says why, for the user to judge.

    `palette` is the colour table of a single-band file, 0xAARRGGBB for the values 0…. With `own_nodata` a Scene whose
    file names a nodata value of its own has that one instead: Scenes from several sources rarely agree on it.
    """

    bands: tuple[Band, ...]
    nodata: float | None
    source: Text
    palette: tuple[int, ...] | None = None
    own_nodata: bool = False

    @property
    def roles(self) -> tuple[str, ...]:
        """Of all bands, alpha included."""
        return tuple(band.role for band in self.bands)

    @property
    def data_bands(self) -> tuple[Band, ...]:
        """All but alpha: what a model sees."""
        return tuple(band for band in self.bands if band.role != "alpha")

    def first(self, role: str) -> Band | None:
        """The first band of a role."""
        return next((band for band in self.bands if band.role == role), None)

    def with_nodata(self, nodata: float | None) -> Interpretation:
        """The same with `nodata` for all Scenes, whatever their files say."""
        return replace(self, nodata=nodata, own_nodata=False, source=text("As you set it."))

    def with_role(self, index: int, role: str) -> Interpretation:
        """The same with band `index` (from 1) in another role. Raises SceneError if no data band would be left."""
        if role not in ROLES:
            raise ValueError(f"unknown role {role!r}")
        bands = tuple(Band(b.index, _renamed(b, role), role) if b.index == index else b for b in self.bands)
        if all(band.role == "alpha" for band in bands):
            raise SceneError("At least one band must hold data.", "Leave one band that is not transparency.")
        return replace(self, bands=bands, source=text("As you set it."))

    def to_json(self) -> str:
        """One line; NaN as nodata is written as text, because JSON has no such number."""
        source = {"template": self.source.template, "values": dict(self.source.values)}
        nodata = None if self.nodata is None else repr(float(self.nodata))
        fields = {"bands": [asdict(band) for band in self.bands], "nodata": nodata, "source": source}
        return json.dumps({**fields, "palette": self.palette, "own_nodata": self.own_nodata}, default=str)

    @staticmethod
    def from_json(text_: str) -> Interpretation:
        """Raises ValueError, TypeError or KeyError for a text that `to_json` did not write."""
        fields = json.loads(text_)
        bands = tuple(Band(int(b["index"]), str(b["name"]), str(b["role"])) for b in fields["bands"])
        if not bands or any(band.role not in ROLES for band in bands):
            raise ValueError("no bands, or one of an unknown role")
        nodata = None if fields["nodata"] is None else float(fields["nodata"])
        palette = None if fields["palette"] is None else tuple(map(int, fields["palette"]))
        source = Text(str(fields["source"]["template"]), dict(fields["source"]["values"]))
        return Interpretation(bands, nodata, source, palette, bool(fields.get("own_nodata", False)))


def guess_interpretation(
    info: SceneInfo, scene: Scene | None = None, others: Sequence[SceneInfo] = ()
) -> Interpretation:
    """Guess roles and nodata from descriptions, colours, tags, the number of bands, dtype and file name.

    With the open `scene` a few pixels are looked at too: which of two bands is NIR, and the fill value of the edges.
    `others` are the further Scenes of the Project: where `info` names no nodata, theirs counts, and where none does,
    the fill value of some of their edges. Raises SceneError when `scene` cannot be read.
    """
    data = [index for index in range(1, info.band_count + 1) if index != info.alpha_band]
    nodata = next((each.nodata for each in (info, *others) if each.nodata is not None), None)
    if nodata is None and not info.has_mask and info.palette is None and scene is not None:
        nodata = fill_of_edges(scene)
        if nodata is None:
            nodata = fill_of_others(others)
    guesses, source = _guess_data_bands(info, data, scene, nodata)
    by_index = {index: Band(index, guess.name, guess.role) for index, guess in zip(data, guesses, strict=True)}
    if info.alpha_band is not None:
        by_index[info.alpha_band] = Band(info.alpha_band, "alpha", "alpha")
    bands = tuple(by_index[index] for index in sorted(by_index))
    return Interpretation(bands, nodata, source, info.palette, own_nodata=True)


def _renamed(band: Band, role: str) -> str:
    """A name that only repeats the old role changes with it."""
    return role if band.name.lower().replace(" ", "") in (band.role, *ROLES) else band.name


def stated_roles(info: SceneInfo) -> tuple[str, ...] | None:
    """The roles of the data bands as the file names them itself, "other" where it does not; None without names."""
    data = [index for index in range(1, info.band_count + 1) if index != info.alpha_band]
    named = _from_names(info, data, [_description(info, index) for index in data])
    return None if named is None else tuple("other" if guess is None else guess.role for guess in named[0])


def _guess_data_bands(
    info: SceneInfo, data: list[int], scene: Scene | None, nodata: float | None
) -> tuple[list[BandGuess], Text]:
    descriptions = [_description(info, index) for index in data]
    if info.palette is not None:
        return [BandGuess("colour table", "other")], text("The file has a colour table.")
    named = _from_names(info, data, descriptions)
    if named is not None and None not in named[0]:
        return _own_names(named[0], descriptions), named[1]
    usual = _from_order(info, data, descriptions, scene, nodata)
    if named is None:
        return usual
    roles = [None if guess is None else guess.role for guess in named[0]]
    if not _may_complete(roles, descriptions, usual[0]):
        return _own_names(named[0], descriptions), named[1]
    guesses = [BandGuess(own or guess.name, guess.role) for own, guess in zip(descriptions, usual[0], strict=True)]
    return guesses, text("From the band names in the file; those that say nothing to us are a guess from their order.")


def _own_names(guesses: Sequence[BandGuess | None], descriptions: Sequence[str]) -> list[BandGuess]:
    """With the names of the file for the bands that nothing is known of."""
    return [
        guess or BandGuess(description or _nameless(number), "other")
        for number, (guess, description) in enumerate(zip(guesses, descriptions, strict=True), start=1)
    ]


def _may_complete(roles: Sequence[str | None], descriptions: Sequence[str], usual: Sequence[BandGuess]) -> bool:
    """Whether the bands without a role (None) may have that of the usual order: where it agrees with all others. A word
    is taken for a colour in a language that we do not know only where we know none of the colours: beside those it is
    something else, "texture" perhaps."""
    agrees = all(role in (None, guess.role) for role, guess in zip(roles, usual, strict=True))
    foreign = any(role is None and not presets.says_nothing(own) for role, own in zip(roles, descriptions, strict=True))
    return agrees and not (foreign and {"red", "green", "blue"} & set(roles))


def _from_order(
    info: SceneInfo, data: list[int], descriptions: Sequence[str], scene: Scene | None, nodata: float | None
) -> tuple[list[BandGuess], Text]:
    """From the colours that the file marks, and the usual order of so many bands."""
    coloured = _from_colours(info, data)
    if coloured is not None:
        return coloured
    preset, source = usual_order(info, len(data), scene, nodata)
    plain = [BandGuess(description or f"band {i}", "other") for i, description in zip(data, descriptions, strict=True)]
    guesses = plain if preset is None else list(preset)
    colours = _marked_colours(info, data)
    if not colours:
        return guesses, source
    if {place for place, guess in enumerate(guesses) if guess.role in colours.values()} != set(colours):
        guesses = plain  # the colours lie elsewhere, so these are other bands
    guesses = [BandGuess(colours[n], colours[n]) if n in colours else guess for n, guess in enumerate(guesses)]
    return guesses, text("Red, green and blue as the file marks them; the others are a guess from their number.")


def _from_names(
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
        if len(roles) <= _MANY and not _contradict(roles, measured):
            measured = [own if seen == "other" and own else seen for own, seen in zip(roles, measured, strict=True)]
        return _measured(descriptions, lengths, measured), text("From the wavelengths in the file.")
    if all(role in (None, "other") for role in roles):
        return None
    named = [
        None if role is None else BandGuess(description, "other" if role == "alpha" else role)
        for description, role in zip(descriptions, roles, strict=True)
    ]
    return named, text("From the band names in the file.")


def _contradict(some: Sequence[str | None], others: Sequence[str | None]) -> bool:
    unsaid = (None, "other")
    return any(a != b for a, b in zip(some, others, strict=True) if a not in unsaid and b not in unsaid)


def _measured(
    descriptions: Sequence[str], lengths_nm: Sequence[float | None], roles: Sequence[str]
) -> list[BandGuess | None]:
    """Named by the wavelength where the file's own name says nothing."""
    names = [
        own if length is None or not presets.says_nothing(own) else f"{round(length, 1):g} nm"
        for own, length in zip(descriptions, lengths_nm, strict=True)
    ]
    return [
        BandGuess(name or _nameless(number), "other" if role == "alpha" else role)
        for number, (name, role) in enumerate(zip(names, roles, strict=True), start=1)
    ]


def _description(info: SceneInfo, index: int) -> str:
    """The band's description, or a tag that serves as one."""
    own = info.descriptions[index - 1] if index <= len(info.descriptions) else None
    tags = dict(info.band_tags[index - 1]) if index <= len(info.band_tags) else {}
    upper = {key.upper(): value for key, value in tags.items()}
    return own or upper.get("BANDNAME") or upper.get("BAND_NAME") or upper.get("STANDARD_NAME") or ""


def _from_codes(info: SceneInfo, descriptions: list[str]) -> tuple[list[BandGuess], Text] | None:
    """Names such as B02 or SR_B4 of the Sentinel-2 and Landsat products. Where several dates lie in one file, each band
    keeps its own name."""
    codes = [presets.code_of_description(description) for description in descriptions]
    known = [code for code in codes if code is not None]
    repeated = len(set(known)) < len(known)
    if len(known) < max(len(codes) / 2, 1) or (repeated and len(set(descriptions)) < len(descriptions)):
        return None
    stated = _stated_product(info, descriptions)
    if _are_places(codes, descriptions) and (stated is None or stated[0] == "Sentinel-2"):
        return None
    product, table = stated or _product_of(known, descriptions)
    if len(set(known)) == 1 or any(presets.role_of_description(d) not in (None, "other") for d in descriptions):
        return None  # names that say more than a number are better
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


def _marked_colours(info: SceneInfo, data: Sequence[int]) -> dict[int, str]:
    """Where among the data bands the file marks red, green and blue; empty unless it marks each of them once."""
    marked = {n: info.colorinterp[index - 1] for n, index in enumerate(data) if index <= len(info.colorinterp)}
    colours = {n: colour for n, colour in marked.items() if colour in ("red", "green", "blue")}
    return colours if sorted(colours.values()) == ["blue", "green", "red"] else {}


def _from_colours(info: SceneInfo, data: list[int]) -> tuple[list[BandGuess], Text] | None:
    """Colours as the file marks them; a fourth band beside red, green and blue is NIR."""
    marked = [info.colorinterp[index - 1] if index <= len(info.colorinterp) else "undefined" for index in data]
    if set(marked) <= _MARKED_ROLES.keys() and "nir" in marked:
        return [BandGuess(mark, _MARKED_ROLES[mark]) for mark in marked], text("Colours as the file marks them.")
    colours = _marked_colours(info, data)
    rest = [position for position in range(len(marked)) if position not in colours]
    if not colours or len(rest) > 1:
        return None
    guesses = [BandGuess(colour, colour) for colour in marked]
    for position in rest:
        guesses[position] = BandGuess("NIR", "nir")
    if not rest:
        return guesses, text("Red, green and blue as the file marks them.")
    if marked[rest[0]] == "alpha":
        return guesses, text("Band {n} is marked as transparency but holds data: taken for NIR.", n=data[rest[0]])
    return guesses, text("Red, green and blue as the file marks them; band {n} taken for NIR.", n=data[rest[0]])
