"""Every story of this folder comes out as it says, and every record of it as its schema says."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from streams.edge.story import Story, read_story
from tests.scenarios.telling import Told, tell, unmet

HERE = Path(__file__).parent
SCHEMAS = Path(__file__).parents[2] / "schemas" / "json"
MANY = 500
"""Records at either end of a topic that are held against its schema: a story of fifty thousand alarms has as many alike."""
STORIES = {path.stem: path for path in sorted(HERE.glob("*.yaml"))}


@pytest.fixture(scope="module", params=sorted(STORIES))
def told(request: pytest.FixtureRequest) -> tuple[Story, Told]:
    story = read_story(STORIES[request.param])
    return story, tell(story)


def test_it_comes_out_as_the_story_says(told: tuple[Story, Told]) -> None:
    story, records = told
    wrong = [text for expectation in story.expect if (text := unmet(expectation, records))]

    assert [] == wrong, f"{story.name}: {story.sentence}\n" + "\n".join(wrong)


def test_every_record_keeps_its_schema(told: tuple[Story, Told]) -> None:
    story, records = told
    wrong = []
    for topic, rows in records.items():
        name = "alarm" if topic == "alarm-records" else topic.removesuffix("s") if topic != "progress" else topic
        validator = Draft202012Validator(json.loads((SCHEMAS / f"{name}.v1.schema.json").read_text()))
        some = rows if len(rows) <= 2 * MANY else [*rows[:MANY], *rows[-MANY:]]
        wrong += [f"{topic} {key}: {error.json_path}: {error.message}" for key, _, value in some if value is not None for error in validator.iter_errors(value)]

    assert [] == wrong, f"{story.name}: a record breaks its schema"


def test_nothing_is_told_twice_under_one_id(told: tuple[Story, Told]) -> None:
    story, records = told
    for topic in ("restoration-commands", "progress", "customer-impacts"):
        ids = [value["id"] for _, _, value in records[topic] if isinstance(value, dict)]

        assert sorted(set(ids)) == sorted(ids), f"{story.name}: {topic}"


def test_a_story_says_what_is_in_it() -> None:
    assert len(STORIES) >= 8
    for path in STORIES.values():
        story = read_story(path)
        assert story.sentence.endswith(".") and story.inputs and story.expect, path.name
