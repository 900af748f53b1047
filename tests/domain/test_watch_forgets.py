"""A service that was ended is forgotten once nothing is held or told of it, and not before what was told of it is gone from its topic."""

import msgspec

from streams.domain.instant import DAY
from streams.domain.messages import NetworkTurned, Tick
from streams.domain.network import Network
from streams.domain.touched import Touched
from tests.builders import a_network, at
from tests.domain.test_watch import ONE_PATH, Watched

WITHOUT = a_network(("path-a", "olt-1"))


def turned(stage: Watched, network: Network, when: str) -> None:
    stage.world = msgspec.structs.replace(stage.world, network=network, touched=Touched(services=("svc",)))
    stage.hears(NetworkTurned(1, at(when), ""))


def test_a_service_that_was_ended_is_forgotten_after_eight_days() -> None:
    stage = Watched()
    stage.holds("p1", "path-a")
    stage.holds("p1", when="10:30")
    turned(stage, WITHOUT, "11:00")
    stage.hears(Tick(at("11:00") + 8 * DAY - 1))
    assert stage.row() is not None
    stage.hears(Tick(at("11:00") + 8 * DAY))

    assert stage.row() is None


def test_what_a_problem_holds_still_is_forgotten_after_it_lets_go() -> None:
    stage = Watched()
    stage.holds("p1", "path-a")
    turned(stage, WITHOUT, "11:00")
    stage.hears(Tick(at("11:00") + 20 * DAY))
    assert stage.row() is not None
    stage.holds("p1", when="2026-01-22T10:00:00")
    stage.hears(Tick(at("2026-01-30T10:00:00")))

    assert stage.row() is None


def test_one_that_comes_back_meanwhile_is_kept_and_counts_on() -> None:
    stage = Watched()
    stage.holds("p1", "path-a")
    stage.holds("p1", when="10:30")
    turned(stage, WITHOUT, "11:00")
    turned(stage, ONE_PATH, "2026-01-03T11:00:00")
    stage.hears(Tick(at("2026-02-01T11:00:00")))

    assert (stage.row().number, stage.row().forget_at) == (2, 0)


def test_a_service_that_is_there_is_kept() -> None:
    stage = Watched()
    stage.holds("p1", "path-a")
    stage.holds("p1", when="10:30")
    stage.hears(Tick(at("2026-06-01T11:00:00")))

    assert stage.row() is not None
