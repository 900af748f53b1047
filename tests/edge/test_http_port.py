"""The HTTP port as settings have it: open to others only with credentials, over TLS where there is a certificate."""

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector
from prometheus_client import CollectorRegistry

from streams.edge.feed import Feed
from streams.engine.jars import free_port
from streams.http_port import open_http_port, url_of
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


async def test_with_a_certificate_it_speaks_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=localhost",
                           "-addext", "subjectAltName=IP:127.0.0.1"], check=False, capture_output=True)
    if made.returncode != 0:
        pytest.skip("no openssl here to make a certificate with")
    options = {"http_port": free_port(), "http_certificate_file": certificate, "http_key_file": key}
    runner = await opened(**options)
    trusting = ssl.create_default_context(cafile=certificate)
    async with ClientSession(connector=TCPConnector(ssl=trusting)) as session:
        answer = await session.post(f"{url_of(read_settings(**options))}/alarms", json=ALARM)
    await runner.cleanup()

    assert 202 == answer.status
