"""Distinguished names as 3GPP (TS 32.300), X.500 (RFC 4514) and vendors write them: `SubNetwork=1,ManagedElement=7`.

Root first or leaf first, with spaces around what separates, several attributes joined by `+` in any order, commas
escaped (`\\,`, `\\2C`) or in quotes, `;` or `/` between the parts. Attribute types have no case, values do.
"""

import re
from functools import lru_cache

Part = tuple[tuple[str, str], ...]
"""One RDN: (attribute type in lower case, value), sorted by type."""
MOST_PARTS = 64
CONTAINERS = frozenset({"dc", "c", "o", "ou", "l", "st", "subnetwork", "network", "country", "region"})
"""Attribute types that name what holds everything: such a name alone is nobody's ancestor (declared, it is found exactly)."""
_TYPE = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]{0,63}|\d+(?:\.\d+)+)\s*=")
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)


@lru_cache(maxsize=65536)
def parts_of(name: str) -> tuple[Part, ...] | None:
    """Return the parts of a distinguished name in written order, None for what is no such name."""
    if "=" not in name:
        return None
    if name.startswith("/"):
        pieces = _split(name[1:], "/")
    else:
        pieces = _split(name, ",;" if _TYPE.match(name) else "")
    if not pieces or len(pieces) > MOST_PARTS or not _TYPE.match(pieces[0]):
        return None
    joined: list[str] = []
    for piece in pieces:
        if _TYPE.match(piece):
            joined.append(piece)
        elif piece.strip():
            joined[-1] += f",{piece}"            # a comma within a value that nobody escaped: "Location=Berlin, Mitte"
    return tuple(_part(piece) for piece in joined)


def ancestors(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """Return what a name (root first) lies in, nearest first; names of nothing but containers are left out."""
    longer = (parts[:n] for n in range(len(parts) - 1, 0, -1))
    return [each for each in longer if any(kind not in CONTAINERS for part in each for kind, _ in part)]


def _split(text: str, separators: str) -> list[str]:
    """Split at separators that are neither escaped nor in quotes."""
    pieces, start, quoted, n = [], 0, False, 0
    while n < len(text):
        char = text[n]
        if char == "\\":
            n += 1
        elif char == '"':
            quoted = not quoted
        elif char in separators and not quoted:
            pieces.append(text[start:n])
            start = n + 1
        n += 1
    return [*pieces, text[start:]]


def _part(piece: str) -> Part:
    attributes: list[str] = []
    for each in _split(piece, "+"):
        if _TYPE.match(each) or not attributes:
            attributes.append(each)
        else:
            attributes[-1] += f"+{each}"
    pairs = [(match[1].lower(), _value(each[match.end():])) for each in attributes if (match := _TYPE.match(each))]
    return tuple(sorted(pairs))


def _value(text: str) -> str:
    # A blank at the end may be escaped, so blanks go first; what quotes hold is taken as it is.
    text = text.strip() if not text.rstrip().endswith("\\") else text.lstrip().rstrip() + " "
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], text)
