"""GeoPackages, written with SQLite alone after OGC 12-128r18 (geopackage.org): polygons, attributes, a spatial index,
and the styles with which QGIS opens them coloured.

A file appears under its name only when it is complete and has been read back.
"""

from __future__ import annotations

import os
import re
import sqlite3
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import rasterio.crs
from numpy.typing import NDArray

from core.atomic import replacing
from core.errors import ExportError
from core.export.writing import foreign, writing
from core.labels.classes import rgb_of
from core.sqlite_files import read_only_uri

NO_CRS = -1  # the standard's "undefined Cartesian"
_OWN_CRS = 100_000  # and up: systems that EPSG has no number for
_APPLICATION_ID = 0x47504B47  # "GPKG"
_USER_VERSION = 10_300  # 1.3: what 1.4 adds is not used here, and GDAL before 3.7 warns of it
_SIDE_FILES = ("-journal", "-wal", "-shm")
_WRITER = "Written by Fieldbrush"

# The tables of the standard, and QGIS's own for styles.
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
    f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT, ui TEXT, update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
INSERT INTO gpkg_spatial_ref_sys VALUES
    ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'layer_styles');
"""
# The standard's R-tree extension. The triggers keep the index true in programs that know ST_MinX and so on.
_INDEX = """
CREATE VIRTUAL TABLE rtree_{t}_geom USING rtree(id, minx, maxx, miny, maxy);
INSERT INTO gpkg_extensions VALUES
    ('{t}', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
"""
_BOX = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
_GOOD, _BAD = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))", "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
_TRIGGERS = f"""
CREATE TRIGGER rtree_{{t}}_geom_insert AFTER INSERT ON {{t}} WHEN {_GOOD}
    BEGIN INSERT OR REPLACE INTO rtree_{{t}}_geom VALUES (NEW.fid, {_BOX}); END;
CREATE TRIGGER rtree_{{t}}_geom_update1 AFTER UPDATE OF geom ON {{t}} WHEN OLD.fid = NEW.fid AND {_GOOD}
    BEGIN INSERT OR REPLACE INTO rtree_{{t}}_geom VALUES (NEW.fid, {_BOX}); END;
CREATE TRIGGER rtree_{{t}}_geom_update2 AFTER UPDATE OF geom ON {{t}} WHEN OLD.fid = NEW.fid AND {_BAD}
    BEGIN DELETE FROM rtree_{{t}}_geom WHERE id = OLD.fid; END;
CREATE TRIGGER rtree_{{t}}_geom_update3 AFTER UPDATE ON {{t}} WHEN OLD.fid != NEW.fid AND {_GOOD}
    BEGIN DELETE FROM rtree_{{t}}_geom WHERE id = OLD.fid;
    INSERT OR REPLACE INTO rtree_{{t}}_geom VALUES (NEW.fid, {_BOX}); END;
CREATE TRIGGER rtree_{{t}}_geom_update4 AFTER UPDATE ON {{t}} WHEN OLD.fid != NEW.fid AND {_BAD}
    BEGIN DELETE FROM rtree_{{t}}_geom WHERE id IN (OLD.fid, NEW.fid); END;
CREATE TRIGGER rtree_{{t}}_geom_delete AFTER DELETE ON {{t}} WHEN OLD.geom NOT NULL
    BEGIN DELETE FROM rtree_{{t}}_geom WHERE id = OLD.fid; END;
"""


@dataclass(frozen=True)
class Category:
    """A value of the styled column, and its colour as "#rrggbb"."""

    value: str
    colour: str


class GeoPackage:
    """A file being written; made by `geopackage`."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        # Nobody sees the file before it is complete: there is nothing to roll back.
        _execute(self._connection, "PRAGMA journal_mode=OFF;\nPRAGMA cache_size=-16384;\nBEGIN;\n")
        _execute(self._connection, _TABLES)
        self._crs_ids: dict[str, int] = {}
        self._layers: list[Layer] = []

    def layer(
        self, table: str, title: str, crs_wkt: str | None, columns: Mapping[str, str], styled: str,
        categories: Sequence[Category],
    ) -> Layer:  # fmt: skip
        """A layer of polygons. `table` is a plain word, unique in the file; `columns` SQL types by name.

        QGIS draws it by the values of the column `styled`.
        """
        if not re.fullmatch(r"[a-z_0-9]+", table):
            raise ValueError(f"{table} is not a plain word")
        layer = Layer(self._connection, table, title, self._crs_id(crs_wkt), tuple(columns))
        self._connection.execute(
            f"CREATE TABLE {table} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, "
            + ", ".join(f'"{name}" {kind}' for name, kind in columns.items()) + ")"
        )  # fmt: skip
        _execute(self._connection, _INDEX.format(t=table))
        self._connection.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '')",
            (table, "classes", qgis_style(styled, categories), "classes"),
        )
        self._layers.append(layer)
        return layer

    def _crs_id(self, wkt: str | None) -> int:
        """The number of a system in this file, which is EPSG's where it has one."""
        if not wkt:
            return NO_CRS
        if wkt not in self._crs_ids:
            crs = rasterio.crs.CRS.from_wkt(wkt)
            epsg = crs.to_epsg(confidence_threshold=100)
            known = set(self._crs_ids.values())
            number = epsg or _OWN_CRS + sum(other >= _OWN_CRS for other in known)
            named = re.search(r'"([^"]+)"', wkt)
            row = (named.group(1) if named else "", number, "EPSG" if epsg else "NONE", number, wkt, None)
            if number not in known:
                self._connection.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
            self._crs_ids[wkt] = number
        return self._crs_ids[wkt]

    def close(self, *, complete: bool) -> None:
        """With `complete` all layers are finished; without it the file is of no use."""
        try:
            if complete:
                for layer in self._layers:
                    layer.finish()
                identity = f"PRAGMA application_id={_APPLICATION_ID};\nPRAGMA user_version={_USER_VERSION};\n"
                _execute(self._connection, identity + "COMMIT;\n")
        finally:
            self._connection.close()

    def counts(self) -> dict[str, int]:
        """How many polygons each layer was given."""
        return {layer.table: layer.count for layer in self._layers}


class Layer:
    """Polygons of one kind in one coordinate system."""

    def __init__(
        self, connection: sqlite3.Connection, table: str, title: str, crs_id: int, columns: Sequence[str]
    ) -> None:
        self.table = table
        self.count = 0
        self._connection = connection
        self._title = title
        self._crs_id = crs_id
        self._bounds: list[float] | None = None  # west, east, south, north
        names = ", ".join(f'"{name}"' for name in columns)
        self._insert = f"INSERT INTO {table} (fid, geom, {names}) VALUES (?, ?{', ?' * len(columns)})"

    def add(self, rings: Sequence[NDArray[np.float64]], values: Sequence[Any]) -> None:
        """A polygon: `rings` (n, 2) in map coordinates, not closed, the outer one first; `values` of all columns."""
        (west, south), (east, north) = rings[0].min(axis=0).tolist(), rings[0].max(axis=0).tolist()
        box = (west, east, south, north)
        self.count += 1
        self._connection.execute(self._insert, (self.count, _blob(rings, box, self._crs_id), *values))
        self._connection.execute(f"INSERT INTO rtree_{self.table}_geom VALUES (?, ?, ?, ?, ?)", (self.count, *box))
        old = self._bounds or box
        self._bounds = [min(old[0], west), max(old[1], east), min(old[2], south), max(old[3], north)]

    def finish(self) -> None:
        """After the last polygon: from now on triggers keep the index, with functions that only GIS programs have."""
        _execute(self._connection, _TRIGGERS.format(t=self.table))
        west, east, south, north = self._bounds or (None, None, None, None)
        self._connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id)"
            " VALUES (?, 'features', ?, ?, ?, ?, ?, ?)",
            (self.table, self._title, west, south, east, north, self._crs_id),
        )
        # Programs that edit a layer set last_change; that is how `refuse_foreign` knows.
        self._connection.execute(
            "UPDATE gpkg_contents SET description = ? || ' ' || last_change WHERE table_name = ?", (_WRITER, self.table)
        )
        self._connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POLYGON', ?, 0, 0)", (self.table, self._crs_id)
        )


@contextmanager
def geopackage(target: Path) -> Iterator[GeoPackage]:
    """A GeoPackage that is renamed to `target` when the block ends without an error; otherwise nothing is left of it.

    Raises ExportError when it cannot be written. What is at `target` is written over: see `refuse_foreign`.
    """
    with writing(target), replacing(target) as partial:
        for suffix in ("", *_SIDE_FILES):  # of a program that was killed: SQLite would go on with it
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)
        package = GeoPackage(partial)
        try:
            yield package
        except BaseException:
            package.close(complete=False)
            raise
        package.close(complete=True)
        _check(partial, package.counts())
        for suffix in _SIDE_FILES:  # of a program that has not closed the old file: they do not belong to this one
            target.with_name(target.name + suffix).unlink(missing_ok=True)


def refuse_foreign(target: Path) -> None:
    """The next export may write over what an earlier one wrote, but not over what somebody else did, nor over what was
    edited since. Raises ExportError."""
    if not os.path.lexists(target):
        return
    found: list[tuple[str, str]] = []
    wanted = "SELECT description, last_change FROM gpkg_contents WHERE data_type = 'features'"
    with suppress(sqlite3.Error), closing(sqlite3.connect(read_only_uri(target.absolute()), uri=True)) as file:
        found = file.execute(wanted).fetchall()
    if not found or not all(str(description).startswith(_WRITER) for description, _ in found):
        raise foreign(target)
    if any(description != f"{_WRITER} {changed}" for description, changed in found):
        raise ExportError(
            "{path} has been edited since this program wrote it.", "Choose another folder, or move the file away.",
            path=target,
        )  # fmt: skip


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """The statements one by one, for `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _check(path: Path, counts: Mapping[str, int]) -> None:
    """Raises sqlite3.Error or OSError where not all has reached the disk."""
    with closing(sqlite3.connect(path)) as file:
        found = {table: file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in counts}
        if found != counts or file.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise OSError("not all of it has reached the disk")


def _blob(rings: Sequence[NDArray[np.float64]], box: Sequence[float], crs_id: int) -> bytes:
    """The standard's binary: its header with the bounds, then well-known binary; little-endian both."""
    parts = [b"GP\0\x03", struct.pack("<i4d", crs_id, *box), struct.pack("<BII", 1, 3, len(rings))]
    for ring in rings:
        closed = np.concatenate([ring, ring[:1]])
        parts += [struct.pack("<I", len(closed)), np.ascontiguousarray(closed, "<f8").tobytes()]
    return b"".join(parts)


def qgis_style(column: str, categories: Sequence[Category]) -> str:
    """A QGIS layer style: categories by the values of `column`, the fill transparent enough to see the image below."""
    entries = "\n".join(
        f'      <category render="true" symbol="{number}" value={quoteattr(c.value)} label={quoteattr(c.value)}/>'
        for number, c in enumerate(categories)
    )
    symbols = "\n".join(_symbol(number, c.colour) for number, c in enumerate(categories))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22" styleCategories="Symbology">\n'
        f'  <renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} symbollevels="0" enableorderby="0"'
        ' forceraster="0">\n'
        f"    <categories>\n{entries}\n    </categories>\n    <symbols>\n{symbols}\n    </symbols>\n"
        "  </renderer-v2>\n  <blendMode>0</blendMode>\n  <featureBlendMode>0</featureBlendMode>\n</qgis>\n"
    )


def _symbol(number: int, colour: str) -> str:
    rgb = ",".join(map(str, rgb_of(colour)))
    properties = {
        "color": f"{rgb},140", "style": "solid", "outline_color": f"{rgb},255", "outline_style": "solid",
        "outline_width": "0.3", "outline_width_unit": "MM", "joinstyle": "miter",
    }  # fmt: skip
    # Twice: QGIS before 3.26 reads <prop>, later ones <Option>.
    options = "".join(f'<Option name="{k}" type="QString" value="{v}"/>' for k, v in properties.items())
    props = "".join(f'<prop k="{k}" v="{v}"/>' for k, v in properties.items())
    return (
        f'      <symbol name="{number}" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option>{props}'
        "</layer></symbol>"
    )
