"""An object's domain, or what a name means, changes with a new topology.yaml while its alarm is active: its record moves.

    stage 6  the network changes, and with it a name or a domain -> NetworkTurned to every partition (network_change.py)
    stage 2  NetworkTurned, as TopologyChanged -> goes through its records, a page a second; each active one whose object now belongs
             elsewhere leaves its problem here and is sent there: Rehomed
             Rehomed -> the record goes on here: in a problem, or ended where its clear came first
             an alarm that begins, or a clear that finds none, is sent on to where its object now belongs

No order of messages between partitions is relied on. A clear that overtakes its record waits for it as a clear without
raise, for a day after a change rather than for the lateness. A partition whose worker does not have the version yet
waits for one that has, and sends nothing on meanwhile, so that no message goes to and fro between two opinions; one
that was sent on is taken in wherever it arrives.
"""

import msgspec

from streams.domain.alarm import Severity
from streams.domain.alarm_book import Entrant, count_held, judge, publish, released
from streams.domain.alarm_course import IN_A_PROBLEM
from streams.domain.alarm_fold import came_before, clear
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing, StatusChange, Verdict, occurrence_id, row_key
from streams.domain.effect import effect_of
from streams.domain.grouping import leave, place
from streams.domain.ids import identify
from streams.domain.instant import DAY, MINUTE, SECOND, Instant
from streams.domain.messages import AlarmHeard, Rehomed, TopologyChanged
from streams.domain.outage_trail import moved_away
from streams.domain.state_unknown import begin_sweep
from streams.domain.suppression import suppression
from streams.domain.view import Emit, View, World

PAGE = 2_000
"""Records looked at for one due time: some milliseconds of work."""
PATIENCE = DAY
"""How long after a change a clear without raise waits for its record; a partition may have been without a worker."""
INACTIVE = (Standing.CLEARED, Standing.UNRAISED)
_ONE = ""
_replace = msgspec.structs.replace


class NetworkSeen(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The version of the network that a partition was told of last (table networks-seen, one row)."""

    version: str
    at: Instant
    """The partition's clock when it was told."""
    due: Instant = 0
    """When the next page is looked at; 0: all records are where they belong."""
    cursor: str = ""
    again: bool = False
    """The network changed once more meanwhile: those before `cursor` are looked at again."""


def hear_change(view: View, message: TopologyChanged, now: Instant, world: World) -> None:
    """Take in that alarms now come as another version of the network has it."""
    row: NetworkSeen | None = view.networks_seen.get(_ONE)
    if row is not None and row.version == message.version:
        return
    # A worker of another version may still fold alarms of the old domains here: then what there is must be looked at later.
    is_settled = message.version == world.network.named and not view.alarm_records.prefix("", 1)
    if row is not None and row.due and row.cursor and not is_settled:
        view.networks_seen.put(_ONE, _replace(row, version=message.version, at=now, again=True))  # On it goes: it must end some day.
        return
    view.networks_seen.put(_ONE, NetworkSeen(message.version, now, 0 if is_settled else max(now, 1)))


def change_due(view: View, row: NetworkSeen, now: Instant, world: World) -> list[Emit]:
    """Look at one page of records, or wait for a worker that has the version."""
    if row.version != world.network.named:
        view.networks_seen.put(_ONE, _replace(row, due=row.due + MINUTE))
        return []
    page = view.alarm_records.prefix("", PAGE, row.cursor)
    out: list[Emit] = []
    for key, record in page:
        if record.standing not in INACTIVE:
            out += _move(view, key, record, now, world)
    is_last = len(page) < PAGE
    is_done = is_last and not row.again
    view.networks_seen.put(_ONE, NetworkSeen(row.version, row.at, 0 if is_done else row.due + SECOND, "" if is_last else page[-1][0], row.again and not is_last))
    return out


def _move(view: View, key: str, record: AlarmRecord, now: Instant, world: World) -> list[Emit]:
    """Send an active record to where its object now belongs; nothing where it is there."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    alarm = life.alarm if world.readdress is None else world.readdress(life.alarm)
    if alarm == life.alarm:
        return []
    out: list[Emit] = []
    if record.standing in IN_A_PROBLEM:
        why = f"rehomed to domain {alarm.domain}" if alarm.domain != life.alarm.domain else f"its object is now known as {alarm.object}"
        out = leave(view, key, record, life, "left", now, now, world, why)
        life = view.alarm_lives.get(record.id)
    elif record.standing is Standing.HELD:
        count_held(view, record.held, -1)
    # Of an alarm that comes back here one day each event is another: the revision goes along and on.
    life = _replace(released(view, record, life), revision=life.revision + 1, changed_at=max(now, life.changed_at))
    out += moved_away(view, key, record, now, world)
    view.alarm_records.delete(key)
    view.alarm_lives.delete(record.id)
    gone = publish("deleted", record, life, "", now)
    return [*out, gone, Emit("alarm-events", alarm.domain, Rehomed(record, _replace(life, alarm=alarm), now), now, alarm.domain)]


def elsewhere(view: View, message: AlarmHeard, world: World) -> list[Emit] | None:
    """Return a notification on its way to where its object belongs by now, None where it is right here.

    Only for what would begin a record, or finds none: an active record here takes what comes until it moves itself.
    """
    if world.readdress is None or message.sent_on:
        return None
    row: NetworkSeen | None = view.networks_seen.get(_ONE)
    if row is None or row.version != world.network.named:
        return None
    alarm = world.readdress(message.alarm)
    if alarm is message.alarm or alarm == message.alarm:
        return None
    return [Emit("alarm-events", alarm.domain, AlarmHeard(alarm, message.source, 0, True), alarm.at, alarm.domain)]


def patience(view: View, record: AlarmRecord, now: Instant) -> AlarmRecord:
    """Keep a clear without raise for longer after a change: its record may be on its way."""
    row: NetworkSeen | None = view.networks_seen.get(_ONE)
    if record.standing is not Standing.UNRAISED or row is None or now > row.at + PATIENCE:
        return record
    return _replace(record, due=max(record.due, row.at + PATIENCE))


def take_in(view: View, message: Rehomed, now: Instant, world: World) -> list[Emit]:
    """Let a record that was sent here go on: it ended if its clear came first, else it is active here."""
    alarm, at = message.life.alarm, max(message.at, now)
    key = row_key(alarm)
    ident = identify(alarm.domain, alarm.key)
    known: AlarmRecord | None = view.alarm_records.get(key)
    if known is not None and known.standing not in INACTIVE:
        return _joined(view, key, known, message, world)
    life, record = message.life, _replace(message.record, id=ident, problem="", told_at=at, occurrence=occurrence_id(alarm, message.record.began_at, message.record.episodes))
    if known is not None:
        is_over = not came_before(known.cleared_at, known.cleared, record.heard_at, record.heard)
        if is_over and known.standing is Standing.CLEARED:
            view.alarm_records.put(key, _replace(known, count=known.count + record.count))
            return _decided(view, world, message.record, "transient")
        if is_over:
            return [*_ended(view, key, record, known, life, now, world), *_decided(view, world, message.record, "transient")]
        before: AlarmLife | None = view.alarm_lives.get(ident)
        record = _replace(
            record, episodes=known.episodes + record.episodes, count=known.count + record.count, cleared_at=known.cleared_at, cleared=known.cleared,
            clear_heard_at=known.clear_heard_at)
        record = _replace(record, occurrence=occurrence_id(alarm, record.began_at, record.episodes))
        if before is not None:
            life = _replace(life, history=(*before.history, *life.history)[-world.policy.correlate.history:], revision=before.revision + life.revision)
    return _goes_on(view, key, record, life, at, now, world)


def _goes_on(view: View, key: str, record: AlarmRecord, life: AlarmLife, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Be here what it was there: held, suppressed, or in a problem of its time."""
    out: list[Emit] = []
    problem = ""
    if life.unknown_since:
        begin_sweep(view, at)                                   # its source may have returned while it was on its way
    hidden = suppression(view, record, life.alarm, life, at, world)
    if record.standing is Standing.HELD:
        count_held(view, record.held, 1)
    elif hidden is not None and record.is_raised:               # one that toggles and is clear at the moment has nothing to hide
        record, life = _replace(record, standing=Standing.SUPPRESSED, due=hidden.until), _replace(life, suppressed=hidden.reason, outage=hidden.outage)
    else:
        due = record.due if record.standing is Standing.TOGGLING else 0
        record = _replace(record, standing=Standing.TOGGLING if due else Standing.ACTIVE, due=due)
        life = _replace(life, suppressed="", outage="")
        placed = place(view, Entrant(key, record, life.alarm, effect_of(life.alarm, world.network), record.began_at, at, life.standing), now, world)
        record, problem, out = placed.record, placed.problem, placed.out
        life = _replace(life, placed_why=placed.why)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    return [publish("created", record, life, problem, at), *out]


def _ended(view: View, key: str, record: AlarmRecord, known: AlarmRecord, life: AlarmLife, now: Instant, world: World) -> list[Emit]:
    """End a record whose clear came first."""
    policy = world.policy.correlate
    record = clear(record, known.cleared_at, known.cleared, now, policy)
    entry = StatusChange(known.cleared_at, Severity.CLEARED, "")
    life = _replace(life, history=(*life.history, entry)[-policy.history:], revision=life.revision + 1, changed_at=max(life.changed_at, known.cleared_at), suppressed="", outage="", unknown_since=0)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    return [publish("created", record, life, "", record.ended_at)]


def _joined(view: View, key: str, known: AlarmRecord, message: Rehomed, world: World) -> list[Emit]:
    """Add what a record was to the one that its alarm, told again, has begun here meanwhile."""
    moved = message.record
    is_same = known.cleared_at == 0 or bool(came_before(known.cleared_at, known.cleared, moved.raised_at, moved.heard))
    raised_at = min(known.raised_at, moved.raised_at) if is_same else known.raised_at
    view.alarm_records.put(key, _replace(known, count=known.count + moved.count, raised_at=raised_at))
    life: AlarmLife = view.alarm_lives.get(known.id)
    if is_same and life.operator_state == "none":
        there = message.life
        view.alarm_lives.put(known.id, _replace(life, operator_state=there.operator_state, operator_user=there.operator_user, operator_at=there.operator_at, comments=there.comments))
    return _decided(view, world, moved, Verdict.NEW)


def _decided(view: View, world: World, moved: AlarmRecord, disposition: str) -> list[Emit]:
    """Give a raise that was held there the disposition that it waited for."""
    return judge(view, world, moved.held, moved, disposition) if moved.held is not None else []
