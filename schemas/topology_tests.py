"""`tests:` of topology.yaml: which test tells what of which object, and who runs it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.durations import Duration, Share
from schemas.topology_names import Name
from schemas.topology_rules import Rule


class TestEntry(Rule):
    """A test (TMF653 ServiceTest): of the services that a problem hurts, of its resources, or of whatever is of that type."""

    __test__ = False

    name: Name
    """Unique; requests and records name it."""
    kind: Literal["first-in", "diagnostic", "audit", "final"]
    """first-in: when a problem opens whose first alarm has `cause`; diagnostic: of the candidates of `cause` when they are
    located; audit: of the configuration, every `every` or on demand; final: before a problem is resolved."""
    specification: Name
    """What the tester knows the test as (TMF653 testSpecification)."""
    tester: Name | None = None
    """Who runs it, for people and for testers that share the topic."""
    within: Duration | None = None
    """A result is due within this; default 5m."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 2
    """Times it is asked for while no result comes."""
    every: Duration | None = None
    """Of an audit: how often it is run on every object of `on_type`; default: on demand only."""
    below: Share | None = None
    """Of a diagnostic test: only while the diagnosis is less sure than this."""
    most: Annotated[int, Field(ge=1, le=100)] = 3
    """Objects of one problem tested at once, the worst hurt first."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.every is not None and (self.kind != "audit" or not self.on_type):
            raise ValueError("`every` goes with `kind: audit` and an `on_type`")
        if self.every is not None and self.every < 60_000_000:
            raise ValueError("an audit cannot be run more often than every minute")
        if self.below is not None and self.kind != "diagnostic":
            raise ValueError("`below` goes with `kind: diagnostic` only")
        if self.cause is not None and self.kind == "audit":
            raise ValueError("an audit has no `cause`: it is run on a schedule or on demand")
        return self
