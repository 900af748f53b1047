"""Writes the README's story, and why it is as it is, from what tests/scenarios/five-alarms.yaml really comes to.

    PYTHONPATH=. .venv/bin/python -m tests.contract.readme_story             # prints the blocks
    PYTHONPATH=. .venv/bin/python -m tests.contract.readme_story --write     # puts them into README.md, and the picture beside the demo
"""

import json
import re
import sys
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from schemas.explanation import AlarmExplanation, ProblemExplanation
from streams.domain.instant import iso
from streams.edge.story import read_story
from streams.edge.topology_file import from_text
from streams.explain.answer import explanation
from streams.explain.picture import picture
from streams.explain.svg import svg
from streams.explain.text import show
from tests.explain.telling import Told
from tests.scenarios.telling import chosen, tell

STORY = Path(__file__).parents[1] / "scenarios" / "five-alarms.yaml"
README = Path(__file__).parents[2] / "README.md"
PICTURE = README.parent / "deploy" / "demo" / "why.svg"
WIDTH = 150
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


def why() -> str:
    """Return what `spm explain fibre-7` prints of the story."""
    out = StringIO()
    show(Console(file=out, width=WIDTH), _explained())
    return out.getvalue().rstrip()


def drawn() -> str:
    """Return the picture of the story's problem, as SVG."""
    told = _explained()
    assert isinstance(told, ProblemExplanation)
    return svg(picture(told, from_text(read_story(STORY).topology).network))


@cache
def _explained() -> ProblemExplanation | AlarmExplanation:
    return explanation(Told(tell(read_story(STORY))), "fibre-7")


def write() -> None:
    """Put what is so now in place of what is told."""
    told = README.read_text(encoding="utf-8")
    for begins, now in ((r"10:00:00  in   alarm ", block()), (r"Problem 9e40df4b-", why())):
        told, n = re.subn(rf"(?ms)^```\n{begins}.*?^```$", lambda _, now=now: f"```\n{now}\n```", told)
        assert n == 1, f"README.md has {n} blocks that begin with {begins}"
    README.write_text(told, encoding="utf-8")
    PICTURE.write_text(drawn(), encoding="utf-8")


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
    if "--write" in sys.argv:
        write()
    else:
        print(block(), why(), sep="\n\n")
