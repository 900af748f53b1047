"""The versions of topology.yaml that a worker has: those it was given, and those kept on its disk since it was given them.

A partition may stand at a version that topology.yaml no longer says: a worker that is started anew goes on under that one.
"""

import logging
from pathlib import Path

import msgspec

from streams.edge.pseudonym import Pseudonym, as_they_are, without_ids
from streams.edge.topology_file import Topology

log = logging.getLogger(__name__)

KEPT = 20
"""Versions on disk; the oldest goes first."""
_SUFFIX = ".topology"


class Versions:
    """By version; `folder` None: in memory only. Here and on disk customers are called by `pseudonym`."""

    def __init__(self, folder: Path | None = None, pseudonym: Pseudonym = as_they_are) -> None:
        self._folder, self.pseudonym = folder, pseudonym
        self.known: dict[str, Topology] = {}
        self._stands_for = ""

    def stand_in(self, version: str, topology: Topology) -> None:
        """Take a topology in place of a version that nobody has any more, named by its first digits."""
        self._stands_for, self._stand_in = version, self._called(topology)

    def take(self, topology: Topology) -> Topology:
        """Have a version from now on, on disk too; return it as it is kept."""
        topology = self._called(topology)
        self.known[topology.version] = topology
        if self._folder is None or (path := self._path(topology.version)).exists():
            return topology
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.msgpack.encode(topology))
        part.replace(path)
        for old in sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda kept: kept.stat().st_mtime)[:-KEPT]:
            old.unlink()
        return topology

    def get(self, version: str) -> Topology | None:
        """Return a version, None where it is not here."""
        if version not in self.known and self._folder is not None and (path := self._path(version)).exists():
            try:
                self.known[version] = msgspec.msgpack.decode(path.read_bytes(), type=Topology)
            except msgspec.MsgspecError as error:
                log.warning("%s cannot be read (%s): written by another release?", path, error)
        if version not in self.known and self._stands_for and version.startswith(self._stands_for):
            log.warning("version %s of topology.yaml is not here: %s stands in its place, as was asked", version[:12], self._stand_in.version[:12])
            self.known[version] = self._stand_in
        return self.known.get(version)

    def _called(self, topology: Topology) -> Topology:
        """Return a topology with its customers called as they are here."""
        return msgspec.structs.replace(topology, network=without_ids(topology.network, self.pseudonym))

    def _path(self, version: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{version[:40]}{_SUFFIX}"
