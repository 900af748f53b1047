"""The picture of a problem: the affected part of the network in layers, the cause's side to the left, with a legend.

Everything is told twice, by shape or line and in words; colours (of Okabe and Ito's palette, which colour-blind people
can tell apart) only help.
"""

from pathlib import Path

from schemas.explanation import ProblemExplanation
from streams.domain.network import Network
from streams.domain.plural import number
from streams.explain.affected import Affected, Box, affected
from streams.explain.drawing import Drawing, Line, Outline, Part, Point, Words, arrow, capsule, curve, octagon, rectangle
from streams.explain.layout import layers, rows
from streams.explain.svg import svg as as_svg

W, H = 190.0, 42.0
"""One box."""
ACROSS, DOWN, MARGIN, TOP = 70.0, 14.0, 24.0, 62.0
CELL = 230.0
"""One entry of the legend."""
NAME, SAYS = 25, 36
"""Characters of a name, and of what is told of an object, that fit a box."""
INK, GREY = "#000000", "#8a8a8a"
VERMILION, ORANGE, BLUE, WHITE = "#e8814f", "#f5cf7a", "#bfe1f6", "#ffffff"


def draw(problem: ProblemExplanation, network: Network, svg: Path | None = None, png: Path | None = None) -> None:
    """Write the picture into the files that are asked for."""
    drawing = picture(problem, network)
    if svg is not None:
        svg.write_text(as_svg(drawing), encoding="utf-8")
    if png is not None:
        from streams.explain.png import png as write_png

        write_png(drawing, png)


def picture(problem: ProblemExplanation, network: Network) -> Drawing:
    """Lay out what is affected."""
    shown = affected(problem, network)
    ways = [(edge.on, edge.dependent) for edge in shown.edges]
    columns = layers(list(shown.boxes), ways)
    height = max((len(column) for column in columns), default=0) * (H + DOWN)
    row = rows(columns, ways)
    places = {name: (MARGIN + n * (W + ACROSS), TOP + row[name] * (H + DOWN)) for n, column in enumerate(columns) for name in column}
    legend, legend_height = _legend(shown, TOP + height + 10)
    width = max(MARGIN + len(columns) * (W + ACROSS) - ACROSS + MARGIN, 4 * CELL + 2 * MARGIN)
    edges = [part for edge in sorted(shown.edges, key=lambda edge: edge.explains) for part in _edge(places[edge.on], places[edge.dependent], edge.explains, edge.is_protected)]
    boxes = [part for name, box in shown.boxes.items() for part in _box(box, places[name])]
    title, counts = _title(problem)
    head = [Words((MARGIN, 26), title, 15, bold=True, centred=False), Words((MARGIN, 45), counts, 11, centred=False)]
    return Drawing(width, TOP + height + 10 + legend_height, title, (*head, *edges, *boxes, *legend))


def _title(problem: ProblemExplanation) -> tuple[str, str]:
    where = f"cause {problem.cause.object} at confidence {problem.cause.confidence:.2f}" if problem.cause else "cause unknown"
    return f"Problem {problem.id}: {where}", (
        f"{problem.status}, priority {problem.priority}; {number(problem.alarm_count, 'alarm')}, {problem.active_alarm_count:,} active, since {problem.opened_at:%Y-%m-%d %H:%M:%S} UTC; "
        f"{number(problem.service_count, 'service')} hurt")


def _box(box: Box, at: Point) -> list[Part]:
    x, y = at
    return [_shape(box, x, y, W, H), Words((x + W / 2, y + 17), cut(box.name, NAME), 12, bold=box.is_cause or box.is_alarmed), Words((x + W / 2, y + 33), cut(box.words, SAYS), 9.5)]


def _shape(box: Box, x: float, y: float, w: float, h: float) -> Outline:
    points = (octagon if box.is_cause else capsule if box.is_service else rectangle)(x, y, w, h)
    fill = VERMILION if box.is_cause else ORANGE if box.is_alarmed else BLUE if box.is_service else WHITE
    is_quiet = not box.is_alarmed and (box.is_cause or not box.is_service)
    return Outline(points, fill, INK, 3 if box.is_cause else 1.5, is_quiet, f"{box.name}: {box.words}" if box.name else "")


def _edge(on: Point, dependent: Point, explains: bool, is_protected: bool) -> list[Part]:
    a, b = (on[0] + W, on[1] + H / 2), (dependent[0], dependent[1] + H / 2)
    if b[0] <= a[0]:
        a, b = (on[0] + W / 2, on[1] + (H if dependent[1] > on[1] else 0)), (dependent[0] + W / 2, dependent[1] + (0 if dependent[1] > on[1] else H))
        return [Line((a, b), INK if explains else GREY, 2.2 if explains else 1, is_protected)]
    stroke = INK if explains else GREY
    return [Line(curve(a, (b[0] - 4, b[1])), stroke, 2.2 if explains else 1, is_protected), Outline(arrow(b), stroke, stroke, 0.5)]


def _legend(shown: Affected, y: float) -> tuple[list[Part], float]:
    """Explain the shapes that occur, and count what is left out."""
    boxes = shown.boxes.values()
    entries = [
        (Box("", is_cause=True, is_alarmed=True), "located cause", any(box.is_cause and box.is_alarmed for box in boxes)),
        (Box("", is_cause=True), "located cause, silent itself", any(box.is_cause and not box.is_alarmed for box in boxes)),
        (Box("", is_alarmed=True), "alarmed", any(box.is_alarmed and not box.is_cause and not box.is_service for box in boxes)),
        (Box("", is_alarmed=True, is_service=True), "service, alarmed", any(box.is_alarmed and box.is_service for box in boxes)),
        (Box("", is_service=True), "service", any(box.is_service and not box.is_alarmed for box in boxes)),
        (Box("", is_silent=True), "silent", any(not box.is_alarmed and not box.is_service and not box.is_cause for box in boxes))]
    parts: list[Part] = []
    n = 0
    for box, text, occurs in entries:
        if occurs:
            x, top = MARGIN + n % 4 * CELL, y + n // 4 * 26
            parts += [_shape(box, x, top, 34, 18), Words((x + 42, top + 13), text, 11, centred=False)]
            n += 1
    for explains, is_protected, text in ((True, False, "explains: right depends on left"), (False, False, "other dependency"), (None, True, "protected: one of several will do")):
        if any((explains is None or edge.explains == explains) and edge.is_protected == is_protected for edge in shown.edges):
            x, top = MARGIN + n % 4 * CELL, y + n // 4 * 26
            parts += _edge((x - W, top + 9 - H / 2), (x + 34, top + 9 - H / 2), bool(explains), is_protected)
            parts.append(Words((x + 42, top + 13), text, 11, centred=False))
            n += 1
    bottom = y + (n + 3) // 4 * 26
    if shown.omitted:
        parts.append(Words((MARGIN, bottom + 12), "not drawn: " + ", ".join(f"{count:,} {kind}" for kind, count in shown.omitted.items()), 11, centred=False))
        bottom += 20
    return parts, bottom - y + 14


def cut(text: str, most: int) -> str:
    """Return a text that fits, its middle left out: names differ at their ends."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[len(text) - (most - most // 2 - 1):]}"
