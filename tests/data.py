"""The one way to the real imagery that lies beside the checkout; tests skip, saying so, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_FOLDER = Path(os.environ.get("FIELDBRUSH_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def real_data(name: str) -> Path:
    """The folder `name` (potato_weed, naip_trees, s2_india, odd) of real imagery; skips the test without it."""
    folder = _FOLDER / name
    if not folder.is_dir():
        pytest.skip(f"real imagery {name!r} is not there: set FIELDBRUSH_DATA to the folder that holds it")
    return folder
