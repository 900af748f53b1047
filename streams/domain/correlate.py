"""Stage 2, correlate_alarms: fold alarms into alarm records and group the active ones into problems.

    AlarmHeard -> fold -> new        -> suppressed by an outage | held (lesser alarms) | placed in a problem
                          changed    -> told to the problem
                          repeat     -> extends the problem's quiet period, or begins a new occurrence (renewed)
                          toggling   -> told; the problem goes on as if it stayed raised
                          cleared    -> leaves the problem
                          clear-without-raise, late -> counted
    TopologyChanged, Rehomed -> records move to where their objects now belong (rehome.py)
    NetworkTurned -> the problems that a change of the network may touch are looked at again (turn.py)
    OperatorRequest -> carried out and answered     OutageAnnounced -> explains alarms     AlarmListTold -> resync
    SourceSpoke -> heard; nobody heard for long -> an alarm of ours (silence.py)

Every alarm gets one disposition, a held one when its hold ends. A repeat within a second of the last costs one get,
one put and one count: it is taken first, in `_hear`. Times compared and told are event times; `now` is only passed on.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from streams.domain import learn, learned_links, probe, rehome
from streams.domain.alarm_action import Deadline, follow
from streams.domain.alarm_book import Count, count, judge
from streams.domain.alarm_course import (
    change_alarm,
    clear_alarm,
    complete,
    raise_alarm,
    repeat_alarm,
    toggle_alarm,
)
from streams.domain.alarm_deadline import deadline_due
from streams.domain.alarm_due import record_due
from streams.domain.alarm_fold import fold, teller_of
from streams.domain.alarm_record import (
    AlarmLife,
    AlarmRecord,
    Standing,
    Verdict,
    row_key,
)
from streams.domain.alarmed import Alarmed
from streams.domain.burst import Burst
from streams.domain.feedback import Feedback
from streams.domain.group import Anchor, Group, sweep
from streams.domain.grouping import group_due
from streams.domain.instant import SECOND, Instant
from streams.domain.learn_orders import take_in
from streams.domain.learned_links import LinkWords
from streams.domain.messages import (
    AlarmEvent,
    AlarmHeard,
    AlarmListTold,
    KnowledgeGiven,
    NetworkTurned,
    OperatorRequest,
    OutageAnnounced,
    ProbeSent,
    Rehomed,
    SourceSpoke,
    TopologyChanged,
)
from streams.domain.operator_requests import obey
from streams.domain.outage import Outage
from streams.domain.outage_desk import announce, forget, swept
from streams.domain.outage_sweep import Sweep
from streams.domain.outage_trail import moved, trail
from streams.domain.outage_work import Bundle
from streams.domain.rehome import NetworkSeen
from streams.domain.resync import Resync, hear_list, listed, listing, resync_due
from streams.domain.rhythm import Rhythm
from streams.domain.silence import Source, source_due, spoke
from streams.domain.stale import is_standing, stale_due
from streams.domain.state_unknown import StateSweep, sweep_due
from streams.domain.turn import turn
from streams.domain.view import Emit, View, World, to_network

TABLES: dict[str, tuple[type, Callable[[Any], Instant | None] | None, str]] = {
    "alarm-records": (AlarmRecord, lambda row: row.due or None, "domain|alarm key -> where the alarm stands: the hot half of its record"),
    "alarm-lives": (AlarmLife, None, "alarm record id -> what it said, its history and its operator's life: the cold half"),
    "groups": (Group, lambda row: row.due or None, "problem id -> how far its group is, how many are active, what it was merged into"),
    "anchors": (Anchor, lambda row: row.due, "domain|node -> the groups with an alarmed object at or on top of the node"),
    "bursts": (Burst, None, "problem id -> what came lately into it, to see a second fault begin"),
    "rhythms": (Rhythm, None, "domain|feed -> in which phase its alarms come, to know its reporting period"),
    "announcements": (Outage, lambda row: row.due, "announcement -> planned work: its scope and window"),
    "alarmed": (Alarmed, None, "object -> its active alarms, what they mean for it, and which planned work explains them"),
    "bundles": (Bundle, None, "domain|announcement -> how many alarms planned work explains"),
    "outage-sweeps": (Sweep, lambda row: row.due, "announcement or object -> alarms that are being looked at again because of it"),
    "networks-seen": (NetworkSeen, lambda row: row.due or None, "the version of topology.yaml whose domains the records are in"),
    "resyncs": (Resync, lambda row: row.due or None, "feed|source -> the list of alarms it told last, and what is missing from it"),
    "sources": (Source, lambda row: row.due, "feed|source -> when it was last heard, how often it should be, since when it is silent"),
    "state-sweeps": (StateSweep, lambda row: row.due or None, "one row: how far the marking of alarms behind silent sources is"),
    "alarm-deadlines": (Deadline, lambda row: row.due, "alarm|>rule -> what a rule has to do about the alarm and when, or has done"),
    "learned-links": (LinkWords, lambda row: row.due, "domain|object|cause, domain|~type|cause -> what operators said of its belonging to others, or not"),
    "feedback": (Feedback, lambda row: row.due, "feedback -> what an operator said of grouping or a cause, so that it counts once and can be taken back"),
    "dispositions": (Count, None, "disposition -> how many inputs of the partition had it"),
    **learn.TABLES,
}
TICKED = frozenset({"sources"})
"""Tables whose rows come due by ticks only."""
_ACTIVE = Standing.ACTIVE


def step(view: View, message: AlarmEvent, now: Instant, world: World) -> list[Emit]:
    """Fold one message of alarm-events."""
    out = _hear(view, message, now, world) if type(message) is AlarmHeard else _fold(view, message, now, world)
    return [*out, *trail(view, out, now, world), *follow(view, out, now, world)] if out else out


def come_due(view: View, table: str, key: str, value: Any, now: Instant, world: World) -> list[Emit]:
    """Do what has come due for one row, at its due time."""
    out = _due(view, table, key, value, now, world)
    return [*out, *trail(view, out, now, world), *follow(view, out, now, world)] if out else out


def _fold(view: View, message: AlarmEvent, now: Instant, world: World) -> list[Emit]:
    if isinstance(message, ProbeSent):
        return probe.forward(message, "problem-changes", now, world)
    if isinstance(message, OutageAnnounced):
        if not message.by_source and message.lane == 0:
            count(view, "request:planned-outage")
        out = announce(view, message, now, world)
        if message.by_source and world.network.commands:        # What is announced to all partitions stage 6 hears itself.
            out.append(to_network(msgspec.structs.replace(message, clock=0), message.at))
        return out
    if isinstance(message, OperatorRequest):
        return obey(view, message, now, world)
    if isinstance(message, KnowledgeGiven):
        return take_in(view, message, now, world)
    if isinstance(message, AlarmListTold):
        hear_list(view, message, now, world)
    elif isinstance(message, TopologyChanged):
        rehome.hear_change(view, message, now, world)
    elif isinstance(message, Rehomed):
        return rehome.take_in(view, message, now, world)
    elif isinstance(message, NetworkTurned):
        return turn(view, message, now, world)
    elif isinstance(message, SourceSpoke):
        return spoke(view, message, now, world, _hear)
    return []


def _due(view: View, table: str, key: str, value: Any, now: Instant, world: World) -> list[Emit]:
    if table == "alarm-records":
        return record_due(view, key, value, now, world)
    if table == "groups":
        return stale_due(view, key, value, now, world) if is_standing(value) else group_due(view, key, value, now, world)
    if table == "networks-seen":
        return rehome.change_due(view, value, now, world)
    if table == "alarm-deadlines":
        return deadline_due(view, key, value, now, world)
    if table == "sources":
        return source_due(view, key, value, now, world, _hear)
    if table == "state-sweeps":
        return sweep_due(view, value)
    if table == "resyncs":
        return resync_due(view, key, value, now, world)
    if table in learn.TABLES:
        return learn.come_due(view, table, key, value, now, world)
    if table == "anchors":
        sweep(view, key, value, world.policy.correlate)
    elif table == "announcements":
        forget(view, value, now)
    elif table == "feedback":
        view.feedback.delete(key)
    elif table == "learned-links":
        learned_links.fade(view, key, value, now, world.policy.correlate.remember_feedback)
    else:
        return swept(view, key, value, now, world)
    return []


def _hear(view: View, message: AlarmHeard, now: Instant, world: World) -> list[Emit]:
    alarm, policy = message.alarm, world.policy.correlate
    key = row_key(alarm)
    record: AlarmRecord | None = view.alarm_records.get(key)
    resync = listing(view, message)
    out: list[Emit] = []
    if record is not None:
        at, r = alarm.at, record
        if r.standing is _ACTIVE and alarm.severity is r.severity and at >= r.heard_at and at - r.slid_at <= SECOND and at - r.told_at < policy.repeat_every and resync is None:
            view.alarm_records.put(key, AlarmRecord(
                r.id, _ACTIVE, r.severity, r.raised_at, at, r.cleared_at, r.told_at, r.slid_at, 0, r.count + 1, r.episodes, r.began_at,
                r.occurrence, r.problem, None, teller_of(message), r.cleared, r.clear_heard_at, True, r.listed, r.paused))
            return judge(view, world, message.source, r, "repeat")
        if r.due and r.due <= at:
            out += record_due(view, key, r, now, world)
            record = view.alarm_records.get(key)
    if (record is None or record.standing in rehome.INACTIVE) and (sent_on := rehome.elsewhere(view, message, world)) is not None:
        return [*out, *sent_on]
    if resync is not None and not alarm.cleared:
        message = listed(view, message, *resync)
        alarm = message.alarm
    if not alarm.cleared and resync is None:
        learn.hear(view, alarm, record, world)
    folded, verdict = fold(record, message, now, policy, resync is not None)
    if resync is not None and not alarm.cleared:
        folded = msgspec.structs.replace(folded, listed=resync[1].number)
    if verdict is Verdict.NEW:
        return [*out, *raise_alarm(view, key, folded, message, now, world)]
    if verdict is Verdict.CLEARED and record is not None:
        out += clear_alarm(view, key, record, folded, alarm, now, world)
    elif verdict is Verdict.CHANGED:
        out += moved(view, key, folded, alarm, now, world)
        folded, told = change_alarm(view, key, folded, alarm, now, world)
        out += told
    elif verdict is Verdict.REPEAT:
        folded, told = repeat_alarm(view, key, folded, alarm, now, world, resync is not None)
        out += told
    elif verdict is Verdict.TOGGLING:
        out += moved(view, key, folded, alarm, now, world) if not alarm.cleared else []
        folded, told = toggle_alarm(view, key, folded, alarm, now, world)
        out += told
    elif folded.standing is Standing.UNRAISED and not alarm.cleared:
        folded, told = complete(view, key, folded, alarm, world)
        out += told
    elif folded is not record:
        view.alarm_records.put(key, rehome.patience(view, folded, now))
    return [*out, *judge(view, world, message.source, folded, verdict)]
