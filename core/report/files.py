"""The report as files: PDF, HTML and Markdown for people, CSV for programs. English, whatever the window speaks."""

from __future__ import annotations

import csv
import errno
import io
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.atomic import replacing
from core.export.writing import refuse_unwritable, writing
from core.learning.intervals import Estimate
from core.report.areas import AreaReport
from core.report.content import ReportContent, area_cells, audits_sentence, shown
from core.report.page import Row, Section, figures, html_page
from core.report.report import ModelReport

# What shows that a file of this name is one of ours.
_MARKS = {
    "report.pdf": b"/Author (Fieldbrush)",
    "report.html": b'content="Fieldbrush"',
    "report.md": b"## Confusion, in pixels",
    "scores.csv": b"class,score,value,low,high,tiles",
    "confusion.csv": b"painted,",
    "areas.csv": b"scene,class,unit,mapped,corrected",
}


@dataclass(frozen=True)
class FieldReport:
    """All that is to be said of a map, scores and areas, and the files it was written to."""

    scores: ModelReport
    areas: AreaReport
    files: tuple[Path, ...]


def write_report(title: str, report: ModelReport, areas: AreaReport | None, folder: Path) -> list[Path]:
    """Write report.md, report.html, scores.csv, confusion.csv and areas.csv. Raises ExportError."""
    return _write(_texts(title, report, areas), folder)


def write_field_report(content: ReportContent, folder: Path, check: Callable[[], None]) -> list[Path]:
    """The same with pictures of the map, and report.pdf, which comes first. Raises ExportError."""
    from core.report.pdf import pdf_report  # here: a library that no window should wait for

    pdf = pdf_report(content, check)
    texts = _texts(f"{content.project}: field report", content.scores, content.areas, figures(content))
    check()
    return _write({"report.pdf": pdf, **texts}, folder)


def refuse_others(folder: Path, names: Iterable[str] = tuple(_MARKS)) -> None:
    """Before the work: raises ExportError where `folder` cannot be written, or files of the user's have these names.
    Makes no folder: the work may be cancelled."""
    if folder.is_dir():
        for name in names:
            refuse_unwritable(folder / name, _MARKS[name])
        return
    there = next(place for place in folder.absolute().parents if place.exists())
    with writing(folder):
        if folder.exists():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        with tempfile.TemporaryFile(dir=there):
            pass


def _texts(title: str, report: ModelReport, areas: AreaReport | None, pictures: str = "") -> dict[str, bytes]:
    sections = _sections(report, areas)
    files = {
        "report.html": html_page(title, sections, pictures),
        "report.md": _markdown(title, sections),
        "scores.csv": _csv(_score_rows(report)),
        "confusion.csv": _csv(_confusion_rows(report)),
    }
    if areas is not None:
        files["areas.csv"] = _csv(_area_rows(report, areas))
    return {name: text.encode(_encoding(name, text)) for name, text in files.items()}


def _encoding(name: str, text: str) -> str:
    """Excel takes a table for Latin letters unless a mark says UTF-8; other programs would rather have no mark."""
    return "utf-8-sig" if name.endswith(".csv") and not text.isascii() else "utf-8"


def _write(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    refuse_others(folder, files)
    with writing(folder):
        for name, content in files.items():
            with replacing(folder / name) as partial:
                partial.write_bytes(content)
    return [folder / name for name in files]


def summary(report: ModelReport, areas: AreaReport) -> dict[str, Any]:
    """The figures as plain values, for a terminal."""
    return {
        "map by": report.maker,
        "model": report.version,
        "tiles": report.scores.tiles,
        "mean_iou": _span(report.scores.mean_iou),
        "iou": {report.names[c.value]: _span(c.iou) for c in report.scores.classes},
        "areas": {
            "unit": areas.unit,
            "mapped": {report.names[c.value]: c.mapped for c in areas.classes},
            "corrected": {report.names[c.value]: _span(c.corrected) for c in areas.classes},
        },
        "remarks": list(dict.fromkeys(str(remark) for remark in (*report.remarks, *areas.remarks))),
    }


def _span(found: Estimate) -> list[float]:
    """[value, low, high]"""
    return [found.value, found.low, found.high]


def _sections(report: ModelReport, areas: AreaReport | None) -> list[Section]:
    names = list(report.names.values())
    classes = [
        (report.names[c.value], *(shown(e) for e in (c.iou, c.f1, c.precision, c.recall)))
        for c in report.scores.classes
    ]
    sentences = [str(remark) for remark in report.remarks]
    if report.audits is not None:
        sentences.append(audits_sentence(report.audits))
    head = ("mean", shown(report.scores.mean_iou), "", "", "")
    table: list[Row] = [("class", "IoU", "F1", "precision", "recall"), *classes, head]
    confusion: list[Row] = [("painted, predicted →", *names)]
    confusion += [(name, *map(int, row)) for name, row in zip(names, report.scores.table, strict=True)]
    found: list[Section] = [
        (report.maker.capitalize(), sentences, [table]),
        ("Confusion, in pixels", [], [confusion]),
    ]
    if report.curve:
        curve: list[Row] = [("model", "tiles learned from", "mean IoU")]
        curve += [(p.version, p.tiles, shown(p.mean_iou) + ("" if p.same_tiles else " (then)")) for p in report.curve]
        found.append(("Over the rounds", [], [curve]))
    if areas is not None:
        found.append(_area_section(report, areas))
    return found


def _area_section(report: ModelReport, areas: AreaReport) -> Section:
    head = ("counted on the map", "corrected", "95 %")
    total: list[Row] = [("class", *head)]
    total += [(report.names[c.value], *area_cells(c.mapped, c.corrected, areas.unit)) for c in areas.classes]
    each: list[Row] = [("scene", "class", *head)]
    for scene in areas.scenes:
        for value in scene.pixels:
            cells = area_cells(scene.mapped(value), scene.corrected[value], scene.unit)
            each.append((scene.name, report.names[value], *cells))
    return "Areas", [str(remark) for remark in areas.remarks], [total, each]


def _markdown(title: str, sections: Iterable[Section]) -> str:
    lines = [f"# {title}", ""]
    for heading, sentences, tables in sections:
        lines += [f"## {heading}", "", *(line for s in sentences for line in (s, ""))]
        for head, *rows in tables:
            lines += [_row(head), _row(["---", *["---:"] * (len(head) - 1)]), *map(_row, rows), ""]
    return "\n".join(lines)


def _row(cells: Row) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _csv(rows: Iterable[Row]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _numbers(found: Estimate) -> list[str]:
    return [_number(value) for value in (found.value, found.low, found.high)]


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"


def _score_rows(report: ModelReport) -> list[Row]:
    rows: list[Row] = [("class", "score", "value", "low", "high", "tiles")]
    for c in report.scores.classes:
        for name, found in (("iou", c.iou), ("f1", c.f1), ("precision", c.precision), ("recall", c.recall)):
            rows.append((report.names[c.value], name, *_numbers(found), found.tiles))
    for name, found in (("mean_iou", report.scores.mean_iou), ("accuracy", report.scores.accuracy)):
        rows.append(("", name, *_numbers(found), found.tiles))
    return rows


def _confusion_rows(report: ModelReport) -> list[Row]:
    names = list(report.names.values())
    return [("painted", *names), *((n, *map(int, row)) for n, row in zip(names, report.scores.table, strict=True))]


def _area_rows(report: ModelReport, areas: AreaReport) -> list[Row]:
    rows: list[Row] = [("scene", "class", "unit", "mapped", "corrected", "low", "high")]
    rows += [("", report.names[c.value], areas.unit, _number(c.mapped), *_numbers(c.corrected)) for c in areas.classes]
    for scene in areas.scenes:
        for value in scene.pixels:
            figures = (_number(scene.mapped(value)), *_numbers(scene.corrected[value]))
            rows.append((scene.name, report.names[value], scene.unit, *figures))
    return rows
