"""What is to be done about an alarm (eTOM 1.4.6.7.5): rules on an alarm, on a non-arrival, on one not cleared or acknowledged in time.

    alarm record told active --> each rule that matches: done at once, or a deadline (table alarm-deadlines, key alarm|>rule)
    alarm record told clear  --> its deadlines go; a command that was asked for is asked for no more

    request   told on `progress`: somebody is to do it        test      a test request (TMF653)
    command   to stage 6, with the guardrails of restoration  clear, release   alarm_deadline.py

Once per episode and rule, whatever is told of the alarm meanwhile. Not for an alarm that is held back; nor, unless the
rule says so, for one that is shelved, explained by announced work, or stood before we listened: when that ends, the
record is told anew, and the rules are asked again. Alarms of silence (silence.py) are alarms like others; `non-arrival` matches only them.
"""

from collections.abc import Iterator

import msgspec

from streams.domain.alarm import OURS, Alarm, Severity
from streams.domain.alarm_record import AlarmChanged, AlarmLife, AlarmRecord, Standing, row_key
from streams.domain.effect import never_clears
from streams.domain.ids import identify
from streams.domain.impact import is_service
from streams.domain.instant import DAY, MINUTE, Instant
from streams.domain.messages import ActionAsked, TestAsked
from streams.domain.network import AlarmAction
from streams.domain.service_test import ServiceTest
from streams.domain.silence import CAUSES
from streams.domain.view import Emit, View, World, to_network

EXPECTED_CLEAR = "!expected-clear"
"""Rule of every alarm that its source never clears: cleared by us after `CorrelatePolicy.expected_clear`."""
ELSEWHERE = "elsewhere"
"""Stands for the id of an action that was asked for where the record was before it moved."""
NOT_ACKNOWLEDGED = "not-acknowledged"
KEPT = DAY
"""What was done is remembered until the episode is over; so often it is asked whether that was missed."""
LATER = MINUTE
"""A test that waits for the partition to catch up is tried again after this."""
TEST_WITHIN = 5 * MINUTE
"""A result of a test is due within this (as of `tests`, where nothing else is said)."""
_OVER = (Standing.CLEARED, Standing.UNRAISED)
_SILENCE = frozenset(CAUSES.values())


class Deadline(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one rule has to do about one alarm, or has done; key: alarm's row key|>rule."""

    key: str
    """Row key of the alarm record."""
    rule: str
    due: Instant
    asked: str = ""
    """Id of the action once it was asked for."""


class ActionTold(msgspec.Struct, frozen=True, gc=False):
    """An action, or what became of it; told on `progress`, a test also on `test-requests`."""

    id: str
    action: str
    """Id of the action; the same in all that is told of it."""
    rule: str
    then: str
    state: str
    """asked, missed, withheld; of commands what stage 6 says: issued, approval-wanted, restored, failed, ..."""
    domain: str
    alarm: str
    object: str
    cause: str
    text: str
    at: Instant
    name: str = ""
    """Name of the command or test."""
    problem: str = ""
    """Problem the alarm is in."""


def follow(view: View, out: list[Emit], now: Instant, world: World) -> list[Emit]:
    """Return what follows from what has just been told of alarm records."""
    more: list[Emit] = []
    for emit in out:
        told = emit.value
        if type(told) is AlarmChanged and (world.network.follows_alarms or told.life.alarm.will_clear is False):
            if told.kind == "deleted" or told.record.standing in _OVER:
                more += _end(view, told, now, world)
            else:
                more += _arm(view, told, now, world)
    return more


def rules_of(alarm: Alarm, world: World) -> Iterator[AlarmAction]:
    """Yield the rules that match an alarm of whatever severity."""
    network = world.network
    node = network.nodes.get(alarm.object)
    kind = node.type if node else ""
    for rule in network.actions:
        if (
            rule.cause in (None, alarm.cause) and rule.object in (None, alarm.object) and rule.on_type in (None, kind) and rule.alarm_type in (None, alarm.alarm_type)
            and rule.domain in (None, alarm.domain) and rule.feed in (None, alarm.feed) and (rule.when != "non-arrival" or (alarm.source == OURS and alarm.cause in _SILENCE))):
            yield rule
    if world.policy.correlate.expected_clear and never_clears(alarm, network):
        yield _expected_clear(world)


def rule_named(name: str, world: World) -> AlarmAction | None:
    """Return a rule by name, None where it is declared no more."""
    return _expected_clear(world) if name == EXPECTED_CLEAR else world.network.action_named.get(name)


def _expected_clear(world: World) -> AlarmAction:
    return AlarmAction(EXPECTED_CLEAR, "not-cleared", "clear", after=world.policy.correlate.expected_clear, suppressed=True, standing=True)


def is_meant(rule: AlarmAction, severity: Severity) -> bool:
    """Whether the rule is for alarms of that severity."""
    return rule.severity in (None, severity.name.lower())


def is_met(rule: AlarmAction, life: AlarmLife) -> bool:
    """Whether what the rule waits for has come: an operator has acknowledged the alarm, for this episode."""
    return rule.when == NOT_ACKNOWLEDGED and life.operator_state == "ack"


def may_act(rule: AlarmAction, record: AlarmRecord, life: AlarmLife) -> bool:
    """Whether the alarm is one to act on at present."""
    if record.standing is Standing.HELD or (record.standing is Standing.SUPPRESSED and not rule.suppressed):
        return False
    return rule.standing or not life.standing or rule.then == "release"


def _arm(view: View, told: AlarmChanged, now: Instant, world: World) -> list[Emit]:
    record, life = told.record, told.life
    key = row_key(life.alarm)
    # A record that goes on here after it moved: what was to be done at once was done where it came from.
    has_moved = told.kind == "created" and life.revision > 1 and record.standing not in (Standing.HELD, Standing.SUPPRESSED)
    out: list[Emit] = []
    for rule in rules_of(life.alarm, world):
        name = f"{key}|>{rule.name}"
        if not is_meant(rule, record.severity) or view.alarm_deadlines.get(name) is not None or is_met(rule, life):
            continue
        due = max(record.raised_at + rule.after, told.at)
        if has_moved and due <= now:
            view.alarm_deadlines.put(name, Deadline(key, rule.name, now + KEPT, ELSEWHERE))
        elif record.standing is Standing.HELD:
            view.alarm_deadlines.put(name, Deadline(key, rule.name, max(due, record.due)))
        elif not may_act(rule, record, life):
            continue
        elif rule.after or rule.then == "release":
            view.alarm_deadlines.put(name, Deadline(key, rule.name, due))
        else:
            out += act(view, rule, key, told, told.at, now, world)
    return out


def act(view: View, rule: AlarmAction, key: str, told: AlarmChanged, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Do what a rule wants, once; a test waits while the partition catches up, and in mode observe none is sent."""
    record, alarm = told.record, told.life.alarm
    name = f"{key}|>{rule.name}"
    if rule.then == "test" and not view.live:
        view.alarm_deadlines.put(name, Deadline(key, rule.name, max(at, now) + LATER))
        return []
    ident = action_id(record, alarm, rule)
    view.alarm_deadlines.put(name, Deadline(key, rule.name, max(at, now) + KEPT, ident))
    withheld = rule.then == "test" and world.network.mode_for(alarm.domain, alarm.cause) == "observe"
    said = say(ident, rule, told, "withheld" if withheld else "asked", rule.text or f"{rule.when}: {alarm.cause} at {alarm.object}", at)
    out = [Emit("progress", record.id, said, at)]
    if rule.then == "test" and not withheld:
        test = ServiceTest(
            ident, rule.name, "action", rule.action, alarm.object, alarm.domain, said.text, at, max(at, now) + TEST_WITHIN, TEST_WITHIN, attempts=rule.attempts,
            problem=told.problem, alarm=record.id, is_service=is_service(world.network, alarm.object))
        out.append(Emit("test-requests", alarm.object, test, at))
        out.append(Emit("problem-inbox", told.problem or record.id, TestAsked(rule.name, alarm.object, alarm.domain, at, test=test), at, alarm.domain))
    elif rule.then == "command":
        out.append(_command(ident, rule, record, alarm, at, now, world, False))
    return out


def action_id(record: AlarmRecord, alarm: Alarm, rule: AlarmAction) -> str:
    """Name an action by what makes it: the alarm's record, its episode, the rule."""
    return identify(alarm.domain, "action", record.id, record.episodes, record.raised_at, rule.name)


def say(ident: str, rule: AlarmAction, told: AlarmChanged, state: str, text: str, at: Instant) -> ActionTold:
    """Write what is told of an action."""
    alarm = told.life.alarm
    return ActionTold(
        identify(alarm.domain, ident, state, at), ident, rule.name, rule.then, state, alarm.domain, told.record.id, alarm.object, alarm.cause,
        text[:256], at, rule.action, told.problem)


def _command(ident: str, rule: AlarmAction, record: AlarmRecord, alarm: Alarm, at: Instant, now: Instant, world: World, over: bool) -> Emit:
    node = world.network.nodes.get(alarm.object)
    return to_network(ActionAsked(
        ident, rule.name, record.id, alarm.domain, alarm.object, node.type if node else "", alarm.cause, rule.action, rule.attempts, rule.cooldown, at,
        over, told_at=now, disrupts=rule.disrupts), at)


def _end(view: View, told: AlarmChanged, now: Instant, world: World) -> list[Emit]:
    """Forget what was to be done about an alarm that is over."""
    key = row_key(told.life.alarm)
    out: list[Emit] = []
    for rule in rules_of(told.life.alarm, world):
        name = f"{key}|>{rule.name}"
        row: Deadline | None = view.alarm_deadlines.get(name)
        if row is None:
            continue
        view.alarm_deadlines.delete(name)
        if rule.then == "command" and row.asked not in ("", ELSEWHERE):
            out.append(_command(row.asked, rule, told.record, told.life.alarm, told.at, now, world, True))
        elif rule.then == "test" and not rule.after and not row.asked and told.record.standing is Standing.CLEARED:
            text = "The alarm was over before the test could be asked for."
            out.append(Emit("progress", told.record.id, say(action_id(told.record, told.life.alarm, rule), rule, told, "missed", text, told.at), told.at))
    return out
