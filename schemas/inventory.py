"""What is read from `inventory`: services (TMF638), resources (TMF639) and product instances (TMF637), whole, keyed by id. Tolerant.

A record is the truth of its id; the topic is compacted, a null value takes away what its key names. Other spellings are
accepted too (streams/edge/inventory.py), events around a record, and an array of records as one change.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, RootModel

from schemas.alarm import Word
from schemas.restoration_result import Inbound


class CharacteristicGiven(Inbound):
    """A name and its value."""

    name: Word
    value: str | int | list[str]


class Reference(Inbound):
    """An object by its id; it need not be known (yet)."""

    id: Word


class RelatedPartyGiven(Inbound):
    """Who has to do with it; role customer: who bought it."""

    id: Word
    role: Word


class ServiceRelationshipGiven(Inbound):
    """This object stands on another service; those of one type with the characteristic `needs` are a group of which so many must work."""

    relationship_type: Word = Field(alias="relationshipType")
    """Any word of your inventory; of connectedTo, adjacentTo, contains, hosts, supports and reliedBy nothing is taken to follow."""
    service: Reference
    service_relationship_characteristic: list[CharacteristicGiven] = Field([], alias="serviceRelationshipCharacteristic")
    """`needs` and `degraded_below`, as in topology.yaml `dependencies`."""


class ResourceRelationshipGiven(Inbound):
    """This object stands on a resource."""

    relationship_type: Word = Field(alias="relationshipType")
    resource: Reference
    resource_relationship_characteristic: list[CharacteristicGiven] = Field([], alias="resourceRelationshipCharacteristic")
    """`needs` and `degraded_below`, as in topology.yaml `dependencies`."""


class InventoryService(Inbound):
    """A service (TMF638 v4, v5)."""

    type: Literal["Service", "CustomerFacingService", "ResourceFacingService"] = Field(alias="@type")
    id: Word
    service_type: Word | None = Field(None, alias="serviceType")
    state: str = "active"
    """`terminated`, `retired` and the like take it away."""
    supporting_service: list[Reference] = Field([], alias="supportingService")
    """Each has to work."""
    supporting_resource: list[Reference] = Field([], alias="supportingResource")
    """Each has to work."""
    service_relationship: list[ServiceRelationshipGiven] = Field([], alias="serviceRelationship")
    resource_relationship: list[ResourceRelationshipGiven] = Field([], alias="resourceRelationship")
    related_party: list[RelatedPartyGiven] = Field([], alias="relatedParty")
    """Role customer: bought the service itself; its product instance is called `<service>:<customer>`."""
    service_characteristic: list[CharacteristicGiven] = Field([], alias="serviceCharacteristic")
    """`domain`: correlation domain, else that of what it stands on; `sla`: of its customers; `alias`: other names, commas between."""
    last_update: AwareDatetime | None = Field(None, alias="lastUpdate")
    """When it came about; when the record arrived where absent."""


class InventoryResource(Inbound):
    """A resource (TMF639 v4, v5)."""

    type: Literal["Resource", "PhysicalResource", "LogicalResource"] = Field(alias="@type")
    id: Word
    category: Word | None = None
    """Its type, as `on_type` of rules has it."""
    resource_status: str = Field("available", alias="resourceStatus")
    place: list[Reference] = Field(default_factory=list)
    """The first is its site."""
    resource_relationship: list[ResourceRelationshipGiven] = Field([], alias="resourceRelationship")
    resource_characteristic: list[CharacteristicGiven] = Field([], alias="resourceCharacteristic")
    """`domain`, else its site, else that of what it stands on; `alias`, `managementIp`, `hostname`: other names that alarms use."""
    last_update: AwareDatetime | None = Field(None, alias="lastUpdate")


class InventoryProduct(Inbound):
    """A product instance (TMF637 v4, v5): what a customer bought."""

    type: Literal["Product"] = Field(alias="@type")
    id: Word
    realizing_service: list[Reference] = Field(min_length=1, alias="realizingService")
    """The services that it is made of."""
    status: str = "active"
    related_party: list[RelatedPartyGiven] = Field([], alias="relatedParty")
    place: list[Reference] = Field(default_factory=list)
    """Where it is used, as customers name it."""
    product_characteristic: list[CharacteristicGiven] = Field([], alias="productCharacteristic")
    """`sla`: one of topology.yaml `slas`; `number`, `alias`: other names that customers use."""
    last_update: AwareDatetime | None = Field(None, alias="lastUpdate")


OneRecord = Annotated[InventoryService | InventoryResource | InventoryProduct, Field(discriminator="type")]


class InventoryRecord(RootModel[OneRecord | list[OneRecord]]):
    """One record, or an array of them as one change."""
