"""Whatever a sender sends, it is taken or refused with a status below 500; what was taken is answered."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.edge.feed import Feed
from streams.edge.gateway.body import read, split
from streams.edge.gateway.offer import Offer, Refusal
from streams.edge.gateway.paths import LISTENERS, Paths
from streams.edge.gateway.request_id import identify
from tests.edge.test_gateway import ALARM, VES

PATHS = ("/alarms", "/feeds/zoo", "/tmf-api/alarmManagement/v4/alarm", f"/listener/{LISTENERS[0]}", "/eventListener/v7", "/eventListener/v7/eventBatch", "/alertmanager", "/grafana")
ALERT = {"groupKey": "k", "alerts": [{"status": "firing", "labels": {"alertname": "x", "instance": "h"}, "startsAt": "2026-01-01T10:00:00Z"}]}
GOOD = (ALARM, VES, {"eventList": [VES["event"]]}, ALERT)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2026-01-01T10:00:00Z")
keys = st.text(max_size=10) | st.sampled_from(["event", "eventList", "alerts", "id", "commonEventHeader", "labels", "eventId", "alarmedObject", "perceivedSeverity", "domain"])
documents = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12)
# A good body with one branch replaced goes further than any made-up one.
near = st.builds(lambda good, key, value: [{**good, key: value}][0], st.sampled_from(GOOD), keys, documents)
bodies = st.binary(max_size=60) | st.builds(lambda d: json.dumps(d).encode(), documents | near | st.lists(near, max_size=3) | st.sampled_from(GOOD))
headers = st.dictionaries(st.sampled_from(["Idempotency-Key", "X-Request-Id"]), st.text(max_size=12), max_size=1)


@pytest.mark.parametrize("path", PATHS)
@given(bodies, headers, st.sampled_from(["application/json", "application/x-ndjson", "application/xml"]))
def test_a_request_is_answered_or_refused_and_never_breaks(path: str, body: bytes, told: dict[str, str], content_type: str) -> None:
    paths = Paths((Feed("zoo", "auto"),), lambda topic, told: "r")
    endpoint, topic, _ = paths.find(path, "")
    feed = paths.feed(endpoint, topic)
    answer: Any
    try:
        records, decoded = split(content_type, body, endpoint.dialect.types, endpoint.dialect.parts)
        endpoint.dialect.check(decoded)
        readings = read(records, paths.parser(endpoint, feed))
        ident, is_recognised = identify(told, feed.topic, body, decoded)
    except Refusal as refusal:
        assert 400 <= refusal.status < 500
        answer = endpoint.dialect.refused(refusal)
    else:
        offer = Offer(feed.topic, ident, records, readings, decoded, is_recognised)
        assert len(list(offer.headers())) == len(records) > 0
        answer = endpoint.dialect.accepted(offer)
        assert 200 <= answer.status < 300
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
