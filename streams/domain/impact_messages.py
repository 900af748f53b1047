"""What travels when somebody asks for the present impact: to every partition of stage 5, and what each told to stage 6."""

from streams.domain.alarm_messages import OperatorRequest
from streams.domain.instant import Instant
from streams.domain.wire import Wire


class ImpactsAsked(Wire, frozen=True):
    """Tell again, as it is now, the impact on every product, or on those of `request.target`: a product, a customer or a service."""

    request: OperatorRequest
    lanes: int
    """Partitions of stage 5, all of which are asked."""
    at: Instant
    clock: Instant = 0


class ImpactsTold(Wire, frozen=True):
    """One partition has told all that it has."""

    request: OperatorRequest
    lanes: int
    impacts: int
    at: Instant
    clock: Instant = 0
