"""Looks whether topology.yaml, or a file that it names, has changed or come since it was read, and reads it again."""

import logging
from collections.abc import Iterable
from pathlib import Path

from streams.edge.topology_file import Topology, load
from streams.edge.topology_finding import TopologyError
from streams.edge.topology_source import Stamp, stamp_at

log = logging.getLogger(__name__)

_Seen = dict[Path, Stamp]


class Reload:
    """One file, as the topology that was read from it last knows it. Reading a large one takes its time: call `again` in a thread.

    What changes while it is read, or between that and the first look, is seen: the stamps are those of what was read.
    """

    def __init__(self, path: Path, topology: Topology) -> None:
        self._path = path
        self._seen = self._read(topology)

    @property
    def is_due(self) -> bool:
        """Whether anything differs from when it was read last, well or not."""
        return _look(self._seen) != self._seen

    def again(self) -> Topology | None:
        """Read it again; what is wrong with it is told once, and then nothing changes."""
        before, named = _look(self._seen), dict[str, Stamp]()
        try:
            topology = load(self._path, named)
        except (TopologyError, OSError) as error:
            log.error("%s has changed and cannot be used; what is in force stays: %s", self._path, error)
            self._seen = before | self._beside(named)      # What is missing, or broken, is looked for as it comes.
            return None
        self._seen = self._read(topology)
        return topology

    def _read(self, topology: Topology) -> _Seen:
        return {self._path: topology.stamp} | self._beside(topology.included)

    def _beside(self, named: dict[str, Stamp]) -> _Seen:
        return {self._path.parent / name: stamp for name, stamp in named.items()}


def _look(paths: Iterable[Path]) -> _Seen:
    """Return what the files look like now; zeros for one that is gone, or just being put in place: told when it is read."""
    return {path: stamp_at(path) for path in paths}
