"""The HTTP port as settings have it: open to others only with credentials, over TLS where there is a certificate."""

import ssl
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import trustme
from aiohttp import ClientConnectorCertificateError, ClientError, ClientSession, TCPConnector
from prometheus_client import CollectorRegistry, Gauge

from streams.edge.feed import Feed
from streams.engine.jars import free_port
from streams.http_port import open_http_port, open_metrics_port, url_of
from streams.settings import SettingsError, read_settings
from tests.edge.test_gateway import ALARM, Taken


async def opened(**options: Any) -> Any:
    settings = read_settings(**options)
    return await open_http_port(settings, [Feed("raw-alarms")], Taken(), lambda topic, told: "r", dict, CollectorRegistry())


async def test_it_is_not_open_to_others_without_credentials() -> None:
    with pytest.raises(SettingsError, match=r"SPM_BIND=0.0.0.0 lets others in: set SPM_HTTP_TOKEN_FILE"):
        await opened(bind="0.0.0.0", http_port=free_port())


async def test_with_a_token_it_may_be_open_to_others() -> None:
    runner = await opened(bind="0.0.0.0", http_port=free_port(), http_token="a-good-token")

    await runner.cleanup()


async def test_an_address_of_another_machine_is_told_so() -> None:
    with pytest.raises(OSError, match=r"cannot be opened on 192.0.2.1"):
        await opened(bind="192.0.2.1", http_port=free_port(), http_token="a-good-token")


async def test_files_that_are_no_certificate_are_told_so(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nonsense")
    with pytest.raises(SettingsError, match=r"SPM_HTTP_CERTIFICATE_FILE .* cannot be used"):
        await opened(http_port=free_port(), http_certificate_file=tmp_path / "x.pem", http_key_file=tmp_path / "x.pem")


def certified(folder: Path) -> tuple[dict[str, Any], trustme.CA]:
    """Return the settings of ports with a certificate of a new authority, and that authority."""
    authority = trustme.CA()
    mine = authority.issue_cert("127.0.0.1")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    mine.private_key_pem.write_to_path(key)
    certificate.write_bytes(b"".join(part.bytes() for part in mine.cert_chain_pems))
    return {"http_certificate_file": certificate, "http_key_file": key}, authority


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_with_a_certificate_it_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    files, authority = certified(tmp_path)
    options = {"http_port": free_port(), **files}
    runner = await opened(**options)
    url = url_of(read_settings(**options)) + "/alarms"
    try:
        async with ClientSession(connector=TCPConnector(ssl=trusting(authority))) as session:
            answer = await session.post(url, json=ALARM)
        async with ClientSession() as stranger:
            with pytest.raises(ClientConnectorCertificateError):
                await stranger.post(url, json=ALARM)
            with pytest.raises(ClientError):
                await stranger.post(url.replace("https", "http"), json=ALARM)
    finally:
        await runner.cleanup()

    assert 202 == answer.status


def test_the_metrics_port_speaks_tls_too_and_wants_a_token_of_either_role(tmp_path: Path) -> None:
    files, authority = certified(tmp_path)
    readers = tmp_path / "readers"
    readers.touch(0o600)
    readers.write_text("token-of-prometheus\n")
    settings = read_settings(metrics_port=free_port(), http_token="token-of-a-sender", http_read_token_file=readers, **files)
    registry = CollectorRegistry()
    Gauge("spm_anything", "Of a test.", registry=registry).set(3)
    open_metrics_port(settings, registry, lambda: True, lambda: False)

    def get(path: str, token: str = "") -> tuple[int, bytes]:
        request = Request(f"https://127.0.0.1:{settings.metrics_port}{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
        try:
            with urlopen(request, timeout=5, context=trusting(authority)) as answer:
                return answer.status, answer.read()
        except HTTPError as refused:
            return refused.code, refused.read()

    assert [200, 200, 401, 401] == [get("/metrics", token)[0] for token in ("token-of-prometheus", "token-of-a-sender", "a-guessed-token", "")]
    assert [200, 503] == [get("/health")[0], get("/ready")[0]]
    assert b"spm_anything 3.0" in get("/metrics", "token-of-prometheus")[1]


async def test_who_may_look_may_not_send(tmp_path: Path) -> None:
    readers = tmp_path / "readers"
    readers.touch(0o600)
    readers.write_text("token-of-prometheus\n")
    options = {"http_port": free_port(), "http_token": "token-of-a-sender", "http_read_token_file": readers}
    runner = await opened(**options)
    try:
        async with ClientSession() as session:
            tried = [await session.post(url_of(read_settings(**options)) + "/alarms", json=ALARM, headers={"Authorization": f"Bearer {token}"})
                     for token in ("token-of-prometheus", "token-of-a-sender", "a-guessed-token")]
    finally:
        await runner.cleanup()

    assert [403, 202, 401] == [answer.status for answer in tried]


async def test_a_port_where_nobody_could_send_is_told_so(tmp_path: Path) -> None:
    readers = tmp_path / "readers"
    readers.touch(0o600)
    readers.write_text("token-of-prometheus\n")
    with pytest.raises(SettingsError, match="lets nobody send"):
        await opened(http_port=free_port(), http_read_token_file=readers)
