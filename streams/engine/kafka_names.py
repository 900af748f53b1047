"""Topic names: what the engine calls a topic, and what the cluster does (`SPM_PREFIX` before every topic of ours)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType


class Names:
    """Both ways; `foreign`: topic that others write -> what it is called, whatever our prefix is."""

    def __init__(self, prefix: str, changelog: Callable[[str], str], foreign: Mapping[str, str] = MappingProxyType({})) -> None:
        self._prefix, self._foreign = prefix, foreign
        self._changelog = changelog
        self._full: dict[str, str] = {}
        self.plain: dict[str, str] = {}

    def full(self, topic: str) -> str:
        """Return the cluster's name of a topic."""
        known = self._full.get(topic)
        if known is None:
            known = self._full[topic] = self._foreign.get(topic, self._prefix + topic)
            self.plain[known] = topic
        return known

    def changelog(self, inbox: str) -> str:
        """Return the cluster's name of the changelog of an inbox's state."""
        return self._prefix + self._changelog(inbox)

    @property
    def marks(self) -> str:
        """The cluster's name of the side topic on which workers tell how far they are."""
        return self._prefix + "marks"
