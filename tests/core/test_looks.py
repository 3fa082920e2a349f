"""Looks: what is remembered of how a project's scenes are looked at."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.errors import FormulaError
from core.events import Subject
from core.imagery.display import GIVEN, MIN_MAX, PERCENTILES, Look, default_look
from core.project.looks import ValueRange, first_range
from tests.core.projects import make_project, opened, store_of, write_scene


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path, [write_scene(tmp_path / "x.tif", bands=4)])


def test_a_formula_is_kept_with_the_project_and_comes_before_the_bands(project: Path) -> None:
    with opened(project) as session:
        heard = []
        session.changes.subscribe(lambda change: heard.extend(change.subjects))
        added = session.looks.add_formula("  Simple   ratio ", "nir / red")
        assert heard == [Subject.LOOKS]
        assert str(added.name) == "Simple ratio"
    with opened(project) as session:
        keys = [composite.key for composite in session.looks.composites]
        assert keys.index("ndvi") < keys.index(added.key) < keys.index("band_1")
        assert session.looks.composite(added.key) == added
        assert session.looks.is_own(added.key)
        assert not session.looks.is_own("ndvi")
        session.looks.set_look(added, Look(MIN_MAX))
        session.looks.set_value_range(ValueRange(added.key, 1, 2))
        session.looks.remove_formula(added.key)
        session.looks.remove_formula("ndvi")
        assert session.looks.composite(added.key) is None
        assert session.looks.composite("ndvi") is not None
        assert session.looks.value_range is None
        again = session.looks.add_formula("", "nir  -  red")
        assert str(again.name) == "nir - red"
        assert session.looks.look(again) == Look(PERCENTILES), "the look of a formula that is gone came back"


def test_the_key_of_a_formula_that_is_gone_is_never_anothers(project: Path) -> None:
    """A pane or a saved view that still asks for it would show another composite under its hand."""
    with opened(project) as session:
        first = session.looks.add_formula("one", "nir - red")
        gone = session.looks.add_formula("two", "nir + red")
        session.set_setting("highest_formula", 0)  # as an older version left the project
        session.looks.remove_formula(gone.key)
    with opened(project) as session:
        tried, again = session.looks.try_formula("three", "red"), session.looks.add_formula("three", "red")
        assert tried.key == again.key
        assert again.key not in (first.key, gone.key)
        assert session.looks.composite(gone.key) is None


def test_formulas_that_cannot_be_are_refused_and_nothing_is_kept(project: Path) -> None:
    with opened(project) as session:
        for name, source in (("Mine", "nir +"), ("Mine", "swir1 / red"), ("", ""), ("ndvi (Vegetation)", "nir - red")):
            with pytest.raises(FormulaError):
                session.looks.add_formula(name, source)
        assert not any(session.looks.is_own(composite.key) for composite in session.looks.composites)


def test_looks_are_kept_and_the_usual_one_is_not_stored(project: Path) -> None:
    with opened(project) as session:
        ndvi = session.looks.composite("ndvi")
        chosen = Look(GIVEN, (0.2,), (0.6,), 1.0, "viridis")
        session.looks.set_look(ndvi, chosen)
        with pytest.raises(ValueError, match="fit"):
            session.looks.set_look(ndvi, Look(GIVEN, (1.0,), (0.0,)))
        assert session.looks.look(ndvi) == chosen
    with opened(project) as session:
        ndvi = session.looks.composite("ndvi")
        assert session.looks.look(ndvi) == chosen
        session.looks.reset_look(ndvi)
        assert session.looks.look(ndvi) == Look(GIVEN, (0.0,), (0.9,), 1.0, "viridis")
        session.looks.set_look(ndvi, default_look(ndvi))
        assert session.setting("looks") == {}


def test_the_value_range_is_kept_and_can_be_off(project: Path) -> None:
    with opened(project) as session:
        assert session.looks.painted_range() is None
        session.looks.set_value_range(ValueRange("ndvi", 0.2, 0.5))
        for wrong in (ValueRange("natural", 0, 1), ValueRange("nothing", 0, 1), ValueRange("ndvi", float("nan"), 1)):
            with pytest.raises(ValueError, match=r"value|number"):
                session.looks.set_value_range(wrong)
    with opened(project) as session:
        value_range, composite = session.looks.painted_range()
        assert (value_range, composite.key) == (ValueRange("ndvi", 0.2, 0.5), "ndvi")
        session.looks.set_value_range(ValueRange("ndvi", 0.2, 0.5, on=False))
        assert session.looks.painted_range() is None


def test_inside_counts_both_bounds_and_no_undefined_value() -> None:
    values = np.array([[0.1, 0.2, 0.3, 0.5, 0.6, np.nan]], np.float32)
    assert ValueRange("x", float(np.float32(0.2)), 0.5).inside(values).tolist() == [
        [False, True, True, True, False, False]
    ]
    assert not ValueRange("x", 0.5, 0.2).inside(values).any()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("formulas", [[1, "Gone", "swir9 / red"], [2, "Odd", "frobnicate(nir)"]]),
        ("looks", {"ndvi": {"method": "magic"}, "natural": 3, "nothing": {}}),
        ("value_range", {"key": "formula_9", "low": 0, "high": 1, "on": True}),
        ("value_range", {"key": "ndvi"}),
    ],
)
def test_what_another_version_wrote_does_not_keep_a_project_from_opening(
    project: Path, key: str, value: object
) -> None:
    with store_of(project) as store:
        store.set_setting(key, json.loads(json.dumps(value)))
    with opened(project) as session:
        assert [c.key for c in session.looks.composites if session.looks.is_own(c.key)] == []
        assert session.looks.look(session.looks.composite("ndvi")) == default_look(session.looks.composite("ndvi"))
        assert session.looks.painted_range() is None


@settings(deadline=None)
@given(
    hnp.arrays(np.float32, (3, 4), elements=st.floats(-1e6, 1e6, width=32)),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_the_first_range_is_the_upper_half(values: np.ndarray, missing: list[bool]) -> None:
    values[np.array(missing).reshape(3, 4)] = np.nan
    low, high = first_range(values)
    known = values[~np.isnan(values)]
    assert low <= high
    if known.size:
        assert low <= np.median(known.astype(np.float64))
        assert high >= known.max()
        assert ValueRange("x", low, high).inside(known[np.newaxis]).mean() >= 0.5
