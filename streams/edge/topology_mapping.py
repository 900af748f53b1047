"""`mapping:` of a feed in topology.yaml -> `Mapping`."""

from typing import Any

from schemas.topology_mapping import MappingEntry
from streams.edge.mapping import Mapping, Place


def mapping_of(entry: MappingEntry) -> Mapping:
    """Return a feed's mapping with lists and tables as tuples, tables sorted: what is told decides, not how."""
    return Mapping(**{name: _frozen(value) for name, value in entry.model_dump().items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return Place(**value) if "said" in value else tuple(sorted((key, _frozen(inner)) for key, inner in value.items()))
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
