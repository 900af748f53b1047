"""The ledger sees what was lost and what came twice; that a site is exact under faults: python -m tests.faults."""

import msgspec

from streams.domain.alarm import OWN, Position
from streams.domain.messages import AlarmHeard
from tests.builders import an_alarm
from tests.faults.ledger import Account, buried, heard, tally

FED = [("raw", 0, 0), ("raw", 0, 1), ("raw", 1, 0)]


def test_what_stands_nowhere_is_lost_and_what_stands_twice_is_doubled() -> None:
    told = [("raw", 0, 0, 0), ("raw", 1, 0, 0), ("raw", 1, 0, 0)]

    assert tally(FED, told) == ([("raw", 0, 1)], [("raw", 1, 0, 0)])


def test_parts_of_a_record_are_not_doubled() -> None:
    assert tally([("raw", 0, 0)], [("raw", 0, 0, 0), ("raw", 0, 0, 1)]) == ([], [])


def test_our_own_alarms_and_what_was_sent_on_are_nobodys_records() -> None:
    def event(part: int, sent_on: bool = False) -> AlarmHeard:
        return AlarmHeard(an_alarm(), Position("raw", 0, 7, part), sent_on=sent_on)

    told = msgspec.msgpack.encode([event(0), event(OWN), event(1, sent_on=True)])

    assert heard(told) == [("raw", 0, 7, 0)]


def test_a_dead_letter_says_which_record_it_is_of() -> None:
    assert [buried(b"raw/1/42"), buried(b"raw/1/42/3")] == [("raw", 1, 42, 0), ("raw", 1, 42, 3)]


def test_an_account_says_what_is_not_exact() -> None:
    exact, not_exact = Account(3, [], [], []), Account(3, [("raw", 0, 1)], [], ["problems: key 'p': published otherwise"])

    assert exact.is_exact and "none lost or doubled" in str(exact)
    assert not not_exact.is_exact and str(not_exact) == "3 records: 1 lost, for example ('raw', 0, 1); problems: key 'p': published otherwise"
