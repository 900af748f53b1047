"""Which feed a request goes to."""

import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from streams.edge.feed import Encoding, Feed
from streams.edge.gateway.server import Gateway
from tests.edge.test_gateway import ALARM, VES, Taken

BINARY = Feed("binary", "auto", encoding=Encoding("avro", registry="http://127.0.0.1:1"))
EMS, RAN, ZOO = Feed("ems", "tmf642"), Feed("ran", "ves"), Feed("zoo", "auto")


async def send(path: str, body: Any, *feeds: Feed) -> tuple[int, str | dict[str, Any]]:
    """Post a body; return the status, and the feed it went to or the error."""
    taken = Taken()
    async with TestClient(TestServer(Gateway(feeds, taken, lambda topic, told: "r").app())) as client:
        answer = await client.post(path, data=json.dumps(body), headers={"Content-Type": "application/json"})
        return answer.status, taken.offers[0].topic if taken.offers else await answer.json()


@pytest.mark.parametrize(("path", "body", "feed"), [
    ("/alarms", ALARM, "zoo"),
    ("/eventListener/v7", VES, "ran"),
    ("/tmf-api/alarmManagement/v4/alarm", ALARM, "ems"),
    ("/feeds/ems", ALARM, "ems"),
    ("/feeds/ran", VES, "ran"),
    ("/feeds/zoo/eventListener/v7", VES, "zoo"),
    ("/eventListener/v7?feed=zoo", VES, "zoo"),
    ("/alarms?feed=ems", ALARM, "ems"),
])  # fmt: skip
async def test_a_request_goes_to_the_feed_it_names_or_that_reads_it(path: str, body: Any, feed: str) -> None:
    assert feed == (await send(path, body, EMS, RAN, ZOO))[1]


async def test_a_feed_in_another_encoding_is_passed_over() -> None:
    assert "zoo" == (await send("/alarms", ALARM, BINARY, EMS, ZOO))[1]


async def test_of_two_feeds_of_one_format_the_first_by_name_has_it() -> None:
    assert "ems" == (await send("/tmf-api/alarmManagement/v4/alarm", ALARM, Feed("other", "tmf642"), EMS))[1]


async def test_the_only_feed_has_what_names_none() -> None:
    assert "ems" == (await send("/alarms", ALARM, EMS))[1]


@pytest.mark.parametrize(("path", "body", "feeds", "reason"), [
    ("/feeds/none", ALARM, (EMS, RAN), "no-such-feed"),
    ("/alarms", ALARM, (EMS, RAN), "no-feed"),
    ("/alertmanager", {"alerts": []}, (EMS, RAN), "no-feed"),
    ("/feeds/ran/tmf-api/alarmManagement/v4/alarm", ALARM, (EMS, RAN), "other-format"),
    ("/feeds/ems/nowhere", ALARM, (EMS,), "no-such-path"),
    ("/", ALARM, (EMS,), "no-such-path"),
    ("/feeds/binary", ALARM, (EMS, BINARY), "other-encoding"),
    ("/alarms", ALARM, (BINARY,), "no-feed"),
])  # fmt: skip
async def test_what_no_feed_reads_is_told_which_there_are(path: str, body: Any, feeds: tuple[Feed, ...], reason: str) -> None:
    status, told = await send(path, body, *feeds)

    assert isinstance(told, dict)
    assert (404, reason) == (status, told["reason"])


async def test_a_feed_of_one_format_refuses_another_one() -> None:
    status, told = await send("/feeds/ran", ALARM, EMS, RAN)

    assert isinstance(told, dict)
    assert (400, "unreadable") == (status, told["reason"])
