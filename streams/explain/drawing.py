"""A drawing of lines, outlines and words, whatever it is written as (svg.py, png.py); units are pixels of a screen."""

from math import cos, pi, sin

import msgspec

Point = tuple[float, float]


class Outline(msgspec.Struct, frozen=True):
    """A filled shape."""

    points: tuple[Point, ...]
    fill: str
    stroke: str
    width: float = 1.5
    dashed: bool = False
    says: str = ""
    """Shown where a reader points at it."""


class Line(msgspec.Struct, frozen=True):
    """A way from the first point to the last."""

    points: tuple[Point, ...]
    stroke: str
    width: float = 1.0
    dashed: bool = False


class Words(msgspec.Struct, frozen=True):
    """One line of text; `at` is its left end, or its middle, on the base line."""

    at: Point
    text: str
    size: float = 12
    bold: bool = False
    centred: bool = True


Part = Outline | Line | Words


class Drawing(msgspec.Struct, frozen=True):
    """Parts in the order they are drawn."""

    width: float
    height: float
    title: str
    parts: tuple[Part, ...]


def rectangle(x: float, y: float, w: float, h: float) -> tuple[Point, ...]:
    return (x, y), (x + w, y), (x + w, y + h), (x, y + h)


def octagon(x: float, y: float, w: float, h: float) -> tuple[Point, ...]:
    c = h * 0.3
    return (x + c, y), (x + w - c, y), (x + w, y + c), (x + w, y + h - c), (x + w - c, y + h), (x + c, y + h), (x, y + h - c), (x, y + c)


def capsule(x: float, y: float, w: float, h: float) -> tuple[Point, ...]:
    """Return a box with round ends."""
    r, n = h / 2, 12
    right = [(x + w - r + r * cos(a), y + r + r * sin(a)) for a in (-pi / 2 + pi * i / n for i in range(n + 1))]
    left = [(x + r + r * cos(a), y + r + r * sin(a)) for a in (pi / 2 + pi * i / n for i in range(n + 1))]
    return (*right, *left)


def curve(a: Point, b: Point) -> tuple[Point, ...]:
    """Return an S from a to b that leaves and comes in level."""
    (x0, y0), (x1, y1), n = a, b, 16
    bend = max(30.0, abs(x1 - x0) / 2)
    points = []
    for t in (i / n for i in range(n + 1)):
        u = 1 - t
        points.append((u**3 * x0 + 3 * u * u * t * (x0 + bend) + 3 * u * t * t * (x1 - bend) + t**3 * x1, u**3 * y0 + 3 * u * u * t * y0 + 3 * u * t * t * y1 + t**3 * y1))
    return tuple(points)


def arrow(tip: Point, size: float = 6) -> tuple[Point, ...]:
    """Return a head that points to the right."""
    x, y = tip
    return (x, y), (x - size * 1.4, y - size * 0.7), (x - size * 1.4, y + size * 0.7)
