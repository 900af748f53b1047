"""`policy:` of topology.yaml: every threshold that an operator may override, by stage and name.

A name that is not given keeps the default of `streams/domain/policy.py`, where each default's origin is told.
A test holds the names here and there together.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from schemas.durations import Duration, Share

Count = Annotated[int, Field(ge=0)]
Priority = Annotated[int, BeforeValidator(lambda told: int(told) if isinstance(told, str) and told.isdigit() else told), Field(ge=1, le=10)]
"""1 (highest) to 10; text in JSON, where every key is text."""
ImpactClass = Literal["none", "at-risk", "degraded", "down", "customers-down", "widespread"]
SeverityWord = Literal["critical", "major", "minor", "warning", "indeterminate"]


class StagePolicy(BaseModel):
    """Thresholds of one stage; unknown names are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


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
    heartbeats_missed: Annotated[int, Field(ge=1)] | None = None
    """A source is silent after this many of its intervals without a heartbeat."""
    remember_feedback: Duration | None = None
    """What operators said of grouping fades and is forgotten after this."""
    forget_after: Duration | None = None
    """A group that is quiet and clear is forgotten after this; until then a new problem can name it as what recurs."""


class Localize(StagePolicy):
    """How causes are ranked (stage 3)."""

    candidates: Annotated[int, Field(ge=1, le=100)] | None = None
    """Causes named at most."""
    revise_every: Duration | None = None
    """A problem that keeps growing is diagnosed again no more often than this."""
    depth: Count | None = None
    """How far upstream of an alarmed object a cause is looked for."""
    members: Annotated[int, Field(ge=1)] | None = None
    """Members of a problem that a diagnosis looks at, the earliest."""
    habit_half_life: Duration | None = None
    """What an object reported in past problems counts half after this; the longer, the slower a new habit is no news any more."""
    implied_confidence: Share | None = None
    """Alarms that the best cause explains are marked implied where it is surer than this; 1: never."""
    implied_lead: Annotated[int, Field(ge=1)] | None = None
    """And where it is so many times as likely as the next best."""
    implied_after: Duration | None = None
    """No alarm is marked implied before its problem has lasted this long."""
    implied_at_once: Annotated[int, Field(ge=1)] | None = None
    """Alarms marked by one diagnosis at most; the rest by the next."""
    remember_causes: Duration | None = None
    """What operators said of a cause fades day by day and is forgotten after this."""


class Manage(StagePolicy):
    """The life of a problem and its reports (stage 4)."""

    report_after: dict[Priority, Duration] | None = None
    """By priority: a trouble report once the problem has lasted this long. A priority not given keeps its default."""
    accept_within: dict[Priority, Duration] | None = None
    """By priority: a report that nobody has accepted after this is told. A priority not given keeps its default."""
    request_after: Duration | None = None
    """A cause must have been the best for this long before others are asked to work on it."""
    request_confidence: Share | None = None
    """And at least this sure."""
    quiet_moment: Duration | None = None
    """A problem is resolved when all its alarms have been clear for this long."""
    close_after: Duration | None = None
    """A resolved problem closes after this without a new alarm; within it a raise reopens it."""
    publish_every: Duration | None = None
    grown_every: Duration | None = None
    """A problem is published on every status change and otherwise at most this often."""
    restore_in: dict[Priority, Duration] | None = None
    """By priority: the estimated time to restore until something better is learnt. A priority not given keeps its default."""
    references: Count | None = None
    """References of one kind kept inline in a record."""
    forget_after: Duration | None = None
    """A closed problem gets a tombstone after this."""
    falls_after: Duration | None = None
    """A priority falls when impact and urgency have asked for a lower one for this long; it rises at once."""
    priorities: dict[ImpactClass, Annotated[list[Priority], Field(min_length=4, max_length=4)]] | None = None
    """Priority by class of impact: of critical, major, minor, and lesser alarms, as the worst that is active. A class not given keeps its default."""

    @field_validator("priorities")
    @classmethod
    def _no_lower_for_more_urgency(cls, told: dict[str, list[int]] | None) -> dict[str, list[int]] | None:
        for name, row in (told or {}).items():
            if list(row) != sorted(row):
                raise ValueError(f"{name}: {list(row)} gives a lesser alarm the higher priority; write them from critical down, 1 is the highest")
        return told
    demanding_sla: Duration | None = None
    """An SLA that asks for restoration within this counts as demanding."""
    many_services: Annotated[int, Field(ge=1)] | None = None
    """As many services down make a problem widespread."""
    closing: Literal["palliative", "definitive"] | None = None
    """When a problem that a work-around restored may end: at once, or with the definitive repair; a service may say otherwise."""
    review_priority: Annotated[int, Field(ge=0, le=10)] | None = None
    """A problem that had this priority or a higher one is to be reviewed when it closes; 0: none for its priority."""
    review_reopened: Count | None = None
    """So is one that was reopened as often as this; 0: none."""
    retest_after: Duration | None = None
    """A final test that failed is repeated this long after, if nothing is active by then."""
    notes: Count | None = None
    """Words of operators kept per problem, the last ones."""


class Watch(StagePolicy):
    """How much is remembered of what holds a service down (stage 5)."""

    problems: Annotated[int, Field(ge=1)] | None = None
    """Problems counted in per service, those that hold the worst."""
    elements: Annotated[int, Field(ge=1)] | None = None
    """Elements counted in per problem and service, the worst."""


class Oversee(StagePolicy):
    """What only the whole network can decide (stage 6)."""

    breaker_commands: Count | None = None
    """More commands than this within `breaker_window` latch the breaker."""
    breaker_window: Duration | None = None
    """The time over which `breaker_commands` counts."""
    result_within: Duration | None = None
    """A command without a result after this counts as failed."""
    same_cause_within: Duration | None = None
    """Problems of different domains with one located cause that began within this of each other get one parent."""
    before_cause: Duration | None = None
    """A problem in another domain may have begun this long before the one that explains it."""
    one_onset: Duration | None = None
    """Problems whose common cause raises no alarm itself began within this of each other."""
    alarmed_share: Share | None = None
    """Share of what a silent common cause would have made alarm that has alarmed, of the types that do alarm."""
    fair_share: Share | None = None
    """The same in each of two domains at least: enough where `fair_count` objects have alarmed."""
    fair_count: Count | None = None
    """Objects that must have alarmed where a fair share in each of two domains is enough."""
    silent_after: Duration | None = None
    """A common cause that raises no alarm is believed once its problems have been known for this long."""
    parent_confidence: Share | None = None
    """A located cause explains problems of other domains where it is surer than this."""
    parent_wait: Duration | None = None
    """A problem that may have relatives in other domains opens its report no sooner than this after it was first told of."""
    outlives_parent: Duration | None = None
    """A child that is still open this long after its parent was over is judged anew."""
    siblings: Annotated[int, Field(ge=1)] | None = None
    """Problems with one located cause that are looked at for a parent."""
    etr_share: Share | None = None
    """The learnt time of restoration is the one by which this share of such problems were restored."""
    etr_cases: Annotated[int, Field(ge=1)] | None = None
    """Closed problems of a class needed before their durations are believed."""
    etr_every: Duration | None = None
    """A time of restoration is revised no more often than this, unless the cause changes; none promised by us is shorter."""
    figures_after: Duration | None = None
    """A day's figures are told this long after its end (UTC)."""
    figures_keep: Duration | None = None
    """A day's figures can be asked for until then."""
    etr_remember: Annotated[int, Field(ge=2)] | None = None
    """Closed problems of a class after which all that was learnt of it counts half."""
    remember_command: Duration | None = None
    """A result that comes later than this after its command finds no one who knows the command."""
    command_confidence: Share | None = None
    """No command while the diagnosis is less sure than this, unless the action says another."""
    breaker_failed: Share | None = None
    """A larger share of failed ones among the last commands latches the breaker."""
    breaker_results: Annotated[int, Field(ge=1)] | None = None
    """Results within `breaker_failed_within` from which on their share counts."""
    breaker_failed_within: Duration | None = None
    approve_within: Duration | None = None
    """A command that nobody approved within this is not wanted any more."""
    target_commands: Annotated[int, Field(ge=1, le=100)] | None = None
    """Commands to one object within `target_within`, whoever asks for them."""
    target_within: Duration | None = None
    look_again: Duration | None = None
    """A command that others' commands hold back is judged again after this."""
    disrupt_wait: Duration | None = None
    """What takes its target out goes out no sooner than this after the problem opened."""
    around: Annotated[int, Field(ge=1)] | None = None
    """Objects looked at to see what a command would take down; where that is not enough, it is refused."""


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


class Handling(StagePolicy):
    """How customers' reports are handled (stages 4 and 6)."""

    shared_reports: Annotated[int, Field(ge=2)] | None = None
    """As many products reported, whose services share something upstream, are one problem."""
    shared_within: Duration | None = None
    """Within this of each other."""
    shared_hops: Count | None = None
    """How far upstream of its service what a report shares with others is looked for."""
    confirm_within: Duration | None = None
    """A requester who was asked whether it works again and does not answer within this is taken to be content."""
    information_within: Duration | None = None
    """A report that lacks information is given up after this."""
    remember: Duration | None = None
    """A closed report's answers are remembered for this long."""


class PolicySection(StagePolicy):
    """Thresholds by stage."""

    normalize: Normalize = Normalize()
    correlate: Correlate = Correlate()
    localize: Localize = Localize()
    manage: Manage = Manage()
    watch: Watch = Watch()
    oversee: Oversee = Oversee()
    learn: Learn = Learn()
    handling: Handling = Handling()
