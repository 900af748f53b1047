"""Avro records, one datum each, without the container of a file."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import fastavro
import msgspec

from streams.edge.formats.told import Refused

_SINGLE = b"\xc3\x01"
"""Begins Avro's single-object encoding: then come eight bytes of the schema's fingerprint."""


def decoder(schema: bytes | str, named: Iterable[str] = ()) -> Callable[[bytes], object]:
    """Return what decodes records of this schema (JSON); `named`: schemas that it refers to, those first that others need."""
    known: dict[str, Any] = {}
    try:
        for each in named:
            fastavro.parse_schema(msgspec.json.decode(each), known)
        parsed = fastavro.parse_schema(msgspec.json.decode(schema), known)
    except Exception as error:  # noqa: BLE001 - fastavro raises what it meets: KeyError, TypeError, its own
        raise ValueError(f"no Avro schema: {type(error).__name__}: {str(error)[:200]}") from None

    def decode(value: bytes) -> object:
        body = value[10:] if value.startswith(_SINGLE) else value
        stream = io.BytesIO(body)
        try:
            found: object = fastavro.schemaless_reader(stream, parsed, None)
        except Exception as error:  # noqa: BLE001 - whatever foreign bytes make fastavro raise is the record's fault
            raise Refused("record", "not-avro", f"Send records of the feed's Avro schema: {type(error).__name__} {str(error)[:120]}.") from None
        if stream.tell() != len(body):
            raise Refused("record", "not-avro", f"Send records of the feed's Avro schema: {len(body) - stream.tell()} bytes are left over.")
        return found

    return decode
