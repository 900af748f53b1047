"""Who may send and how much: what is too much is told so, with the time to come again, and never dropped silently."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from streams.edge.feed import Feed
from streams.edge.gateway.admission import BYTES, Admission
from streams.edge.gateway.credentials import Credentials, CredentialsError, read_credentials
from streams.edge.gateway.figures import GatewayFigures
from streams.edge.gateway.offer import Offer, Refusal
from streams.edge.gateway.server import Gateway
from tests.edge.test_gateway import ALARM, Taken

FEEDS = [Feed("raw-alarms")]


def a_client(taken: Any, **but: Any) -> TestClient[Any, Any]:
    return TestClient(TestServer(Gateway(FEEDS, taken, lambda topic, told: "r", **but).app()))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# --- how much ---


def test_a_bucket_holds_two_seconds_worth_and_fills_again() -> None:
    admission = Admission(10, 1)
    for _ in range(20):
        admission.pace("a", 0.0, 429)

    with pytest.raises(Refusal) as refused:
        admission.pace("a", 0.0, 429)
    assert (429, "1") == (refused.value.status, refused.value.headers["Retry-After"])
    admission.pace("b", 0.0, 429)
    admission.pace("a", 0.1, 429)
    with pytest.raises(Refusal):
        admission.pace("a", 0.11, 429)


def test_without_a_rate_nobody_is_too_fast() -> None:
    admission = Admission(0, 1)
    for _ in range(1000):
        admission.pace("a", 0.0, 429)


def test_places_and_bytes_are_bounded_and_given_back() -> None:
    admission = Admission(0, 2)
    with admission.room(10), admission.room(10), pytest.raises(Refusal) as refused, admission.room(10):
        pass
    assert 503 == refused.value.status
    assert (0, 0) == (admission.in_flight, admission.bytes)

    admission = Admission(0, 1000)
    admission.bytes = BYTES - 5
    with pytest.raises(Refusal), admission.room(None):
        pass


async def test_a_sender_too_fast_is_told_when_to_come_again_a_webhook_as_it_understands() -> None:
    async with a_client(Taken(), admission=Admission(0.5, 10)) as client:
        statuses = [(await client.post(path, json=ALARM)).status for path in ("/alarms", "/alarms", "/alertmanager")]

    assert [202, 429, 503] == statuses


async def test_a_full_house_is_told_503_and_what_is_in_it_ends_well() -> None:
    entered, open_ = asyncio.Event(), asyncio.Event()

    async def slow(offer: Offer) -> None:
        entered.set()
        await open_.wait()

    async with a_client(slow, admission=Admission(0, 1)) as client:
        first = asyncio.ensure_future(client.post("/alarms", json=ALARM))
        await entered.wait()
        second = await client.post("/alarms", json=ALARM)
        open_.set()

        assert (202, 503, "1") == ((await first).status, second.status, second.headers["Retry-After"])


async def test_what_was_done_is_counted() -> None:
    registry = CollectorRegistry()
    async with a_client(Taken(), figures=GatewayFigures(registry)) as client:
        for key in ("a", "a", "b"):
            await client.post("/alarms", json=ALARM, headers={"Idempotency-Key": key})
        await client.post("/nowhere/the-sender/made-up", json=ALARM)

    assert 3 == registry.get_sample_value("spm_gateway_requests_total", {"path": "/alarms", "status": "202"})
    assert 1 == registry.get_sample_value("spm_gateway_requests_total", {"path": "other", "status": "404"})
    assert 3 == registry.get_sample_value("spm_gateway_records_total", {"feed": "raw-alarms"})
    assert 1 == registry.get_sample_value("spm_gateway_duplicates_total", {"feed": "raw-alarms"})
    assert 4 == registry.get_sample_value("spm_gateway_seconds_count")
    assert 0 == registry.get_sample_value("spm_gateway_in_flight")


# --- who ---


@pytest.mark.parametrize(("header", "status"), [
    ("Bearer a-good-token", 202), ("bearer a-good-token", 202), (basic("ems", "a-good-password"), 202), ("Bearer another-token", 401),
    (basic("ems", "wrong-password"), 401), (basic("nobody", "a-good-password"), 401), (basic("nobody", ""), 401), ("Basic %%%", 401),
    ("Basic " + base64.b64encode(b"no-colon").decode(), 401), ("Digest x", 401), ("", 401), ("Bearer", 401),
])  # fmt: skip
async def test_who_shows_nothing_of_ours_is_not_let_in(header: str, status: int) -> None:
    taken = Taken()
    async with a_client(taken, credentials=Credentials(("a-good-token",), (("ems", "a-good-password"),))) as client:
        answer = await client.post("/alarms", json=ALARM, headers={"Authorization": header} if header else {})

        assert status == answer.status
        assert ("WWW-Authenticate" in answer.headers) == (status == 401) == (not taken.offers)
        assert 200 == (await client.get("/health")).status


async def test_a_ves_client_not_let_in_is_told_in_its_words() -> None:
    async with a_client(Taken(), credentials=Credentials(("a-good-token",))) as client:
        answer = await client.post("/eventListener/v7", json=ALARM)

        assert "POL2000" == (await answer.json())["requestError"]["policyException"]["messageId"]


def a_file(folder: Path, text: str, mode: int = 0o640) -> Path:
    path = folder / "secrets"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_tokens_and_users_come_from_files(tmp_path: Path) -> None:
    tokens = read_credentials(None, a_file(tmp_path, "# of the EMS\nfirst-token\n\nsecond-token\n"), None)
    users = read_credentials(None, None, a_file(tmp_path, "ems:a:password\n"))

    assert ("token 1", "token 2") == (tokens.who("Bearer first-token"), tokens.who("Bearer second-token"))
    assert "user ems" == users.who(basic("ems", "a:password"))
    assert not read_credentials(None, None, None)


@pytest.mark.parametrize(("text", "mode", "words"), [
    ("a-good-token", 0o644, "chmod 640"), ("a-good-token", 0o660, "chmod 640"), ("# nothing\n", 0o600, "holds nothing"), ("short", 0o600, "8 characters"),
])  # fmt: skip
def test_a_file_that_will_not_do_is_told_why(tmp_path: Path, text: str, mode: int, words: str) -> None:
    with pytest.raises(CredentialsError, match=words):
        read_credentials(None, a_file(tmp_path, text, mode), None)


def test_a_line_of_users_names_one(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="user:password"):
        read_credentials(None, None, a_file(tmp_path, "just-a-word"))
    with pytest.raises(CredentialsError, match="cannot be read"):
        read_credentials(None, tmp_path / "nowhere", None)
