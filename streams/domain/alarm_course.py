"""The course of one alarm after its verdict: raised, changed, repeated, renewed, toggling, cleared.

Each writes the alarm's rows, moves it into or out of a problem, and tells of it on alarm-records. What time makes of an
alarm is in alarm_due.py.
"""

import msgspec

from streams.domain.alarm import Alarm, Effect, Severity
from streams.domain.alarm_book import (
    Entrant,
    count_held,
    judge,
    named_problem,
    publish,
    released,
)
from streams.domain.alarm_record import (
    AlarmLife,
    AlarmRecord,
    Standing,
    Verdict,
    live_on,
    occurrence_id,
)
from streams.domain.alarmed import follow
from streams.domain.effect import effect_of
from streams.domain.grouping import ANEW, expect, heard_again, leave, place, revise, slide
from streams.domain.hold_down import counts_from, hold_of
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard
from streams.domain.policy import CorrelatePolicy
from streams.domain.suppression import suppression
from streams.domain.view import Emit, View, World

IN_A_PROBLEM = (Standing.ACTIVE, Standing.TOGGLING)
_replace = msgspec.structs.replace


def raise_alarm(view: View, key: str, record: AlarmRecord, message: AlarmHeard, now: Instant, world: World) -> list[Emit]:
    """Begin an episode: suppressed, held, toggling, or simply placed in a problem."""
    alarm, policy = message.alarm, world.policy.correlate
    before: AlarmLife | None = view.alarm_lives.get(record.id)
    life = live_on(before, alarm, Verdict.NEW, policy, record.began_at != alarm.at)
    effect = effect_of(alarm, world.network)
    moment = record.began_at
    problem, disposition = "", str(Verdict.NEW)
    out: list[Emit] = []
    if hidden := suppression(view, record, alarm, life, moment, world):
        record = _replace(record, standing=Standing.SUPPRESSED, due=hidden.until)
        life = _replace(life, suppressed=hidden.reason, outage=hidden.outage)
        disposition = f"suppressed:{hidden.reason}"
    else:
        life, due = _held(life, before, alarm, effect, moment, world)
        if is_toggling(life, moment, policy):
            record, due = _replace(record, standing=Standing.TOGGLING, due=moment + policy.toggle_quiet), 0
        if due:
            record = _replace(record, standing=Standing.HELD, due=due, held=message.source)
            disposition = ""
            out = expect(view, Entrant(key, record, alarm, effect, moment, max(alarm.at, moment), life.standing), now, world)
        else:
            placed = place(view, Entrant(key, record, alarm, effect, moment, max(alarm.at, moment), life.standing), now, world)
            record, problem, out = placed.record, placed.problem, placed.out
            life = _replace(life, placed_why=placed.why)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    told = publish("created" if life.revision == 1 else "state", record, life, problem, moment)
    if not disposition:
        count_held(view, message.source, 1)
        return [told, *out]
    return [told, *out, *judge(view, world, message.source, record, disposition)]


def _held(life: AlarmLife, before: AlarmLife | None, alarm: Alarm, effect: Effect, moment: Instant, world: World) -> tuple[AlarmLife, Instant]:
    """Return until when a new episode is held back (0: it is not), and the life that remembers its raises where they count."""
    hold = hold_of(alarm, world, effect)
    if hold.is_none:
        return life, 0
    if hold.times:
        life = _replace(life, raises=(*(before.raises if before else ()), moment)[-hold.times:])
    begins = counts_from(alarm, moment)
    return life, 0 if hold.is_over(life.raises, moment, moment) else hold.look_at(begins, begins)


def is_toggling(life: AlarmLife, at: Instant, policy: CorrelatePolicy) -> bool:
    """Whether the episode that begins now is one of so many that the alarm toggles."""
    since = at - policy.toggle_within
    return 1 + sum(change.at >= since and change.is_clear for change in life.history) >= policy.toggle_episodes


def change_alarm(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Take in a new severity; a held alarm that is now heavy is held no longer."""
    policy = world.policy.correlate
    life = live_on(view.alarm_lives.get(record.id), alarm, Verdict.CHANGED, policy)
    record = _replace(record, told_at=alarm.at)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    if record.standing is Standing.HELD:
        if hold_of(alarm, world).is_over(life.raises, record.began_at, alarm.at):
            return _leave_hold(view, key, record, life, alarm.at, now, world)
    elif record.standing in IN_A_PROBLEM:
        if not slide(view, record, alarm, world):
            return _renew(view, key, record, alarm, now, world)
        told = publish("changed", record, life, named_problem(view, record), alarm.at)
        return record, [told, *revise(view, key, record, alarm, now, world)]
    return record, [publish("changed", record, life, "", alarm.at)]


def repeat_alarm(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World, is_listed: bool = False) -> tuple[AlarmRecord, list[Emit]]:
    """Extend the problem's quiet period, or begin a new occurrence; tell of it no more often than policy says. What a list tells again counts for no hold."""
    policy = world.policy.correlate
    out, stirs = list[Emit](), False
    if record.standing in IN_A_PROBLEM:
        is_anew = alarm.raised_at > record.slid_at + ANEW
        if is_anew:
            out, stirs = heard_again(view, key, record, alarm.at, now, world)
        goes_on = slide(view, record, alarm, world) and not stirs
        if is_anew:
            record = _replace(record, paused=alarm.at - record.slid_at)
        if not goes_on:
            record, renewed = _renew(view, key, record, alarm, now, world)
            return record, [*out, *renewed]
        record = _replace(record, slid_at=max(record.slid_at, alarm.at))
    elif record.standing is Standing.HELD and not is_listed and (hold := hold_of(alarm, world)).times:
        life: AlarmLife = view.alarm_lives.get(record.id)
        life = _replace(life, raises=(*life.raises, alarm.at)[-hold.times:])
        view.alarm_lives.put(record.id, life)
        if hold.is_over(life.raises, record.began_at, alarm.at):
            return _leave_hold(view, key, record, life, alarm.at, now, world)
    if alarm.at - record.told_at >= policy.repeat_every:
        record = _replace(record, told_at=alarm.at)
        life = view.alarm_lives.get(record.id)
        if is_listed:
            # It was not counted, so the count does not tell this event from the last one.
            life = _replace(life, revision=life.revision + 1)
            view.alarm_lives.put(record.id, life)
        # The text of the latest repeat is told with it: of a repeat nothing else can be new.
        out.append(publish("changed", record, _replace(life, alarm=alarm), named_problem(view, record), alarm.at))
    view.alarm_records.put(key, record)
    return record, out


def _leave_hold(view: View, key: str, record: AlarmRecord, life: AlarmLife, at: Instant, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Let a held alarm go on into a problem before its time."""
    entered, placed = enter_problem(view, key, record, life, record.began_at, at, now, world)
    count_held(view, record.held, -1)
    return entered, [*judge(view, world, record.held, record, Verdict.NEW), *placed]


def enter_problem(view: View, key: str, record: AlarmRecord, life: AlarmLife, moment: Instant, at: Instant, now: Instant, world: World, quietly: bool = False, why: str = "") -> tuple[AlarmRecord, list[Emit]]:
    """Place an alarm that was kept out of problems, `why` says the problem; tell its record, `quietly` only if it is in a problem now."""
    active = _replace(record, standing=Standing.ACTIVE, due=0, held=None, told_at=at)
    life = released(view, record, life)
    placed = place(view, Entrant(key, active, life.alarm, effect_of(life.alarm, world.network), moment, at, life.standing, why), now, world)
    life = _replace(life, suppressed="", outage="", revision=life.revision + 1, placed_why=placed.why)
    view.alarm_records.put(key, placed.record)
    view.alarm_lives.put(record.id, life)
    told = [] if quietly and not placed.problem else [publish("changed", placed.record, life, placed.problem, at)]
    return placed.record, [*told, *placed.out]


def _renew(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Begin a new occurrence of an alarm that is still active but whose problem takes no more alarms."""
    old: AlarmLife = view.alarm_lives.get(record.id)
    left = leave(view, key, record, old, "left", alarm.at, now, world, "renewed: the alarm was told again after its problem's quiet period")
    old = released(view, record, view.alarm_lives.get(record.id))
    if old.alarm.object != alarm.object:
        follow(view, key, old.alarm.object, None, None, world)
    out: list[Emit] = []
    episodes = record.episodes + 1
    record = _replace(
        record, episodes=episodes, began_at=alarm.at, occurrence=occurrence_id(alarm, alarm.at, episodes), slid_at=alarm.at, told_at=alarm.at)
    life = _replace(old, alarm=alarm, revision=old.revision + 1)
    problem = ""
    if hidden := suppression(view, record, alarm, life, alarm.at, world):
        record = _replace(record, standing=Standing.SUPPRESSED, due=hidden.until)
        life = _replace(life, suppressed=hidden.reason, outage=hidden.outage)
    else:
        placed = place(view, Entrant(key, record, alarm, effect_of(alarm, world.network), alarm.at, alarm.at, life.standing), now, world)
        record, problem, out = placed.record, placed.problem, placed.out
        life = _replace(life, placed_why=placed.why)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    return record, [*left, publish("changed", record, life, problem, alarm.at), *out]


def toggle_alarm(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Tell that a toggling alarm was raised or cleared again; its problem goes on as if it stayed raised."""
    policy = world.policy.correlate
    before: AlarmLife = view.alarm_lives.get(record.id)
    life = live_on(before, alarm, Verdict.TOGGLING, policy)
    view.alarm_lives.put(record.id, life)
    view.alarm_records.put(key, record)
    if not alarm.cleared:
        if not slide(view, record, alarm, world):
            return _renew(view, key, record, alarm, now, world)
        record = _replace(record, slid_at=max(record.slid_at, alarm.at))
        view.alarm_records.put(key, record)
    told = publish("state", record, life, named_problem(view, record), record.told_at)
    is_revised = not alarm.cleared and alarm.severity != before.alarm.severity
    return record, [told, *(revise(view, key, record, alarm, now, world) if is_revised else ())]


def clear_alarm(view: View, key: str, before: AlarmRecord, record: AlarmRecord, told: Alarm, now: Instant, world: World, by: str = "", why: str = "") -> list[Emit]:
    """End an episode: a held one was transient, an active one leaves its problem; `by` an operator, or by us and `why`."""
    life = live_on(view.alarm_lives.get(record.id), told, Verdict.CLEARED, world.policy.correlate)
    life = _replace(life, suppressed="", outage="", cleared_by=by, cleared_why=why, unknown_since=0)
    record = _replace(record, due=max(record.due, life.shelved_until))
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    ended = publish("state", record, life, named_problem(view, record), record.ended_at)
    if before.standing is Standing.HELD:
        count_held(view, before.held, -1)
        return [ended, *judge(view, world, before.held, record, "transient")]
    if before.standing in IN_A_PROBLEM:
        return [ended, *leave(view, key, record, life, "cleared", record.ended_at, now, world)]
    return [ended]


def complete(view: View, key: str, record: AlarmRecord, alarm: Alarm, world: World) -> tuple[AlarmRecord, list[Emit]]:
    """Make a whole record of a clear that came before its raise: the alarm was, and is over."""
    policy = world.policy.correlate
    over = _replace(
        record, standing=Standing.CLEARED, severity=alarm.severity, raised_at=alarm.at, began_at=alarm.at, episodes=1,
        occurrence=occurrence_id(alarm, alarm.at, 1), told_at=record.cleared_at, due=record.cleared_at + policy.close_after)
    told = _replace(alarm, at=record.cleared_at, cleared=True, severity=Severity.CLEARED, text="")
    life = live_on(live_on(None, alarm, Verdict.NEW, policy), told, Verdict.CLEARED, policy)
    view.alarm_records.put(key, over)
    view.alarm_lives.put(over.id, life)
    return over, [publish("created", over, life, "", over.ended_at)]
