"""What the bands of a file mean: a guess from everything the file says, and what the user makes of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from core.errors import SceneError
from core.imagery import presets
from core.imagery.band_names import band_name, from_names, nameless
from core.imagery.files import SceneInfo
from core.imagery.fill_values import fill_of_edges, fill_of_others
from core.imagery.presets import BandGuess
from core.imagery.scene import Scene
from core.imagery.usual_orders import usual_order
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


@dataclass(frozen=True)
class Band:
    """A band of a file, numbered from 1; `role` is one of ROLES."""

    index: int
    name: str
    role: str

    @property
    def is_named(self) -> bool:
        """Whether the file says more of it than its number."""
        return self.name != nameless(self.index)


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
    named = from_names(info, data, [band_name(info, index) for index in data])
    return None if named is None else tuple("other" if guess is None else guess.role for guess in named[0])


def _guess_data_bands(
    info: SceneInfo, data: list[int], scene: Scene | None, nodata: float | None
) -> tuple[list[BandGuess], Text]:
    descriptions = [band_name(info, index) for index in data]
    if info.palette is not None:
        return [BandGuess("colour table", "other")], text("The file has a colour table.")
    named = from_names(info, data, descriptions)
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
        guess or BandGuess(description or nameless(number), "other")
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
    plain = [BandGuess(description or nameless(i), "other") for i, description in zip(data, descriptions, strict=True)]
    guesses = plain if preset is None else list(preset)
    colours = _marked_colours(info, data)
    if not colours:
        return guesses, source
    if {place for place, guess in enumerate(guesses) if guess.role in colours.values()} != set(colours):
        guesses = plain  # the colours lie elsewhere, so these are other bands
    guesses = [BandGuess(colours[n], colours[n]) if n in colours else guess for n, guess in enumerate(guesses)]
    return guesses, text("Red, green and blue as the file marks them; the others are a guess from their number.")


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
