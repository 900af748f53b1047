"""`policy:` of topology.yaml for alarms: how they are read, become problems, and are learnt from (stages 1 and 2)."""

from typing import Annotated

from pydantic import Field

from schemas.durations import Duration, Share
from schemas.stage_policy import Count, SeverityWord, StagePolicy


class Normalize(StagePolicy):
    """How feeds are read (stage 1)."""

    clock_ahead: Duration | None = None
    """How far a source's clock may run ahead of arrival, live."""
    clock_jump: Duration | None = None
    """Event mode: time moves further than this at once only when a second source or a third alarm agrees."""
    refused_share: Share | None = None
    """A feed with more than this share of its last `refused_window` records unreadable pauses."""
    refused_window: Annotated[int, Field(ge=1)] | None = None
    """Records of a feed that `refused_share` is taken over."""
    new_objects: Annotated[int, Field(ge=1)] | None = None
    """Objects that are not declared which one feed partition may bring in a minute; alarms of more are refused (`too-many-objects`)."""
    undeclared_objects: Annotated[int, Field(ge=1)] | None = None
    """As many of them are remembered of one feed partition; alarms of more are refused."""
    undeclared_for: Duration | None = None
    """Such an object makes room for others when nothing was heard of it for this long."""


class Correlate(StagePolicy):
    """How alarms become alarm records and problems (stage 2)."""

    quiet_period: Duration | None = None
    """A problem takes no more alarms after this long without one (sliding)."""
    hops: Count | None = None
    """Two alarmed objects are near where their distances to a common ancestor add up to at most this."""
    chain: Count | None = None
    """And where that ancestor alone breaks both, at most this."""
    reach: Count | None = None
    """Hops over which an alarm finds another that is of what it stands on."""
    together: Duration | None = None
    """Near alarms no further apart than this are one problem; further apart they need a reason: one stands on the other."""
    lingers: Duration | None = None
    """What an alarm accounts for comes within this of it, or within `quiet_period` if it says that its object is down."""
    precedes: Duration | None = None
    """A cause may be told this long after what follows from it."""
    neighbourhood: Count | None = None
    """In a domain of at most as many objects one without declared dependencies is near whatever alarms at the time."""
    lateness: Duration | None = None
    """A raise older than the last clear is late only within this of that clear."""
    hold_down: dict[SeverityWord, Duration] | None = None
    """By severity: an alarm that clears within this was transient. A severity not given keeps its default."""
    repeat_every: Duration | None = None
    """Repeats of an alarm publish its record no more often than this."""
    history: Annotated[int, Field(ge=1)] | None = None
    """Status changes kept per alarm record."""
    close_after: Duration | None = None
    """A cleared record closes after this."""
    candidate_alarms: Count | None = None
    """Lesser alarms of one object that wait as a candidate; with more than this at once active, the object is a problem."""
    candidate_objects: Annotated[int, Field(ge=2)] | None = None
    """Objects near each other on which only values are unusual, at one time, that are a problem together."""
    anchor_problems: Annotated[int, Field(ge=1)] | None = None
    """Groups remembered at one node of the network, the latest registered."""
    toggle_episodes: Annotated[int, Field(ge=2)] | None = None
    """An alarm raised as often as this within `toggle_within` is toggling."""
    toggle_within: Duration | None = None
    """The time over which `toggle_episodes` counts."""
    toggle_quiet: Duration | None = None
    """A toggling alarm that was neither raised nor cleared for this long toggles no more."""
    shelve_for: Duration | None = None
    """An alarm shelved without an end comes back after this."""
    shelve_most: Duration | None = None
    """No shelf lasts longer than this."""
    resync_within: Duration | None = None
    """After a source said that it rebuilt its list, alarms that it has not told again within this are gone."""
    outage_lead: Duration | None = None
    """A planned outage explains alarms that begin this long before its window."""
    outage_tail: Duration | None = None
    """A planned outage explains alarms that begin this long after its window."""
    outage_settle: Duration | None = None
    """An alarm that outlives the tail of its planned outage becomes a problem after this."""
    expected_clear: Duration | None = None
    """An alarm of a type that its source never clears is cleared by us this long after it was last told; 0: never."""
    stale_after: Duration | None = None
    """An alarm that its source has not told for this long is cleared by us, and the record says so, when nothing was heard of its problem for as long; 0: never."""
    heartbeats_missed: Annotated[int, Field(ge=1)] | None = None
    """A source is silent after this many of its intervals without a heartbeat."""
    remember_feedback: Duration | None = None
    """What operators said of grouping fades and is forgotten after this."""
    forget_after: Duration | None = None
    """A group that is quiet and clear is forgotten after this; until then a new problem can name it as what recurs."""


class Learn(StagePolicy):
    """How it is learnt which alarm types cause which (stage 2)."""

    quiet: Duration | None = None
    """An alarm that was not heard for this long begins anew."""
    window: Duration | None = None
    """What came longer ago than this accounts for nothing."""
    decay: Duration | None = None
    """What came this long ago is 2.7 times less likely the reason than what came just before."""
    one_instant: Duration | None = None
    """Of two alarms no further apart than this nobody knows which came first."""
    settle: Duration | None = None
    """An onset is learnt from once whatever is late by no more than this has come."""
    half_life: Duration | None = None
    """What was learnt this long ago counts half; 0: nothing fades."""
    remember: Duration | None = None
    """How often an alarm comes on an object is forgotten when the object was not alarmed for this long."""
    pairs: Annotated[int, Field(ge=1)] | None = None
    """Pairs of alarm types remembered per partition, the strongest."""
    types: Annotated[int, Field(ge=1)] | None = None
    """Alarm types remembered per partition, the most frequent."""
    types_per_object: Annotated[int, Field(ge=1)] | None = None
    """Alarm types remembered of one object, the latest."""
    neighbours: Count | None = None
    """Neighbours of an object that are looked at, what it depends on first."""
    tell_every: Duration | None = None
    """Localization is told what is known no more often than this."""
    pairs_told: Count | None = None
    """Pairs it is told, the strongest."""
    least_support: Count | None = None
    """Onsets of an effect on neighbours that a cause accounts for, at least, before localization is told of the pair."""
    onsets: Count | None = None
    """Onsets learnt from per partition and minute; 0: nothing is learnt."""
