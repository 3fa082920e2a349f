"""The guess of what the bands are, over the sensors people have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS

from core.errors import SceneError
from core.imagery.composites import composites_for
from core.imagery.files import SceneInfo
from core.imagery.interpretation import Interpretation, guess_interpretation
from core.imagery.scene import open_scene
from tests.core.imagery_files import ramp, write_raster
from tests.data import real_data

S2_10 = ("blue", "green", "red", "rededge", "rededge", "rededge", "nir", "nir", "swir1", "swir2")
S2_12 = ("coastal", *S2_10[:8], "other", "swir1", "swir2")
S2_13 = ("coastal", *S2_10[:8], "other", "other", "swir1", "swir2")
L8_7 = ("coastal", "blue", "green", "red", "nir", "swir1", "swir2")
L7_6 = L8_7[1:]
LANDSAT_SR = ("SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7")
MODIS_7 = ("red", "nir", "blue", "green", "other", "swir1", "swir2")


def _info(count: int, dtype: str = "uint16", names: tuple[str | None, ...] = (), file: str = "x.tif") -> SceneInfo:
    interps = ("gray",) + ("undefined",) * (count - 1)
    return SceneInfo(file, 500, 500, count, dtype, descriptions=names or (None,) * count, colorinterp=interps)


@pytest.mark.parametrize(
    ("info", "roles"),
    [
        (_info(1), ("other",)),
        (_info(2), ("other", "other")),
        (_info(3), ("red", "green", "blue")),
        (_info(4, "uint8"), ("red", "green", "blue", "nir")),
        (_info(4, "uint16"), ("blue", "green", "red", "nir")),
        (_info(4, "uint16", file="naip_2020.tif"), ("red", "green", "blue", "nir")),
        (_info(4, "uint16", file="DJI_0010_M3M.tif"), ("green", "red", "rededge", "nir")),
        (_info(5), ("blue", "green", "red", "rededge", "nir")),
        (_info(6), ("blue", "green", "red", "nir", "swir1", "swir2")),
        (_info(6, file="altum_field.tif"), ("blue", "green", "red", "rededge", "nir", "thermal")),
        (_info(6, file="MicaSense_RedEdge-P.tif"), ("blue", "green", "pan", "red", "rededge", "nir")),
        (_info(7), L8_7),
        (_info(7, file="altum_pt_field.tif"), ("blue", "green", "red", "rededge", "nir", "pan", "thermal")),
        (_info(4, "uint16", file="sequoia_field.tif"), ("green", "red", "rededge", "nir")),
        (_info(4, "uint16", file="IMG_PHR1A_PMS.tif"), ("red", "green", "blue", "nir")),
        (_info(4, "uint16", file="20230714_PSScene_AnalyticMS_SR.tif"), ("blue", "green", "red", "nir")),
        (_info(8), ("coastal", "blue", "other", "green", "other", "red", "rededge", "nir")),
        (_info(8, file="WV02_scene.tif"), ("coastal", "blue", "green", "other", "red", "rededge", "nir", "nir")),
        (_info(10), S2_10),
        (_info(11), (*L8_7, "pan", "other", "thermal", "thermal")),
        (_info(12), S2_12),
        (_info(13), S2_13),
        (_info(57), ("other",) * 57),
    ],
)
def test_the_number_of_bands_alone(info: SceneInfo, roles: tuple[str, ...]) -> None:
    assert guess_interpretation(info).roles == roles


@pytest.mark.parametrize(
    ("names", "file", "roles"),
    [
        (("B2", "B3", "B4", "B8"), "S2A_MSIL2A_2020.tif", ("blue", "green", "red", "nir")),
        (("B02", "B03", "B04", "B08"), "x.tif", ("blue", "green", "red", "nir")),
        (("B4", "B3", "B2", "B8A", "B12"), "x.tif", ("red", "green", "blue", "nir", "swir2")),
        (("SR_B2", "SR_B3", "SR_B4", "SR_B5"), "x.tif", ("blue", "green", "red", "nir")),
        (("B2", "B3", "B4", "B5", "B6", "B7"), "LC08_L2SP.tif", L8_7[1:]),
        (("SR_B1", "SR_B2", "SR_B3", "SR_B4"), "LT05_L2.tif", ("blue", "green", "red", "nir")),
        (LANDSAT_SR, "x.tif", L7_6),  # no sixth: that one is thermal up to Landsat 7
        (LANDSAT_SR, "landsat_farm.tif", L7_6),
        (LANDSAT_SR, "LC08_L2SP.tif", (*L8_7[:5], "swir2")),
        ((*LANDSAT_SR[:5], "ST_B6", "SR_B7"), "x.tif", (*L7_6[:5], "thermal", "swir2")),
        (("B1", "B2", "B3", "B4", "B5", "B7"), "x.tif", L7_6),
        (tuple(f"sur_refl_b{number:02d}" for number in range(1, 8)), "x.tif", MODIS_7),
        (tuple(f"Nadir_Reflectance_Band{number}" for number in range(1, 8)), "x.tif", MODIS_7),
        (tuple(f"B{number}" for number in range(1, 8)), "x.tif", L8_7),
        (("blue", "green", "red", "nir"), "x.tif", ("blue", "green", "red", "nir")),
        (("Blue", "Green", "Red", "NIR", "Red Edge"), "x.tif", ("blue", "green", "red", "nir", "rededge")),
        (("Red-668", "Green_560", "RedEdge 717", "NIR-842"), "x.tif", ("red", "green", "rededge", "nir")),
        (("red edge 1", "near infrared", "SWIR 1", "SWIR-2"), "x.tif", ("rededge", "nir", "swir1", "swir2")),
        (("coastal_blue", "green_i", "LWIR", "NDVI"), "x.tif", ("coastal", "other", "thermal", "other")),
        (("B04 red", "B08 NIR"), "x.tif", ("red", "nir")),
        (("VV", "VH"), "x.tif", ("other", "other")),
        (("Band 1", "Band 2", "Band 3", "Band 4"), "x.tif", ("blue", "green", "red", "nir")),  # only places
        (("Band_1", "Band_2", "Band_3", "Band_4"), "S2B_field.tif", ("blue", "green", "red", "nir")),
        (("Band 1", "Band 2", "Band 3", "Band 4", "Band 5"), "x.tif", ("blue", "green", "red", "rededge", "nir")),
        (("b1", "b2", "b3", "b4"), "x.tif", ("blue", "green", "red", "nir")),
        (("R", "G", "B", "N"), "x.tif", ("red", "green", "blue", "nir")),
        (("B1", "B2", "B3", "B4", "B5"), "LC08_L2SP.tif", L8_7[:5]),
        (("B01", "B02", "B03", "B04"), "x.tif", ("coastal", "blue", "green", "red")),
        (("blue", "green", "red", "nir"), "20230714_PSScene_AnalyticMS_SR.tif", ("blue", "green", "red", "nir")),
        (
            ("coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"),
            "psscene_8b.tif",
            ("coastal", "blue", "other", "green", "other", "red", "rededge", "nir"),
        ),
    ],
)
def test_band_names_come_first(names: tuple[str, ...], file: str, roles: tuple[str, ...]) -> None:
    guess = guess_interpretation(_info(len(names), names=names, file=file))
    assert guess.roles == roles


BGRN = ("blue", "green", "red", "nir")
MICASENSE = ("blue", "green", "red", "rededge", "nir")


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("Blau, Grün, Rot, NIR", BGRN),
        ("blau, gruen, rot, Rotkante, Nahes Infrarot", MICASENSE),
        ("Kanal_Blau, Kanal_Grün, Kanal_Rot, Nahinfrarot", BGRN),
        ("Bleu, Vert, Rouge, Proche infrarouge", BGRN),
        ("Bande verte, Bande rouge, Bord rouge, PIR", MICASENSE[1:]),
        ("Azul, Verde, Rojo, Borde rojo, Infrarrojo cercano", MICASENSE),
        ("Blu, Verde, Rosso, Bordo rosso, Infrarosso vicino", MICASENSE),
        ("Azul, Verde, Vermelho, Borda do vermelho, Infravermelho próximo", MICASENSE),
        ("Blauw, Groen, Rood, Nabij-infrarood", BGRN),
        ("Rouge, Vert, Bleu, Infrarouge à ondes courtes, Thermique", ("red", "green", "blue", "swir1", "thermal")),
        ("Küste, Gelb, Kurzwelliges Infrarot 2, Wolkenmaske, NIR", ("coastal", "other", "swir2", "other", "nir")),
        ("côtier, jaune, infrarouge moyen, masque, PIR", ("coastal", "other", "swir1", "other", "nir")),
        ("near_infrared_median, blue_median", ("nir", "blue")),
        ("NIR, vertical, rotation, blur, infrared", ("nir", "other", "other", "other", "nir")),
    ],
)
def test_colours_are_known_in_other_languages(names: str, roles: tuple[str, ...]) -> None:
    own = tuple(names.split(", "))
    guess = guess_interpretation(_info(len(own), names=own))
    assert guess.roles == roles
    assert tuple(band.name for band in guess.bands) == own


def test_names_that_are_not_known_are_completed_where_the_usual_order_agrees() -> None:
    def guess(*names: str | None, dtype: str = "uint16") -> Interpretation:
        return guess_interpretation(_info(len(names), dtype, names))

    completed = guess("Sininen", "Vihreä", "Punainen", "NIR")  # Finnish
    assert completed.roles == BGRN
    assert [band.name for band in completed.bands] == ["Sininen", "Vihreä", "Punainen", "NIR"]
    assert "a guess from their order" in str(completed.source)
    assert guess("Modra", "Zelena", "Rdeča", "Red Edge", "NIR").roles == MICASENSE
    assert guess("R", "V", "B").roles == ("red", "green", "blue"), "French, Spanish, Italian"
    assert guess(None, None, None, "NIR", dtype="uint8").roles == ("red", "green", "blue", "nir")
    assert guess("Band 1", "Band 2", "Band 3", "NIR").bands[0].name == "Band 1"


def test_names_are_not_completed_where_the_order_disagrees_or_they_say_something_else() -> None:
    def guess(*names: str | None) -> Interpretation:
        return guess_interpretation(_info(len(names), names=names))

    assert guess("NIR", "Punainen", "Vihreä", "Sininen").roles == ("nir", "other", "other", "other")
    assert guess("blue", "texture", "red", "nir").roles == ("blue", "other", "red", "nir")
    assert guess("NDVI", "Vihreä", "Punainen", "NIR").roles == ("other", "other", "other", "nir")
    assert str(guess("blue", "texture", "red", "nir").source) == "From the band names in the file."


def test_unknown_names_beside_marked_colours_are_those_colours() -> None:
    marked = ("red", "green", "blue", "undefined")
    info = replace(_info(4, names=("Punainen", "Vihreä", "Sininen", "NIR")), colorinterp=marked)
    assert guess_interpretation(info).roles == ("red", "green", "blue", "nir")


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("2023-05_B2 2023-05_B3 2023-05_B4 2023-05_B8 2023-06_B2 2023-06_B3 2023-06_B4 2023-06_B8", BGRN * 2),
        ("0_B2 0_B3 0_B4 0_B8 1_B2 1_B3 1_B4 1_B8", BGRN * 2),  # Earth Engine's toBands
        ("B2 B3 B4 B8 B2_1 B3_1 B4_1 B8_1", BGRN * 2),  # and its addBands
        ("B4_p10 B4_p90 B8_p10 B8_p90 NDVI", ("red", "red", "nir", "nir", "other")),
        ("20230510_SR_B4 20230510_SR_B5 20230611_SR_B4 20230611_SR_B5", ("red", "nir") * 2),
    ],
)
def test_of_several_dates_each_band_keeps_its_name_and_role(names: str, roles: tuple[str, ...]) -> None:
    own = tuple(names.split())
    guess = guess_interpretation(_info(len(own), names=own))
    assert guess.roles == roles
    assert tuple(band.name for band in guess.bands) == own
    assert "several times" in str(guess.source)
    natural = next((each for each in composites_for(guess) if each.key == "natural"), None)
    assert natural is None or natural.band_indexes == (3, 2, 1), "the first date"


def test_places_that_are_counted_anew_are_no_numbers_of_a_satellite() -> None:
    for names in (("Band 1",) * 4, ("t1_Band 1", "t1_Band 2", "t2_Band 1", "t2_Band 2")):
        assert "number of bands" in str(guess_interpretation(_info(4, names=names)).source)


def test_colours_beyond_red_green_and_blue_may_be_marked() -> None:
    marks = ("nir", "red", "green", "blue", "rededge", "tir")
    guess = guess_interpretation(replace(_info(6), colorinterp=marks))
    assert guess.roles == ("nir", "red", "green", "blue", "rededge", "thermal")
    assert guess_interpretation(replace(_info(3), colorinterp=("nir", "red", "undefined"))).roles == (
        "red",
        "green",
        "blue",
    )


def test_a_hyperspectral_file_has_one_band_of_each_colour_by_its_wavelength() -> None:
    lengths = [400 + 10 * n for n in range(200)]
    for names in (
        tuple(f"{length} nm" for length in lengths),
        tuple(f"Band {n} ({length}.00 Nanometers)" for n, length in enumerate(lengths, start=1)),
        tuple(f"{length / 1000:.3f} µm" for length in lengths),
    ):
        guess = guess_interpretation(_info(200, names=names))
        found = {band.role: lengths[band.index - 1] for band in guess.bands if band.role != "other"}
        assert found == {"coastal": 440, "blue": 480, "green": 560, "red": 660, "rededge": 720, "nir": 840,
                         "swir1": 1610, "swir2": 2190}  # fmt: skip
        assert len(set(guess.roles)) == 9
        assert all(guess.roles.count(role) == 1 for role in found)
        assert guess.bands[0].name == names[0]
    drone = guess_interpretation(_info(4, names=("550nm", "660nm", "735nm", "790nm")))
    assert drone.roles == ("green", "red", "rededge", "nir")


@pytest.mark.parametrize(
    ("tags", "tags_of_file"),
    [
        ({"wavelength": "{nm}", "wavelength_units": "Nanometers"}, {}),  # GDAL's ENVI driver
        ({"wavelength": "{um}", "wavelength_units": "Micrometers"}, {}),
        ({"wavelength": "{um}"}, {}),
        ({"wavelength": "{nm}"}, {"wavelength_units": "Nanometers"}),
        ({"WAVELENGTH": "{nm}", "WAVELENGTH_UNIT": "nm"}, {}),
        ({"CENTRAL_WAVELENGTH_UM": "{um}"}, {}),
        ({"center_wavelength": "{nm} nm"}, {}),
    ],
)
def test_wavelengths_may_be_in_the_bands_tags(tags: dict[str, str], tags_of_file: dict[str, str]) -> None:
    lengths = (490, 560, 665, 842, 1610)
    own = tuple(
        tuple((key, value.format(nm=nm, um=nm / 1000)) for key, value in tags.items()) for nm in lengths
    )  # fmt: skip
    info = replace(_info(5), band_tags=own, tags=tuple(tags_of_file.items()))
    guess = guess_interpretation(info)
    assert guess.roles == ("blue", "green", "red", "nir", "swir1")
    assert guess.bands[1].name == "560 nm"
    assert str(guess.source) == "From the wavelengths in the file."


def test_gdal_has_wavelengths_in_places_of_its_own(tmp_path: Path) -> None:
    for name, domain in (("bands.tif", "IMAGERY"), ("file.tif", "ENVI")):
        path = write_raster(tmp_path / name, ramp(4, 32, 32, "uint16", start=1))
        with rasterio.open(path, "r+") as file:
            if domain == "ENVI":
                file.update_tags(ns=domain, wavelength="{0.84, 0.66, 0.56, 0.48}", wavelength_units="Micrometers")
            else:
                for index, length in enumerate((0.84, 0.66, 0.56, 0.48), start=1):
                    file.update_tags(index, ns=domain, CENTRAL_WAVELENGTH_UM=str(length))
        with open_scene(path) as scene:
            assert guess_interpretation(scene.info).roles == ("nir", "red", "green", "blue"), domain


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("475.0 560.0 668.0 717.0 842.0 2200.0", (*MICASENSE, "swir2")),
        ("475 560 668 842 717", ("blue", "green", "red", "nir", "rededge")),
        ("0.49 0.56 0.665 0.842 1.61", ("blue", "green", "red", "nir", "swir1")),
        ("0,49 0,56 0,665 0,842 1,61", ("blue", "green", "red", "nir", "swir1")),
        ("Band_475.2 Band_560.1 Band_668.4", ("blue", "green", "red")),
        ("X475 X560 X668 X842", BGRN),
        ("450 560 650 730 840", MICASENSE),  # DJI's
        ("455-515nm 525-595nm 625–695nm 770-900nm", BGRN),
        ("B2-490nm B3-560nm NDVI", ("blue", "green", "other")),
        ("1 2 3 4", BGRN),  # only places
        ("2019 2020 2021", ("red", "green", "blue")),  # years are no wavelengths: a guess from the number
        ("500 1000 1500 2500 500 900 500", L8_7),  # nor is what goes up and down
    ],
)
def test_numbers_alone_may_be_wavelengths(names: str, roles: tuple[str, ...]) -> None:
    own = tuple(names.split())
    assert guess_interpretation(_info(len(own), names=own)).roles == roles


def test_300_bands_have_one_of_each_colour_whatever_they_are_called() -> None:
    vnir, swir = [402 + 4.5 * n for n in range(130)], [920 + 9.4 * n for n in range(170)]  # they overlap, as EnMAP's
    tags = tuple((("wavelength", f"{nm}"), ("wavelength_units", "Nanometers")) for nm in vnir + swir)
    for names in (
        (None,) * 300,
        tuple(f"Band {n}" for n in range(1, 301)),
        (*(f"VNIR {n}" for n in range(130)), *(f"SWIR {n}" for n in range(170))),
        tuple(f"{colour} {n}" for n in range(100) for colour in ("blue", "red", "NIR")),
    ):
        guess = guess_interpretation(replace(_info(300, names=names), band_tags=tags))
        assert all(guess.roles.count(role) == 1 for role in ("blue", "green", "red", "nir", "swir1", "swir2"))
        assert (vnir + swir)[guess.roles.index("nir")] == pytest.approx(842, abs=3)
    plain = guess_interpretation(_info(300, names=tuple(f"{nm:.2f}" for nm in vnir + swir)))
    assert plain.roles == guess.roles


def test_names_and_wavelengths_together() -> None:
    def roles(names: tuple[str, ...], *lengths: float) -> tuple[str, ...]:
        tags = tuple((("WAVELENGTH", f"{length}"), ("WAVELENGTH_UNIT", "nm")) for length in lengths)
        return guess_interpretation(replace(_info(len(names), names=names), band_tags=tags)).roles

    sentinel2 = ("B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12")  # GDAL's driver states both
    assert roles(sentinel2, 490, 560, 665, 705, 740, 783, 842, 865, 1610, 2190) == S2_10, "numbers say more"
    assert roles(("Band 2", "Band 40", "Band 60"), 490, 665, 842) == ("blue", "red", "nir"), "a part of many bands"
    assert roles(("Red edge 1", "Red edge 2", "NIR"), 705, 740, 842) == ("rededge", "rededge", "nir")
    assert roles(("Sininen", "Green", "NDVI"), 490, 560) == ("blue", "green", "other")


def test_marked_colours_count_also_beside_several_other_bands() -> None:
    def roles(*colours: str, dtype: str = "uint16") -> tuple[str, ...]:
        return guess_interpretation(SceneInfo("x.tif", 500, 500, len(colours), dtype, colorinterp=colours)).roles

    others = ("undefined",) * 2
    assert roles("red", "green", "blue", *others) == ("red", "green", "blue", "rededge", "nir")
    assert roles(*others, "red", "green", "blue") == ("other", "other", "red", "green", "blue")
    assert roles("red", "green", "blue", *others, *others) == ("red", "green", "blue", *("other",) * 4)
    assert roles("red", "green", "red", *others) == ("blue", "green", "red", "rededge", "nir"), "twice is no mark"


def test_names_may_be_in_the_bands_tags() -> None:
    tags = ((("BandName", "Green"),), (("BandName", "NIR"),))
    assert guess_interpretation(replace(_info(2), band_tags=tags)).roles == ("green", "nir")


def test_the_brighter_of_the_last_two_drone_bands_is_nir(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    leaf = np.array([600, 900, 700, 3200, 6500])[:, None, None] + rng.integers(0, 300, (5, 96, 96))
    for name, order, roles in (
        ("wave", [0, 1, 2, 3, 4], ("blue", "green", "red", "rededge", "nir")),
        ("camera", [0, 1, 2, 4, 3], ("blue", "green", "red", "nir", "rededge")),
    ):
        with open_scene(write_raster(tmp_path / f"{name}.tif", leaf[order].astype(np.uint16))) as scene:
            assert guess_interpretation(scene.info, scene).roles == roles


@pytest.mark.parametrize("fill", [None, -10_000.0])
@pytest.mark.parametrize(
    "roles",
    [
        ("blue", "green", "nir", "red", "rededge"),
        ("blue", "green", "nir", "rededge", "red"),  # "red edge.tif" before "red.tif"
        ("green", "nir", "red", "rededge"),
        ("green", "nir", "rededge", "red"),
        ("blue", "green", "red", "rededge", "nir"),
        ("blue", "green", "red", "nir", "rededge"),
        ("blue", "green", "red", "nir"),
    ],
)
@pytest.mark.parametrize("land", [(0.03, 0.08, 0.05, 0.22, 0.45), (0.10, 0.14, 0.18, 0.22, 0.27)])  # maize, bare soil
def test_single_bands_that_were_merged_by_their_names(
    tmp_path: Path, roles: tuple[str, ...], fill: float | None, land: tuple[float, ...]
) -> None:
    """Merging maps of single bands keeps neither their names nor their nodata."""
    reflectance = dict(zip(("blue", "green", "red", "rededge", "nir"), land, strict=True))
    noise = np.random.default_rng(1).normal(1, 0.05, (len(roles), 96, 96))
    values = (np.array([reflectance[role] for role in roles])[:, None, None] * noise).astype(np.float32)
    if fill is not None:
        values[:, :, :60] = fill
    with open_scene(write_raster(tmp_path / "merged.tif", values)) as scene:
        guess = guess_interpretation(scene.info, scene)
    assert (guess.roles, guess.nodata) == (roles, fill)


BY_NAME = ("coastal", "blue", "green", "red", "rededge", "rededge", "rededge", "swir1", "swir2", "nir")


def test_flooded_fields_do_not_make_green_near_infrared(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(1, 0.05, (4, 96, 96))
    water = (np.array([420, 640, 450, 260])[:, None, None] * noise).astype(np.uint16)
    with open_scene(write_raster(tmp_path / "x.tif", water)) as scene:
        assert guess_interpretation(scene.info, scene).roles == ("blue", "green", "red", "nir")


@pytest.mark.parametrize(
    ("taken", "roles"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], BY_NAME),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], BY_NAME[1:]),  # older products have no B01 at 20 m
        ([1, 2, 3, 4, 5, 6, 9, 9, 7, 8], S2_10),
    ],
)
def test_sentinel_2_at_20_m_merged_by_its_names(tmp_path: Path, taken: list[int], roles: tuple[str, ...]) -> None:
    """ "B8A" comes after "B12"."""
    maize = np.array([300, 400, 800, 500, 1200, 3200, 4000, 2200, 1100, 4300])[taken, None, None]
    values = (maize * np.random.default_rng(1).normal(1, 0.05, (len(taken), 96, 96))).astype(np.uint16)
    with open_scene(write_raster(tmp_path / "merged.tif", values)) as scene:
        assert guess_interpretation(scene.info, scene).roles == roles


@pytest.mark.parametrize("extra", [("thermal",), ("pan", "thermal")])
def test_micasense_with_more_cameras(tmp_path: Path, extra: tuple[str, ...]) -> None:
    rng = np.random.default_rng(1)
    leaf = np.array([600, 900, 700, 3200, 6500, *(2950,) * len(extra)])[:, None, None]
    leaf = leaf + rng.integers(0, 300, (5 + len(extra), 96, 96))
    for name, order, roles in (
        ("altum wave", (3, 4), ("rededge", "nir")),
        ("altum camera", (4, 3), ("nir", "rededge")),
    ):
        values = leaf[[0, 1, 2, *order, *range(5, 5 + len(extra))]].astype(np.uint16)
        with open_scene(write_raster(tmp_path / f"{name}.tif", values)) as scene:
            assert guess_interpretation(scene.info, scene).roles == ("blue", "green", "red", *roles, *extra)


_MAIZE = {"blue": 0.03, "green": 0.08, "pan": 0.17, "red": 0.05, "rededge": 0.22, "nir": 0.45, "thermal": 0.9}
_SOIL = {"blue": 0.10, "green": 0.14, "pan": 0.18, "red": 0.18, "rededge": 0.22, "nir": 0.27, "thermal": 0.9}


@pytest.mark.parametrize("land", [_MAIZE, _SOIL])
@pytest.mark.parametrize(
    ("order", "file"),
    [
        ("blue green pan red rededge nir", "rededge-p"),
        ("blue green pan red rededge nir", "field"),
        ("blue green red nir rededge pan", "RedEdge-P"),
        ("blue green red nir rededge pan", "field"),
        ("blue green red rededge nir thermal", "field"),
        ("blue green red rededge nir thermal", "altum"),
        ("blue green red nir rededge thermal", "field"),
        ("blue green pan red rededge nir thermal", "field"),
        ("blue green pan red rededge nir thermal", "altum-pt"),
        ("blue green red nir rededge pan thermal", "field"),
        ("blue green red rededge nir pan thermal", "field"),
    ],
)
def test_drone_cameras_of_six_and_seven_bands(tmp_path: Path, land: dict[str, float], order: str, file: str) -> None:
    """Where the file's name does not tell the camera, pixels of 3 cm do."""
    roles = tuple(order.split())
    noise = np.random.default_rng(1).normal(1, 0.05, (len(roles), 96, 96))
    values = (np.array([land[role] for role in roles])[:, None, None] * noise * 32_768).astype(np.uint16)
    pixels = rasterio.Affine(0.03, 0.0, 600_000, 0.0, -0.03, 5_300_000)
    with open_scene(write_raster(tmp_path / f"{file}.tif", values, crs="EPSG:32632", transform=pixels)) as scene:
        assert guess_interpretation(scene.info, scene).roles == roles


@pytest.mark.parametrize("count", range(6, 14))
def test_no_drone_has_short_wave_infrared(count: int) -> None:
    info = replace(_info(count), crs_wkt=CRS.from_epsg(4326).to_wkt(), transform=(3e-7, 0.0, 10.0, 0.0, -3e-7, 48.0))
    assert not {"swir1", "swir2"} & set(guess_interpretation(info).roles)
    satellite = replace(info, transform=(1e-4, 0.0, 10.0, 0.0, -1e-4, 48.0))
    assert count == 8 or {"swir1", "swir2"} <= set(guess_interpretation(satellite).roles)


@pytest.mark.parametrize(
    ("fill", "dtype"),
    [
        (0, "uint8"),
        (0, "uint16"),
        (-9999, "int16"),
        (255, "uint8"),
        (65535, "uint16"),
        (-10_000, "float32"),
        (-32767, "float32"),
    ],
)
def test_a_fill_value_without_a_tag_is_found_at_the_edges(tmp_path: Path, fill: int, dtype: str) -> None:
    data = ramp(3, 100, 100, "uint8", start=0).astype(dtype)
    data[:, :, :30] = fill
    with open_scene(write_raster(tmp_path / "x.tif", data)) as scene:
        assert guess_interpretation(scene.info, scene).nodata == fill


@pytest.mark.parametrize("fill", [0, 255])
def test_a_mosaic_that_touches_no_edge_has_a_fill_value(tmp_path: Path, fill: int) -> None:
    """Turned mosaics, and those in a frame: all of the outermost pixels are fill, as in a Scene that holds nothing."""
    data = ramp(3, 100, 100, "uint8", start=1)
    rows, columns = np.mgrid[:100, :100]
    data[:, np.abs(rows - 50) + np.abs(columns - 50) > 45] = fill
    with open_scene(write_raster(tmp_path / "turned.tif", data, photometric="rgb")) as scene:
        assert guess_interpretation(scene.info, scene).nodata == fill
    with open_scene(write_raster(tmp_path / "empty.tif", np.full_like(data, fill), photometric="rgb")) as scene:
        assert guess_interpretation(scene.info, scene).nodata is None


@pytest.mark.parametrize(("fill", "dtype"), [(0, "uint8"), (-10_000, "float32")])
def test_a_fill_value_all_round_is_found(tmp_path: Path, fill: int, dtype: str) -> None:
    """A field that was cut out with some room; where all is fill, nobody knows that it is."""
    data = ramp(3, 100, 100, "uint8", start=0).astype(dtype)
    data[:, :20], data[:, -20:], data[:, :, :20], data[:, :, -20:] = fill, fill, fill, fill
    with open_scene(write_raster(tmp_path / "x.tif", data)) as scene:
        assert guess_interpretation(scene.info, scene).nodata == fill
    with open_scene(write_raster(tmp_path / "x.tif", np.full_like(data, fill))) as scene:
        assert guess_interpretation(scene.info, scene).nodata is None


def test_no_fill_value_is_invented(tmp_path: Path) -> None:
    with open_scene(write_raster(tmp_path / "x.tif", ramp(3, 100, 100, "uint8", start=0))) as scene:
        assert guess_interpretation(scene.info, scene).nodata is None
    with open_scene(write_raster(tmp_path / "classes.tif", np.zeros((1, 50, 50), np.uint8))) as scene:
        assert guess_interpretation(scene.info, scene).nodata is None


def test_the_other_scenes_nodata_counts_too() -> None:
    others = [_info(3), replace(_info(3), nodata=0.0)]
    assert guess_interpretation(_info(3), others=others).nodata == 0.0
    assert guess_interpretation(replace(_info(3), nodata=9.0), others=others).nodata == 9.0


@pytest.mark.parametrize("nodata", [None, 0.0, -3.4028235e38, float("nan"), float("inf")])
def test_interpretations_survive_json(nodata: float | None) -> None:
    guess = replace(guess_interpretation(_info(5)), nodata=nodata, palette=(0xFF000000, 0x80FFFFFF))
    again = Interpretation.from_json(guess.to_json())
    assert again.to_json() == guess.to_json()
    assert again.bands == guess.bands
    assert str(again.source) == str(guess.source)
    np.testing.assert_equal(again.nodata, nodata)


@pytest.mark.parametrize("text", ["{}", "[]", '{"bands": [], "nodata": null, "source": {}, "palette": null}'])
def test_foreign_json_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Interpretation.from_json(text)


def test_the_user_corrects_the_guess() -> None:
    guess = guess_interpretation(_info(4))
    corrected = guess.with_role(1, "red").with_role(3, "blue").with_nodata(0)
    assert corrected.roles == ("red", "green", "blue", "nir")
    assert [band.name for band in corrected.bands] == ["red", "green", "blue", "NIR"]
    assert corrected.nodata == 0
    assert str(corrected.source) == "As you set it."
    with pytest.raises(ValueError, match="unknown role"):
        guess.with_role(1, "purple")
    with pytest.raises(SceneError, match="At least one band"):
        guess_interpretation(_info(1)).with_role(1, "alpha")


@pytest.mark.parametrize(
    ("folder", "roles"),
    [
        ("naip_trees", ("red", "green", "blue", "nir")),
        ("potato_weed", ("red", "green", "blue")),
        ("s2_india", ("red", "green", "blue", "nir")),
    ],
)
def test_real_scenes(folder: str, roles: tuple[str, ...]) -> None:
    paths = sorted((real_data(folder) / "images").glob("*.tif"))[:4]
    assert paths
    for path in paths:
        with open_scene(path) as scene:
            assert guess_interpretation(scene.info, scene).roles == roles
