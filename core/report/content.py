"""What a field report says, whatever it is written as, and how its figures read. Always in English."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.labels.classes import LabelClass
from core.learning.intervals import Estimate
from core.report.areas import AreaReport, SceneArea, area_digits
from core.report.report import ModelReport
from core.report.scene_map import SceneMap
from core.text import Text

NOT_LEARNED, NOT_CHECKED = "not learned", "not checked"


@dataclass(frozen=True)
class ReportContent:
    """`maps` are pictures of the first of `areas.scenes`, in the same order."""

    project: str
    day: date
    classes: Sequence[LabelClass]
    scores: ModelReport
    areas: AreaReport
    maps: Sequence[SceneMap]

    @property
    def names(self) -> Mapping[int, str]:
        return self.scores.names

    @property
    def colours(self) -> Mapping[int, str]:
        """ "#rrggbb" by class value."""
        return {c.value: c.colour for c in self.classes}

    @property
    def legend(self) -> Sequence[tuple[str, str]]:
        """Name and colour of each class; the name says of one that the map never shows why."""
        return [
            (self.names[c.value] if c.is_learned else f"{self.names[c.value]} ({NOT_LEARNED})", self.colours[c.value])
            for c in self.areas.classes
        ]

    @property
    def summary(self) -> str:
        """When, by whom, of what."""
        scenes, learned = len(self.areas.scenes), self.scores.taught
        return " · ".join((
            f"{self.day.day} {self.day:%B %Y}",
            f"{self.scores.maker}, taught by {learned} tile{'s' * (learned != 1)}",
            f"{scenes} scene{'s' * (scenes != 1)}",
            sized(self.areas.total, self.areas.unit),
        ))  # fmt: skip


def in_letters(content: ReportContent, letters: Container[int]) -> ReportContent:
    """The same for a page that has only these letters, by their code points: "class 2" and "scene 3" stand for names
    that need others, and a remark says so."""

    def needs_others(name: str) -> bool:
        return not all(ord(letter) in letters for letter in name)

    classes = {value: f"class {value}" for value, name in content.names.items() if needs_others(name)}
    numbers = {scene.name: n for n, scene in enumerate(content.areas.scenes, start=1) if needs_others(scene.name)}
    project = "Project" if needs_others(content.project) else content.project
    if not classes and not numbers and project == content.project:
        return content
    stand_ins = {name: f"scene {number}" for name, number in numbers.items()}
    stand_ins |= {content.names[value]: stand_in for value, stand_in in classes.items()}

    def said(remark: Text) -> str:
        words = str(remark)
        for name in sorted(stand_ins, key=len, reverse=True):  # one may be a part of another
            words = words.replace(name, stand_ins[name])
        return words

    lacking = (
        "This page lacks the letters of some names: classes have the number they have on the map, scenes their place in"
        " report.html, where all names are."
    )
    scenes = tuple(
        replace(scene, name=f"scene {n}") if scene.name in numbers else scene
        for n, scene in enumerate(content.areas.scenes, start=1)
    )
    areas = replace(
        content.areas, scenes=scenes, remarks=tuple(map(Text, [*map(said, content.areas.remarks), lacking]))
    )
    names = {**content.names, **classes}
    scores = replace(content.scores, names=names, remarks=tuple(map(Text, map(said, content.scores.remarks))))
    return replace(content, project=project, scores=scores, areas=areas)


def in_plain_words(content: ReportContent) -> Iterator[str]:
    """What the scores say, a sentence a class."""
    scores = content.scores.scores
    if not scores.tiles:
        yield "Nobody knows yet: no painted tile is left to judge by."
        return
    unlearned = {c.value for c in content.areas.classes if not c.is_learned}
    for c in scores.classes:
        name = content.names[c.value]
        if c.value in unlearned:
            yield f"“{name}” it has not learned: the map never shows it."
            continue
        if not c.is_judged:
            yield f"How well it tells “{name}” nobody knows: no tile held out has paint of it."
            continue
        yield (
            f"Of what the map shows as “{name}”, {percent(c.precision)} is right; of all that is “{name}”, it finds "
            f"{percent(c.recall)}."
        )
    if content.scores.audits is not None:
        yield audits_sentence(content.scores.audits)


def audits_sentence(audits: Estimate) -> str:
    """What Tiles drawn at random say."""
    return (
        f"On {audits.tiles} tile{'s' * (audits.tiles != 1)} drawn at random and predicted before they were painted, "
        f"{percent(audits)} of the painted pixels of a tile were right in the mean."
    )


def shown(found: Estimate) -> str:
    """Such as "0.81 (0.74 to 0.86)"."""
    if math.isnan(found.value):
        return "–"
    span = f" ({found.low:.2f} to {found.high:.2f})" if found.has_interval else ""
    return f"{found.value:.2f}{span}"


def percent(found: Estimate) -> str:
    """Such as "81 % (74 to 86 %)", with spaces at which no line breaks."""
    if math.isnan(found.value):
        return "an unknown share"
    span = f" ({100 * found.low:.0f} to {100 * found.high:.0f}\u00a0%)" if found.has_interval else ""
    return f"{100 * found.value:.0f}\u00a0%{span}"


def amount(area: float, unit: str) -> str:
    """Without its unit, in as many digits as an area of that size deserves."""
    return "–" if math.isnan(area) else f"{area:,.{area_digits(area, unit)}f}"


def sized(area: float, unit: str) -> str:
    """Such as "12.40 ha"."""
    return "–" if math.isnan(area) else f"{amount(area, unit)} {unit}"


def interval(found: Estimate, unit: str) -> str:
    """Such as "10.12 to 14.80"."""
    return f"{amount(found.low, unit)} to {amount(found.high, unit)}" if found.has_interval else "–"


def area_cells(mapped: float, corrected: Estimate, unit: str) -> tuple[str, str, str]:
    """A class's area in a table: as counted on the map, NaN where it is not learned; corrected; and the interval."""
    if not math.isnan(mapped):
        known = sized(corrected.value, unit) if corrected.tiles else NOT_CHECKED
        return sized(mapped, unit), known, interval(corrected, unit)
    known = "no estimate" if math.isnan(corrected.value) else sized(corrected.value, unit)
    return NOT_LEARNED, known, interval(corrected, unit)


def best_known(scene: SceneArea, value: int) -> str:
    """A class's area in a scene, corrected with its interval where that is known, else as counted: "0.68 ha (0.51 to
    0.90)", "0.05 ha, not checked"; in words where there is no estimate."""
    corrected, mapped = scene.corrected[value], scene.mapped(value)
    if math.isnan(corrected.value):
        counted = f"{NOT_LEARNED}, no estimate" if math.isnan(mapped) else sized(mapped, scene.unit)
        return counted if corrected.tiles or math.isnan(mapped) else f"{counted}, {NOT_CHECKED}"
    span = f" ({interval(corrected, scene.unit)})" if corrected.has_interval else ""
    return sized(corrected.value, scene.unit) + span
