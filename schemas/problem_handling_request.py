"""What is read from `problem-handling-requests`: TMF656's ServiceProblem as Problem Handling creates or patches it. Tolerant.

Nothing is required: what is missing is asked for on `progress` (ServiceProblemInformationRequiredEvent). Other spellings
are accepted too (streams/edge/handling_request.py), and the whole in the `event` of a TMF656 notification.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Word
from schemas.restoration_result import Inbound


class ExternalIdentifierGiven(Inbound):
    """What the requester calls its report; the same one again is the same request."""

    id: Word
    owner: str = ""


class EntityGiven(Inbound):
    """What a relation names."""

    id: Word


class RelatedEntityGiven(Inbound):
    """What the customer names; role product: a product instance, or its number."""

    role: Word
    entity: EntityGiven


class ServiceGiven(Inbound):
    """A service that the report names itself."""

    id: Word


class PlaceGiven(Inbound):
    """A place of topology.yaml `products`."""

    id: Word


class LocationGiven(Inbound):
    """Where the customer is."""

    place: PlaceGiven


class ProblemHandlingRequest(Inbound):
    """A report of a fault (no `id`, no `action`), or something about a report that was taken in."""

    request_id: Word | None = Field(None, alias="requestId")
    """Of a patch: its own id; the same one again gets the first answer. Of a report its externalIdentifier is."""
    external_identifier: list[ExternalIdentifierGiven] | None = Field(None, alias="externalIdentifier")
    id: Word | None = None
    """Of a patch: the report's id, as its answer told it, of one part or up to the dot of all; else name it by externalIdentifier."""
    action: Literal["hold", "resume", "cancel", "test", "confirm", "still-down"] | None = None
    """Of a patch. Without one: what was missing. confirm and still-down answer CustomerReportConfirmationRequiredEvent; hold, resume
    only of a problem that no alarm found."""
    status: Literal["pending", "inProgress", "cancelled", "closed"] | None = None
    """Of a patch with `id`, as TMF656 has it: hold, resume (of what is resolved: still-down), cancel, confirm."""
    description: str | None = None
    """What does not work; the first 256 characters are kept."""
    related_entity: list[RelatedEntityGiven] | None = Field(None, alias="relatedEntity")
    affected_service: list[ServiceGiven] | None = Field(None, alias="affectedService")
    affected_location: list[LocationGiven] | None = Field(None, alias="affectedLocation")
    """Enough where one product is used there."""
    impact: Literal["down", "degraded", "at-risk"] = "down"
    since: AwareDatetime | None = None
    """Since when it does not work; when it was reported where absent."""
    at: AwareDatetime | None = None
    """When it was asked; when the record arrived where absent."""
