"""A drawing as SVG 1.1: text that any browser shows, and that can be searched."""

from xml.sax.saxutils import escape, quoteattr

from streams.explain.drawing import Drawing, Line, Outline, Part, Point

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"


def svg(drawing: Drawing) -> str:
    """Write it."""
    size = f'width="{drawing.width:g}" height="{drawing.height:g}" viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>', f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family={quoteattr(FONT)}>',
        f"<title>{_text(drawing.title)}</title>", '<rect width="100%" height="100%" fill="#ffffff"/>', *map(_part, drawing.parts), "</svg>"]
    return "\n".join(lines) + "\n"


def _part(part: Part) -> str:
    if isinstance(part, Outline):
        says = f"<title>{_text(part.says)}</title>" if part.says else ""
        return f'<polygon points="{_points(part.points)}" fill="{part.fill}" stroke="{part.stroke}" stroke-width="{part.width:g}"{_dash(part.dashed)}>{says}</polygon>'
    if isinstance(part, Line):
        return f'<polyline points="{_points(part.points)}" fill="none" stroke="{part.stroke}" stroke-width="{part.width:g}"{_dash(part.dashed)}/>'
    anchor, weight = ' text-anchor="middle"' if part.centred else "", ' font-weight="bold"' if part.bold else ""
    return f'<text x="{part.at[0]:g}" y="{part.at[1]:g}" font-size="{part.size:g}"{anchor}{weight} fill="#000000">{_text(part.text)}</text>'


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _dash(dashed: bool) -> str:
    return ' stroke-dasharray="5 3"' if dashed else ""


def _text(text: str) -> str:
    """Escape text; what XML cannot hold (a control character in a name) is shown as one that it can."""
    return escape("".join(c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "\ufffd" for c in text))
