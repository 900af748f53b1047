"""Stage 3: where a problem sits, and what it hurts.

problem-changes (key: problem, route: domain) --> ProblemChange, CausesLearnt, ProblemAsked, Tick --> problem-inbox (key: problem, route: domain)
                                                                     +--> alarm-records (key: alarm record): implied.py

- A change is folded at the cost of one row, however large the problem (domain/membership.py); only a diagnosis looks
  at all members. It is made at once where something begins or ends (`AT_ONCE`, the first alarm again, the last one
  cleared) or it has grown by a multiple, else at most once per `revise_every` of the partition's clock, the last change of the
  meantime included.
- A diagnosis is whole (domain/diagnosis.py); only the last one counts.
- A member that cleared or left (renewed elsewhere) holds nothing down any more but remains evidence of the cause.
- When a problem takes no more alarms its members are counted as what their objects usually report (domain/habit.py).
- A problem that takes no more alarms and is all clear is forgotten after as long as correlation remembers it.
- What announced work holds down comes as a problem does, marked `planned`: it gets no causes. An alarm that leaves it
  for a problem is told only when the problem has been, so that no service seems to work in between.
"""

from typing import Any, cast

import msgspec

from streams.domain import cause_verdict, habit, impact, implied, membership, past_causes, probe, promptness, strays, test_evidence, traces
from streams.domain.alarm import Severity
from streams.domain.cause_verdict import CauseVerdict
from streams.domain.diagnosis import AT_ONCE, Located, Ranking, diagnose, habits, tell
from streams.domain.explanation import beside
from streams.domain.facts import gather
from streams.domain.habit import Habit
from streams.domain.instant import Instant, Span
from streams.domain.learnt_causes import KnownCauses
from streams.domain.membership import Page
from streams.domain.messages import CausesLearnt, Diagnosed, Member, NetworkTurned, ProbeSent, ProblemAsked, ProblemChange, ProblemChangeEvent, Tick
from streams.domain.past_causes import PastCauses
from streams.domain.picture import picture
from streams.domain.promptness import Promptness
from streams.domain.strays import Strays
from streams.domain.view import Emit, View, World

CROWD = 100
"""Members that a problem may have for each `revise_every` between two diagnoses: each looks at all of them."""
IDLE = 10
"""A change that can hurt or heal no service waits up to this many times longer than one that may."""
HAND_OVER = 2
"""Paces after which it is told that an explained alarm went over to a problem: that has told of it after one."""
EVIDENCE = frozenset(("opened", "joined", "changed", "merged", "moved", "judged", "renewed", "tested"))
"""Kinds of change that may move the ranking."""


def _due_of(row: Located) -> Instant | None:
    return row.due or None


TABLES = {
    "located-problems": (Located, _due_of, "problem -> its counts, and when it is to be diagnosed again"),
    "problem-causes": (Ranking, None, "problem -> its causes as last ranked"),
    "problem-members": (Page, None, "problem, or problem|page -> its members, at most some thirty a row"),
    "alarm-habits": (Habit, habit.due_of, "domain, its kinds of alarm, its objects' alarms -> in how many past problems, faded"),
    "strays": (Strays, strays.due_of, "domain -> how many objects alarmed beside its past problems, and how many could have, faded"),
    "promptness": (Promptness, promptness.due_of, "domain and type -> how soon those of it that failed told so, faded"),
    "learnt-causes": (KnownCauses, None, "one row: which alarm types are learnt to cause which, as stage 2 told last"),
    "past-causes": (PastCauses, past_causes.due_of, "domain -> what operators said of the causes of its problems, the latest"),
}
FADING = frozenset(("alarm-habits", "strays", "promptness"))
"""Tables of what was counted: a row that comes due is forgotten."""


def step(view: View, message: ProblemChangeEvent, now: Instant, world: World) -> list[Emit]:
    """Fold one change into its problem and diagnose it, now or when that is due."""
    if isinstance(message, Tick):
        return []
    if isinstance(message, ProbeSent):
        return probe.forward(message, "problem-inbox", now, world)
    if isinstance(message, ProblemAsked):
        return [Emit("problem-inbox", message.problem, msgspec.structs.replace(message, clock=now), message.at, message.domain)]
    if isinstance(message, NetworkTurned):
        return [Emit("problem-inbox", "", message, message.at, message.lane)]
    if isinstance(message, CausesLearnt):
        view.learnt_causes.put("", KnownCauses(message.pairs))
        return []
    problem = message.into if message.kind == "merged" else message.problem
    before = cast(Located | None, view.located_problems.get(problem))
    if message.verdict is not None:
        _learn(view, problem, before or Located(message.domain), message.verdict, world)
    if before is None and message.kind in ("released", "judged", "renewed", "tested"):
        return []                                               # all of it is clear, and forgotten here
    after, out = _fold(view, problem, before or Located(message.domain), message, now, world)
    turns = before is not None and (before.active == 0) != (after.active == 0)
    pace = _pace(view, problem, after, message.members, now, world)
    if message.planned and message.kind == "left":
        view.located_problems.put(problem, msgspec.structs.replace(after, stale=True, due=now + HAND_OVER * pace))
        return out
    wait_until = after.sent_at + pace
    if message.kind in AT_ONCE or before is None or turns or after.bursts or wait_until <= now:
        kind = "joined" if message.kind == "merged" else message.kind
        out += diagnose(view, problem, after, kind, message.why, message.at, now, world)
        if message.kind == "quiet" and not after.planned:
            _remember(view, problem, after, now, world)         # What is under way is no habit yet, so only now.
        return out
    due = min(after.due, wait_until) if after.stale and after.due else wait_until
    view.located_problems.put(problem, msgspec.structs.replace(after, stale=True, due=due))
    return out


def _pace(view: View, problem: str, row: Located, members: tuple[Member, ...], now: Instant, world: World) -> Span:
    """Return how long after its last diagnosis a problem is diagnosed for these changes: what hurts nobody, when its age has doubled."""
    pace = world.policy.localize.revise_every * (1 + row.roll.kept // CROWD)
    if any(member.effect and impact.may_hurt(world.network, member.object) for member in members):
        return pace
    first = picture(view, problem, row.roll).first
    return max(pace, min(IDLE * pace, now - first.raised_at)) if first is not None else pace


def _remember(view: View, problem: str, row: Located, now: Instant, world: World) -> None:
    """Count what a problem that is over reported, and keep what operators said of it."""
    members = picture(view, problem, row.roll).members
    known = cast(Ranking | None, view.problem_causes.get(problem))
    if known is not None and known.causes:
        best = known.causes[0]
        _count_strays(view, row.domain, members, best.object, now, world)
        promptness.learn(view.promptness, row.domain, members, best.object, best.confidence, now, world.network)
    habit.learn(view.alarm_habits, row.domain, members, now, world.policy.localize, world.network)
    for verdict in row.verdicts:
        _learn(view, problem, row, verdict, world)


def _count_strays(view: View, domain: str, members: list[Member], cause: str, now: Instant, world: World) -> None:
    """Count who alarmed beside a problem that is over though its cause does not explain it; by the habits before it."""
    facts = gather(members, world.network, world.policy.localize, habits(view, domain, now, world))
    if len(facts.objects) > 1 and cause in facts.explained:
        view.strays.put(domain, strays.counted(view.strays.get(domain), *beside(facts, cause), now))


def _learn(view: View, problem: str, row: Located, verdict: CauseVerdict, world: World) -> None:
    """Remember for the next time what an operator says of the cause, with what the problem looks like now."""
    members = picture(view, problem, row.roll).members
    past_causes.learn(view.past_causes, row.domain, problem, verdict, members, world.network, world.policy.localize.remember_causes)


def come_due(view: View, table: str, key: str, value: Any, now: Instant, world: World) -> list[Emit]:
    """Diagnose a problem that changed since it was last told; forget one that is over, and habits and words that have faded."""
    if table == "past-causes":
        past_causes.fade(view.past_causes, key, value, now, world.policy.localize.remember_causes)
        return []
    if table in FADING:
        getattr(view, table.replace("-", "_")).delete(key)
        return []
    if value.stale:
        return diagnose(view, key, value, "revised", "", value.due, now, world)
    _forget(view, key, value)
    return []


def _forget(view: View, problem: str, row: Located) -> None:
    view.memo.pop(problem, None)
    membership.drop(view.problem_members, problem, row.roll)
    view.located_problems.delete(problem)
    if view.problem_causes.get(problem) is not None:
        view.problem_causes.delete(problem)


def _fold(view: View, problem: str, row: Located, change: ProblemChange, now: Instant, world: World) -> tuple[Located, list[Emit]]:
    """Return the problem's row with the change in it; of a merger also what is told of the problem that went into it."""
    limit = world.policy.localize.members
    if change.kind == "merged":
        return _absorb(view, problem, row, change, now, world)
    roll, out = row.roll, list[Emit]()
    for member in change.members:
        if change.kind == "moved":
            out += implied.withdraw(view, problem, change.domain, roll, member, change.at)
            roll = membership.remove(view.problem_members, problem, roll, member.occurrence)
            view.memo.pop(problem, None)
            continue
        if change.kind == "left" and not member.cleared_at:
            member = msgspec.structs.replace(member, cleared_at=change.at)
        roll, is_kept, gone = membership.write(view.problem_members, problem, roll, member, limit)
        if gone:
            view.memo.pop(problem, None)        # One of the rows had to go: who is left is drawn from the rows.
        elif is_kept and (shown := view.memo.get(problem)) is not None:
            shown.take(member)
        if member.cleared_at:
            out += implied.withdraw(view, problem, change.domain, roll, member, change.at)
    joins = len(change.members) if change.kind in ("opened", "joined") else -len(change.members) if change.kind == "moved" else 0
    return msgspec.structs.replace(
        row, roll=roll, members=row.members + joins, active=row.active if change.verdict or change.tested or change.kind == "renewed" else change.active, planned=change.planned, window_end=change.window_end or row.window_end,
        quiet=bool(change.planned) or change.kind in ("quiet", "explained") or (row.quiet and joins <= 0),
        last_alarm_at=max(row.last_alarm_at, change.at) if change.members else row.last_alarm_at,
        recurrence_of=change.recurrence_of or row.recurrence_of, unranked=not change.planned and (row.unranked or change.kind in EVIDENCE),
        released=row.released or change.kind == "released" or any(not member.standing for member in change.members),
        verdicts=cause_verdict.fold(row.verdicts, (change.verdict,)) if change.verdict else row.verdicts,
        tested=test_evidence.fold(row.tested, change.tested) if change.tested else row.tested,
        traces=traces.with_more(row.traces, (member.trace for member in change.members)) if joins > 0 else row.traces), out


def _absorb(view: View, problem: str, row: Located, change: ProblemChange, now: Instant, world: World) -> tuple[Located, list[Emit]]:
    """Fold all that is known of `change.problem` into the problem it was merged into."""
    loser = cast(Located | None, view.located_problems.get(change.problem)) or Located(change.domain)
    moving = picture(view, change.problem, loser.roll)
    _forget(view, change.problem, loser)
    view.memo.pop(problem, None)
    limit = world.policy.localize.members
    roll = membership.fold(view.problem_members, problem, row.roll, moving.members, limit, moving.marks)
    dropped = implied.drop(change.problem, change.domain, moving, moving.members[max(0, limit - row.roll.kept):], change.at)
    told = tell(Diagnosed(
        "merged", change.problem, change.domain, change.at, 0, loser.last_alarm_at, loser.members, 0, Severity.CLEARED,
        into=change.into, why=change.why, recurrence_of=loser.recurrence_of, topology=world.network.version, clock=now,
        standing=not loser.released), moving, world)
    return msgspec.structs.replace(
        row, roll=roll, members=row.members + loser.members, active=change.active,
        last_alarm_at=max(row.last_alarm_at, loser.last_alarm_at), unranked=True, ranked_at=0, released=row.released or loser.released,
        verdicts=cause_verdict.fold(loser.verdicts, row.verdicts), traces=traces.with_more(row.traces, loser.traces)), [*dropped, told]
