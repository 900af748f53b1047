"""A drawing as PNG, by Pillow with the font it brings: no library, font or browser of the system is asked for.

Drawn large and made smaller, which smooths all edges. The font knows Latin letters; what it lacks the SVG has.
"""

from itertools import pairwise
from math import hypot
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from streams.explain.drawing import Drawing, Line, Outline, Point, Words

SCALE = 2
"""Pixels of the file for one of the drawing: sharp on dense screens and in print."""
SMOOTH = 2
"""Times larger it is drawn."""
LARGEST = 60_000_000
"""Pixels drawn at most: a drawing beyond is written in a smaller scale."""
DASH, GAP = 5.0, 3.0


def png(drawing: Drawing, path: Path) -> None:
    """Write it into a file."""
    times = float(SCALE * SMOOTH)
    while drawing.width * drawing.height * times**2 > LARGEST:
        times /= 2
    image = Image.new("RGB", (round(drawing.width * times), round(drawing.height * times)), "#ffffff")
    pen = _Pen(ImageDraw.Draw(image), times)
    for part in drawing.parts:
        if isinstance(part, Words):
            pen.write(part)
        else:
            pen.draw(part)
    image.resize((image.width // SMOOTH, image.height // SMOOTH), Image.Resampling.LANCZOS).save(path, "PNG", optimize=True)


class _Pen:
    def __init__(self, on: ImageDraw.ImageDraw, times: float) -> None:
        self._on, self._times = on, times

    def draw(self, part: Outline | Line) -> None:
        points = [(x * self._times, y * self._times) for x, y in part.points]
        width = max(1, round(part.width * self._times))
        if isinstance(part, Outline):
            self._on.polygon(points, fill=part.fill)
            points.append(points[0])
        for piece in _dashes(points, DASH * self._times, GAP * self._times) if part.dashed else [points]:
            self._on.line(piece, fill=part.stroke, width=width, joint="curve")

    def write(self, words: Words) -> None:
        x, y = words.at
        font = ImageFont.load_default(words.size * self._times)
        stroke = round(words.size * self._times / 60) if words.bold else 0
        self._on.text((x * self._times, y * self._times), words.text, fill="#000000", font=font, anchor="ms" if words.centred else "ls", stroke_width=stroke)


def _dashes(points: list[Point], dash: float, gap: float) -> list[list[Point]]:
    """Cut a way into dashes."""
    pieces: list[list[Point]] = []
    drawn, left = True, dash
    piece = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        length, gone = hypot(x1 - x0, y1 - y0), 0.0
        while length - gone > left:
            gone += left
            at = (x0 + (x1 - x0) * gone / length, y0 + (y1 - y0) * gone / length)
            if drawn:
                pieces.append([*piece, at])
            piece = [at]
            drawn, left = not drawn, gap if drawn else dash
        left -= length - gone
        if drawn:
            piece.append((x1, y1))
    if drawn and len(piece) > 1:
        pieces.append(piece)
    return pieces
