"""Looks whether topology.yaml, or a file that it includes, has changed while the processor runs, and reads it again."""

import logging
from pathlib import Path

from streams.edge.topology_file import Topology, load
from streams.edge.topology_finding import TopologyError

log = logging.getLogger(__name__)

_Seen = tuple[tuple[str, int, int], ...]


class Reload:
    """One file, as it was read last. Reading a large one takes its time: call `again` in a thread."""

    def __init__(self, path: Path, topology: Topology) -> None:
        self._path, self._includes = path, topology.includes
        self._seen = self._look()

    @property
    def is_due(self) -> bool:
        """Whether anything differs from when it was read last, well or not."""
        return self._look() != self._seen

    def again(self) -> Topology | None:
        """Read it again; what is wrong with it is told once, and then nothing changes."""
        self._seen = self._look()
        try:
            topology = load(self._path)
        except (TopologyError, OSError) as error:
            log.error("%s has changed and cannot be used; what is in force stays: %s", self._path, error)
            return None
        self._includes = topology.includes
        self._seen = self._look()
        return topology

    def _look(self) -> _Seen:
        found = []
        for path in (self._path, *(self._path.parent / name for name in self._includes)):
            try:
                stat = path.stat()
            except OSError:
                continue  # It is being written, or gone: told when it is read.
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(found)
