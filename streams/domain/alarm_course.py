"""The course of one alarm after its verdict: raised, changed, repeated, renewed, cleared, released, closed.

Each writes the alarm's rows, moves it into or out of a problem, and tells of it on alarm-records.
"""

import msgspec

from streams.domain.alarm import Alarm, Effect, Severity
from streams.domain.alarm_book import (
    Entrant,
    count,
    judge,
    named_problem,
    publish,
)
from streams.domain.alarm_record import (
    AlarmLife,
    AlarmRecord,
    Standing,
    Verdict,
    live_on,
    occurrence_id,
)
from streams.domain.effect import effect_of
from streams.domain.grouping import leave, place, revise, slide
from streams.domain.instant import Instant, Span
from streams.domain.messages import AlarmHeard
from streams.domain.planned_outage import outage_until
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import Emit, View, World

_ACTIVE, _CHOSEN = Standing.ACTIVE, (Standing.HELD, Standing.SUPPRESSED)
_HOLD_WORDS = {s: s.name.lower() for s in Severity}


def hold_of(severity: Severity, effect: Effect, policy: CorrelatePolicy) -> Span:
    """Return how long a new alarm is held back; an effect below major never waits (design section 2)."""
    if severity < Severity.MAJOR and effect is not Effect.NONE:
        return 0
    return policy.hold_down.get(_HOLD_WORDS[severity], 0)


def raise_alarm(view: View, key: str, record: AlarmRecord, message: AlarmHeard, now: Instant, world: World) -> list[Emit]:
    """Begin an episode: suppressed by an outage, held, or placed in a problem."""
    alarm, policy = message.alarm, world.policy.correlate
    suspect = alarm.at < record.cleared_at
    life = live_on(view.alarm_lives.get(record.id), alarm, Verdict.NEW, policy, suspect)
    effect = effect_of(alarm, world.network)
    moment = _moment(record)
    problem, disposition = "", str(Verdict.NEW)
    out: list[Emit] = []
    if until := outage_until(view, alarm, key, moment):
        record = msgspec.structs.replace(record, standing=Standing.SUPPRESSED, due=until)
        life = msgspec.structs.replace(life, suppressed="planned-outage")
        disposition = "suppressed:planned-outage"
    elif hold := hold_of(alarm.severity, effect, policy):
        record = msgspec.structs.replace(record, standing=Standing.HELD, due=moment + hold, held=message.source)
        disposition = ""
    else:
        placed = place(view, Entrant(key, record, alarm, effect, moment, alarm.at), now, world)
        record, problem, out = placed.record, placed.problem, placed.out
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    told = publish("created" if life.revision == 1 else "state", record, life, problem, alarm.at)
    if not disposition:
        count(view, "held")
        return [told, *out]
    return [told, *out, *judge(view, world, message.source, record, disposition)]


def _moment(record: AlarmRecord) -> Instant:
    """The time an episode is grouped by: when it began, but not before the record's last clear where the clock is suspect."""
    return max(record.began_at, record.cleared_at)


def change_alarm(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Take in a new severity; a held alarm that is now heavy is held no longer."""
    policy = world.policy.correlate
    life = live_on(view.alarm_lives.get(record.id), alarm, Verdict.CHANGED, policy)
    record = msgspec.structs.replace(record, told_at=alarm.at)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    out: list[Emit] = []
    if record.standing is Standing.HELD:
        if not hold_of(alarm.severity, effect_of(alarm, world.network), policy):
            return _release(view, key, record, alarm.at, now, world)
    elif record.standing is _ACTIVE:
        if not slide(view, record, alarm.at, policy.quiet_period):
            return _renew(view, key, record, alarm, now, world)
        out = revise(view, key, record, alarm, now, world)
        life = view.alarm_lives.get(record.id)
    return record, [publish("changed", record, life, named_problem(view, record), alarm.at), *out]


def repeat_alarm(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Extend the problem's quiet period, or begin a new occurrence; tell of it no more often than policy says."""
    policy = world.policy.correlate
    if record.standing is _ACTIVE:
        if not slide(view, record, alarm.at, policy.quiet_period):
            return _renew(view, key, record, alarm, now, world)
        record = msgspec.structs.replace(record, slid_at=max(record.slid_at, alarm.at))
    out: list[Emit] = []
    if alarm.at - record.told_at >= policy.repeat_every:
        record = msgspec.structs.replace(record, told_at=alarm.at)
        life: AlarmLife = view.alarm_lives.get(record.id)
        # The text of the latest repeat is told with it: of a repeat nothing else can be new.
        out.append(publish("changed", record, msgspec.structs.replace(life, alarm=alarm), named_problem(view, record), alarm.at))
    view.alarm_records.put(key, record)
    return record, out


def _renew(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Begin a new occurrence of an alarm that is still active but whose problem takes no more alarms."""
    old: AlarmLife = view.alarm_lives.get(record.id)
    out = leave(view, key, record, old.alarm, "left", alarm.at, now, world, "renewed: the alarm was told again after its problem's quiet period")
    episodes = record.episodes + 1
    record = msgspec.structs.replace(
        record, episodes=episodes, began_at=alarm.at, occurrence=occurrence_id(alarm, alarm.at, episodes), slid_at=alarm.at, told_at=alarm.at)
    life = msgspec.structs.replace(old, alarm=alarm, revision=old.revision + 1)
    problem = ""
    if until := outage_until(view, alarm, key, alarm.at):
        record = msgspec.structs.replace(record, standing=Standing.SUPPRESSED, due=until)
        life = msgspec.structs.replace(life, suppressed="planned-outage")
    else:
        placed = place(view, Entrant(key, record, alarm, effect_of(alarm, world.network), alarm.at, alarm.at), now, world)
        record, problem = placed.record, placed.problem
        out += placed.out
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    return record, [publish("changed", record, life, problem, alarm.at), *out]


def clear_alarm(view: View, key: str, before: AlarmRecord, record: AlarmRecord, told: Alarm, now: Instant, world: World, by: str = "") -> list[Emit]:
    """End an episode: a held one was transient, an active one leaves its problem."""
    life = live_on(view.alarm_lives.get(record.id), told, Verdict.CLEARED, world.policy.correlate)
    life = msgspec.structs.replace(life, suppressed="", cleared_by=by)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    out: list[Emit] = []
    if before.standing is Standing.HELD:
        count(view, "held", -1)
        out = judge(view, world, before.held, record, "transient")
    elif before.standing is _ACTIVE:
        out = leave(view, key, record, life.alarm, "cleared", record.cleared_at, now, world)
        life = view.alarm_lives.get(record.id)
    return [publish("state", record, life, named_problem(view, record), record.cleared_at), *out]


def record_due(view: View, key: str, record: AlarmRecord, now: Instant, world: World) -> list[Emit]:
    """Do what has come due for an alarm record: its hold or its outage ends, it closes, or it is forgotten."""
    if record.standing in _CHOSEN:
        return _release(view, key, record, record.due, now, world)[1]
    view.alarm_records.delete(key)
    life: AlarmLife | None = view.alarm_lives.get(record.id)
    if record.standing is Standing.UNRAISED or life is None:
        return []
    view.alarm_lives.delete(record.id)
    life = msgspec.structs.replace(life, operator_state="closed", revision=life.revision + 1, changed_at=record.due)
    return [publish("deleted", record, life, named_problem(view, record), record.due)]


def _release(view: View, key: str, record: AlarmRecord, at: Instant, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Let a held or suppressed alarm that is still active go on into a problem."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    was_held = record.standing is Standing.HELD
    if not was_held and (until := outage_until(view, life.alarm, key, at)):
        record = msgspec.structs.replace(record, due=until)
        view.alarm_records.put(key, record)
        return record, []
    active = msgspec.structs.replace(record, standing=_ACTIVE, due=0, held=None, told_at=at)
    moment = _moment(record) if was_held else at
    placed = place(view, Entrant(key, active, life.alarm, effect_of(life.alarm, world.network), moment, at), now, world)
    life = msgspec.structs.replace(life, suppressed="", revision=life.revision + 1)
    view.alarm_records.put(key, placed.record)
    view.alarm_lives.put(record.id, life)
    out: list[Emit] = []
    if was_held:
        count(view, "held", -1)
        out = judge(view, world, record.held, record, Verdict.NEW)
    if placed.problem or at != record.due or not was_held:
        out.append(publish("changed", placed.record, life, placed.problem, at))
    return placed.record, [*out, *placed.out]
