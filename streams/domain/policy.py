"""Every duration and threshold of every stage, with its origin. `policy:` in topology.yaml overrides them by name."""

import msgspec

from streams.domain.instant import HOUR, MINUTE, SECOND, Span


class NormalizePolicy(msgspec.Struct, frozen=True):
    """How feeds are read."""

    clock_ahead: Span = 5 * SECOND
    """How far a source's clock may run ahead of arrival, live (design section 4)."""
    clock_jump: Span = HOUR
    """Event mode: time moves further than this at once only when a second source or a third alarm agrees."""
    refused_share: float = 0.5
    """A feed with more than this share of its last `refused_window` records unreadable pauses."""
    refused_window: int = 1000
    new_objects: int = 10_000
    """Objects that nobody declared which one feed partition may bring in a minute; alarms of more are refused (edge/crowd.py; ours: a network element's whole subtree at once)."""
    undeclared_objects: int = 100_000
    """As many of them are remembered of one feed partition; alarms of more are refused (ours: some 30 MB of state)."""
    undeclared_for: Span = 24 * HOUR
    """Such an object makes room for others when nothing was heard of it for this long (as `correlate.close_after`)."""


class CorrelatePolicy(msgspec.Struct, frozen=True):
    """How alarms become alarm records and problems."""

    quiet_period: Span = 15 * MINUTE
    """Sliding; a problem takes no more alarms after this long without one (Netcool: 900 s)."""
    hops: int = 2
    """Two alarmed objects are near where their distances to a common ancestor add up to at most this."""
    chain: int = 4
    """And where that ancestor alone breaks both, at most this."""
    reach: int = 8
    """Hops over which an alarm finds another that is of what it stands on (ours: from a customer's line to the far side of a ring)."""
    together: Span = 90 * SECOND
    """Near alarms no further apart than this are one problem; further apart they need a reason: one stands on the other (ours: cascades take seconds to a minute)."""
    lingers: Span = 5 * MINUTE
    """What an alarm accounts for comes within this of it, or within `quiet_period` if it says that its object is down (ours)."""
    precedes: Span = 6 * MINUTE
    """A cause may be told this long after what follows from it (ours: a management system looks every five minutes, and then takes a while)."""
    neighbourhood: int = 200
    """In a domain of at most as many objects one without declared dependencies is near whatever alarms at the time (ours)."""
    lateness: Span = 10 * MINUTE
    """A raise older than the last clear is late only within this of that clear (rules-of-thumb section 2)."""
    hold_down: dict[str, Span] = msgspec.field(default_factory=lambda: {"critical": 0, "major": 0, "minor": 2 * MINUTE, "warning": 2 * MINUTE, "indeterminate": 2 * MINUTE})
    """By severity: an alarm that clears within this was transient (PagerDuty: 2 to 15 min; critical and major 0)."""
    repeat_every: Span = 5 * MINUTE
    """Repeats of an alarm publish its record no more often than this (design section 2)."""
    history: int = 32
    """Status changes kept per alarm record (RFC 8632 max-alarm-status-changes)."""
    close_after: Span = 24 * HOUR
    """A cleared record closes after this (design section 2)."""
    candidate_alarms: int = 32
    """Lesser alarms of one object that wait as a candidate; with more than this at once active, the object is a problem (ours)."""
    candidate_objects: int = 4
    """Objects near each other that begin to murmur (effect.py) within `together` and so are a problem: fewer never are, more where so many do by chance (ours; rhythm.py)."""
    anchor_problems: int = 64
    """Groups remembered at one node of the network, the latest registered: the bound of the row and of the work (ours)."""
    toggle_episodes: int = 4
    """An alarm raised as often as this within `toggle_within` is toggling (Alerta: 2 changes in 30 min; Moogsoft counts changes only)."""
    toggle_within: Span = 10 * MINUTE
    toggle_quiet: Span = 10 * MINUTE
    """A toggling alarm that was neither raised nor cleared for this long toggles no more: harder to end than to begin (hysteresis)."""
    shelve_for: Span = 2 * HOUR
    """An alarm shelved without an end comes back after this (Alerta: 7,200 s)."""
    shelve_most: Span = 7 * 24 * HOUR
    """No shelf lasts longer: what is forgotten there is lost (ours)."""
    resync_within: Span = 5 * MINUTE
    """After a source said that it rebuilt its list, alarms that it has not told again within this are gone (ours)."""
    outage_lead: Span = 10 * MINUTE
    """Announced work explains alarms that begin this long before its window ... (ours: clocks and crews are early)"""
    outage_tail: Span = 10 * MINUTE
    """... or this long after it (ours)."""
    outage_settle: Span = 10 * MINUTE
    """What is still active after the tail becomes a problem after this (ours: systems take time to come up)."""
    expected_clear: Span = 24 * HOUR
    """An alarm of a type that its source never clears is cleared by us this long after it was last told (Alerta's timeout: 86,400 s); 0: never."""
    stale_after: Span = 0
    """An alarm that its source has not told for this long is cleared by us when nothing was heard of its problem for as long; 0: never, because
    a standing alarm is true until somebody says otherwise (ours; OpenNMS deletes active alarms after 3 d, or 8 d). By the times that sources tell: not where they list
    alarms under the times of their raising."""
    heartbeats_missed: int = 3
    """A source is silent after this many intervals without a heartbeat (ours; one late or lost heartbeat is no silence)."""
    remember_feedback: Span = 180 * 24 * HOUR
    """What operators said of grouping fades and is forgotten after this (ours: networks change)."""
    forget_after: Span = 24 * HOUR
    """A group that is quiet and clear is forgotten after this; until then a new problem can name it as what recurs (ours)."""


class LocalizePolicy(msgspec.Struct, frozen=True):
    """How causes are ranked."""

    candidates: int = 5
    """Causes named at most (replay contract)."""
    revise_every: Span = SECOND
    """A problem that keeps growing is diagnosed again no more often than this."""
    depth: int = 6
    """How far upstream of an alarmed object a cause is looked for."""
    members: int = 2000
    """Members of a problem that a diagnosis looks at, the earliest; a larger problem is located from these."""
    habit_half_life: Span = 3 * 24 * HOUR
    """What an object reported in past problems counts half after this (ours; on online-boutique-1 anything from 10 problems up is as good)."""
    implied_confidence: float = 0.2
    """Alarms are marked implied by the best cause where it is surer than this. Where hundreds alarm, each is a candidate: a cause that all
    of them stand on, alarmed first, then has 0.24 to 0.5 (2,000 to 30 objects on one card), 0.95 where three do."""
    holds_confidence: float = 0.7
    """A silent object is held down where the causes that take it down are surer than this together, and nothing speaks against it (ours)."""
    implied_lead: int = 3
    """And where it is so many times as likely as the next best: what leads by one full rule of weight 0.55 (e^1.1)."""
    implied_after: Span = 10 * SECOND
    """No mark before a problem has lasted this long: while it takes shape its cause may change, and in a storm nobody reads marks (ours)."""
    implied_at_once: int = 500
    """Alarms marked by one diagnosis at most, some milliseconds of work; the rest by the next."""
    remember_causes: Span = 180 * 24 * HOUR
    """What operators said of a cause fades day by day and is forgotten after this (ours: networks change)."""


class ManagePolicy(msgspec.Struct, frozen=True):
    """The life of a problem and its reports."""

    report_after: dict[int, Span] = msgspec.field(default_factory=lambda: {1: 0, 2: 0, 3: 60 * SECOND, 4: 60 * SECOND, 5: 5 * MINUTE})
    """By priority; a priority not listed takes the value of the next higher number listed, else the last."""
    accept_within: dict[int, Span] = msgspec.field(default_factory=lambda: {1: 10 * MINUTE, 2: 15 * MINUTE, 4: HOUR, 10: 4 * HOUR})
    """By priority: a report that nobody has accepted after this is told (ours: a usual desk's response times)."""
    request_after: Span = 30 * SECOND
    """A cause must have been the best for this long before others are asked to work on it (ours: while a problem takes shape its cause may change)."""
    request_confidence: float = 0.2
    """And at least this sure (as `localize.implied_confidence`)."""
    quiet_moment: Span = 10 * SECOND
    """A problem is resolved when all its alarms have been clear for this long."""
    close_after: Span = HOUR
    """A resolved problem closes after this without a new alarm; within it a raise reopens it."""
    publish_every: Span = SECOND
    """A problem is published on every status change and otherwise at most this often (design section 2)."""
    grown_every: Span = 10 * SECOND
    """A problem that changed in nothing but numbers is published after a tenth of its age, and within this (ours)."""
    restore_in: dict[int, Span] = msgspec.field(default_factory=lambda: {1: 4 * HOUR, 2: 8 * HOUR, 3: 24 * HOUR, 4: 48 * HOUR})
    """ETR by priority until something better is learnt; a priority not listed takes the last."""
    references: int = 100
    """References of one kind kept inline in a record (design section 2)."""
    forget_after: Span = 21 * 24 * HOUR
    """A closed problem gets a tombstone after this (ours: what is still asked of it comes within days, a month's figures are kept by themselves, and its row is most of the state: ADR 0048)."""
    falls_after: Span = 10 * MINUTE
    """A priority falls when impact and urgency have asked for a lower one for this long; it rises at once (ours: keeps reports steady)."""
    priorities: dict[str, tuple[int, int, int, int]] = msgspec.field(default_factory=lambda: {
        # critical, major, minor, warning or indeterminate
        "none": (5, 6, 7, 9),
        "at-risk": (4, 5, 6, 8),
        "degraded": (3, 4, 5, 7),  # or at risk with demanding customers behind
        "down": (2, 3, 4, 6),  # services that nobody is known to have bought, or bought ones degraded
        "customers-down": (1, 2, 3, 5),
        "widespread": (1, 1, 2, 4)})  # many services down, or customers with a demanding SLA
    """Priority by class of impact (priority.py) and, in each row, by the worst severity of the active alarms (ours)."""
    demanding_sla: Span = 4 * HOUR
    """An SLA that asks for restoration within this counts as demanding (ours: a usual gold class)."""
    many_services: int = 20
    """As many services down make a problem widespread (ours)."""
    closing: str = "palliative"
    """When a problem that a work-around restored may end: at once (palliative), or with the definitive repair (definitive); a service may say otherwise (TM Forum function 1147)."""
    review_priority: int = 1
    """A problem that had this priority or a higher one, or hurt `many_services` at once, is to be reviewed when it closes; 0: none for its priority (ours)."""
    review_reopened: int = 3
    """So is one that was reopened as often as this; 0: none (ours)."""
    retest_after: Span = 10 * MINUTE
    """A final test that failed is repeated this long after, if nothing is active by then (ours)."""
    notes: int = 10
    """Words of operators kept per problem, the last ones (ours)."""


class WatchPolicy(msgspec.Struct, frozen=True):
    """How much is remembered of what holds a service down (a row stays under 256 KB, design section 2)."""

    problems: int = 64
    """Problems counted in per service, those that hold the worst."""
    elements: int = 200
    """Elements counted in per problem and service, the worst."""


class HandlingPolicy(msgspec.Struct, frozen=True):
    """How customers' reports are handled (stages 4 and 6, domain/handling.py)."""

    shared_reports: int = 3
    """As many products reported, whose services share something upstream, are one problem (issue 6)."""
    shared_within: Span = 15 * MINUTE
    """Within this of each other (issue 6)."""
    shared_hops: int = 4
    """How far upstream of its service what a report shares with others is looked for (ours: line, node, ring, site)."""
    confirm_within: Span = 24 * HOUR
    """A requester who was asked whether it works again and does not answer within this is taken to be content (issue 6)."""
    information_within: Span = 24 * HOUR
    """A report that lacks information is given up after this (ours: as `confirm_within`)."""
    remember: Span = 7 * 24 * HOUR
    """A closed report's answers are remembered for this long (ours)."""


class OverseePolicy(msgspec.Struct, frozen=True):
    """What only the whole network can decide."""

    breaker_commands: int = 10
    """More commands than this within `breaker_window` latch the breaker."""
    breaker_window: Span = 10 * MINUTE
    result_within: Span = 10 * MINUTE
    """A command without a result after this counts as failed."""
    same_cause_within: Span = 15 * MINUTE
    """Problems of different domains with one located cause that began within this of each other get one parent."""
    before_cause: Span = 5 * MINUTE
    """A consequence may have begun this long before its cause: five-minute polling, and clocks."""
    one_onset: Span = 5 * MINUTE
    """Problems whose common cause is silent began within this of each other (five-minute polling; ours)."""
    alarmed_share: float = 0.6
    """Share of what a common cause that does not itself say it is down would have made alarm, of the types that do alarm, that has alarmed (ours)."""
    fair_share: float = 0.2
    """The same in each of two domains at least, where `fair_count` objects have alarmed: few of what is down need tell in time (ours, ADR 0022)."""
    fair_count: int = 6
    silent_after: Span = 5 * SECOND
    """A common cause that is silent is believed once its problems have been known for this long: its own alarm may be under way (ours)."""
    parent_confidence: float = 0.2
    """A located cause explains problems of other domains where it is surer than this (as `localize.implied_confidence`)."""
    parent_wait: Span = 10 * SECOND
    """A problem that may have relatives in other domains opens its report no sooner than this after it was first told of (ours)."""
    outlives_parent: Span = 6 * MINUTE
    """A child that is still open this long after its parent was over is judged anew (ours: who looks every five minutes sees a repair that late)."""
    siblings: int = 100
    """Problems with one located cause that are looked at for a parent (design section 2: references inline)."""
    remember_command: Span = 24 * HOUR
    """A result that comes later than this after its command finds no one who knows the command."""
    command_confidence: float = 0.5
    """No command while the diagnosis is less sure than this, unless the action says another (ours: more likely right than wrong)."""
    breaker_failed: float = 0.5
    """A larger share of failed ones among the last commands latches the breaker (ours)."""
    breaker_results: int = 5
    """Results within `breaker_failed_within` from which on their share counts (ours: two of two failed prove nothing)."""
    breaker_failed_within: Span = HOUR
    approve_within: Span = 30 * MINUTE
    """A command that nobody approved within this is not wanted any more (ours)."""
    target_commands: int = 6
    """Commands to one object within `target_within`, whoever asks for them (ours: twice three, an action and the next)."""
    target_within: Span = 24 * HOUR
    look_again: Span = MINUTE
    """A command that others' commands hold back is judged again after this (ours)."""
    disrupt_wait: Span = 30 * SECOND
    """What takes its target out goes out no sooner than this after the problem opened: news of its neighbours may be under way (ours)."""
    around: int = 5_000
    """Objects looked at to see what a command would take down; where that is not enough, it is refused (ours)."""
    etr_share: float = 0.8
    """The learnt time of restoration is the one by which this share of such problems were restored."""
    etr_cases: int = 20
    """Closed problems of a class needed before their durations are believed rather than those of a coarser class, or policy (ours)."""
    etr_every: Span = 15 * MINUTE
    """A promise is revised no more often than this, unless the cause changes; so none is shorter."""
    figures_after: Span = 10 * MINUTE
    """A day's figures are told this long after its end: what is late has come by then (as `correlate.lateness`)."""
    figures_keep: Span = 35 * 24 * HOUR
    """A day's figures can be asked for until then (ours: a month and its report)."""
    etr_remember: int = 2000
    """Closed problems of a class after which all that was learnt of it counts half: repairs change (ours)."""
    remember_ended: Span = 30 * 24 * HOUR
    """That a thing ended in the inventory is forgotten after this: far more than the 7 days for which every change is kept (ours, ADR 0051)."""


class LearnPolicy(msgspec.Struct, frozen=True):
    """How it is learnt which alarm types cause which (streams/domain/learn.py; tried in ADR 0020)."""

    quiet: Span = 15 * MINUTE
    """An alarm that was not heard for this long begins anew (as `correlate.quiet_period`)."""
    window: Span = 10 * MINUTE
    """What came longer ago than this accounts for nothing."""
    decay: Span = 150 * SECOND
    """What came this long ago is e = 2.7 times less likely the reason than what came just before."""
    one_instant: Span = SECOND
    """Of two alarms no further apart than this nobody knows which came first (times in whole seconds, two clocks)."""
    settle: Span = 60 * SECOND
    """An onset is learnt from once whatever is late by no more than this has come."""
    half_life: Span = 30 * 24 * HOUR
    """What was learnt this long ago counts half; 0: nothing fades."""
    remember: Span = 7 * 24 * HOUR
    """How often an alarm comes on an object is forgotten when the object was not alarmed for this long."""
    pairs: int = 2000
    """Pairs of alarm types remembered per partition, the strongest."""
    types: int = 1000
    """Alarm types remembered per partition, the most frequent."""
    types_per_object: int = 16
    """Alarm types remembered of one object, the latest."""
    neighbours: int = 32
    """Neighbours of an object that are looked at, what it depends on first."""
    tell_every: Span = 3 * HOUR
    """Localization is told what is known no more often than this."""
    pairs_told: int = 200
    """Pairs it is told, the strongest."""
    least_support: int = 5
    """Onsets of an effect on neighbours that a cause accounts for, at least, before it is told of the pair."""
    onsets: int = 1000
    """Onsets learnt from per partition and minute: a storm is one event."""


class Policy(msgspec.Struct, frozen=True):
    """All of it, by stage."""

    normalize: NormalizePolicy = NormalizePolicy()
    correlate: CorrelatePolicy = CorrelatePolicy()
    localize: LocalizePolicy = LocalizePolicy()
    manage: ManagePolicy = ManagePolicy()
    oversee: OverseePolicy = OverseePolicy()
    watch: WatchPolicy = WatchPolicy()
    learn: LearnPolicy = LearnPolicy()
    handling: HandlingPolicy = HandlingPolicy()
