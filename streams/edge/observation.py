"""The port that is looked at, never acted through: figures for Prometheus, and what a supervisor asks.

    /metrics   figures; with a name or token where the HTTP port asks for one
    /health    200 while the event loop turns, else 503: start the process again
    /ready     200 once everything assigned is restored (or, a gateway, Kafka has the feeds), else 503: send nobody here

The two for supervisors say nothing that is secret and ask for nothing, since probes have no name.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from socketserver import ThreadingMixIn
from threading import BoundedSemaphore, Thread, Timer
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from streams.edge.gateway.credentials import Credentials
from streams.edge.gateway.offer import Refusal

Respond = Callable[[str, list[tuple[str, str]]], Any]
CLIENTS = 64
"""Clients at once; a further one is hung up on."""
DAWDLES = 20.0
"""Seconds after which a client is cut off, whatever it is about."""
_TEXT = [("Content-Type", "text/plain; charset=utf-8")]


class Observation:
    """The WSGI application of one process."""

    def __init__(self, registry: CollectorRegistry, is_alive: Callable[[], bool], is_ready: Callable[[], bool], credentials: Credentials) -> None:
        self._figures = make_wsgi_app(registry)
        self._probes = {"/health": is_alive, "/ready": is_ready}
        self._credentials = credentials

    def __call__(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _say(respond, "405 Method Not Allowed", "Only GET is done here.", ("Allow", "GET, HEAD"))
        if (probe := self._probes.get(path)) is not None:
            return _say(respond, "200 OK", "yes") if probe() else _say(respond, "503 Service Unavailable", "no")
        if path not in ("/", "/metrics"):
            return _say(respond, "404 Not Found", "There are /metrics, /health and /ready.")
        try:
            self._credentials.who(environ.get("HTTP_AUTHORIZATION"), to_look=True)
        except Refusal as refusal:
            return _say(respond, "401 Unauthorized", str(refusal), *refusal.headers.items())
        told: Iterable[bytes] = self._figures(environ, respond)
        return told


def _say(respond: Respond, status: str, text: str, *headers: tuple[str, str]) -> list[bytes]:
    respond(status, [*_TEXT, *headers])
    return [f"{text}\n".encode()]


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each client, of so many at once; one that dawdles is cut off, so that it cannot keep the others out."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._places = BoundedSemaphore(CLIENTS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        cut_off = Timer(DAWDLES, self._cut_off, [request])
        cut_off.daemon = True
        cut_off.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut_off.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody reads that a client went away, or spoke no TLS."""

    @staticmethod
    def _cut_off(request: socket.socket) -> None:
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)


class _Silent(WSGIRequestHandler):
    timeout = 10
    """Seconds a client may be silent."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads that somebody looked."""


def observe(app: Observation, address: str, port: int, tls: ssl.SSLContext | None) -> _Server:
    """Serve in threads of its own until the process ends; OSError where the port cannot be had."""
    class Family(_Server):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

    server = make_server(address, port, app, Family, _Silent)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
