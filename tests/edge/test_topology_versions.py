"""A version of topology.yaml that nobody has any more can be stood in for, by name and for that one alone."""

from pathlib import Path

from streams.edge.topology_file import from_text
from streams.edge.topology_versions import Versions

LOST, OTHER = "ab" * 32, "cd" * 32


def test_a_lost_version_is_stood_in_for_in_memory_alone(tmp_path: Path) -> None:
    topology = from_text("network: {resources: [{id: a}]}")
    versions = Versions(tmp_path)
    assert versions.get(LOST) is None

    versions.stand_in(LOST[:12], topology)
    assert (standing := versions.get(LOST)) is not None and topology.version == standing.version
    assert versions.get(OTHER) is None
    assert Versions(tmp_path).get(LOST) is None


def test_a_version_that_is_there_is_not_stood_in_for(tmp_path: Path) -> None:
    topology, other = (from_text(f"network: {{resources: [{{id: {name}}}]}}") for name in "ab")
    Versions(tmp_path).take(topology)
    versions = Versions(tmp_path)
    versions.stand_in(topology.version[:12], other)

    assert topology.version == (versions.get(topology.version) or other).version
