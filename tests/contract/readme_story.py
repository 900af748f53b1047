"""Writes the README's story from what tests/scenarios/five-alarms.yaml really comes to.

    PYTHONPATH=. .venv/bin/python -m tests.contract.readme_story      # prints the block
"""

import json
from pathlib import Path
from typing import Any

from streams.domain.instant import iso
from streams.edge.story import read_story
from tests.scenarios.telling import chosen, tell

STORY = Path(__file__).parents[1] / "scenarios" / "five-alarms.yaml"
OUT = ("problems", "trouble-reports", "restoration-commands", "customer-impacts")


def block() -> str:
    """Return the alarms as they came, and of each output key the last record, one line each."""
    story = read_story(STORY)
    told = tell(story)
    lines = []
    for given in story.inputs:
        alarm = json.loads(given.line)
        lines.append(f"{_clock(iso(given.at))}  in   alarm                {alarm['alarmedObject']['id']:<8} {alarm['probableCause']}, {alarm['perceivedSeverity']}")
    for topic in OUT:
        for _, at, value in chosen({"by": iso(story.until)}, told[topic]):
            lines.append(f"{_clock(at)}  out  {topic:<20} {_line(topic, value)}")
    return "\n".join(lines)


def _clock(at: str) -> str:
    return at[11:19]


def _line(topic: str, value: dict[str, Any]) -> str:
    more = {each["name"]: each.get("value") for each in value.get("characteristic", ())}
    if topic == "problems":
        cause = more["localization"][0]
        return (f"{value['id']}: {value['status']}, priority {value['priority']}, {more['alarmCount']} alarm records; "
                f"cause {cause['id']} ({more['causeCategory']}), confidence {cause['confidence']:.2f}")  # fmt: skip
    if topic == "trouble-reports":
        return f"{value['id']}: {value['ticketType']}, {value['status']}, expected to be resolved by {_clock(value['expectedResolutionDate'])}"
    if topic == "restoration-commands":
        return f"{value['id']}: {value['action']} {value['target']['id']}, attempt {value['attempt']} of {value['attempts']}"
    return f"{value['id']}: {value['product']} of {value['customer']}: {value['impact']}, {value['sla']} until {_clock(value['dueDate'])}"


if __name__ == "__main__":
    print(block())
