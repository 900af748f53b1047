"""An alarm of an older topology as it would come now: object, domain and key."""

from streams.domain.alarm import Alarm
from streams.domain.network import Node
from streams.edge.feed import Feed
from streams.edge.intake import Intake
from streams.edge.names import Names
from streams.edge.readdress import Readdress
from tests.builders import an_alarm
from tests.edge.feeder import Feeder, an_input

FEED = Feed("raw-alarms", home="home")


def as_told(names: Names, name: str) -> Alarm:
    feeder = Feeder(FEED)
    feeder.intake = Intake(names, [FEED], feeder.intake._policy)
    return feeder.alarm(an_input(name))


def names(declared: dict[str, str], **aliases: str) -> Names:
    return Names({id: Node(id, domain=domain) for id, domain in declared.items()}, {alias: id for id, alias in aliases.items()})


def test_it_is_the_alarm_that_stage_1_would_tell_now() -> None:
    versions = [names({}), names({"r1": "a"}), names({"r1": "b"}), names({"r1": "b", "r2": "c"}, r2="R-1"), names({"r1": "b", "r1/3": "b"}), names({"x": "a", "r1/3": "z"})]
    for name in ("r1", "R-1", "r1/3", "r1:3|x", "r9"):
        for before in versions:
            for after in versions:
                assert Readdress(after, (FEED,))(as_told(before, name)) == as_told(after, name)


def test_what_did_not_change_is_the_same_object_and_ours_stays() -> None:
    readdress = Readdress(names({"r1": "a"}), (FEED,))
    same, ours, unknown = as_told(names({"r1": "a"}), "r1"), an_alarm("feed:raw-alarms/0", source="spm"), an_alarm("r1", feed="gone")

    assert readdress(same) is same and readdress(ours) is ours and readdress(unknown) is unknown
