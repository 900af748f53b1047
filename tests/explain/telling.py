"""Stories as a history that can be explained."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from schemas.explanation import AlarmExplanation, ProblemExplanation
from streams.domain.network import Network
from streams.edge.story import read_story
from streams.edge.topology_file import from_text
from streams.explain.answer import explanation
from tests.scenarios.telling import tell

SCENARIOS = Path(__file__).parents[1] / "scenarios"


class Told:
    """What a story came to."""

    where = "a story"

    def __init__(self, records: dict[str, list[tuple[str, str, Any]]]) -> None:
        self._records = records

    def read(self, topic: str) -> Iterator[tuple[str, bytes | None]]:
        return ((key, None if value is None else json.dumps(value).encode()) for key, _, value in self._records.get(topic, []))


@cache
def a_story(name: str) -> Told:
    """Play one story of tests/scenarios, once."""
    return Told(tell(read_story(SCENARIOS / f"{name}.yaml")))


@cache
def its_network(name: str) -> Network:
    return from_text(read_story(SCENARIOS / f"{name}.yaml").topology).network


def problem_of(name: str, asked: str) -> ProblemExplanation:
    found = explanation(a_story(name), asked)
    assert isinstance(found, ProblemExplanation)
    return found


def alarm_of(name: str, asked: str) -> AlarmExplanation:
    found = explanation(a_story(name), asked)
    assert isinstance(found, AlarmExplanation)
    return found
