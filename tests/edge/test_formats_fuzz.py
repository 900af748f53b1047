"""Whatever the bytes: an alarm, no alarm, several, or a refusal; never another exception, never an unwritable value."""

import json
import random
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.domain.instant import iso
from streams.edge.formats import FORMATS, Refused, Told
from streams.edge.words import LATEST

SAMPLES = Path(__file__).parent / "samples"
BASE = [json.loads(p.read_text()) for p in sorted(SAMPLES.rglob("*.json"))] + [json.loads(x) for x in (SAMPLES / "tmf642/microwave.ndjson").read_text().splitlines()] * 6
JUNK: list[Any] = [None, True, -1, 1e308, "", "\u0000", "x" * 5000, [], {}, [[[]]], {"a": {"b": {}}}, "9999-99-99T99:99:99Z", 10**30, "\ud800", 5e-324, "|", 10**400]
_encode = msgspec.json.encode


def survives(value: bytes) -> None:
    for parse in FORMATS.values():
        try:
            reading = parse(value)
        except Refused as refused:
            reading = [refused]
        for part in reading if isinstance(reading, list) else [reading]:
            if isinstance(part, Refused):
                assert part.reason
                assert part.remedy.endswith(".")
                continue
            _encode(part)
            if isinstance(part, Told):
                assert part.object or (part.cleared and part.source_id)
                assert part.cause or not part.object
                assert 0 <= part.raised_at <= part.at <= LATEST
                assert part.raised_at or not part.at
                assert 0 <= part.sequence < 2**63
                assert part.cleared == (part.severity == 1)
                assert iso(part.at)
                assert len(part.text) <= 256
                assert max(len(part.object), len(part.qualifier), len(part.cause), len(part.source)) <= 1024


def hurt(value: Any, rng: random.Random) -> Any:
    if rng.random() < 0.12:
        return rng.choice(JUNK)
    if isinstance(value, dict):
        return {(k if rng.random() > 0.05 else k[::-1]): hurt(v, rng) for k, v in value.items() if rng.random() > 0.05}
    return [hurt(v, rng) for v in value] if isinstance(value, list) else value


def test_damaged_samples_never_raise_anything_but_refused() -> None:
    rng = random.Random(20261123)
    for _ in range(1500):
        doc = rng.choice(BASE)
        kind = rng.random()
        raw = json.dumps(hurt(doc, rng) if kind < 0.6 else doc).encode()
        if 0.6 <= kind < 0.8:
            raw = raw[: rng.randrange(1, len(raw))]
        elif kind >= 0.8:
            flipped = bytearray(raw)
            for _ in range(rng.randrange(1, 8)):
                flipped[rng.randrange(len(flipped))] = rng.randrange(11, 256)
            raw = bytes(flipped)
        survives(raw)


_words = st.sampled_from([
    "alarmedObject", "id", "href", "perceivedSeverity", "probableCause", "alarmRaisedTime", "state", "alarmType", "event", "alarm", "eventList", "commonEventHeader",
    "domain", "fault", "faultFields", "sourceName", "startEpochMicrosec", "alerts", "labels", "alertname", "notificationType", "notifyNewAlarm", "cleared", "stndDefined",
    "stndDefinedFields", "data", "stndDefinedNamespace", "3GPP-FaultSupervision", "parentAlarm", "eventType", "2024-01-01T00:00:00Z", "startsAt", "additionalInformation", "peer"])
_leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8) | _words | st.datetimes().map(str)
_docs = st.recursive(_leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words | st.text(max_size=4), inner, max_size=5), max_leaves=20)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(_docs)
def test_any_json_is_read_or_refused(doc: Any) -> None:
    survives(json.dumps(doc).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(value: bytes) -> None:
    survives(value)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=70) | st.datetimes(timezones=st.timezones()).map(lambda d: d.isoformat()) | st.integers().map(str) | st.floats().map(str))
def test_any_text_as_a_time_is_a_writable_time_or_none(text: str) -> None:
    from streams.edge.words import time

    assert 0 <= time(text) <= LATEST
