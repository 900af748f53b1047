"""What announced work holds down, told to localization like a problem, so that services hear of it; it is none.

All alarms of one domain that one announcement explains make one bundle. It flows through stages 3 and 4 as a problem
does, with `planned` set: stage 3 works out what it hurts, stage 4 tells the services, and nobody opens a problem.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from streams.domain.alarm import Effect
from streams.domain.alarm_book import member_of
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.alarmed import Followed
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import Member, ProblemChange
from streams.domain.outage import works_of
from streams.domain.view import Emit, View


class Bundle(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The alarms of one domain that one announcement explains; key: domain|announcement. Gone when there are none."""

    active: int


class Step(NamedTuple):
    """One alarm that enters, changes in or leaves the bundle of an announcement."""

    kind: str
    """joined, changed, cleared or left."""
    outage: str
    domain: str
    member: Member


def bundle_id(domain: str, outage: str) -> str:
    """Return what the bundle is called between the stages."""
    return identify(domain, outage, "planned-outage")


def steps_of(followed: Followed | None, record: AlarmRecord | None, life: AlarmLife | None) -> list[Step]:
    """Return what became of the bundles that an alarm was in and is in."""
    if followed is None or record is None or life is None:
        return []
    before, after = followed.before, followed.after
    was, now = before.outage if before else "", after.outage if after else ""
    if not (was or now):
        return []
    domain = life.alarm.domain
    if was == now:
        return [Step("changed", now, domain, member_of(record, life.alarm, after.effect if after else Effect.NONE))]
    steps = []
    if now and after is not None:
        steps.append(Step("joined", now, domain, member_of(record, life.alarm, after.effect)))
    if was and before is not None:
        kind, cleared_at = ("left", 0) if after is not None else ("cleared", max(record.cleared_at, record.began_at, 1))
        steps.append(Step(kind, was, domain, member_of(record, life.alarm, before.effect, cleared_at)))
    return steps


def tell_steps(view: View, steps: Iterable[Step], at: Instant, now: Instant, at_once: bool = False) -> list[Emit]:
    """Tell them, those of one kind and bundle that follow each other in one message; `at_once`: services hear of what joins now."""
    out: list[Emit] = []
    run: list[Step] = []
    for step in (*steps, None):
        if run and (step is None or (step.kind, step.outage, step.domain) != (run[0].kind, run[0].outage, run[0].domain)):
            out.append(_told(view, run, at, now, at_once))
            run = []
        if step is not None:
            run.append(step)
    return out


def _told(view: View, run: list[Step], at: Instant, now: Instant, at_once: bool) -> Emit:
    kind, outage, domain, _ = run[0]
    key = f"{domain}|{outage}"
    row: Bundle | None = view.bundles.get(key)
    by = {"joined": len(run), "changed": 0}.get(kind, -len(run))
    active = max((row.active if row is not None else 0) + by, 0)
    if active:
        view.bundles.put(key, Bundle(active))
    elif row is not None:
        view.bundles.delete(key)
    kind = "opened" if kind == "joined" and (at_once or row is None) else kind
    ident = bundle_id(domain, outage)
    change = ProblemChange(kind, ident, domain, at, tuple(step.member for step in run), active, clock=now, planned=outage, window_end=works_of(view).window_end(outage))
    return Emit("problem-changes", ident, change, at, domain)
