"""The port that is looked at: probes for supervisors, figures for whoever has a name."""

import base64
import socket
import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client import CollectorRegistry, Gauge

from streams.edge import observation
from streams.edge.gateway.credentials import Credentials
from streams.edge.observation import Observation, observe


class Seen:
    """A port on which nothing runs but itself; a test says how the process is."""

    def __init__(self, credentials: Credentials) -> None:
        self.is_alive, self.is_ready = True, False
        registry = CollectorRegistry()
        Gauge("spm_anything", "Anything.", registry=registry).set(3)
        self._server = observe(Observation(registry, lambda: self.is_alive, lambda: self.is_ready, credentials), "127.0.0.1", 0, None)
        self.port = self._server.server_port
        self._url = f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        try:
            with urlopen(Request(self._url + path, method=method, headers=headers), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def seen() -> Iterator[Seen]:
    port = Seen(Credentials())
    yield port
    port.end()


@pytest.fixture
def guarded() -> Iterator[Seen]:
    port = Seen(Credentials(users=(("prometheus", "long-enough"),)))
    yield port
    port.end()


def test_supervisors_are_told_how_the_process_is(seen: Seen) -> None:
    before = seen.get("/health"), seen.get("/ready")
    seen.is_alive, seen.is_ready = False, True

    assert ((200, "yes\n"), (503, "no\n")) == before
    assert ((503, "no\n"), (200, "yes\n")) == (seen.get("/health"), seen.get("/ready"))


def test_figures_are_for_whoever_has_a_name_and_probes_for_all(guarded: Seen) -> None:
    shown = "Basic " + base64.b64encode(b"prometheus:long-enough").decode()

    assert 401 == guarded.get("/metrics")[0]
    assert 200 == guarded.get("/health")[0]
    assert "spm_anything 3.0" in guarded.get("/metrics", Authorization=shown)[1]


def test_nothing_can_be_done_here_and_nothing_else_be_found(seen: Seen) -> None:
    assert 405 == seen.get("/metrics", "POST")[0]
    assert 404 == seen.get("/config")[0]


def test_who_dawdles_is_cut_off_and_no_more_are_served_than_there_are_places(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observation, "DAWDLES", 3.0)
    dawdlers = [socket.create_connection(("127.0.0.1", seen.port), timeout=5) for _ in range(observation.CLIENTS)]
    for dawdler in dawdlers:
        dawdler.sendall(b"GET /metr")
    with pytest.raises(OSError):
        seen.get("/health")
    for dawdler in dawdlers:
        dawdler.recv(1)     # Returns once it is cut off.
        dawdler.close()

    until = time.monotonic() + 5
    while not served(seen) and time.monotonic() < until:
        time.sleep(0.02)    # Its thread gives up the place a moment later.
    assert served(seen)


def served(seen: Seen) -> bool:
    try:
        return seen.get("/health")[0] == 200
    except OSError:
        return False
