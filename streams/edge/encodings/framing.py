"""Confluent's wire format: a zero, four bytes of schema id, for protobuf the place of the message in its file, the record."""

from streams.edge.formats.told import Refused

_MOST_PLACES = 32


def split(value: bytes, has_place: bool) -> tuple[int, tuple[int, ...], bytes]:
    """Return (schema id, place of the message, record)."""
    if len(value) < 5 or value[0] != 0:
        raise Refused("record", "not-framed", "Send a zero byte and four bytes of schema id before the record, as serializers with a schema registry do.")
    ident = int.from_bytes(value[1:5], "big")
    if not has_place:
        return ident, (), value[5:]
    count, at = _varint(value, 5)
    if count == 0:
        return ident, (0,), value[at:]
    if not 0 < count <= _MOST_PLACES:
        raise Refused("record", "not-framed", "Send the place of the message after the schema id, as protobuf serializers with a schema registry do.")
    place = []
    for _ in range(count):
        index, at = _varint(value, at)
        place.append(index)
    return ident, tuple(place), value[at:]


def _varint(value: bytes, at: int) -> tuple[int, int]:
    """Read one zigzag number; return it and where the next byte is."""
    number = shift = 0
    while at < len(value) and shift < 35:
        byte = value[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at
    raise Refused("record", "not-framed", "The place of the message after the schema id is cut short.")
