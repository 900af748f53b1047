"""The alarm key: what a feed declares, masks for text that changes, and another identity of the same object."""

import pytest

from streams.domain.alarm import Severity
from streams.edge.alarm_key import alarm_key, rekeyed
from streams.edge.feed import Feed
from streams.edge.formats.told import Told


def told(**but: str) -> Told:
    return Told(**{"object": "o", "cause": "c", "severity": Severity.MAJOR, "cleared": False, "at": 1, "raised_at": 1, **but})  # type: ignore[arg-type]


def test_a_mask_takes_out_what_changes() -> None:
    feed = Feed("f", key=("object", "qualifier"), masks=(("qualifier", "[0-9]+"),))
    first, second, third = (alarm_key(feed, told(qualifier=q), "o7") for q in ("lost 17 of 20", "lost 3 of 20", "lost all of 20"))

    assert first == second == "|o7|lost * of *"
    assert third != first


def test_a_masked_expression_costs_no_more_on_a_hostile_text() -> None:
    feed = Feed("f", masks=(("qualifier", "(a+)+$"),))

    assert alarm_key(feed, told(qualifier="a" * 1000 + "b"), "o") == f"|o|c|{'a' * 1000}b"


@pytest.mark.parametrize(("feed", "fields"), [
    (Feed("f"), {}), (Feed("f", namespace="ran"), {"qualifier": "x|y"}), (Feed("f"), {"identity": "a|1"}), (Feed("f"), {"cause": "a\\b"}),
    (Feed("f", key=("cause", "object", "source_id")), {"source_id": "9"}), (Feed("f", key=("object", "qualifier"), masks=(("object", "[0-9]+"),)), {})])
def test_a_key_under_another_identity_is_the_one_the_alarm_would_have(feed: Feed, fields: dict[str, str]) -> None:
    for before, after in (("olt/7", "olt-7"), ("p|q", "r"), ("a\\,b|c", "d|e"), ("same", "same")):
        alarm = told(**fields)
        assert rekeyed(feed, alarm_key(feed, alarm, before), before, after) == alarm_key(feed, alarm, after)


def test_a_key_without_the_object_stays() -> None:
    feed = Feed("f", key=("source", "source_id"))

    assert rekeyed(feed, alarm_key(feed, told(source="s", source_id="1"), "a"), "a", "b") == "|s|1"
