"""Of problems whose durations come from a known distribution four in five are restored by the first promise, and no promise was one that had passed.

10,000 incidents with SPM_ETR_INCIDENTS=10000; without it as many as take a few seconds.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

import pytest

from streams.domain.forecast import Forecast, Source
from streams.domain.instant import HOUR, MINUTE, SECOND, Instant
from streams.domain.messages import ProblemTold
from tests.builders import a_network, at
from tests.domain.overseen import Oversight

INCIDENTS = int(os.environ.get("SPM_ETR_INCIDENTS", "3200"))
SETTLED = 500
"""Closed problems of a class after which its promises are held to."""
Draw = Callable[[random.Random], float]
KINDS: dict[str, Draw] = {
    "lossOfSignal": lambda rng: 20 + 60 * rng.lognormvariate(1.0, 0.7),             # a splice: minutes to a day, skewed
    "powerProblem": lambda rng: 25 + 600 * rng.weibullvariate(0.8, 1.6),            # until the mains is back
    "equipmentMalfunction": lambda rng: rng.uniform(30, 50) if rng.random() < 0.7 else rng.uniform(400, 900),  # a restart, or a new card
    "softwareError": lambda rng: 16 + rng.expovariate(1 / 90),
}
"""Cause -> minutes to restore."""


class Incidents:
    """Problems that begin at random, wait now and then, and end when their distribution says."""

    def __init__(self, kinds: list[str], seed: int) -> None:
        self.rng = random.Random(seed)
        self.desk = Oversight(a_network(("svc", "path-1"), services=["svc"]))
        self.kinds = kinds
        self.events: list[tuple[Instant, int, str, str, dict[str, int | str]]] = []
        self.number = count()
        self.closed: Counter[str] = Counter()
        self.promised: dict[str, Forecast] = {}
        self.first: dict[str, tuple[Instant, bool]] = {}
        self.kept: Counter[tuple[str, bool]] = Counter()
        self.passed = 0

    def run(self, incidents: int) -> None:
        moment = at("00:00")
        for n in range(incidents):
            moment += round(self.rng.expovariate(1 / (6 * MINUTE)))
            self.incident(f"p{n}", self.rng.choice(self.kinds), moment)
        while self.events:
            when, _, problem, status, but = heappop(self.events)
            self.word(when, problem, status, but)

    def incident(self, problem: str, kind: str, opened: Instant) -> None:
        lasts, pause = round(KINDS[kind](self.rng) * MINUTE), 0
        told: dict[str, int | str] = {"cause": kind, "opened_at": opened, "etr": opened + 8 * HOUR}
        self.plan(opened + 3 * SECOND, problem, "inProgress", told)
        fate = self.rng.random()
        if fate < 0.05:
            self.plan(opened + lasts // 2, problem, "closed", told | {"turn": "merged"})
            return
        if fate < 0.08:
            self.plan(opened + lasts // 2, problem, "cancelled", told | {"turn": "withdrawn"})
            return
        if fate < 0.2:
            pause = round(self.rng.uniform(1, 20) * HOUR)
            self.plan(opened + lasts // 3, problem, "held", told)
            self.plan(opened + lasts // 3 + pause, problem, "inProgress", told | {"paused": pause})
        restored = opened + lasts + pause
        self.plan(restored, problem, "resolved", told | {"paused": pause, "resolved_at": restored})
        self.plan(restored + HOUR, problem, "closed", told | {"paused": pause, "resolved_at": restored, "turn": "aged"})

    def plan(self, when: Instant, problem: str, status: str, told: dict[str, int | str]) -> None:
        heappush(self.events, (when, next(self.number), problem, status, told))

    def word(self, when: Instant, problem: str, status: str, but: dict[str, int | str]) -> None:
        kind = str(but["cause"])
        heard = self.desk.hears(ProblemTold(
            problem, "dom", status, 2, "path-1", cause_type="path", confidence=0.8, at=when, told_at=when, clock=when, site="north", **but))  # type: ignore[arg-type]
        for answer in heard.answers:
            if answer.forecast is not None:
                self.promise(answer.problem, answer.forecast, kind)
        if status == "closed" and but.get("turn") == "aged":
            self.closed[kind] += 1
            etr, counts = self.first.get(problem, (0, False))
            if counts and not but["paused"]:
                self.kept[kind, int(but["resolved_at"]) <= etr] += 1

    def promise(self, problem: str, said: Forecast, kind: str) -> None:
        before = self.promised.get(problem)
        self.passed += before is not None and before.etr <= said.at
        self.passed += said.etr <= said.at
        self.promised[problem] = said
        if problem not in self.first:
            self.first[problem] = said.etr, said.source is Source.LEARNT and self.closed[kind] >= SETTLED


@pytest.fixture(scope="module")
def played() -> Incidents:
    incidents = Incidents(list(KINDS)[:2] if INCIDENTS < 10_000 else list(KINDS), seed=17)
    incidents.run(INCIDENTS)
    return incidents


def test_four_in_five_are_restored_by_the_first_promise(played: Incidents) -> None:
    for kind in played.kinds:
        kept, broken = played.kept[kind, True], played.kept[kind, False]

        assert kept + broken > 200, kind
        assert 0.75 <= kept / (kept + broken) <= 0.85, f"{kind}: {kept} of {kept + broken}"


def test_no_promise_had_passed_when_it_was_told_or_before_it_was_revised(played: Incidents) -> None:
    assert 0 == played.passed
