"""topology.yaml's JSON Schema, its models and what the stages hold: three tellings of one file that must agree."""

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from schemas.durations import Duration
from schemas.topology import FeedEntry, TopologyFile, json_schema
from schemas.topology_policy import PolicySection
from streams.domain import policy as thresholds
from streams.edge.feed import Feed
from streams.edge.formats import NAMES
from streams.edge.topology_file import from_text
from streams.edge.topology_finding import TopologyError

ROOT = Path(__file__).parents[2]
STORED = ROOT / "schemas" / "json" / "topology.v1.schema.json"
STAGES = [field.name for field in msgspec.structs.fields(thresholds.Policy)]


def test_the_stored_schema_is_that_of_the_models() -> None:
    assert json.loads(STORED.read_text()) == json_schema(), "run: python -m schemas.topology > schemas/json/topology.v1.schema.json"


def test_the_schema_is_a_schema_and_strict_everywhere() -> None:
    schema = json_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    assert [section for section in _sections(schema) if section.get("additionalProperties") is not False] == []


def _sections(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema, at any depth, of something with names of its own."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _sections(part)


def test_the_file_at_the_root_satisfies_the_schema_and_shows_every_section() -> None:
    content = YAML(typ="safe").load((ROOT / "topology.yaml").read_text())

    # As JSON has it: the keys of report_after become text.
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(json.dumps(content)))
    assert set(content) == set(TopologyFile.model_fields)


BAD: list[dict[str, Any]] = [
    {"aditional": 1},
    {"mode": "actt"},
    {"mode": {"domains": {"berlin": "never"}}},
    {"network": {"resources": [{"id": "a", "typ": "x"}]}},
    {"network": {"resources": [{"id": 1}]}},
    {"network": {"resources": [{"type": "olt"}]}},
    {"network": {"dependencies": [{"from": "a", "to": []}]}},
    {"network": {"dependencies": [{"from": "a", "to": "b", "needs": 0}]}},
    {"network": {"dependencies": [{"dependent": "a", "to": "b"}]}},
    {"feeds": [{"topic": "a b"}]},
    {"feeds": [{"topic": "a", "format": "csv"}]},
    {"streams": {"problems": {"retention": "soon"}}},
    {"slas": {"gold": {"restore_within": "4x"}}},
    {"effects": [{"effect": "bad"}]},
    {"policy": {"correlate": {"hops": "2"}}},
    {"policy": {"correlate": {"hold_down": {"severe": "1m"}}}},
    {"policy": {"correlation": {}}},
    {"restoration": [{"cause": "x"}]},
]


@pytest.mark.parametrize("content", BAD, ids=json.dumps)
def test_what_the_schema_refuses_the_loader_refuses_too(content: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(content)
    with pytest.raises(TopologyError):
        from_text(json.dumps(content))


@pytest.mark.parametrize(
    "written",
    ["15m", "4h", "30s", "7d", "1h30m", "20ms", "90", 90, 1.5, "1.5h", "15 m", 0, "0s", "soon", "15 minutes", "", "m", "-5s", -5, "5s5"],
)
def test_schema_and_loader_agree_on_what_a_duration_is(written: str | float) -> None:
    content = {"policy": {"correlate": {"quiet_period": written}}}
    try:
        from_text(json.dumps(content))
        loads = True
    except TopologyError:
        loads = False

    assert jsonschema.Draft202012Validator(json_schema()).is_valid(content) == loads


def test_every_stage_may_be_overridden() -> None:
    assert sorted(PolicySection.model_fields) == sorted(STAGES), (
        "schemas/topology_policy.py: PolicySection lacks a stage of streams/domain/policy.py, or has one too many"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_every_threshold_may_be_overridden_under_its_own_name_and_unit(stage: str) -> None:
    struct = type(getattr(thresholds.Policy(), stage))
    model = PolicySection.model_fields[stage].annotation
    assert model is not None

    assert sorted(model.model_fields) == sorted(struct.__struct_fields__), (
        f"add what differs to {model.__name__} in schemas/topology_policy.py, then run: python -m schemas.topology > {STORED.relative_to(ROOT)}"
    )
    for name, unit in _units(struct).items():
        assert _accepts(model, name, unit), f"{stage}.{name} is declared {unit} in the domain, but the file's model takes something else"


def _units(struct: type) -> dict[str, str]:
    """Return the annotations as written: Span and int are one type when running, and two units."""
    body = ast.parse(inspect.getsource(struct)).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        line.target.id: ast.unparse(line.annotation)
        for line in body.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def _accepts(model: Any, name: str, unit: str) -> bool:
    """Whether the model takes what the unit is written as: only a Span may be written 10m; the one word is a closing policy."""
    if "tuple[int" in unit:  # a table: class of impact -> a row of priorities
        return getattr(model.model_validate({name: {"down": [2, 3, 4, 6]}}), name) == {"down": [2, 3, 4, 6]}
    value: Any = {"Span": "10m", "int": 7, "float": "75%", "str": "definitive"}.get(unit)
    if value is None:
        keys = "critical" if "str" in unit.split(",")[0] else 1
        value = {keys: "10m" if "Span" in unit else 7}
    taken = getattr(model.model_validate({name: value}), name)
    number = next(iter(taken.values())) if isinstance(taken, dict) else taken
    return number == (600_000_000 if "Span" in unit else {"float": 0.75, "str": "definitive"}.get(unit, 7))


def test_every_format_that_is_read_may_be_declared() -> None:
    assert sorted(get_args(FeedEntry.model_fields["format"].annotation)) == sorted(NAMES)


def test_a_feed_of_the_file_is_a_feed_of_the_program_with_the_same_defaults() -> None:
    feed, entry = Feed("t"), FeedEntry(topic="t")

    of_program = {**msgspec.structs.asdict(feed), "names": {**msgspec.to_builtins(feed.names), "suffixes": [], "parts": []}, "covers": []}
    assert of_program.pop("masks") == ()          # in the file a mask stands with its key field
    assert of_program.pop("encoding").kind == entry.encoding.kind == "json"
    assert {**entry.model_dump(exclude={"encoding"}), "key": tuple(entry.key), "rewrite": ()} == of_program


def test_a_duration_is_whole_microseconds() -> None:
    spans = [TypeAdapter(Duration).validate_python(written) for written in ("20ms", "15m", 90, "1.5h", "1h30m", "7d")]

    assert spans == [20_000, 900_000_000, 90_000_000, 5_400_000_000, 5_400_000_000, 604_800_000_000]
