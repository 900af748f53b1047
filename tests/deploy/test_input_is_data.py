"""Nothing that comes from outside is executed: no pickle, no eval, YAML by its safe loader alone, XML without entities.

The linter has the rules for what the standard library offers (S102, S301, S302, S307, S506, S60x in pyproject.toml); here
is what it does not know.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.edge.formats.told import Refused
from streams.edge.formats.yang_xml import decode_xml

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "jsonpickle", "joblib", "yaml"}
"""Modules that make objects out of bytes; PyYAML, whose plain `load` does."""
STARTS_PROCESSES = {"streams/engine/jars.py", "streams/engine/container.py", "streams/bench"}
"""A Kafka for tests and figures; nothing of it runs in a worker or gateway."""


def calls_and_imports() -> Iterator[tuple[str, ast.Call | str]]:
    for path in (*(ROOT / "streams").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield name, node
            elif isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield name, node.module


def test_nothing_is_imported_that_makes_objects_out_of_bytes() -> None:
    found = [(path, each) for path, each in calls_and_imports() if isinstance(each, str)]

    assert [] == [(path, each) for path, each in found if each.split(".")[0] in FORBIDDEN]
    assert [] == [path for path, each in found if each.split(".")[0] == "subprocess" and not any(path.startswith(allowed) for allowed in STARTS_PROCESSES)]


def test_yaml_is_read_by_the_safe_loader() -> None:
    made = [(path, call) for path, call in calls_and_imports() if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "YAML"]

    assert len(made) >= 3
    assert [] == [path for path, call in made if {"safe"} != {keyword.value.value for keyword in call.keywords if keyword.arg == "typ" and isinstance(keyword.value, ast.Constant)}]


@pytest.mark.parametrize("told", [
    b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'], ids=["entities", "a file"])
def test_xml_that_brings_entities_is_refused(told: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode_xml(told)
    assert "dtd" == refused.value.reason
