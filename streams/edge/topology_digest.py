"""The version of a topology: SHA-256 of all it says, as JSON with sorted names.

Written piece by piece: the text of a large network would be half a gigabyte.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

import msgspec

PIECE = 4_096
"""Entries of a mapping that are written at once."""
_json = msgspec.json.Encoder(order="sorted").encode


def digest(content: list[Any]) -> str:
    """Return the digest of a list of structs and plain values."""
    found = sha256()
    for n, part in enumerate(content):
        found.update(b"," if n else b"[")
        for piece in _pieces(part):
            found.update(piece)
    found.update(b"]")
    return found.hexdigest()


def _pieces(part: Any) -> Iterator[bytes]:
    """Write one value; of a struct field by field, of a mapping a number of entries at a time."""
    if isinstance(part, msgspec.Struct):
        for n, name in enumerate(sorted(part.__struct_fields__)):
            yield (b"," if n else b"{") + _json(name) + b":"
            yield from _pieces(getattr(part, name))
        yield b"}"
    elif isinstance(part, Mapping) and len(part) > PIECE:
        names = iter(sorted(part))
        separator = b"{"
        while some := list(islice(names, PIECE)):
            yield separator + _json({name: part[name] for name in some})[1:-1]
            separator = b","
        yield b"}"
    else:
        yield _json(msgspec.to_builtins(part, str_keys=True))
