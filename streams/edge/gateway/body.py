"""A body becomes records: one JSON object, a list of them, NDJSON, or one XML document; each checked as its feed would read it."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from streams.edge.formats import Reading, Refused
from streams.edge.gateway.offer import SHOWN, Objection, Refusal

RECORD_LIMIT = 900_000
"""Bytes of one record: with key and headers it has to fit into a Kafka broker's default limit."""
BODY_LIMIT = 10 << 20
"""Bytes of one body, unpacked."""
JSON_TYPES = ("application/json", "application/json-patch+json", "application/yang-data+json", "text/json")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines")
XML_TYPES = ("application/xml", "application/yang-data+xml", "text/xml")

Parse = Callable[[bytes], Reading]


def split(content_type: str, body: bytes, types: tuple[str, ...], parts: str = "") -> tuple[list[bytes], list[Any]]:
    """Return the records of a body, and the documents they are where it is JSON; Refusal where there are none.

    `parts`: the member of an object whose list is taken apart where the object is too large for one record.
    """
    if content_type not in types:
        raise Refusal(415, "content-type", f"Content-Type {content_type!r} is not read here; send {' or '.join(types[:1] + tuple(t for t in NDJSON_TYPES[:1] if t in types))}.")
    if content_type in JSON_TYPES:
        documents = _documents(body)
        records = [body] if len(documents) == 1 and b"\n" not in body and body[:1] == b"{" else list(map(msgspec.json.encode, documents))
        if parts and any(len(record) > RECORD_LIMIT for record in records):
            documents = [part for document in documents for part in _taken_apart(document, parts)]
            records = list(map(msgspec.json.encode, documents))
    else:
        documents = []
        records = [line for line in body.splitlines() if line.strip()] if content_type in NDJSON_TYPES else [body] if body.strip() else []
    if not records:
        raise Refusal(400, "empty", "The body holds no record; send one alarm, a list of alarms, or one a line.")
    worst = max(range(len(records)), key=lambda n: len(records[n]))
    if len(records[worst]) > RECORD_LIMIT:
        raise Refusal(413, "record-too-large", f"Record {worst + 1} has {len(records[worst]):,} bytes; one record may have {RECORD_LIMIT:,}.")
    return records, documents


def _documents(body: bytes) -> list[Any]:
    """Decode a JSON body: the members of a list, or the one document it is."""
    if not body.strip():
        return []
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = " For several records a body, one a line, say Content-Type: application/x-ndjson." if "trailing" in str(error) else ""
        raise Refusal(400, "not-json", f"The body is no JSON: {error}.{hint}") from None
    return document if isinstance(document, list) else [document]


def _taken_apart(document: Any, parts: str) -> Iterator[Any]:
    """Return an object once for each member of its list `parts`, with that one alone in it."""
    members = document.get(parts) if isinstance(document, dict) else None
    if not isinstance(members, list) or len(members) < 2:
        yield document
        return
    for member in members:
        yield document | {parts: [member]}


def read(records: list[bytes], parse: Parse) -> list[Reading]:
    """Return what the records say; Refusal (400) of all of them where one cannot be read."""
    readings: list[Reading] = []
    objections: list[Objection] = []
    for n, record in enumerate(records, 1):
        try:
            reading = parse(record)
        except Refused as refused:
            objections.append(Objection(n, refused.field, refused.reason, refused.remedy))
            continue
        readings.append(reading)
        if isinstance(reading, list):
            objections += [Objection(n, part.field, part.reason, part.remedy) for part in reading if isinstance(part, Refused)]
    if objections:
        more = f" (the first {SHOWN} are named)" if len(objections) > SHOWN else ""
        first = objections[0]
        message = f"{len({objection.record for objection in objections})} of {len(records)} records cannot be read{more}; nothing was accepted. Record {first.record}: {first.remedy}"
        raise Refusal(400, "unreadable", message, tuple(objections[:SHOWN]))
    return readings
