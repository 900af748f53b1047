"""What a diagnosis makes of a problem: its picture, its status, its priority. Due times are set here, done in problem_due."""

import msgspec

from streams.domain import closing, kinship, progress, report
from streams.domain import problem_course as course
from streams.domain.alarm import Effect, Severity
from streams.domain.closing import closes_at
from streams.domain.instant import MINUTE
from streams.domain.messages import Diagnosed
from streams.domain.priority import impact_of, priority_of, reason_of
from streams.domain.problem import OPEN, Status, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_record import ProblemRecord
from streams.domain.report import by_priority
from streams.domain.revision import revised, sentence

GROWTH = 10
"""Numbers are told again when they are a tenth of the problem's age old."""
GROWN = 5
"""Quarters of the alarmed objects known at which it is worked out anew what explains them."""


def begun(row: ProblemRecord | None, m: Diagnosed) -> ProblemRecord:
    """Return the row a message is folded into: a new one, or the known one with its time moved on, never back."""
    if row is None:
        return ProblemRecord(m.problem, m.domain, m.opened_at or m.at, m.at, m.at, status_at=m.at, recurrence_of=m.recurrence_of)
    return msgspec.structs.replace(row, last_at=m.at) if m.at > row.last_at else row


def fold(change: Change, m: Diagnosed) -> None:
    """Take a diagnosis over whole: picture, priority, status, and when its report is due."""
    old = change.frozen()
    _take(change, m)
    prioritise(change)
    if old.standing and not m.standing:
        _release(change)
    if change.before is None:
        why = f"Opened by {m.first_cause or 'an alarm'} on {m.resources[0] if m.resources else m.domain}{': ' + m.why if m.why else ''}."
        change.set(status_why=why, publish_at=change.now, course=course.begun(change.row.course, Status.ACKNOWLEDGED, change.at, why))
        change.tell(progress.CREATED, why, ("status", Status.ACKNOWLEDGED))
    if (revisions := revised(change.row.revisions, m.causes, m.members, change.at, m.why if m.kind == "judged" else "")) is not change.row.revisions:
        change.set(revisions=revisions)
    if m.kind == "judged":
        judged(change, m)
    else:
        _locate(change, old)
    _advance(change)
    if due := report.due(change.row, change.world):
        change.set(report_at=due)


def _release(change: Change) -> None:
    """Have a standing problem count like any other; what it promises begins now."""
    row = change.row
    change.set(etr=change.at + by_priority(change.world.policy.manage.restore_in, row.priority), publish_at=change.now)
    change.tell(progress.ATTRIBUTE, "Released: it no longer counts as standing since before the processor listened.", ("isStanding", "false"))


def _take(change: Change, m: Diagnosed) -> None:
    """Replace the picture; what a diagnosis no longer knows because all alarms are clear stays as it last was."""
    old, manage = change.frozen(), change.world.policy.manage
    most = manage.references
    change.set(
        # A murmur that it seemed to begin with says nothing of when it did once others say more.
        opened_at=m.opened_at if m.murmuring else min(old.opened_at, m.opened_at or old.opened_at), members=m.members, active=m.active, topology=m.topology or old.topology,
        worst=m.worst if m.worst != Severity.CLEARED else old.worst, causes=m.causes if m.causes or m.verdicts else old.causes, verdicts=m.verdicts,
        services=m.hurt[:most] if m.active else old.services, service_count=len(m.hurt),
        alarms=m.alarms[:most] or old.alarms, resources=m.resources[:most] or old.resources, sites=m.sites[:most] or old.sites,
        first_alarm=m.first_alarm or old.first_alarm, first_cause=m.first_cause or old.first_cause,
        impact=impact_of(m.hurt, change.world.network, manage) if m.active else old.impact, standing=m.standing, traces=m.traces or old.traces)
    _trace(change, m)
    _relate(change, m, old)
    if change.row.crosses and (cause := change.row.cause):
        stays = old.is_down and old.cause is not None and old.cause.object == cause.object
        change.set(is_down=stays or (cause.object, Effect.DOWN) in m.held)
    if change.world.network.looks_around:
        change.set(held_down=tuple(sorted(m.holds, key=lambda one: (-one[1], one[0]))[:most]))
    _publish_by(change, old, m.kind == "moved")


def _trace(change: Change, m: Diagnosed) -> None:
    """Note when the problem was first located, and which services it brings down."""
    traced = course.hurt(change.row.course, m.hurt, change.at)
    if change.row.cause and not traced.located_at:
        traced = msgspec.structs.replace(traced, located_at=change.at)
    if traced is not change.row.course:
        change.set(course=traced)


def _relate(change: Change, m: Diagnosed, old: ProblemRecord) -> None:
    """Work out anew what the problem may share with others, where other candidates were named or a quarter more objects alarm."""
    row, network = change.row, change.world.network
    alarmed = max(old.alarmed, len(m.held), len(m.resources))
    if change.before is not None and old.topology == row.topology and 4 * alarmed < GROWN * old.alarmed and [c.object for c in old.causes] == [c.object for c in row.causes]:
        return
    # What only murmurs beside alarms that say more may be there by chance: no common cause has to explain it.
    objects = sorted({*m.resources, *(name for name, _ in m.held)} - {*m.murmuring}) or sorted(row.resources)
    held = dict(m.held)
    claims = kinship.claims(network, row.domain, row.causes, objects, held, old.claims)
    weak = kinship.weak(objects, held)
    strong = sorted({*objects} - {*weak})
    crosses = bool(claims) or (row.cause is not None and kinship.is_shared(network, row.domain, row.cause.object))
    change.set(claims=claims, alarmed=alarmed, crosses=old.crosses or crosses)
    change.set(kinds=kinship.kinds(network, strong) if claims else (), weak=kinship.kinds(network, weak) if claims else ())


def _publish_by(change: Change, old: ProblemRecord, is_parted: bool) -> None:
    """Have a changed picture published: another cause, severity or site soon, mere growth the later the older the problem is."""
    row, manage = change.row, change.world.policy.manage
    if is_parted or _named(row) != _named(old):
        pace = manage.publish_every
    elif _counted(row) != _counted(old):
        pace = max(manage.publish_every, min(manage.grown_every, (change.now - row.opened_at) // GROWTH))
    else:
        return
    change.publish_by(old.published_at + pace)


def _named(row: ProblemRecord) -> tuple[object, ...]:
    return (row.worst, [c.object for c in row.causes], not row.active, not row.service_count, row.sites)


def _counted(row: ProblemRecord) -> tuple[object, ...]:
    return (row.members, row.active, row.causes, row.services, row.service_count, row.resources)


def judged(change: Change, m: Diagnosed) -> None:
    """Take over and tell at once what an operator said of the cause, and what the causes are now."""
    change.set(verdicts=m.verdicts, causes=m.causes, publish_at=change.now)
    change.tell(progress.ATTRIBUTE, m.why, ("rootCauseResource", _ranked(change.row) or "unknown"))


def _locate(change: Change, old: ProblemRecord) -> None:
    """Tell at once of another best cause; a status that changes with it (`_advance`) tells it itself."""
    row = change.row
    if row.cause and (old.cause is None or old.cause.object != row.cause.object) and row.status != Status.ACKNOWLEDGED:
        why = f"Located at {row.cause.object} with confidence {row.cause.confidence:.2f} ({', '.join(row.cause.rules)}). {sentence(row.revisions[-1])}"
        change.tell(progress.ATTRIBUTE, why, ("rootCauseResource", _ranked(row)))
        change.set(publish_at=change.now)


def _ranked(row: ProblemRecord) -> str:
    return ", ".join(c.object for c in row.causes)


def _advance(change: Change) -> None:
    """Move the status where the alarms and the located cause say so."""
    row = change.row
    if row.active:
        change.set(resolve_at=0)
        if row.status == Status.RESOLVED and not row.relief.stands(row.members):
            change.move(Turn.RETURNED, "One alarm is active again." if row.active == 1 else f"{row.active:,} alarms are active again.")
    elif row.status == Status.RESOLVED and not row.close_at:
        change.set(close_at=closes_at(change.now, change.world.policy))     # what a work-around left active is clear now
    elif row.status in OPEN and not row.resolve_at and not row.tested.pending and not (row.relief.is_told and closing.waits(row, change.world)):
        change.set(resolve_at=change.now + change.world.policy.manage.quiet_moment, fall_at=0, report_at=0)
    if change.row.status == Status.ACKNOWLEDGED and row.cause:
        why = f"Cause located at {row.cause.object} with confidence {row.cause.confidence:.2f} ({', '.join(row.cause.rules)})."
        change.move(Turn.LOCATED, why, ("rootCauseResource", _ranked(row)))


def prioritise(change: Change) -> None:
    """Raise the priority at once; let it fall when a lower one was wanted for `falls_after`; keep it while nothing is active."""
    row = change.row
    if not row.active and change.before is not None:
        return
    manage = change.world.policy.manage
    wanted = priority_of(row.impact, row.worst, manage)
    if change.before is None or wanted < row.priority:
        set_priority(change, wanted)
    elif wanted != row.wanted or bool(row.fall_at) != (wanted > row.priority):
        change.set(wanted=wanted, fall_at=(row.fall_at or change.now + manage.falls_after) if wanted > row.priority else 0)


def set_priority(change: Change, priority: int) -> None:
    """Change the priority, and the time to restore with it where that becomes shorter."""
    row, before, manage = change.row, change.before, change.world.policy.manage
    if priority < row.course.priority:
        change.set(course=msgspec.structs.replace(row.course, priority=priority))
    etr, old = row.opened_at + by_priority(manage.restore_in, priority), row.priority
    change.set(priority=priority, wanted=priority, priority_at=change.now, fall_at=0, etr=min(row.etr or etr, etr))
    change.publish_by(row.published_at + manage.publish_every)
    if before is not None:
        now, was = reason_of(row.impact, row.worst), reason_of(before.impact, before.worst)
        falls = priority > old
        since = f" for {manage.falls_after / MINUTE:g} min" if falls else f"; before it was {was}" if was != now else ""
        change.tell(progress.ATTRIBUTE, f"Priority {'falls' if falls else 'rises'} from {old} to {priority}: {now}{since}.", ("priority", str(priority)))
