"""A record that workers were stopped at, with a part of what was due before it done: that part is no difference (streams/recorded.py)."""

from collections.abc import Iterator
from typing import Any

from streams.engine.record import Output, Record
from streams.recorded import Comparison

Published = dict[tuple[str, int], list[Record]]


class Kept:
    """What was published, as `Recording` gives it."""

    def __init__(self, published: Published) -> None:
        self._published = published

    def partitions(self, topic: str) -> int:
        return 2

    def read(self, topic: str, partition: int, begin: int = 0, until: int | None = None) -> Iterator[list[Record]]:
        yield [record for record in self._published.get((topic, partition), []) if record.offset >= begin]


def comparison(published: Published) -> Comparison:
    made = Comparison(Kept(published))  # type: ignore[arg-type]
    made.read()
    return made


def told(key: str, value: str) -> Output:
    return "customer-impacts", key.encode(), value.encode(), 0, ()


def word(value: str, partition: int) -> Output:
    return "problem-inbox", b"", value.encode(), partition, ()


def record(offset: int, output: Output) -> Record:
    return Record(offset, -1, output[1], output[2], ())


def differences(said: list[Output], begun: list[Output], published: Published) -> list[str]:
    made = comparison(published)
    for output in said:
        made.say(output)
    for output in begun:
        made.say_begun(output)
    made.finish()
    return list(made.first.values())


READ, FIRST, SECOND = told("a", "before"), told("a", "due"), told("b", "due, too")


def test_the_part_that_was_done_is_no_difference_and_what_was_not_is_none_either() -> None:
    for done in ([], [FIRST], [FIRST, SECOND]):
        published: Any = {("customer-impacts", 0): [record(n, output) for n, output in enumerate([READ, *done])]}

        assert [] == differences([READ], [FIRST, SECOND], published)


def test_what_the_begun_record_does_not_say_or_says_behind_a_gap_is_a_difference() -> None:
    for there in (told("c", "invented"), SECOND):
        published: Any = {("customer-impacts", 0): [record(0, READ), record(1, there)]}

        assert ["the replay does not say it"] == [text.rpartition(", ")[2] for text in differences([READ], [FIRST, SECOND], published)]


def test_a_begun_record_takes_no_word_that_another_partition_wrote() -> None:
    tick = "the same tick for all"
    published: Any = {("problem-inbox", 1): [record(0, word(tick, 1))]}
    made = comparison(published)
    made.say_begun(word(tick, 0))
    made.say(word(tick, 1))
    made.finish()

    assert {} == made.first
