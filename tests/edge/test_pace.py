"""How a recording is fed: what is told to partitions that are silent while others speak (streams/pace.py)."""

import json
from pathlib import Path

from streams.domain.instant import HOUR, MINUTE, iso
from streams.domain.policy import Policy
from streams.edge.feed_clock import FeedClock
from streams.edge.topology_file import from_text
from streams.engine.partition import partition_of
from streams.pace import Silent
from streams.replay import replay
from tests.builders import at
from tests.edge.feeder import an_input

T = at("10:00")
LATE = Policy().correlate.lateness
PATIENCE = Policy().normalize.clock_jump // 2


def clocks(**alarms_and_times: tuple[int, int]) -> dict[int, FeedClock]:
    """`p0=(alarms read, minutes after ten)` and so on."""
    return {int(name[1:]): FeedClock(clock=T + minutes * MINUTE, alarms=alarms) for name, (alarms, minutes) in alarms_and_times.items()}


def test_who_is_silent_while_others_speak_is_told_how_far_they_are_less_what_may_come_late() -> None:
    silent = Silent(Policy())
    assert silent.marks(clocks(p0=(1, 0), p1=(1, 0), p2=(1, 0))) == {}
    assert silent.marks(clocks(p0=(5, 20), p1=(5, 20), p2=(1, 0))) == {}
    assert silent.marks(clocks(p0=(9, 31), p1=(9, 31), p2=(1, 0))) == {2: T + 31 * MINUTE - LATE}
    assert silent.marks(clocks(p0=(9, 50), p1=(9, 50), p2=(1, 21))) == {}
    assert silent.marks(clocks(p0=(9, 62), p1=(9, 62), p2=(1, 21))) == {2: T + 62 * MINUTE - LATE}


def test_one_broken_clock_carries_nobody_off() -> None:
    silent = Silent(Policy())
    silent.marks(clocks(p0=(1, 0), p1=(1, 0), p2=(1, 0)))

    assert silent.marks(clocks(p0=(2, 10_000), p1=(2, 1), p2=(1, 0))) == {}


def test_of_two_nobody_can_say_which_has_the_broken_clock() -> None:
    silent = Silent(Policy())
    silent.marks(clocks(p0=(1, 0), p1=(1, 0)))

    assert silent.marks(clocks(p0=(2, 600), p1=(1, 0))) == {}


def test_recordings_of_domains_one_after_the_other_leave_nobody_behind() -> None:
    silent = Silent(Policy())
    silent.marks(clocks(p0=(1, 0)))
    silent.marks(clocks(p0=(9, 9 * HOUR // MINUTE), p1=(1, 0)))
    silent.marks(clocks(p0=(9, 9 * HOUR // MINUTE), p1=(9, 9 * HOUR // MINUTE), p2=(1, 0)))

    assert silent.marks(clocks(p0=(9, 9 * HOUR // MINUTE), p1=(9, 9 * HOUR // MINUTE), p2=(2, 1))) == {}
    assert PATIENCE < HOUR


def test_a_domain_that_was_silent_for_hours_has_its_alarm_at_the_time_it_tells(tmp_path: Path) -> None:
    by_partition = {partition_of(f"d{n}", 4): f"d{n}" for n in range(64)}
    quiet, *busy = by_partition.values()
    topology = from_text(json.dumps({"feeds": [{"topic": "raw-alarms"}], "network": {"resources": [{"id": f"{domain}-node", "domain": domain} for domain in by_partition.values()]}}))
    told = sorted([(quiet, T), (quiet, T + 4 * HOUR), *((domain, T + n * 10 * MINUTE + m * MINUTE) for m, domain in enumerate(busy) for n in range(25))], key=lambda one: one[1])
    path = tmp_path / "alarms.tmf642.ndjson"
    path.write_bytes(b"".join(json.dumps(an_input(f"{domain}-node", specificProblem=str(when), eventTime=iso(when), alarmRaisedTime=iso(when))).encode() + b"\n" for domain, when in told))

    replay([str(path)], topology, tmp_path)

    records = [json.loads(line)["value"]["event"]["alarm"] for line in (tmp_path / "events/alarm-records.ndjson").read_text().splitlines()]
    assert {record["alarmRaisedTime"][:16] for record in records if record["alarmedObject"]["id"] == f"{quiet}-node"} == {iso(T)[:16], iso(T + 4 * HOUR)[:16]}
    assert "timeSuspect" not in (tmp_path / "events/alarm-records.ndjson").read_text()


def test_where_time_leaps_for_all_nobody_was_silent_while_others_spoke() -> None:
    silent = Silent(Policy())
    silent.marks(clocks(p0=(5, 0), p1=(5, 0), p2=(5, 0)))

    assert silent.marks(clocks(p0=(9, 3000), p1=(9, 3000), p2=(6, 0))) == {}
    assert silent.marks(clocks(p0=(12, 3001), p1=(12, 3001), p2=(6, 0))) == {}
    assert silent.marks(clocks(p0=(19, 3031), p1=(19, 3031), p2=(6, 0))) == {2: T + 3031 * MINUTE - LATE}
