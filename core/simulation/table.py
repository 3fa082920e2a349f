"""The CSV of a simulation: one tidy table, a row for every strategy, seed and budget, that a rerun goes on with."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.atomic import replacing
from core.errors import SelectionError
from core.export.writing import writing
from core.simulation.campaign import Row

_FIRST = ("setup", "strategy", "seed", "budget", "mean_iou", "foreground_iou")
BEGINNING = ",".join(_FIRST).encode()  # of the file
_LAST = ("labeled_px", "foreground_px", "seconds", "trust", "tiles", "windows")


class Table:
    """Rows on disk. `setup` says in words what was simulated; rows of another setup are refused, never mixed in."""

    def __init__(self, path: Path, setup: str, class_values: Sequence[int], budgets: Sequence[int]) -> None:
        self._path = path
        self._setup = setup
        self._columns = (*_FIRST, *(f"iou_{value}" for value in class_values), *_LAST)
        self._budgets = tuple(budgets)
        self._classes = len(class_values)

    def finished(self) -> list[Row]:
        """Rows of the campaigns that are complete. What a killed run left half written is removed from the file."""
        if not self._path.exists():
            return []
        rows, clean = self._read()
        by_campaign: dict[tuple[str, int], list[Row]] = {}
        for row in rows:
            by_campaign.setdefault((row.strategy, row.seed), []).append(row)
        whole = [c for c in by_campaign.values() if tuple(row.budget for row in c) == self._budgets]
        kept = [row for campaign in whole for row in campaign]
        if not clean or len(kept) < len(rows):
            with replacing(self._path) as partial:
                partial.write_text(self._text([self._columns, *map(self._line, kept)]), encoding="utf-8", newline="")
        return kept

    def append(self, rows: Iterable[Row]) -> None:
        """Add one campaign, in a single write that is on the disk when this returns. Raises ExportError."""
        lines: list[Sequence[object]] = [self._line(row) for row in rows]
        if not self._path.exists() or self._path.stat().st_size == 0:
            lines.insert(0, self._columns)
        with writing(self._path), open(self._path, "a", newline="", encoding="utf-8") as file:
            file.write(self._text(lines))
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> tuple[list[Row], bool]:
        """All whole rows, and whether there was nothing else."""
        with open(self._path, newline="", encoding="utf-8") as file:
            lines = file.read()
        header, *cells = list(csv.reader(io.StringIO(lines))) or [[]]
        if not header:
            return [], False
        if tuple(header) != self._columns:
            raise self._other()
        rows, clean = [], lines.endswith("\n")
        for number, values in enumerate(cells):
            cut = number == len(cells) - 1 and not clean
            if cut or len(values) != len(self._columns):
                clean = False
                continue
            if values[0] != self._setup:
                raise self._other()
            rows.append(self._row(values))
        return rows, clean

    def _row(self, values: Sequence[str]) -> Row:
        last = len(_FIRST) + self._classes
        try:
            floats = [float(value) if value else math.nan for value in values[4:last]]
            return Row(
                values[1], int(values[2]), int(values[3]), floats[0], floats[1], tuple(floats[2:]),
                int(values[last]), int(values[last + 1]), float(values[last + 2]), float(values[last + 3]),
                int(values[last + 4]), int(values[last + 5]),
            )  # fmt: skip
        except ValueError as error:
            raise self._other() from error

    def _line(self, row: Row) -> list[object]:
        shares = [row.mean_iou, row.foreground_iou, *row.iou]
        cells = ["" if math.isnan(share) else f"{share:.6f}" for share in shares]
        tail = [row.labeled_px, row.foreground_px, f"{row.seconds:.1f}", f"{row.trust:.4f}"]
        tail += [row.tiles, row.windows]
        return [self._setup, row.strategy, row.seed, row.budget, *cells, *tail]

    def _text(self, lines: Iterable[Sequence[object]]) -> str:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(lines)
        return out.getvalue()

    def _other(self) -> SelectionError:
        return SelectionError(
            "{path} holds something else than this simulation.", "Give another file with --out, or the same options.",
            path=self._path,
        )  # fmt: skip
