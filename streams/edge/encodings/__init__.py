"""Encodings other than JSON: a record is decoded to the JSON that its feed's format reads.

    avro       a schema file, or a registry's schema by the id that the record carries
    protobuf   compiled descriptors and a message's name, or a registry's schema by id and place

What cannot be decoded is refused like any other record. A registry that does not answer is no record's fault: it raises
`RegistryDown`, which ends the worker (status 70) with nothing consumed; whoever supervises it starts it again.
"""

from collections.abc import Callable

import msgspec

from streams.edge.encodings import avro, protobuf
from streams.edge.encodings.framing import split
from streams.edge.encodings.registry import Registry, RegistryDown
from streams.edge.feed import Encoding
from streams.edge.formats.fields import LONGEST_RECORD
from streams.edge.formats.told import Refused

__all__ = ["RegistryDown", "decoder_of"]

Decode = Callable[[bytes], object]
_to_json = msgspec.json.Encoder().encode


def decoder_of(encoding: Encoding) -> Callable[[bytes], bytes]:
    """Return what turns a record into JSON; it raises Refused, and RegistryDown. ValueError for a schema file that is none."""
    decode = _by_id(encoding) if encoding.registry else _by_file(encoding)

    def decoded(value: bytes) -> bytes:
        if len(value) > LONGEST_RECORD:
            raise Refused("record", "too-long", f"Send at most {LONGEST_RECORD} bytes a record; this one has {len(value)}.")
        found = decode(value)
        try:
            return _to_json(found)
        except (TypeError, ValueError, RecursionError) as error:
            raise Refused("record", f"not-{encoding.kind}", f"Send what JSON can say: {str(error)[:200]}.") from None

    return decoded


def _by_file(encoding: Encoding) -> Decode:
    decode = avro.decoder(encoding.schema) if encoding.kind == "avro" else protobuf.decoder(encoding.schema, encoding.message)
    if not encoding.framed:
        return decode
    places = encoding.kind == "protobuf"
    return lambda value: decode(split(value, places)[2])


def _by_id(encoding: Encoding) -> Decode:
    registry = Registry(encoding.registry)
    if encoding.kind == "avro":
        def read_avro(value: bytes) -> object:
            ident, _, body = split(value, False)
            return registry.avro(ident)(body)
        return read_avro

    def read_protobuf(value: bytes) -> object:
        ident, place, body = split(value, True)
        return registry.protobuf(ident, place)(body)
    return read_protobuf
