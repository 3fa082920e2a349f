"""The report as a page for the browser: one file, its pictures inside."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence

from core.lengths import length_label, nice_length
from core.report.content import ReportContent, best_known
from core.report.scene_map import SceneMap

Row = Sequence[object]
Section = tuple[str, list[str], list[list[Row]]]  # heading, sentences, tables with their head row
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b211c}"
    "table{border-collapse:collapse;margin:.7rem 0 1.4rem}th,td{border-bottom:1px solid #d8dcd5;padding:.3rem .8rem;"
    "text-align:right;font-variant-numeric:tabular-nums}th:first-child,td:first-child{text-align:left}"
    ".maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:1.2rem;margin:1rem 0}"
    "figure{margin:0}.map{position:relative}.map img{width:100%;display:block;border:1px solid #d8dcd5}"
    ".scale{position:absolute;left:.6rem;bottom:.6rem;border-top:4px solid #1b211c;font-size:.75rem;"
    "background:#ffffffd0;white-space:nowrap}figcaption{font-size:.85rem;color:#566058;margin-top:.3rem}"
    "figcaption b{color:#1b211c}.legend i{display:inline-block;width:.8rem;height:.8rem;margin:0 .4rem 0 1.2rem}"
)


def html_page(title: str, sections: Iterable[Section], pictures: str = "") -> str:
    """`pictures` come before the sections, as `figures` makes them."""
    body = [f"<h1>{html.escape(title)}</h1>{pictures}"]
    for heading, sentences, tables in sections:
        body.append(f"<h2>{html.escape(heading)}</h2>")
        body += [f"<p>{html.escape(sentence)}</p>" for sentence in sentences]
        for head, *rows in tables:
            body.append("<table><tr>" + "".join(f"<th>{html.escape(str(c))}</th>" for c in head) + "</tr>")
            body += ["<tr>" + "".join(f"<td>{html.escape(str(c))}</td>" for c in row) + "</tr>" for row in rows]
            body.append("</table>")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="Fieldbrush">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def figures(content: ReportContent) -> str:
    """When and of what, the legend, and the map's pictures, each with its areas."""
    legend = "".join(f'<i style="background:{colour}"></i>{html.escape(name)}' for name, colour in content.legend)
    shown = "".join(_figure(content, number, scene) for number, scene in enumerate(content.maps))
    return f'<p>{html.escape(content.summary)}</p><p class="legend">{legend}</p><div class="maps">{shown}</div>'


def _figure(content: ReportContent, number: int, scene: SceneMap) -> str:
    area = content.areas.scenes[number]
    sizes = "<br>".join(html.escape(f"{content.names[value]} {best_known(area, value)}") for value in area.pixels)
    data = base64.b64encode(scene.jpeg()).decode()
    return (
        f'<figure><div class="map"><img alt="{html.escape(scene.name)}" style="aspect-ratio:'
        f'{1 / scene.height_over_width:.4f}" src="data:image/jpeg;base64,{data}">{_scale(scene)}</div>'
        f"<figcaption><b>{html.escape(scene.name)}</b><br>{sizes}</figcaption></figure>\n"
    )


def _scale(scene: SceneMap) -> str:
    if scene.pixel_m is None:
        return ""
    width_m = scene.image.shape[1] * scene.pixel_m[0]
    length_m = nice_length(width_m * 0.3)
    return f'<div class="scale" style="width:{100 * length_m / width_m:.2f}%">{length_label(length_m)}</div>'
