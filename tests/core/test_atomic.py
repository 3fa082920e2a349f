"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.atomic import partial_path, replacing


@pytest.mark.parametrize("shared", [False, True])
def test_a_file_appears_whole_and_in_the_end(tmp_path: Path, shared: bool) -> None:
    target = tmp_path / "new" / "map.tif"
    with replacing(target, shared=shared) as partial:
        partial.write_text("half")
        assert not target.exists()
        assert (partial.parent, partial.suffix) == (target.parent, ".tif"), "what tells the format, on the same disk"
        assert partial.name.startswith(".")
    assert target.read_text() == "half"
    assert os.listdir(target.parent) == ["map.tif"]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "map.tif"
    target.write_text("old")

    def fail_half_way() -> None:
        with replacing(target) as partial:
            partial.write_text("half")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail_half_way()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["map.tif"]


def test_what_a_killed_program_has_left_is_written_over(tmp_path: Path) -> None:
    target = tmp_path / "map.tif"
    partial_path(target).write_text("left")
    with replacing(target) as partial:
        partial.write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]
    assert target.read_text() == "new"


def test_two_programs_do_not_write_into_one_file(tmp_path: Path) -> None:
    assert str(os.getpid()) in partial_path(tmp_path / "map.tif", shared=True).name
    assert str(os.getpid()) not in partial_path(tmp_path / "map.tif").name


def test_nor_do_two_threads(tmp_path: Path) -> None:
    target = tmp_path / "map.tif"

    def write() -> None:
        with replacing(target, shared=True) as partial:
            partial.write_text("theirs")

    with ThreadPoolExecutor(1) as other, replacing(target, shared=True) as partial:
        partial.write_text("mine")
        other.submit(write).result()
        assert target.read_text() == "theirs"
        assert partial.read_text() == "mine"
