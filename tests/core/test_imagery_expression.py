"""Band arithmetic: what formulas mean, what is refused and how, and that nothing else can be run through them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FormulaError
from core.imagery.expression import LONGEST_FORMULA, Formula, band_names, parse_formula, short_names
from core.imagery.files import SceneInfo
from core.imagery.interpretation import Band, Interpretation, guess_interpretation
from core.text import text

NAMES = {"a": 1, "b": 2, "nir": 4, "red": 3}


def understood(formula: str) -> Formula | FormulaError:
    """The formula, or why it is refused."""
    try:
        return parse_formula(formula, NAMES)
    except FormulaError as error:
        return error


def value_of(formula: str, **bands: float) -> float:
    """The formula at one pixel."""
    parsed = parse_formula(formula, NAMES)
    by_index = {NAMES[name]: value for name, value in bands.items()}
    values = np.array([[[by_index[index]]] for index in parsed.band_indexes], np.float64)
    return float(parsed.evaluate(values)[0, 0])


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a + b * 2", 3 + 10), ("(a + b) * 2", 16), ("a - b - 1", -3), ("a / b / 2", 0.3), ("-a ** 2", -9),
        ("(-a) ** 2", 9), ("2 ** a ** 2 / b ** 0", 512), ("2 ** -1 * a", 1.5), ("a^2", 9), ("--a", 3), ("+a - -b", 8),
        ("sqrt(a + 1)", 2), ("abs(a - b)", 2), ("min(a, b)", 3), ("max(a, b, 10)", 10), ("log(exp(a))", 3),
        (".5 * a", 1.5), ("1.5e1 + a", 18), ("A + B", 8), ("  a\t+ b ", 8), ("a-1", 2), ("ln(exp(a))", 3),
        ("(b−a)/(b+a)", 0.25), ("−a – b", -8), ("2 × a · b ⋅ 1", 30), ("b ÷ 2", 2.5), ("1e−1 * a", 0.3),
    ],
)  # fmt: skip
def test_formulas_mean_what_they_say(formula: str, expected: float) -> None:
    bands = {name: value for name, value in (("a", 3.0), ("b", 5.0)) if name in formula.lower().replace("abs", "")}
    assert value_of(formula, **bands) == pytest.approx(expected)


# Formulas as text, with the same text in Python's own words.
LEAVES = st.one_of(st.sampled_from(["a", "b"]), st.integers(0, 99).map(str), st.sampled_from(["0.5", "2.25"]))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda p: f"{p[0]} {p[1]} {p[2]}"),
        inner.map(lambda each: f"({each})"),
        inner.map(lambda each: f"-{each}"),
        inner.map(lambda each: f"sqrt({each})"),
        inner.map(lambda each: f"abs({each})"),
        st.tuples(inner, inner).map(lambda p: f"min({p[0]}, {p[1]})"),
        inner.map(lambda each: f"({each}) ** 2"),
    )


FORMULAS = st.recursive(LEAVES, _grown, max_leaves=8).filter(lambda formula: len(formula) <= LONGEST_FORMULA)


def in_python(formula: str, a: float, b: float) -> float:
    """What Python makes of it; NaN where it has no finite real value."""
    known = {"sqrt": math.sqrt, "abs": abs, "min": min, "a": a, "b": b, "__builtins__": {}}
    try:
        value = eval(formula, known)
    except (ZeroDivisionError, ValueError, OverflowError):
        return math.nan
    return float(value) if math.isfinite(value) else math.nan


@settings(max_examples=300, deadline=None)
@given(FORMULAS, st.integers(-50, 50), st.integers(-50, 50))
def test_formulas_agree_with_python(formula: str, a: int, b: int) -> None:
    parsed = understood(formula)
    if isinstance(parsed, FormulaError):
        assert "no band" in str(parsed) or "deeply" in str(parsed)
        return
    pixel = {1: a, 2: b}
    values = np.array([[[pixel[index]]] for index in parsed.band_indexes], np.float64)
    expected = in_python(formula, float(a), float(b))
    result = float(parsed.evaluate(values)[0, 0])
    if math.isnan(expected):
        # Python gives up where a part has no value; so do we, unless it divides by infinity or takes the smaller of it
        assert math.isnan(result) or "/" in formula or "min" in formula
    else:
        assert result == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="abrednirx_019.+-*/^()−×, \t[]{}=:;'\"\\lambda@#√é", max_size=LONGEST_FORMULA + 20))
def test_any_text_is_understood_or_refused_in_a_sentence(source: str) -> None:
    parsed = understood(source)
    if isinstance(parsed, FormulaError):
        assert 10 < len(str(parsed)) < 300
        assert parsed.remedy.template
        return
    assert set(parsed.band_indexes) <= {1, 2, 3, 4}
    assert parsed.evaluate(np.ones((len(parsed.band_indexes), 2, 3), np.uint8)).shape == (2, 3)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("1 + 1", "names no band"),
        ("nir +", "missing at the end"),
        ("(nir - red", "opened at character 1 is not closed"),
        ("nir - red)", "“)” at character 10"),
        ("nir red", "“red” at character 5"),
        ("2nir", "“nir” at character 2"),
        ("nir * / red", "“/” at character 7"),
        ("nir - blue", "no band “blue” (character 7)"),
        ("sin(nir)", "no function “sin” (character 1)"),
        ("sqrt(nir, red)", "takes 1 value(s), not 2"),
        ("min(nir)", "takes 2–8 value(s), not 1"),
        ("nir ** ", "missing at the end"),
        ("nir > 3", "“>” at character 5"),
        ("nir.real", "“.” at character 4"),
        ("nir × ÷ red", "“÷” at character 7"),
        ("1,5*nir", "comma at character 2 is no decimal sign"),
        ("(nir + 0,5) / red", "comma at character 9 is no decimal sign"),
        ("max(1,2), nir", "“,” at character 9"),
        ("sqrt(1,5*nir)", "takes 1 value(s), not 2"),
        ("__import__('os')", "no function “__import__”"),
        ("nir * 1e99", "too large"),
        ("(" * 40 + "nir" + ")" * 40, "nested too deeply"),
        ("-" * 40 + "nir", "nested too deeply"),
        ("nir" + "+ nir" * 60, "longer than"),
    ],
)
def test_errors_say_what_and_where(source: str, words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(source, NAMES)
    assert words in str(caught.value)


@pytest.mark.parametrize("formula", ["a / (a - a)", "(a - a) / (a - a)", "sqrt(0 - a)", "log(a - a)", "9 ** 9 ** 9 * a",
                                     "(a - a) ** -1"])  # fmt: skip
def test_what_is_not_defined_is_nan(formula: str) -> None:
    assert math.isnan(value_of(formula, a=3.0))


def test_whole_numbers_neither_wrap_nor_lose_digits() -> None:
    parsed = parse_formula("a - b", NAMES)
    assert parsed.evaluate(np.array([[[1]], [[3]]], np.uint8))[0, 0] == -2
    large = np.array([[[2**31 - 1]], [[2**31 - 2]]], np.int64)
    assert parsed.evaluate(large)[0, 0] == 1


def _bands(*names_and_roles: tuple[str, str]) -> Interpretation:
    bands = tuple(Band(index, name, role) for index, (name, role) in enumerate(names_and_roles, 1))
    return Interpretation(bands, None, text("a test"))


def test_band_numbers_are_the_products_where_the_bands_carry_them() -> None:
    info = SceneInfo("S2A_MSIL2A.tif", 9, 9, 5, "uint16", descriptions=("B2", "B3", "B4", "B8", "B8A"))
    names = band_names(guess_interpretation(info))
    assert (names["b4"], names["b04"], names["b8"], names["b8a"]) == (3, 3, 4, 5)
    assert (names["band4"], names["nir"], names["nir2"], names["red"]) == (4, 4, 5, 3)
    assert "b5" not in names
    assert short_names(guess_interpretation(info))[3:] == [("B8", "NIR"), ("B8A", "narrow NIR")]


def test_landsat_numbers_are_not_the_places_in_the_file() -> None:
    names = ("SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B6", "SR_B7")
    info = SceneInfo("LC08_L2SP.tif", 9, 9, 6, "uint16", descriptions=names)
    found = band_names(guess_interpretation(info))
    assert (found["b5"], found["nir"], found["band5"], found["b4"], found["red"]) == (4, 4, 5, 3, 3)


def test_without_numbers_in_their_names_bands_are_counted() -> None:
    interpretation = _bands(("red", "red"), ("alpha", "alpha"), ("Plant height", "other"), ("NIR", "nir"))
    names = band_names(interpretation)
    assert (names["b1"], names["b3"], names["b4"], names["nir"], names["plant_height"]) == (1, 3, 4, 4, 3)
    assert "b2" not in names
    assert "alpha" not in names
    assert short_names(interpretation) == [("B1", "red"), ("B3", "Plant height"), ("B4", "NIR")]
