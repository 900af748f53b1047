"""The HTTP server: one handler that leads every request from its path to its answer."""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import msgspec
from aiohttp import web

from streams.edge.feed import Feed
from streams.edge.gateway.admission import Admission
from streams.edge.gateway.body import BODY_LIMIT, NDJSON_TYPES, Parse, read, split
from streams.edge.gateway.credentials import Credentials
from streams.edge.gateway.figures import GatewayFigures
from streams.edge.gateway.offer import Accept, Ask, CannotAccept, Offer, Refusal
from streams.edge.gateway.paths import Endpoint, Paths
from streams.edge.gateway.plain import Plain, RecordId
from streams.edge.gateway.request_id import HEADERS, identify
from streams.edge.trace_context import HEADER as TRACE
from streams.edge.trace_context import well_formed

REQUESTS = "/requests/"
"""Path before the topic of a request."""
PATIENCE = 30.0
"""Seconds a sender may take for its body: a slow one holds a place."""
Health = Callable[[], dict[str, Any]]


class Gateway:
    """Takes requests for the feeds of one topology and hands them to `accept`."""

    def __init__(self, feeds: Iterable[Feed], accept: Accept, record_id: RecordId, *, health: Health = dict, credentials: Credentials | None = None,
                 admission: Admission | None = None, figures: GatewayFigures | None = None, ask: Ask | None = None, asked: tuple[str, ...] = ()) -> None:
        """`ask` takes requests for the topics `asked`; without it there are none here: whoever may send alarms may not therefore act."""
        self._paths = Paths(tuple(feeds), record_id)
        self._accept, self._health = accept, health
        self._credentials = credentials or Credentials()
        self._admission = admission or Admission(0, 1000)
        self._figures = figures or GatewayFigures()
        self._ask, self._asked = ask, asked if ask is not None else ()
        self._counted: dict[tuple[str, int], Any] = {}

    def app(self) -> web.Application:
        """Build the server's application; whoever runs it binds it (`serve`)."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        began = monotonic()
        path = request.path
        if path == "/health":
            return self._tell_health(request)
        if path.startswith(REQUESTS) and self._ask is not None:
            answer = await self._request(request, path.removeprefix(REQUESTS), self._ask, began)
            self._count(REQUESTS, answer.status, monotonic() - began)
            return answer
        endpoint, topic, exists = self._paths.find(path, request.query.get("feed", "") if request.query_string else "")
        try:
            offer = await self._take(request, endpoint, topic, exists, began)
        except Refusal as refusal:
            answer = endpoint.dialect.refused(refusal)
        except CannotAccept as busy:
            answer = endpoint.dialect.refused(Refusal(503, "not-ready", str(busy), headers={"Retry-After": "1"}))
        else:
            answer = endpoint.dialect.accepted(offer)
            answer.headers["X-Request-Id"] = offer.request
        self._count(endpoint.name, answer.status, monotonic() - began)
        return answer

    async def _request(self, request: web.Request, topic: str, ask: Ask, now: float) -> web.Response:
        """Take one request of an operator or another process; what becomes of it is told on `progress`."""
        dialect = Plain()
        try:
            if topic not in self._asked:
                raise Refusal(404, "no-such-topic", f"Requests go to {', '.join(REQUESTS + each for each in self._asked)}.")
            if request.method != "POST":
                raise Refusal(405, "method", "Only POST is done here.", headers={"Allow": "POST"})
            self._admission.pace(self._credentials.who(request.headers.get("Authorization")) or request.remote or "", now, dialect.too_many)
            with self._admission.room(request.content_length):
                body = await _body(request)
                if not isinstance(_document(body), dict):
                    raise Refusal(400, "not-an-object", "Send one JSON object.")
                await ask(topic, body)
        except Refusal as refusal:
            return dialect.refused(refusal)
        except CannotAccept as busy:
            return dialect.refused(Refusal(503, "not-ready", str(busy), headers={"Retry-After": "1"}))
        return web.json_response({"accepted": 1, "answer": "on progress"}, status=202)

    async def _take(self, request: web.Request, endpoint: Endpoint, topic: str, exists: bool, now: float) -> Offer:
        """Return what was made durable; Refusal or CannotAccept where nothing may have been."""
        if not exists:
            raise Refusal(404, "no-such-path", f"There is nothing at {request.path[:200]}; alarms go to /alarms, or to /feeds/NAME.")
        if request.method != "POST":
            raise Refusal(405, "method", "Only POST is done here.", headers={"Allow": "POST"})
        sender = self._credentials.who(request.headers.get("Authorization")) or request.remote or ""
        self._admission.pace(sender, now, endpoint.dialect.too_many)
        feed = self._paths.feed(endpoint, topic)
        with self._admission.room(request.content_length):
            self._figures.in_flight.set(self._admission.in_flight)
            body = await _body(request)
            offer = _offer(request, endpoint, feed, self._paths.parser(endpoint, feed), body)
            await self._accept(offer)
        self._figures.accepted(offer)
        return offer

    def _count(self, path: str, status: int, seconds: float) -> None:
        counter = self._counted.get((path, status))
        if counter is None:
            counter = self._counted[path, status] = self._figures.requests.labels(path, status)
        counter.inc()
        self._figures.seconds.observe(seconds)
        self._figures.in_flight.set(self._admission.in_flight)

    def _tell_health(self, request: web.Request) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET"})
        return web.json_response({"status": "up", **self._health()})


def _document(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "not-json", f"Send JSON: {error}.") from None


def _offer(request: web.Request, endpoint: Endpoint, feed: Feed, parse: Parse, body: bytes) -> Offer:
    """Read a body as its path has it, and its records with `parse`."""
    dialect = endpoint.dialect
    records, documents = split(request.content_type, body, dialect.types, dialect.parts)
    dialect.check(documents)
    readings = read(records, parse)
    told = documents or _lines(request, records)
    ident, is_recognised = identify(request.headers, feed.topic, body, told)
    return Offer(feed.topic, ident, records, readings, documents, is_recognised, feed.clears == "by_id", well_formed(request.headers.get(TRACE, "").encode()))


def _lines(request: web.Request, records: list[bytes]) -> list[Any]:
    """Return the documents of NDJSON, where the request's id has to come out of them."""
    if request.content_type not in NDJSON_TYPES or any(name in request.headers for name in HEADERS):
        return []
    try:
        return [msgspec.json.decode(record) for record in records]
    except msgspec.DecodeError:
        return []       # Their format reads what is no JSON.


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "body-too-large", f"Send at most {BODY_LIMIT >> 20} MB in one body; split it.") from None
    except TimeoutError:
        raise Refusal(408, "too-slow", f"The body did not come within {PATIENCE:.0f} s.", headers={"Connection": "close"}) from None


async def serve(app: web.Application, host: str, port: int, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    """Listen; OSError where the address or port cannot be had. The caller ends it with `cleanup()`, which lets requests under way end."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls, backlog=1024).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
