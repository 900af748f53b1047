"""What is worked out from a network is remembered under one name in one file: two that share a name would read each other's answers."""

import re
from collections import defaultdict
from pathlib import Path

DOMAIN = Path(__file__).parents[2] / "streams" / "domain"
CARRIES_ON = "counted.py"
"""It puts into a network's next version what others counted, under their names."""
_NAMED = re.compile(r'(?:memo\.(?:setdefault|get)\(|memo\[|_memo\(network, |remember\(network, )"([a-z_]+)"')


def names() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(DOMAIN.rglob("*.py")):
        if path.name == CARRIES_ON:
            continue
        for name in _NAMED.findall(path.read_text()):
            found[name].add(path.name)
    return found


def test_no_two_files_remember_under_the_same_name() -> None:
    found = names()

    assert len(found) > 10
    assert {name: files for name, files in found.items() if len(files) > 1} == {}
