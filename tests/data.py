"""The one way to the real imagery that lies beside the checkout; tests skip, saying so, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_FOLDER = Path(os.environ.get("FIELDBRUSH_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def real_data_folder(name: str) -> Path | None:
    """The folder `name` (potato_weed, naip_trees, s2_india, odd) of real imagery, None where it is absent."""
    folder = _FOLDER / name
    return folder if folder.is_dir() else None


def real_data(name: str) -> Path:
    """`real_data_folder`, skipping the test without it."""
    folder = real_data_folder(name)
    if folder is None:
        pytest.skip(f"real imagery {name!r} is not there: set FIELDBRUSH_DATA to the folder that holds it")
    return folder
