"""Where a mirrored state had read the feeds to, told by itself."""

from streams.domain.alarm import OWN, Position, Severity
from streams.domain.alarm_record import AlarmRecord, Standing, Teller
from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.state.provenance import SLACK, Lane, Seen, folded_until, goes_on, newest, placed

FEED = ("alarms", 1)


def record(ident: str, heard: int, cleared: int | None = None, part: int = 0) -> AlarmRecord:
    teller = Teller("nms", 0, Position(*FEED, heard, part))
    told = Teller("nms", 0, Position(*FEED, cleared)) if cleared is not None else Teller()
    return AlarmRecord(ident, Standing.ACTIVE, Severity.MAJOR, heard, heard * SECOND, 0 if cleared is None else cleared * SECOND, 0, 0, 0, 1, heard=teller, cleared=told)


def test_the_newest_record_that_rows_name_is_the_clear_where_that_came_last() -> None:
    assert newest([record("a", 5), record("b", 3, 9)]) == {FEED: Seen(9, ("b", 9 * SECOND, True))}


def test_an_alarm_of_ours_names_no_record_of_a_feed() -> None:
    assert newest([record("a", 5, part=OWN)]) == {}


def test_a_named_record_stands_where_the_mirror_has_it_whatever_its_offset_was() -> None:
    seen = {0: {FEED: Seen(5_000, ("a", 7, False))}, 1: {}}
    assert placed(seen, FEED, {("a", 7, False): 12}) == {0: 12, 1: None}


def test_a_record_that_was_not_mirrored_says_nothing() -> None:
    assert placed({0: {FEED: Seen(5_000, ("a", 7, False))}}, FEED, {("a", 6, False): 12}) == {0: None}


def test_reading_goes_on_behind_what_every_lane_had_folded() -> None:
    assert goes_on([Lane(by_clock=10, named=40), Lane(by_clock=10, named=25)]) == 26


def test_a_lane_that_names_nothing_holds_reading_back_to_its_clock() -> None:
    assert goes_on([Lane(by_clock=10, named=40), Lane(by_clock=10, named=None)]) == 10


def test_a_clock_ahead_of_the_record_named_counts() -> None:
    assert goes_on([Lane(by_clock=30, named=4)]) == 30


def test_what_was_folded_is_told_by_the_lane_that_was_least_far() -> None:
    assert folded_until([10 * HOUR, 10 * HOUR - MINUTE]) == 10 * HOUR - MINUTE - SLACK


def test_a_lane_that_was_idle_does_not_have_a_day_read_again() -> None:
    assert folded_until([24 * HOUR, 2 * HOUR]) == 23 * HOUR - SLACK


def test_lanes_without_a_clock_tell_nothing() -> None:
    assert folded_until([0, 0]) == 0
    assert folded_until([0, 5 * HOUR]) == 5 * HOUR - SLACK
