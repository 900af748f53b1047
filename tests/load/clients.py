"""Concurrent HTTP clients that send alarms and send again, with the same id, until they are told 2xx.

HTTP/1.1 by hand on plain sockets: with a client library the clients, not the gateway, would be what is measured.
"""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

PATIENCE = 40.0
"""Seconds a client waits for an answer."""
PAUSE = 0.2
"""Seconds before a request is sent again."""
DEAF = 100
"""Every so manieth request is sent by a client that hangs up before it has its answer, and sends it again."""


class Accepted(NamedTuple):
    """One request that was answered 2xx."""

    request: str
    answered: float
    """Seconds from sending the attempt that was accepted to its answer."""
    settled: float
    """Seconds from the first attempt."""


class Clients:
    """Some clients that send numbered requests, together at most `rate` a second, for so many seconds."""

    def __init__(self, port: int, run: str, clients: int, rate: float, objects: int) -> None:
        self._port, self._run, self._clients, self._rate, self._objects = port, run, clients, rate, objects
        self.accepted: list[Accepted] = []
        self.attempts: Counter[str] = Counter()
        """Attempts by what came of them: a status, or that the connection failed."""
        self.sent = 0
        self._until = 0.0

    async def work(self, seconds: float) -> float:
        """Send for so many seconds, then until all is accepted; return how many seconds that took."""
        began = perf_counter()
        self._until = began + seconds
        await asyncio.gather(*(self._client(began) for _ in range(self._clients)))
        return perf_counter() - began

    async def _client(self, began: float) -> None:
        connection = _Connection(self._port)
        while True:
            number, self.sent = self.sent, self.sent + 1
            due = began + number / self._rate
            if due >= self._until or perf_counter() >= self._until:
                self.sent -= 1
                break
            if (early := due - perf_counter()) > 0:
                await asyncio.sleep(early)
            await self._until_accepted(connection, number)
        connection.close()

    async def _until_accepted(self, connection: "_Connection", number: int) -> None:
        request = f"{self._run}-{number}"
        message = self._message(request, number)
        first = perf_counter()
        if number % DEAF == 0:
            with suppress(OSError):
                await connection.say(message)
                await asyncio.sleep(0.01)
                self.attempts["without an answer awaited"] += 1
            connection.close()
        while True:
            sent = perf_counter()
            try:
                status = await asyncio.wait_for(connection.ask(message), PATIENCE)
            except (OSError, EOFError, TimeoutError) as failed:
                self.attempts[type(failed).__name__] += 1
                connection.close()
            else:
                self.attempts[str(status)] += 1
                if 200 <= status < 300:
                    now = perf_counter()
                    self.accepted.append(Accepted(request, now - sent, now - first))
                    return
                assert status in (429, 503), f"{request}: {status}"
            await asyncio.sleep(PAUSE)

    def _message(self, request: str, number: int) -> bytes:
        # As a source would: many objects, mostly repeats.
        body = json.dumps({
            "alarmedObject": {"id": f"object-{number % self._objects}"}, "probableCause": "thresholdCrossed", "specificProblem": "load", "perceivedSeverity": "warning",
            "alarmType": "qualityOfServiceAlarm", "alarmRaisedTime": "2026-01-01T00:00:00Z", "state": "raised", "sourceSystemId": "load", "id": str(number % self._objects)}).encode()  # fmt: skip
        head = f"POST /alarms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: {request}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


class _Connection:
    """One connection, opened again where it was lost."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, message: bytes) -> int:
        """Send one request and return the status of the answer; OSError or EOFError where the connection fails."""
        reader = await self.say(message)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if length:
            await reader.readexactly(int(length))
        if b"connection: close" in head:
            self.close()
        return int(head.split(None, 2)[1])

    async def say(self, message: bytes) -> asyncio.StreamReader:
        """Send one request; OSError where nobody listens."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(message)
        return reader

    def close(self) -> None:
        if self._streams is not None:
            with suppress(OSError):
                self._streams[1].close()
            self._streams = None
