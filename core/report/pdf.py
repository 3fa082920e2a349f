"""The field report as a PDF, A4: what an agronomist prints and hands on. Loaded only when one is made: reportlab is no
library that a window should wait for."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from core.learning.intervals import Estimate
from core.report.areas import SceneArea
from core.report.content import (
    NOT_CHECKED,
    NOT_LEARNED,
    ReportContent,
    amount,
    area_cells,
    best_known,
    in_letters,
    in_plain_words,
    interval,
    shown,
    sized,
)
from core.report.pdf_drawings import INK, MARGIN, MUTED, REGULAR, RULE, STRONG, WIDTH, Legend, Picture, Shares, numbered
from resources import resource_path

_SOFT, _ACCENT = HexColor("#F3F5F1"), HexColor("#336F2A")
_BOTTOM = 19 * mm
_HEIGHT = A4[1] - 16 * mm - _BOTTOM
_GAP = 6 * mm
_HIGHEST_MAP, _LEAST_MAP = 170 * mm, 90 * mm


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    defaults = {"fontName": REGULAR, "leading": round(size * 1.4, 1), "textColor": INK}
    return ParagraphStyle(name, fontSize=size, **{**defaults, **more})


_BODY = _style("body", 9.5, spaceAfter=1.5 * mm)
_SMALL = _style("small", 8, textColor=MUTED)
_OVERLINE = _style("overline", 8.5, fontName=STRONG, textColor=_ACCENT)
_TITLE = _style("title", 26, fontName=STRONG, leading=36)
_HEADING = _style("heading", 13, fontName=STRONG, spaceBefore=9 * mm, spaceAfter=2.5 * mm, keepWithNext=True)
_FIRST_HEADING = _style("first heading", 13, fontName=STRONG)
_CELL = _style("cell", 9, leading=12)
_NUMBER = _style("number", 9, leading=12, alignment=TA_RIGHT)
_CELL_HEAD = _style("cell head", 8, leading=11, textColor=MUTED)
_NUMBER_HEAD = _style("number head", 8, leading=11, textColor=MUTED, alignment=TA_RIGHT)


def pdf_report(content: ReportContent, check: Callable[[], None]) -> bytes:
    """The whole document; `check` is called between its parts."""
    for name, file in ((REGULAR, "OpenSans-Regular.ttf"), (STRONG, "OpenSans-Semibold.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(resource_path("fonts", file))))
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=f"{content.project}: field report", author="Fieldbrush", subject=content.summary,
        lang="en",
    )  # fmt: skip
    content = in_letters(content, pdfmetrics.getFont(REGULAR).face.charToGlyph)
    inside = Frame(MARGIN, _BOTTOM, WIDTH, _HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates(PageTemplate(frames=[inside]))
    story = [*_head(content), *_key_figures(content)]
    check()
    story += _maps(content, _HEIGHT - sum(part.wrap(WIDTH, _HEIGHT)[1] for part in story))
    for part in (_areas, _worth, _remarks):
        check()
        story += part(content)
    document.build(story, canvasmaker=numbered(content.project))
    return out.getvalue()


# -- parts ------------------------------------------------------------------------------------------------------------


def _head(content: ReportContent) -> list[Flowable]:
    return [
        Paragraph("FIELD REPORT", _OVERLINE),
        Paragraph(escape(content.project), _TITLE),
        Paragraph(escape(content.summary), _style("summary", 9.5, textColor=MUTED)),
        Spacer(0, 5 * mm),
    ]


def _key_figures(content: ReportContent) -> list[Flowable]:
    """A card for each class, four in a row, and the classes' shares as a bar."""
    cards = [_card(content, number) for number in range(len(content.areas.classes))]
    across = min(max(len(cards), 2), 4)
    width = (WIDTH - (across - 1) * 3 * mm) / across
    rows: list[Flowable] = []
    for first in range(0, len(cards), across):
        row: list[Any] = []
        for card in [*cards[first : first + across], *[""] * (across - len(cards[first : first + across]))]:
            row += [card, ""]
        table = Table([row[:-1]], colWidths=([width, 3 * mm] * across)[:-1], hAlign="LEFT")
        style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_no_padding()]
        for number in range(len(cards[first : first + across])):
            colour = HexColor(content.colours[content.areas.classes[first + number].value])
            cell = (2 * number, 0)
            style += [
                ("BACKGROUND", cell, cell, _SOFT), ("LINEABOVE", cell, cell, 3, colour, 0),
                ("LEFTPADDING", cell, cell, 9), ("RIGHTPADDING", cell, cell, 6),
                ("TOPPADDING", cell, cell, 7), ("BOTTOMPADDING", cell, cell, 8),
            ]  # fmt: skip
        table.setStyle(TableStyle(style))
        rows += [table, Spacer(0, 3 * mm)]
    return [*rows, Shares(content), Spacer(0, 8 * mm)]


def _card(content: ReportContent, number: int) -> list[Paragraph]:
    area, unit = content.areas.classes[number], content.areas.unit
    total, value = content.areas.total, area.best
    if math.isnan(value):
        lines = [f"{NOT_LEARNED}: no estimate"]
    else:
        lines = [_part_of_the_map(value / total) if total else "not on the map"]
        if area.corrected.has_interval:
            lines.append(f"from {interval(area.corrected, unit)}\u00a0{unit} (95\u00a0%)")
        if not area.is_learned:
            lines.append(f"{NOT_LEARNED}: not on the map")
        elif math.isnan(area.corrected.value):
            lines.append("as counted on the map" + (f", {NOT_CHECKED}" if not area.is_checked else ""))
        else:
            lines.append(f"counted on the map: {amount(area.mapped, unit)}\u00a0{unit}")
    return [
        Paragraph(escape(content.names[area.value]), _style("card name", 9.5, fontName=STRONG)),
        Paragraph(escape(sized(value, unit)), _style("card value", 20, fontName=STRONG, leading=26)),
        *(Paragraph(escape(line), _SMALL) for line in lines),
    ]


def _part_of_the_map(share: float) -> str:
    return f"{100 * share:.0f} % of the map" if share >= 0.005 or share == 0 else "under 1 % of the map"


def _maps(content: ReportContent, room: float) -> list[Flowable]:
    """`room`: what is left of the first page. One map takes less than it might, so as not to leave that empty."""
    if not content.maps:
        return []
    heading = Table([[Paragraph("The map", _FIRST_HEADING), Legend(content)]], colWidths=[WIDTH * 0.3, WIDTH * 0.7])
    heading.setStyle(TableStyle([*_no_padding(), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]))
    if len(content.maps) == 1:
        caption = _caption(content, 0)
        room -= sum(part.wrap(WIDTH, _HEIGHT)[1] for part in (heading, *caption)) + 4 * mm
        picture = Picture(content.maps[0], WIDTH, min(room, _HIGHEST_MAP) if room > _LEAST_MAP else _HIGHEST_MAP)
        return [KeepTogether([heading, Spacer(0, 2 * mm), picture, Spacer(0, 1.5 * mm), *caption])]
    across, highest = {2: (2, 84 * mm), 3: (2, 66 * mm), 4: (2, 66 * mm)}.get(len(content.maps), (3, 54 * mm))
    width = (WIDTH - (across - 1) * _GAP) / across
    rows: list[Flowable] = []
    for first in range(0, len(content.maps), across):
        cells: list[Any] = []
        for n in range(first, first + across):
            cells += [_map_of(content, n, width, highest) if n < len(content.maps) else "", ""]
        table = Table([cells[:-1]], colWidths=([width, _GAP] * across)[:-1], hAlign="LEFT")
        table.setStyle(TableStyle([*_no_padding(), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
        rows += [KeepTogether([*([heading, Spacer(0, 2 * mm)] if first == 0 else []), table, Spacer(0, 5 * mm)])]
    if len(content.areas.scenes) > len(content.maps):
        more = f"The first {len(content.maps)} of {len(content.areas.scenes)} scenes; all of them are in map.gpkg."
        rows.append(Paragraph(more, _SMALL))
    return rows


def _map_of(content: ReportContent, number: int, width: float, highest: float) -> list[Flowable]:
    picture = Picture(content.maps[number], width, highest)
    return [picture, Spacer(0, 1.5 * mm), *_caption(content, number)]


def _caption(content: ReportContent, number: int) -> list[Flowable]:
    scene = content.areas.scenes[number]
    figures = "<br/>".join(f"{escape(content.names[value])} {best_known(scene, value)}" for value in scene.pixels)
    name = Paragraph(escape(scene.name), _style("scene", 9, fontName=STRONG))
    return [name] if len(content.maps) == 1 else [name, Paragraph(figures, _SMALL)]


def _areas(content: ReportContent) -> list[Flowable]:
    unit = content.areas.unit
    one = len(content.areas.scenes) == 1
    rows: list[list[Any]] = [
        [Paragraph("Scene", _CELL_HEAD), Paragraph("Class", _CELL_HEAD)]
        + [Paragraph(text, _NUMBER_HEAD) for text in ("Counted on the map", "Corrected", "95 % interval")]
    ]
    groups = [] if one else [("All scenes", unit, [(c.value, c.mapped, c.corrected) for c in content.areas.classes])]
    groups += [(scene.name, scene.unit, _of_scene(scene)) for scene in content.areas.scenes]
    style: list[Any] = []
    for number, (name, its_unit, areas) in enumerate(groups):
        style.append(("LINEABOVE", (0, len(rows)), (-1, len(rows)), 0.7 if number < 2 else 0.4, RULE))
        strong = number == 0 and not one
        for place, (value, mapped, corrected) in enumerate(areas):
            label = f"<font name='{STRONG}'>{escape(name)}</font>" if strong else escape(name)
            rows.append(
                [Paragraph(label if place == 0 else "", _CELL), Paragraph(escape(content.names[value]), _CELL)]
                + [Paragraph(text, _NUMBER) for text in area_cells(mapped, corrected, its_unit)]
            )
    table = Table(rows, colWidths=[WIDTH * share for share in (0.30, 0.19, 0.18, 0.15, 0.18)], repeatRows=1)
    padding = [("TOPPADDING", (0, 0), (-1, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5)]
    style.append(("VALIGN", (0, 0), (-1, -1), "TOP"))
    edges = [("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]
    table.setStyle(TableStyle([*style, *padding, *edges, ("LINEBELOW", (0, -1), (-1, -1), 0.7, RULE)]))
    return [CondPageBreak(60 * mm), Paragraph("Areas", _HEADING), table]


def _of_scene(scene: SceneArea) -> list[tuple[int, float, Estimate]]:
    return [(value, scene.mapped(value), scene.corrected[value]) for value in scene.pixels]


def _worth(content: ReportContent) -> list[Flowable]:
    scores = content.scores.scores
    sentences: list[Flowable] = [Paragraph(escape(words), _BODY) for words in in_plain_words(content)]
    if not scores.tiles:
        return [Paragraph("How far the map can be trusted", _HEADING), *sentences]
    head = [Paragraph("Class", _CELL_HEAD)]
    head += [Paragraph(text, _NUMBER_HEAD) for text in ("IoU", "F1", "Precision", "Recall")]
    rows: list[list[Any]] = [head]
    rows += [
        [Paragraph(escape(content.names[c.value]), _CELL)]
        + [Paragraph(shown(e), _NUMBER) for e in (c.iou, c.f1, c.precision, c.recall)]
        for c in scores.classes
    ]
    rows.append([Paragraph("mean", _CELL), Paragraph(shown(scores.mean_iou), _NUMBER), "", "", ""])
    table = Table(rows, colWidths=[WIDTH * share for share in (0.24, 0.19, 0.19, 0.19, 0.19)])
    table.setStyle(
        TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, RULE), ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ])
    )  # fmt: skip
    heading = Paragraph("How far the map can be trusted", _HEADING)
    return [KeepTogether([heading, *sentences, Spacer(0, 3 * mm), table])]


def _remarks(content: ReportContent) -> list[Flowable]:
    remarks = list(dict.fromkeys(str(remark) for remark in (*content.scores.remarks, *content.areas.remarks)))
    remarks.append("The polygons of this map are in map.gpkg: drag it into QGIS, it comes coloured and in place.")
    style = _style("remark", 9, leftIndent=4 * mm, spaceAfter=1.2 * mm, bulletIndent=0)
    bullets = [Paragraph(escape(remark), style, bulletText="•") for remark in remarks]
    return [KeepTogether([Paragraph("Remarks", _HEADING), *bullets])]


def _no_padding() -> list[Any]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
