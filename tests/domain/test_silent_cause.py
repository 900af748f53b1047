"""A silent cause that must be down holds all that stands on it (streams/domain/silent_cause.py)."""

import msgspec
import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.instant import SECOND
from streams.domain.messages import Cause, Member
from streams.domain.network import Network
from streams.domain.picture import Picture
from streams.domain.policy import LocalizePolicy
from streams.domain.silent_cause import MOST, implied_down, taken_down
from tests.builders import a_network
from tests.domain.test_localize import Desk, T, member

SUBSCRIBERS = ("ont-1", "ont-2", "ont-3", "ont-4")
NETWORK = a_network(
    *((ont, "splitter") for ont in SUBSCRIBERS), ("splitter", "port"), *((f"line-{n}", ont) for n, ont in enumerate(SUBSCRIBERS)), services=[f"line-{n}" for n in range(4)])
POLICY = LocalizePolicy()
LATER = T + 30 * SECOND


def down(name: str, **but: object) -> Member:
    return member(name, T, effect=Effect.DOWN, **but)  # type: ignore[arg-type]


def cause(name: str = "splitter", confidence: float = 0.8, told: str = "") -> tuple[Cause, ...]:
    return (Cause(name, False, confidence, (), (), told),)


def test_what_all_that_is_down_stands_on_is_held_down_and_hurts_who_is_watched_by_nobody() -> None:
    shown = Picture([down("ont-1"), down("ont-2")])
    assert implied_down(shown, "dom", cause(), "", NETWORK, POLICY) == "splitter"
    assert [hurt.service for hurt in shown.hurt(NETWORK)] == ["line-0", "line-1"]
    assert [hurt.service for hurt in shown.hurt(NETWORK, ("splitter",))] == ["line-0", "line-1", "line-2", "line-3"]


@pytest.mark.parametrize("members", [
    pytest.param([down("ont-1")], id="one alone may have trouble of its own"),
    pytest.param([down("ont-1"), down("ont-2"), down("ont-3", cleared_at=T + 1)], id="one works again"),
    pytest.param([down("ont-1"), down("ont-2"), member("ont-3", T, effect=Effect.AT_RISK)], id="one works, at risk"),
    pytest.param([down("ont-1"), down("ont-2"), member("ont-3", T, effect=Effect.NONE, severity=Severity.MINOR, alarm_type="environmentalAlarm", cause="batteryDischarging")], id="one works, on battery"),
])
def test_what_speaks_against_it(members: list[Member]) -> None:
    assert implied_down(Picture(members), "dom", cause(), "", NETWORK, POLICY) == ""


def test_a_cause_that_speaks_says_itself_how_it_is_and_one_that_is_not_sure_is_a_guess() -> None:
    shown = Picture([down("ont-1"), down("ont-2")])
    assert implied_down(shown, "dom", cause(told="lossOfSignal"), "", NETWORK, POLICY) == ""
    assert implied_down(shown, "dom", cause(confidence=0.4), "", NETWORK, POLICY) == ""
    assert implied_down(shown, "dom", cause(confidence=0.4), "splitter", NETWORK, POLICY) == "splitter", "it takes less to stay"
    assert implied_down(shown, "dom", (), "", NETWORK, POLICY) == ""


def test_what_takes_it_down_adds_to_how_sure_it_is_and_the_widest_that_is_sure_counts() -> None:
    shown = Picture([down("ont-1"), down("ont-2")])
    fed = a_network(*((ont, "splitter") for ont in SUBSCRIBERS), ("splitter", "feeder"), ("feeder", "port"))

    def held(splitter: float, feeder: float, port: float) -> str:
        return implied_down(shown, "dom", sorted((*cause("splitter", splitter), *cause("feeder", feeder), *cause("port", port)), key=lambda one: -one.confidence), "", fed, POLICY)

    assert held(0.5, 0.2, 0.1) == "splitter", "be it by the feeder or the port"
    assert held(0.1, 0.5, 0.3) == "feeder"
    assert held(0.3, 0.2, 0.1) == ""


def apart(network: Network, **domains: str) -> Network:
    """The network with some of its objects, by id with _ for -, in other domains."""
    return msgspec.structs.replace(network, nodes={name: msgspec.structs.replace(node, domain=domains.get(name.replace("-", "_"), "dom")) for name, node in network.nodes.items()})


def test_what_lies_here_is_held_down_whomever_it_serves() -> None:
    far = apart(NETWORK, line_3="far", ont_3="far")

    assert implied_down(Picture([down("ont-1"), down("ont-2")]), "dom", cause(), "", far, POLICY) == "splitter"
    assert taken_down(far, "dom", "splitter") == ("splitter",)


def test_of_what_lies_elsewhere_only_what_it_takes_down_here_is_held() -> None:
    wide = a_network(*((f"ont-{n}", "splitter") for n in range(1, 6)), *((f"line-{n}", f"ont-{n}") for n in range(1, 6)), services=[f"line-{n}" for n in range(1, 6)])
    feed = apart(wide, splitter="street", ont_5="far", line_5="far")
    desk = Desk(feed, LocalizePolicy(holds_confidence=0.5))
    for n, ont in enumerate(SUBSCRIBERS[:3]):
        desk.hear("joined" if n else "opened", T + n, member(ont, T + n), active=n + 1)
    told = desk.tick(LATER)[-1]

    assert taken_down(feed, "dom", "splitter") == SUBSCRIBERS, "not the lines on them"
    assert (told.causes[0].object, told.silent, told.behind) == ("splitter", "", SUBSCRIBERS)
    assert told.holds == tuple((ont, Effect.DOWN) for ont in SUBSCRIBERS)
    assert [hurt.service for hurt in told.hurt] == ["line-1", "line-2", "line-3", "line-4"], "who is behind it elsewhere speaks to other problems"


def test_what_it_takes_down_directly_is_held_be_it_that_it_stands_on_another_of_these_too() -> None:
    spare = a_network(("rectifier", "mains"), ("router", ["mains", "rectifier"], 1), ("line", "router"))
    pair = a_network(("a", "mains"), ("b", "mains"), ("a", "b"), ("b", "a"), ("c", "a"))

    assert taken_down(apart(spare, mains="street"), "dom", "mains") == ("rectifier", "router"), "the spare is down with it"
    assert taken_down(apart(pair, mains="street"), "dom", "mains") == ("a", "b"), "two that each see the other gone"


def test_what_takes_down_too_many_here_from_elsewhere_is_left_alone() -> None:
    wide = a_network(*((f"ont-{n}", "splitter") for n in range(MOST + 1)))

    assert len(taken_down(apart(wide, splitter="street", ont_0="far"), "dom", "splitter")) == MOST
    assert taken_down(apart(wide, splitter="street"), "dom", "splitter") == ()


def test_a_diagnosis_tells_it_once_the_problem_has_taken_shape_and_takes_it_back_with_the_first_that_works() -> None:
    desk = Desk(NETWORK, LocalizePolicy(holds_confidence=0.5))
    for n, ont in enumerate(SUBSCRIBERS[:3]):
        early = desk.hear("joined" if n else "opened", T + n, member(ont, T + n), active=n + 1)
        assert [told.silent for told in early] == [""] * len(early), "the cause may change yet"
    told = desk.tick(LATER)[-1]
    assert told.silent == "splitter" and told.holds == (*told.held, ("splitter", Effect.DOWN))
    assert "line-3" in {hurt.service for hurt in told.hurt}

    cleared = LATER + 60 * SECOND
    told = [*desk.hear("cleared", cleared, member("ont-1", T, cleared_at=cleared), active=2), *desk.tick(cleared + 60 * SECOND)][-1]
    assert told.silent == "" and [hurt.service for hurt in told.hurt] == ["line-1", "line-2"]
