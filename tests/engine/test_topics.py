"""What differs between a topic and what is wanted of it, and what mends that."""

import json
from types import SimpleNamespace
from typing import Any

from msgspec import structs

from streams.edge.topology_file import from_text
from streams.engine.topics import Verdict, compare, log, replicated
from streams.flow_topics import topics_wanted
from streams.settings import read_settings

TOPOLOGY = "feeds: [{topic: raw-alarms, format: tmf642}]\nnetwork: {resources: [{id: n}]}\n"
HERE = "--bootstrap-server k:9092"


def there(*replicas: list[int]) -> Any:
    return SimpleNamespace(partitions={number: SimpleNamespace(replicas=each) for number, each in enumerate(replicas)})


def test_copies_that_are_missing_are_spread_and_those_there_are_stay() -> None:
    finding = compare(HERE, replicated(log("out", 3), 3, 2), there([1], [4], [2]), log("out", 3).config | {"min.insync.replicas": "1"}, [1, 2, 3, 4])
    plan = json.loads(finding.mend[0].split("'")[1])

    assert Verdict.DIFFERS is finding.verdict
    assert "1 copy instead of 3; min.insync.replicas is 1 instead of 2" == finding.detail
    assert [[1, 2, 3], [4, 2, 3], [2, 3, 4]] == [each["replicas"] for each in plan["partitions"]]
    assert finding.mend[0].endswith(f"kafka-reassign-partitions.sh {HERE} --reassignment-json-file out.json --execute")
    assert f"kafka-configs.sh {HERE} --alter --entity-type topics --entity-name out --add-config min.insync.replicas=2" == finding.mend[1]


def test_more_copies_than_asked_for_are_as_good_and_with_none_asked_for_any_number_is() -> None:
    assert Verdict.OK is compare(HERE, replicated(log("out", 1), 2, 0), there([1, 2, 3]), log("out", 1).config, [1, 2, 3]).verdict
    assert Verdict.OK is compare(HERE, log("out", 1), there([1]), log("out", 1).config, [1]).verdict


def test_a_topic_that_takes_no_record_of_full_size_is_told() -> None:
    finding = compare(HERE, log("out", 1), there([1]), log("out", 1).config | {"max.message.bytes": "100000"}, [1])

    assert "max.message.bytes is 100000 instead of 1048588" == finding.detail


def test_nothing_is_told_to_be_deleted_but_a_log_with_other_partitions_and_then_only_as_the_second_way() -> None:
    finding = compare(HERE, structs.replace(log("one-out", 3), stream="out"), there([1]), log("out", 3).config, [1])

    assert "1 partition instead of 3" == finding.detail
    assert finding.mend[0].startswith("set `streams: {out: {partitions: 1}}` in topology.yaml; or, with all workers stopped")


def test_what_holds_state_is_never_told_to_be_deleted() -> None:
    settings = read_settings(prefix="one-")
    wanted = {each.name: each for each in topics_wanted(from_text(TOPOLOGY), settings)}
    told = {name: compare(HERE, wanted[f"one-{name}"], there([1]), wanted[f"one-{name}"].config, [1]).mend for name in ("alarm-events", "spm-alarm-events-changelog", "alarm-records")}

    assert told["spm-alarm-events-changelog"] == ("runbook more-partitions",)
    assert told["alarm-events"] == ("set `streams: {alarm-events: {partitions: 1}}` in topology.yaml; or, runbook more-partitions",)
    assert "--delete --topic one-alarm-records" in told["alarm-records"][0]
