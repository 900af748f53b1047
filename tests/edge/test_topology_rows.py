"""Rows of a network are read by msgspec, and say the same as their models."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel

from schemas.topology import DependencyEntry, NetworkPart, ProductEntry, Resource, ServiceEntry
from streams.edge import topology_digest
from streams.edge.topology_digest import digest
from streams.edge.topology_file import from_text, load
from streams.edge.topology_finding import TopologyError, nearest_name
from streams.edge.topology_json_lines import JsonLines
from streams.edge.topology_rows import DependencyRow, PartRows, ProductRow, ResourceRow, ServiceRow, converted

PART = {"resources": [{"id": "a", "aliases": ["A"], "site": "s"}, {"id": "b", "type": "t", "domain": "d", "managed_by": "m"}],
        "dependencies": [{"from": "a", "to": "b"}, {"from": "v", "to": ["a", "b"], "kind": "calls", "needs": 1, "degraded_below": 2}],
        "services": [{"id": "v"}], "products": [{"id": "p", "service": "v"}]}
WRONG: tuple[dict[str, Any], ...] = (
    {"resources": [{"id": ""}]}, {"resources": [{"id": 17}]}, {"resources": [{"id": "a", "colour": "red"}]}, {"resources": [{}]},
    {"resources": [{"id": "a", "aliases": [""]}]}, {"dependencies": [{"from": "a", "to": []}]}, {"dependencies": [{"from": "a", "to": [""]}]},
    {"dependencies": [{"from": "a", "to": "b", "needs": 0}]}, {"dependencies": [{"from": "a", "to": "b", "needs": True}]},
    {"dependencies": [{"from": "a", "to": "b", "needs": "1"}]}, {"dependencies": [{"dependent": "a", "to": "b"}]}, {"services": [{"id": "v", "site": "s"}]}, {"lines": []})


@pytest.mark.parametrize(("model", "row"), [(Resource, ResourceRow), (DependencyEntry, DependencyRow), (ServiceEntry, ServiceRow), (ProductEntry, ProductRow), (NetworkPart, PartRows)])
def test_a_row_has_the_names_and_defaults_of_its_model(model: type[BaseModel], row: type[msgspec.Struct]) -> None:
    told = {field.alias or name: field.is_required() for name, field in model.model_fields.items()}
    read = {field.encode_name: field.required for field in msgspec.structs.fields(row)}

    assert told == read


def test_a_row_reads_what_its_model_reads() -> None:
    rows, model = converted(PART), NetworkPart.model_validate(PART)
    assert rows is not None
    pairs = [*zip(rows.resources, model.resources, strict=True), *zip(rows.dependencies, model.dependencies, strict=True),
             *zip(rows.services, model.services, strict=True), *zip(rows.products, model.products, strict=True)]

    for row, entry in pairs:
        for name in type(entry).model_fields:
            told = getattr(entry, name)

            assert (tuple(told) if isinstance(told, list) else told) == getattr(row, name)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_model_refuses_no_row_takes(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        NetworkPart.model_validate(wrong)

    assert converted(wrong) is None


def test_a_mistake_in_a_part_is_told_as_before(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text('{"resources": [\n{"id": "a"},\n{"id": 17}]}')
    (tmp_path / "topology.yaml").write_text("network: {file: net.json}")

    with pytest.raises(TopologyError) as refused:
        load(tmp_path / "topology.yaml")

    assert ["net.json:3: resources[1].id: 17 is not text; write it in quotes"] == [str(finding) for finding in refused.value.findings]


def test_an_empty_section_in_a_part_is_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("resources:\n  - {id: a}\nservices:\n")

    assert list(from_text("network: {file: net.yaml}", tmp_path).network.nodes) == ["a"]


def test_a_digest_written_in_pieces_is_that_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    network = from_text(json.dumps({"network": {key: PART[key] for key in ("resources", "dependencies")}, "services": PART["services"]})).network
    whole = digest([network, {"a": {2: 1}}])
    monkeypatch.setattr(topology_digest, "PIECE", 1)

    assert whole == digest([network, {"a": {2: 1}}])


def test_lines_of_a_long_list_are_found_past_its_end_too() -> None:
    lines = JsonLines('{"a": [\n1,\n2\n],\n"b": 3}')

    assert [3, 1, 5] == [lines.line(("a", 1)), lines.line(("a", 2)), lines.line(("b",))]


def test_a_near_name_is_found_among_very_many() -> None:
    known = dict.fromkeys(f"metro-{n:03d}/acc-{m}" for n in range(40) for m in range(40))

    assert "metro-017/acc-23" == nearest_name("metrx-017/acc-23", known)
    assert "" == nearest_name("something else", known)
