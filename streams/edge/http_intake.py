"""Alarms over HTTP, on the loopback interface: each answer 202 means that every record of the body is durable.

    POST /alarms                                      any format we know
    POST /tmf-api/alarmManagement/v4/alarm            TMF642
    POST /eventListener/v7, /eventListener/v7/eventBatch   VES
    GET  /health                                      what the processor says of itself

- A body is one JSON object, a list of them, or NDJSON (`application/x-ndjson`). All of it is accepted or none: a sender
  that is told 400 or 503 may send the whole body again.
- What no format can read is refused here, with the field and what to do about it, rather than becoming a dead letter:
  the sender is still there to be told.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec
from aiohttp import web

from streams.edge.formats import FORMATS, Refused

RECORD_LIMIT = 1 << 20
"""Bytes of one record (a Kafka broker's default limit is about as much)."""
BODY_LIMIT = 10 << 20
"""Bytes of one body."""
SHOWN = 10
"""Refused records told in one answer at most."""
PATHS = {
    "/alarms": "auto",
    "/tmf-api/alarmManagement/v4/alarm": "tmf642",
    "/eventListener/v7": "ves",
    "/eventListener/v7/eventBatch": "ves",
}
"""Path -> format that its records are checked with."""
JSON_TYPES = ("application/json", "application/json-patch+json", "text/json")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines")

Accept = Callable[[list[bytes]], Awaitable[None]]
"""Takes records, one JSON document each, and returns once they are durable."""


class CannotAccept(Exception):
    """Raised by `accept` where it cannot take anything at present; the message is for the sender."""


class Objection(msgspec.Struct, frozen=True):
    """Why one record was refused."""

    record: int
    """Which one of the body, from 1."""
    field: str
    reason: str
    remedy: str


class _Refusal(Exception):
    """A whole body is refused: status, reason in one word, sentence, what is wrong with which record."""

    def __init__(self, status: int, reason: str, message: str, objections: tuple[Objection, ...] = ()) -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.objections = status, reason, message, objections


def make_intake_app(accept: Accept, health: Callable[[], dict[str, Any]] = dict) -> web.Application:
    """Build the server's application; whoever runs it binds it to 127.0.0.1 (`serve`)."""
    app = web.Application(client_max_size=BODY_LIMIT)
    for path, format_ in PATHS.items():
        app.router.add_post(path, _taking(accept, format_))

    async def tell_health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "up", **health()})

    app.router.add_get("/health", tell_health)
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; OSError where the port is taken. The caller ends it with `cleanup()`."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


def _taking(accept: Accept, format_: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def take(request: web.Request) -> web.Response:
        try:
            records = read_body(request.content_type, await _body(request), format_)
            await accept(records)
        except _Refusal as refusal:
            objections = [msgspec.to_builtins(objection) for objection in refusal.objections]
            answer = {"code": str(refusal.status), "reason": refusal.reason, "message": refusal.message}
            return web.json_response(answer | ({"refused": objections} if objections else {}), status=refusal.status)
        except CannotAccept as busy:
            answer = {"code": "503", "reason": "not-ready", "message": str(busy)}
            return web.json_response(answer, status=503, headers={"Retry-After": "1"})
        return web.json_response({"accepted": len(records)}, status=202)

    return take


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _Refusal(413, "body-too-large", f"Send at most {BODY_LIMIT >> 20} MB in one body; split it.") from None


def read_body(content_type: str, body: bytes, format_: str) -> list[bytes]:
    """Return the records of a body, each as one JSON document; refuse all of it where one cannot be read."""
    if content_type in NDJSON_TYPES:
        records = [line for line in body.splitlines() if line.strip()]
    elif content_type in JSON_TYPES:
        records = list(_records_of(body))
    else:
        raise _Refusal(415, "content-type", f"Content-Type {content_type!r} is not read here; send application/json or application/x-ndjson.")
    if not records:
        raise _Refusal(400, "empty", "The body holds no record; send one alarm, a list of alarms, or one a line.")
    if any(len(record) > RECORD_LIMIT for record in records):
        worst = max(range(len(records)), key=lambda n: len(records[n]))
        raise _Refusal(413, "record-too-large", f"Record {worst + 1} has {len(records[worst]):,} bytes; one record may have {RECORD_LIMIT:,}.")
    if objections := list(_objections(records, format_)):
        more = f" (the first {SHOWN} are named)" if len(objections) > SHOWN else ""
        first = objections[0]
        message = f"{len(objections)} of {len(records)} records cannot be read{more}; nothing was accepted. Record {first.record}: {first.remedy}"
        raise _Refusal(400, "unreadable", message, tuple(objections[:SHOWN]))
    return records


def _records_of(body: bytes) -> Iterator[bytes]:
    """Split a JSON body: the members of a list, or the one document it is, on one line each."""
    if not body.strip():
        return
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = " For several records a body, one a line, say Content-Type: application/x-ndjson." if "trailing" in str(error) else ""
        raise _Refusal(400, "not-json", f"The body is no JSON: {error}.{hint}") from None
    for record in document if isinstance(document, list) else [document]:
        yield msgspec.json.encode(record)


def _objections(records: list[bytes], format_: str) -> Iterator[Objection]:
    parse = FORMATS[format_]
    for n, record in enumerate(records, 1):
        try:
            reading = parse(record)
        except Refused as refused:
            yield Objection(n, refused.field, refused.reason, refused.remedy)
            continue
        for part in reading if isinstance(reading, list) else ():
            if isinstance(part, Refused):
                yield Objection(n, part.field, part.reason, part.remedy)
