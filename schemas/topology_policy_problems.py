"""`policy:` of topology.yaml for problems: their causes, their life, what they hurt, and what is done about them (stages 3 to 6)."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from schemas.durations import Duration, Share
from schemas.stage_policy import Count, ImpactClass, Priority, StagePolicy


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
    holds_confidence: Share | None = None
    """A cause that raises no alarm and serves this domain alone is held down where those that take it down are surer than this together and all heard of behind it is down; 1: never."""
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
    """A closed problem gets a tombstone after this, and so do its reports; until then it can be commented on and asked for."""
    falls_after: Duration | None = None
    """A priority falls when impact and urgency have asked for a lower one for this long; it rises at once."""
    priorities: dict[ImpactClass, Annotated[list[Priority], Field(min_length=4, max_length=4)]] | None = None
    """Priority by class of impact: of critical, major, minor, and lesser alarms, as the worst that is active. A class not given keeps its default."""
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

    @field_validator("priorities")
    @classmethod
    def _no_lower_for_more_urgency(cls, told: dict[str, list[int]] | None) -> dict[str, list[int]] | None:
        for name, row in (told or {}).items():
            if list(row) != sorted(row):
                raise ValueError(f"{name}: {list(row)} gives a lesser alarm the higher priority; write them from critical down, 1 is the highest")
        return told


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
    remember_ended: Duration | None = None
    """That a thing ended in the inventory is forgotten after this, where topology.yaml does not declare it; well over 7 days."""
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
