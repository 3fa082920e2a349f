"""What the PDF of the field report draws by itself: shares, legend, pictures of the map, the line under every page; and
the measures and colours that its parts share."""

from __future__ import annotations

import io
import math
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from core.lengths import length_label, nice_length
from core.report.content import ReportContent
from core.report.scene_map import SceneMap

REGULAR, STRONG = "OpenSans", "OpenSans-Semibold"
INK, MUTED, RULE = map(HexColor, ("#1B211C", "#566058", "#D8DCD5"))
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
_LEGEND_SIZE, _LEGEND_LINE = 8.5, 4.5 * mm
_PATCH, _BETWEEN = 4.2 * mm, 4 * mm  # of a colour with the gap behind it; between two entries


class Shares(Flowable):  # type: ignore[misc]
    """A bar with the classes' shares of the map."""

    def __init__(self, content: ReportContent) -> None:
        super().__init__()
        sizes = {c.value: c.best for c in content.areas.classes if not math.isnan(c.best)}
        total = sum(sizes.values()) or 1.0
        self._parts = [(size / total, content.colours[value]) for value, size in sizes.items()]
        self.width, self.height = WIDTH, 2.2 * mm

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        x = 0.0
        for share, colour in self._parts:
            self.canv.setFillColor(HexColor(colour))
            self.canv.rect(x, 0, share * self.width, self.height, stroke=0, fill=1)
            x += share * self.width


class Legend(Flowable):  # type: ignore[misc]
    """The classes' colours and names to the right, in as many lines as they need; a name that fills one is cut."""

    def __init__(self, content: ReportContent) -> None:
        super().__init__()
        self.width = WIDTH * 0.7
        self._lines: list[list[tuple[str, str, float]]] = [[]]  # each entry: name, colour, width with its patch
        left = self.width
        for whole_name, colour in content.legend:
            name = _cut_to(whole_name, self.width - _PATCH)
            width = pdfmetrics.stringWidth(name, REGULAR, _LEGEND_SIZE) + _PATCH
            if width > left and self._lines[-1]:
                self._lines.append([])
                left = self.width
            self._lines[-1].append((name, colour, width))
            left -= width + _BETWEEN
        self.height = 2 * mm + _LEGEND_LINE * len(self._lines)

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFont(REGULAR, _LEGEND_SIZE)
        for number, line in enumerate(reversed(self._lines)):
            x, y = self.width, 3 * mm + number * _LEGEND_LINE
            for name, colour, width in reversed(line):
                x -= width
                self.canv.setFillColor(HexColor(colour))
                self.canv.rect(x, y - 0.6, 3 * mm, 3 * mm, stroke=0, fill=1)
                self.canv.setFillColor(INK)
                self.canv.drawString(x + _PATCH, y, name)
                x -= _BETWEEN


class Picture(Flowable):  # type: ignore[misc]
    """A Scene's map within a width and a height, with a scale and an arrow to the north."""

    def __init__(self, scene: SceneMap, width: float, highest: float) -> None:
        super().__init__()
        self._scene = scene
        self.width, self.height = width, width * scene.height_over_width
        if self.height > highest:
            self.width, self.height = highest / scene.height_over_width, highest

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        image = ImageReader(io.BytesIO(self._scene.jpeg()))
        self.canv.drawImage(image, 0, 0, self.width, self.height)
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        self.canv.rect(0, 0, self.width, self.height, stroke=1, fill=0)
        if self._scene.pixel_m is not None and self.width > 25 * mm:
            self._draw_scale(self._scene.image.shape[1] * self._scene.pixel_m[0])
        if self._scene.north is not None and min(self.width, self.height) > 25 * mm:
            self._draw_north(*self._scene.north)

    def _draw_scale(self, width_m: float) -> None:
        length_m = nice_length(width_m * 0.3)
        length = length_m / width_m * self.width
        self._plate(2.5 * mm, 2.5 * mm, max(length, 9 * mm) + 4 * mm, 7 * mm)
        self.canv.setFillColor(INK)
        self.canv.rect(4.5 * mm, 4 * mm, length, 0.8 * mm, stroke=0, fill=1)
        self.canv.setFont(REGULAR, 7)
        self.canv.drawString(4.5 * mm, 5.8 * mm, length_label(length_m))

    def _draw_north(self, right: float, down: float) -> None:
        side = 8 * mm
        x, y = self.width - 2.5 * mm - side, self.height - 2.5 * mm - side
        self._plate(x, y, side, side)
        self.canv.saveState()
        self.canv.translate(x + side / 2, y + side / 2)
        self.canv.rotate(math.degrees(math.atan2(-down, right)) - 90)
        self.canv.setFillColor(INK)
        path = self.canv.beginPath()
        for number, (px, py) in enumerate(((0, 3), (1.7, -2.6), (0, -1.5), (-1.7, -2.6))):
            (path.moveTo if number == 0 else path.lineTo)(px * mm, py * mm)
        path.close()
        self.canv.drawPath(path, stroke=0, fill=1)
        self.canv.restoreState()

    def _plate(self, x: float, y: float, width: float, height: float) -> None:
        self.canv.setFillColor(Color(1, 1, 1, alpha=0.82))
        self.canv.roundRect(x, y, width, height, 1 * mm, stroke=0, fill=1)


def _cut_to(name: str, width: float) -> str:
    if pdfmetrics.stringWidth(name, REGULAR, _LEGEND_SIZE) <= width:
        return name
    while name and pdfmetrics.stringWidth(f"{name}…", REGULAR, _LEGEND_SIZE) > width:
        name = name[:-1]
    return f"{name}…"


def _cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def numbered(project: str) -> type[Canvas]:
    """A canvas that writes "Page 2 of 5" under every page, which it can only when all are there."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setStrokeColor(RULE)
                self.setLineWidth(0.5)
                self.line(MARGIN, 14 * mm, A4[0] - MARGIN, 14 * mm)
                self.setFont(REGULAR, 8)
                self.setFillColor(MUTED)
                self.drawString(MARGIN, 9.5 * mm, f"{_cut(project, 60)} · field report · made with Fieldbrush")
                self.drawRightString(A4[0] - MARGIN, 9.5 * mm, f"Page {number} of {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered
