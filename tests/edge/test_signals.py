"""What feeds tell besides alarms, as stage 2 hears it."""

import pytest

from streams.domain.messages import OutageAnnounced
from streams.edge.feed import Feed, Raw
from streams.edge.formats.told import Maintained
from streams.edge.names import Names
from streams.edge.signals import LONGEST_WORK, signalled
from tests.builders import a_network, at

NETWORK = a_network(("node-2", "node-1"))
FEED, RAW = Feed("raw-ves"), Raw("raw-ves", 0, 5, 0, None, b"")


@pytest.mark.parametrize(("name", "objects", "parts"), [("node-1", ("node-1",), ()), ("node-1/3", (), (("node-1/3", "node-1"),))])
def test_what_an_object_says_of_work_on_itself_is_an_announcement_of_a_day_at_most(name: str, objects: tuple[str, ...], parts: tuple[tuple[str, str], ...]) -> None:
    begin, end = (
        signalled(Maintained(object=name, begins=begins, at=at("10:00")), FEED, RAW, 0, Names(NETWORK.nodes, {}), ("lane-0",), 0)[0] for begins in (True, False))

    assert begin.value == OutageAnnounced(f"raw-ves|{name}", "dom", objects, at("10:00"), at("10:00") + LONGEST_WORK, False, at("10:00"), by_source=True, parts=parts)
    assert (end.value.starts_at, end.value.ends_at, end.route) == (0, at("10:00"), "dom")
