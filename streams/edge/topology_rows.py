"""The rows of a network as msgspec reads them: the long part of a topology, a million rows and more.

They say the same as their pydantic models in `schemas/topology.py` (a test holds the two together), at a tenth of the time
and memory. What these refuse is read again by the models, which know how to tell what is wrong.
"""

from typing import Annotated, Any, Literal

import msgspec

from schemas.topology import NetworkPart
from streams.edge.topology_shape import shaped
from streams.edge.topology_source import Source

Name = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Row(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Base of every row. Never part of a cycle, so the cycle collector need not know it."""


class ResourceRow(Row, frozen=True, gc=False):
    id: Name
    type: str = ""
    aliases: tuple[Name, ...] = ()
    site: str = ""
    domain: str = ""
    managed_by: str = ""
    owner: str = ""
    vendor: str = ""


class DependencyRow(Row, frozen=True, gc=False, rename={"dependent": "from", "named": "to"}):
    dependent: Name
    named: Name | Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    """As written: one name or several; see `to`."""
    kind: str = ""
    needs: Count | None = None
    degraded_below: Count | None = None

    @property
    def to(self) -> tuple[str, ...]:
        """What it depends on, as a list even where it is one name."""
        return (self.named,) if type(self.named) is str else self.named  # type: ignore[return-value]


class ServiceRow(Row, frozen=True, gc=False):
    id: Name
    type: str = ""
    aliases: tuple[Name, ...] = ()
    domain: str = ""
    owner: str = ""
    closing: Literal["", "palliative", "definitive"] = ""


class ProductRow(Row, frozen=True, gc=False):
    id: Name
    service: Name
    customer: str = ""
    sla: str = ""
    services: tuple[Name, ...] = ()
    aliases: tuple[Name, ...] = ()
    place: str = ""

    @property
    def all_services(self) -> tuple[str, ...]:
        """Every service it stands on, each once."""
        return tuple(dict.fromkeys((self.service, *self.services)))


class PartRows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rows of one file."""

    resources: list[ResourceRow] = []
    dependencies: list[DependencyRow] = []
    services: list[ServiceRow] = []
    products: list[ProductRow] = []


_decode = msgspec.json.Decoder(PartRows).decode


def rows_of(source: Source) -> PartRows:
    """Read a file that is a part of the network; TopologyError tells every mistake in its shape."""
    found = source.json_as(_decode)
    if found is None:
        plain = source.plain()
        found = converted(plain)
        if found is None:
            found = converted(shaped(NetworkPart, plain, source).model_dump(by_alias=True))
    assert found is not None, "the models and the rows take the same"
    return found


def converted(plain: dict[str, Any]) -> PartRows | None:
    """Return plain rows as what they are, None where one is not well shaped."""
    try:
        return msgspec.convert(plain, PartRows)
    except msgspec.ValidationError:
        return None
