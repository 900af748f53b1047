"""Clears that carry nothing but an id, and null values under a record's key: whose alarm they end."""

from typing import Any

import msgspec
import pytest

from streams.edge import raised_ids
from streams.edge.feed import Feed
from streams.edge.formats import FORMATS
from streams.edge.formats.told import Told
from streams.edge.topology_file import from_text
from streams.replay import play
from tests.builders import at
from tests.edge.feeder import Feeder, an_input

BY_ID = Feed("raw-alarms", clears="by_id")
DELETED = Feed("raw-alarms", tombstone="clear")


@pytest.fixture(autouse=True)
def a_format_with_bare_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    """TMF642, and clears as sources with ids write them: {"clear": id, "at": time, "source": name}."""
    from streams.domain.alarm import Severity

    def parse(value: bytes) -> Any:
        doc = msgspec.json.decode(value)
        if isinstance(doc, list):
            return [parse(msgspec.json.encode(each)) for each in doc]
        if "clear" in doc:
            return Told("", "", Severity.CLEARED, True, doc["at"], doc["at"], source=doc.get("source", ""), source_id=doc["clear"])
        return tmf642(value)

    tmf642 = FORMATS["tmf642"]
    monkeypatch.setitem(FORMATS, "auto", parse)


def bare(ident: str, when: str = "10:05", **but: str) -> dict[str, Any]:
    return {"clear": ident, "at": at(when), **but}


def test_a_clear_by_id_is_a_clear_of_the_alarm_that_had_the_id() -> None:
    feeder = Feeder(BY_ID)
    raised = feeder.alarm(an_input("node-1", specificProblem="p", id="77"))
    for clear in (bare("77", source="ems"), bare("77"), bare("77")):       # also twice, also without its source
        cleared = feeder.alarm(clear)
        assert (cleared.key, cleared.object, cleared.domain, cleared.cleared, cleared.at) == (raised.key, raised.object, raised.domain, True, at("10:05"))


def test_alarms_of_many_domains_and_their_bare_clears_meet_in_one_partition() -> None:
    resources = [{"id": f"n{n}", "domain": f"d{n}"} for n in range(9)]
    topology = from_text(msgspec.json.encode({"feeds": [{"topic": "raw-alarms", "clears": "by_id"}], "network": {"resources": resources}}).decode())
    raised = [("raw-alarms", msgspec.json.encode(an_input(f"n{n}", id=str(n)))) for n in range(9)]
    cleared = [("raw-alarms", msgspec.json.encode(bare(str(n)))) for n in range(9)]
    told = play(topology, [*raised, *cleared])

    last = {key: value["event"]["alarm"] for key, _, value in told["alarm-records"]}
    assert told["dead-letters"] == [] and [alarm["state"] for alarm in last.values()] == ["cleared"] * 9


def test_the_id_goes_before_what_the_clear_says_otherwise() -> None:
    feeder = Feeder(BY_ID)
    raised = feeder.alarm(an_input("node-1", specificProblem="lost 3", id="77"))
    cleared = feeder.alarm(an_input("node-1", specificProblem="lost 0", id="77", perceivedSeverity="cleared", alarmClearedTime=at("10:05")))

    assert cleared.key == raised.key


def test_an_id_that_nobody_raised_is_refused_with_what_to_do() -> None:
    feeder = Feeder(BY_ID)
    [letter] = feeder.send(bare("12"))

    assert (letter.value.reason, letter.value.field) == ("unknown-id", "id") and "before its clear" in letter.value.remedy
    assert feeder.counts == {"refused:unknown-id": 1}
    assert feeder.alarm(an_input("node-1", id="12", perceivedSeverity="cleared", alarmClearedTime=at("10:05"))).cleared   # all is said: no id is needed


def test_two_sources_with_one_id_are_two_alarms_and_an_unnamed_source_is_neither() -> None:
    feeder = Feeder(BY_ID)
    a, b = feeder.alarm(an_input("node-1", id="1", source="x")), feeder.alarm(an_input("node-2", id="1", source="y"))

    assert feeder.alarm(bare("1", source="x")).key == a.key and feeder.alarm(bare("1", source="y")).key == b.key
    assert feeder.send(bare("1"))[0].value.reason == "unknown-id"


def test_parts_of_a_batch_are_known_by_their_ids() -> None:
    feeder = Feeder(BY_ID)
    feeder.send([an_input("node-1", id="1"), an_input("node-2", id="2")])
    first, second, refused = feeder.send([bare("2"), bare("1"), bare("3")])

    assert (first.value.alarm.object, second.value.alarm.object, refused.value.reason) == ("node-2", "node-1", "unknown-id")


def test_without_the_declaration_a_bare_clear_is_refused() -> None:
    assert Feeder().send(bare("1"))[0].value.reason == "no-object"


def test_a_null_value_clears_what_its_key_was_last_used_for() -> None:
    feeder = Feeder(DELETED)
    raised = feeder.alarm(an_input("node-1", specificProblem="p"), key=b"uei/linkDown:1:10.0.0.1:if-7")
    cleared = feeder.alarm(None, key=b"uei/linkDown:1:10.0.0.1:if-7")

    assert (cleared.key, cleared.cleared, cleared.at) == (raised.key, True, at("10:00"))
    assert feeder.send(None, key=b"never seen")[0].value.reason == "tombstone-key"
    assert feeder.alarm(None, key=b"node-2|lossOfSignal|").object == "node-2"        # spelt out in the key


def test_a_long_key_makes_no_long_row() -> None:
    feeder = Feeder(DELETED)
    long, other = b"k" * 500_000 + b"1", b"k" * 500_000 + b"2"
    feeder.send(an_input("node-1"), key=long)
    feeder.send(an_input("node-2"), key=other)

    assert max(map(len, feeder.view.tables["raised-ids"].rows)) < 2_000
    assert (feeder.alarm(None, key=long).object, feeder.alarm(None, key=other).object) == ("node-1", "node-2")


def test_a_null_value_of_a_feed_that_does_not_delete_is_refused() -> None:
    assert Feeder().send(None, key=b"k")[0].value.reason == "tombstone"


def test_a_repeat_writes_nothing_and_no_more_is_remembered_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raised_ids, "MOST", 20)
    feeder = Feeder(BY_ID)
    for n in range(200):
        feeder.send(an_input("node-1", id=str(n)))
        feeder.send(an_input("node-1", id=str(n)))
        if n % 2:
            feeder.send(bare(str(n), source="ems"))

    rows = feeder.view.tables["raised-ids"].rows
    assert len(rows) <= 20 and "ems|199" in rows
    before = rows["ems|199"], rows["ems|198"]
    feeder.send(an_input("node-1", id="198"))
    assert (rows["ems|199"], rows["ems|198"]) == before
