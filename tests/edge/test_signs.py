"""Stage 1 passes signs of life on: heartbeats at the feed's time, whole feeds now and then, notifications that are expected."""

from typing import Any

import msgspec

from streams.domain.instant import MINUTE, SECOND
from streams.domain.messages import SourceSpoke
from streams.domain.view import Emit, World
from streams.edge.feed import Raw
from streams.edge.feed_control import MARK
from streams.edge.intake import TABLES, Intake
from streams.edge.names import Names
from streams.edge.topology_file import Topology, from_text
from tests.builders import MemoryView, at
from tests.edge.feeder import an_input

TOPOLOGY = """
network: {resources: [{id: node-1, domain: west}, {id: ems-1, domain: north}]}
feeds:
  - {topic: raw-alarms, home: west, silent_after: 8m, heartbeat: 90s}
  - {topic: other, home: west}
expect: [{name: backup, feed: raw-alarms, object: "backup-*", cause: backupDone, every: 1h}]
"""


class Feeder:
    """One partition of stage 1 that hears several feeds."""

    def __init__(self, text: str = TOPOLOGY, mode: str = "event") -> None:
        self.mode, self.offset = mode, -1
        self.view = MemoryView({name: due for name, (_, due, _) in TABLES.items()})
        self.use(from_text(text))

    def use(self, topology: Topology) -> None:
        names = Names(topology.network.nodes, topology.aliases)
        self.intake = Intake(names, topology.feeds, topology.policy.normalize, self.mode, lanes=("lane-0", "lane-1"))
        self.world = World(topology.network, topology.policy)

    def send(self, value: dict[str, Any] | None, topic: str = "raw-alarms", arrived_at: int = 0, mark: str = "") -> list[SourceSpoke]:
        self.offset += 1
        headers = ((MARK, mark.encode()),) if mark else ()
        raw = Raw(topic, 0, self.offset, arrived_at, None, b"" if mark else msgspec.json.encode(value), headers)
        out: list[Emit] = self.intake.step(self.view, raw, 0, self.world)  # type: ignore[arg-type]
        return [e.value for e in out if isinstance(e.value, SourceSpoke)]


def heartbeat(when: str, source: str = "ems-1", **but: Any) -> dict[str, Any]:
    return {"notificationType": "notifyHeartbeat", "systemDN": source, "eventTime": f"2026-01-01T{when}Z", **but}


def told(spokes: list[SourceSpoke], kind: str) -> list[tuple[str, int, bool]]:
    return [(s.source, s.at, s.arms) for s in spokes if s.kind == kind and not s.copy]


def test_a_heartbeat_goes_to_the_domain_of_its_source_and_a_copy_to_every_partition() -> None:
    spokes = [s for s in Feeder().send(heartbeat("10:00:00", heartbeatNtfPeriod=30)) if s.kind == "heartbeat"]

    assert [(s.domain, s.copy) for s in spokes] == [("north", False), ("north", True), ("north", True)]
    assert (spokes[0].source, spokes[0].object, spokes[0].interval) == ("ems-1", "ems-1", 30 * SECOND)


def test_a_source_that_tells_no_interval_has_that_of_its_feed_and_one_without_name_none() -> None:
    feeder = Feeder()

    assert [s.interval for s in feeder.send(heartbeat("10:00:00", "ems-9")) if s.kind == "heartbeat" and not s.copy] == [90 * SECOND]
    assert told(feeder.send(heartbeat("10:00:00", "")), "heartbeat") == []


def test_a_heartbeat_counts_when_it_comes_whatever_its_clock_says() -> None:
    live = Feeder(mode="wall")
    assert told(live.send(heartbeat("08:00:00"), arrived_at=at("10:00")), "heartbeat") == [("ems-1", at("10:00"), False)]

    replayed = Feeder()
    replayed.send(an_input(when="10:00"))
    assert told(replayed.send(heartbeat("08:00:00")), "heartbeat") == [("ems-1", at("10:00"), False)]


def test_a_feed_is_told_to_live_at_most_every_quarter_of_what_it_may_be_silent() -> None:
    feeder = Feeder()
    spokes = [s for minute in range(9) for s in feeder.send(an_input(when=f"10:0{minute}"))]

    assert told(spokes, "feed") == [("", at("10:00"), True), *(("", at(f"10:0{n}"), False) for n in (0, 2, 4, 6, 8))]
    assert {s.interval for s in spokes if s.kind == "feed"} == {8 * MINUTE}


def test_what_cannot_be_read_is_a_sign_of_its_feed_but_a_mark_is_none() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    assert told(feeder.send(None, mark="2026-01-01T10:05:00Z"), "feed") == []
    assert told(feeder.send({"strange": 1}), "feed") == [("", at("10:05"), False)]


def test_the_first_record_of_any_feed_awaits_all_that_is_watched_once_and_again_under_a_new_topology() -> None:
    feeder = Feeder()
    first = feeder.send(an_input(when="10:00"), "other")
    assert (told(first, "feed"), told(first, "expected")) == ([("", at("10:00"), True)], [("backup", at("10:00"), True)])
    assert feeder.send(an_input(when="10:01"), "other") == []
    feeder.use(from_text(TOPOLOGY.replace("every: 1h", "every: 2h")))

    assert told(feeder.send(an_input(when="10:02"), "other"), "expected") == [("backup", at("10:02"), True)]


def test_an_expected_notification_is_told_by_all_that_its_rule_names() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    assert told(feeder.send(an_input("backup-7", "10:01", probableCause="backupDone")), "expected") == [("backup", at("10:01"), False)]
    assert told(feeder.send(an_input("backup-7", "10:10", probableCause="backupFailed")), "expected") == []
    assert told(feeder.send(an_input("node-1", "10:10", probableCause="backupDone")), "expected") == []


def test_where_nothing_is_watched_nothing_is_told() -> None:
    feeder = Feeder("feeds: [{topic: raw-alarms}]")

    assert feeder.send(an_input(when="10:00")) == []
    assert feeder.view.feed_clock.get("raw-alarms").signs == {}  # type: ignore[attr-defined]
