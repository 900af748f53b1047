"""What `customer-impacts` carries: a difference in what a customer has of a product instance, strict; the shape is ours.

The sum of a product's differences is its present impact: `started` opens it, `changed` moves it, `ended` closes it;
`clock` leaves it as it is, only the clock of its SLA has changed.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.alarm import Outbound, Word

ImpactWord = Literal["down", "degraded", "at-risk", "planned", "none"]


class CustomerImpact(Outbound):
    """One difference (key: product instance id)."""

    type: Literal["CustomerImpact"] = Field(alias="@type")
    id: Word
    """Deterministic and unique: a record with an id that was seen before is the same record."""
    kind: Literal["started", "changed", "ended", "clock", "snapshot"]
    """snapshot is no difference: the present impact, told again because somebody asked."""
    product: Word
    """Product instance, as topology.yaml names it."""
    customer: Word | None = None
    """Customer who holds the product instance; absent where topology.yaml names none."""
    service: Word
    """Service that the product instance is delivered by."""
    impact: ImpactWord
    """down; degraded; at-risk: works, but redundancy it relies on is gone; planned: hurt or at risk by announced work only;
    none, if and only if `kind` is ended."""
    previous_impact: ImpactWord = Field(alias="previousImpact")
    """none, if and only if `kind` is started."""
    problem: Word | None = None
    """Problem that explains the impact best; of an end: that explained it. Absent where only announced work does."""
    problems: list[Word] = Field(max_length=100)
    """All problems that share in the impact, sorted: that bring it about by themselves, or without which it would be less. Of an end: that shared in it."""
    outages: list[Word] | None = Field(None, min_length=1, max_length=100)
    """Ids of the planned outages whose work holds down something the service stands on; of an end: that held it."""
    path: list[Word] = Field(max_length=8)
    """From the service down to what `problem`, or the work, holds, nearest first; "..." stands for what was left out. Empty where none was found."""
    sla: Word | None = None
    """Service level agreement of the product instance."""
    since: AwareDatetime
    """When the service ceased to work as it should, this time: the same in all records from started to ended."""
    at: AwareDatetime
    """When this difference came about."""
    due_date: AwareDatetime | None = Field(None, alias="dueDate")
    """By when the SLA wants it restored, in the hours of its calendar: counted from when it became degraded or down, or from the end of the
    announced window in which it did; absent while merely at risk or planned, and while the clock is paused. Of an end: was to be."""
    jeopardy: Literal["running", "paused", "warned", "violated", "kept"] | None = None
    """How the clock of its SLA stands; once restored, kept or violated. Absent without a clock."""

    snapshot: Word | None = None
    """Id of the request that asked for it (operator action snapshot-impacts), if and only if `kind` is snapshot; the answer on `progress` says
    when all is told: a product that was not named by then has no impact."""

    @model_validator(mode="after")
    def _kind_says_it(self) -> Self:
        if (self.kind == "ended") != (self.impact == "none"):
            raise ValueError("kind is ended if and only if impact is none")
        if (self.kind == "started") != (self.previous_impact == "none"):
            raise ValueError("kind is started if and only if previousImpact is none")
        if (self.impact == self.previous_impact) != (self.kind in ("clock", "snapshot")):
            raise ValueError("a difference has two sides, unless only the clock has changed")
        if (self.kind == "snapshot") != bool(self.snapshot):
            raise ValueError("a snapshot names the request that asked for it")
        if self.kind == "clock" and not self.jeopardy:
            raise ValueError("kind clock says how the clock stands")
        if bool(self.problem) != bool(self.problems):
            raise ValueError("the problem that explains it best is one of its problems")
        if not self.problem and not self.outages:
            raise ValueError("a problem or a planned outage explains it")
        if self.impact == "planned" and not self.outages:
            raise ValueError("what is planned names its planned outage")
        return self
