"""Lists of tiles, as this program and spreadsheets write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import LabelError
from core.geometry import Rect
from core.mask_import.listed_tiles import tiles_in_csv
from core.project.records import SceneRecord, TileRecord
from tests.core.test_mask_import import scene_record


def tiles() -> tuple[list[TileRecord], dict[int, SceneRecord]]:
    scenes = {n: scene_record(Path(p), 256, 128, n) for n, p in enumerate(["/x/a.tif", "/x/b.tif", "/y/b.tif"])}
    places = [(n, column) for n in scenes for column in (0, 1)]
    records = [TileRecord(10 * n + column, n, column, 0, Rect(128 * column, 0, 128, 128), 1.0) for n, column in places]
    return records, scenes


def chosen(tmp_path: Path, *rows: str, header: str = "rank,scene,column,row,score") -> list[int]:
    path = tmp_path / "tiles.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return tiles_in_csv(path, *tiles())


def test_tiles_of_a_csv(tmp_path: Path) -> None:
    assert chosen(tmp_path, "1,/y/b.tif,128,0,0.5", "2,A.tif,0,0,0.5", "3,/x/b.tif,0,0,1") == [21, 0, 10]
    assert chosen(tmp_path, "a.tif,128,0", header="scene,column,row") == [1]
    assert chosen(tmp_path, "/moved/to/a.tif,128,0", header="scene,column,row") == [1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_that_has_been_through_a_spreadsheet(tmp_path: Path, delimiter: str) -> None:
    """A byte order mark, Windows line ends, another order of columns, whole numbers with a fraction."""
    rows = [("scene", "row", "column"), ("/x/b.tif", "0", "128.0"), ("a.tif", "0.0", "0")]
    path = tmp_path / "tiles.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(delimiter.join(row) for row in rows).encode())
    assert tiles_in_csv(path, *tiles()) == [11, 0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_list_that_excel_saved_as_unicode_text(tmp_path: Path, encoding: str) -> None:
    """UTF-16 with a byte order mark and tabs; and names of columns in capitals."""
    text = "Scene\tColumn\t ROW\r\n/x/b.tif\t128\t0\r\na.tif\t0\t0\r\n"
    mark = b"" if encoding == "utf-16" else b"\xfe\xff"  # the codec writes its own
    (tmp_path / "tiles.txt").write_bytes(mark + text.encode(encoding))
    assert tiles_in_csv(tmp_path / "tiles.txt", *tiles()) == [11, 0]


def test_a_list_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    for content in ("scene,column,row\nKäfer.tif,0,0\n".encode("latin-1"), b"\xff\xfes"):
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(LabelError, match="its text is neither UTF-8 nor UTF-16"):
            tiles_in_csv(tmp_path / "x.csv", *tiles())


def test_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    assert chosen(tmp_path, "1,/moved/to/y/b.tif,0,0,1", "1,x/b.tif,128,0,1") == [20, 11]


@pytest.mark.parametrize("row", ["1,a.tif,64,0,1", "1,c.tif,0,0,1", "1,b.tif,0,0,1", "1,a.tif,x,0,1", "1,a.tif"])
def test_a_csv_that_fits_no_tile(tmp_path: Path, row: str) -> None:
    """Also one that names a file of which there are two: that would be a guess."""
    with pytest.raises(LabelError) as caught:
        chosen(tmp_path, "1,a.tif,0,0,1", row)
    assert "tiles.csv" in str(caught.value)


def test_a_list_of_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.csv").touch()
    with pytest.raises(LabelError, match="lists no tiles"):
        tiles_in_csv(tmp_path / "x.csv", *tiles())
    with pytest.raises(LabelError, match="lists no tiles"):
        chosen(tmp_path)


def test_other_files_are_no_lists(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00\x01" * 50)
    for path in (tmp_path / "x.csv", tmp_path / "none.csv", tmp_path):
        with pytest.raises(LabelError):
            tiles_in_csv(path, *tiles())
    with pytest.raises(LabelError, match="there is no column 'column'"):
        chosen(tmp_path, "1,2", header="a,b")
