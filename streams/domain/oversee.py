"""Stage 6, oversee_network: what only the whole network can decide. One partition, one order.

network-inbox --> HandlingAsked, ProblemTold, ActionAsked, ResultHeard, OperatorRequest, Tick --> restoration-commands (key: target), problem-inbox

- Restoration: at most one command under way per problem and per target, judged by domain/restoration.py, carried out by
  domain/dispatch.py; every refusal is told back to the problem, once.
- Parents: problems of different domains with one cause get one parent, one cause and one report (domain/parents.py,
  relate.py, family_report.py).
- Every problem is followed to its end: when it will be restored, learnt from how long others took (domain/etr_desk.py), and
  what became of all of them in a day (domain/figures_desk.py).
- An operator halts and resumes all commands, resets the breaker, approves what mode `advise` proposed.
- Customers' reports come to its desk (handling_desk.py), which finds each its problem.
- Messages come from many partitions with clock 0: what is due for a problem by a message's time is done before it.
- Words on problems come from many lanes in whatever order; each waits until this partition's clock is past the time it
  was told (lanes_apart.py): so who gets a target first, or is whose parent, depends on times alone, live and in any replay.
"""

from collections.abc import Iterable

import msgspec

from streams.domain import audits, etr_desk, family_report, figures_desk, handling_desk, impact_snapshot, impaired, lanes_apart, network_desk, probe
from streams.domain.asked_command import ask
from streams.domain.audits import Audit
from streams.domain.breaker import Guard
from streams.domain.dispatch import caught_up, consider, expire, give_up, hear, wait
from streams.domain.ended_things import Ended
from streams.domain.etr_desk import Pursued, pursue, revise
from streams.domain.family_report import Kin
from streams.domain.figures import Figures
from streams.domain.groups_held import OpenGroup
from streams.domain.handling_book import CustomerReport
from streams.domain.handling_messages import DeskEvent, HandlingAsked
from streams.domain.handling_turns import Question
from streams.domain.impact_messages import ImpactsTold
from streams.domain.impact_snapshot import SnapshotSum
from streams.domain.impaired import Impaired
from streams.domain.instant import Instant
from streams.domain.messages import (
    ActionAsked,
    InventoryTold,
    NetworkEvent,
    ObjectTested,
    OperatorRequest,
    OutageAnnounced,
    OutageMatched,
    ProblemTold,
    ResultHeard,
    Tick,
    TopologyAsked,
)
from streams.domain.network_requests import RELEASED, forbid, release, request
from streams.domain.outage import Outage
from streams.domain.outage_answer import OutageSum, add_up, tell_sum
from streams.domain.overseen import GUARD, REPAIR_OPEN, BusyTarget, IssuedCommand, Overseen, Stand, WaitingCommand
from streams.domain.parents import SharedCause
from streams.domain.probe import ProbeSeen, ProbeSent
from streams.domain.problem import ENDED, OPEN, Status
from streams.domain.relate import judge, regard, review
from streams.domain.restoration import Word
from streams.domain.result_kept import keep
from streams.domain.view import Emit, View, World


class ToldLater(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A word on a problem that lies ahead of this partition's clock."""

    told: ProblemTold | ActionAsked | HandlingAsked

    @property
    def due(self) -> Instant:
        """When it is folded: a customer's word at its time, before what lanes tell at that."""
        return self.told.told_at if isinstance(self.told, HandlingAsked) else lanes_apart.heard_at(self.told.told_at)


class Arrivals(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How many words have waited so far: words told at the same time are folded by domain, and of one domain as they came."""

    count: int = 0


TABLES = {
    "overseen-problems": (Overseen, lambda row: row.due or None, "problem -> the last word on it, and how its restoration stands"),
    "shared-causes": (SharedCause, None, "object -> the problems of which it may be the cause, and the families among them"),
    "issued-commands": (IssuedCommand, lambda row: row.forget_at, "command -> whose it is and what became of it"),
    "busy-targets": (BusyTarget, lambda row: row.due, "object -> the command that works on it, whose cooldown runs, or that it had lately"),
    "open-groups": (OpenGroup, lambda row: row.until, "dependent#number of a protection group -> the command under way on one of its members"),
    "impaired": (Impaired, None, "object -> problems that hold it down, tests under way on it"),
    "planned-work": (Outage, lambda row: row.due, "announced work -> what is in its scope, and when"),
    "waiting-commands": (WaitingCommand, None, "reason:problem -> a command or a report that waits (behind, halted, breaker, report), or a command under way (open)"),
    "command-guard": (Guard, None, "network -> halted by whom, breaker latched when and why, commands lately issued, how they ended"),
    "arrivals": (Arrivals, None, "network -> how many words on problems have waited"),
    "audits": (Audit, lambda row: row.due, "audit -> when it is next run"),
    "outage-sums": (OutageSum, lambda row: row.due, "where planned work was announced -> what partitions have answered so far"),
    "words-ahead": (ToldLater, lambda row: row.due, "domain|number of arrival -> a word on a problem, or a customer's, that waits for the clock to come to it"),
    **handling_desk.TABLES,
    **etr_desk.TABLES,
    **figures_desk.TABLES,
    **impact_snapshot.SUMS,
    **network_desk.TABLES,
    "probes-at-network": (ProbeSeen, lambda row: row.due, "way of a probe -> the newest that came to this end"),
    "kin": (Kin, lambda row: row.due or None, "problem -> the objects it is registered at, and its report where that is decided here"),
}


def step(view: View, message: NetworkEvent, now: Instant, world: World) -> list[Emit]:
    """Fold one message of the network's inbox.

    Errors: none. Results and requests for what is not known here change nothing.
    """
    if isinstance(message, ProbeSent):
        return probe.arrive(view.probes_at_network, message, probe.NETWORK)
    if isinstance(message, DeskEvent):
        if isinstance(message, HandlingAsked) and message.told_at > now:
            return _postpone(view, message)
        return handling_desk.step(view, message, max(now, message.at), world)
    audits.arm(view, max(now, message.at), world)
    if isinstance(message, ProblemTold | ActionAsked):
        if message.told_at >= now:
            return _postpone(view, message)
        return _asked(view, message, max(now, message.at), world)
    if isinstance(message, ResultHeard):
        return _result(view, message, max(now, message.at), world)
    if isinstance(message, ImpactsTold):
        return impact_snapshot.add_up(view, message, now)
    if isinstance(message, OutageMatched):
        return add_up(view, message, now)
    if isinstance(message, OutageAnnounced):
        impaired.announced(view, message, now)
        return []
    if isinstance(message, ObjectTested):
        impaired.tested(view, message)
        return []
    if isinstance(message, OperatorRequest):
        return request(view, message, max(now, message.at), world)
    if isinstance(message, InventoryTold | TopologyAsked):
        return network_desk.change(view, message, now, world)
    if not isinstance(message, Tick):
        return []
    return [*release(view, Word.BEHIND, now, world), *family_report.release(view, now, RELEASED, world)] if message.live else []


def come_due(view: View, table: str, key: str, value: msgspec.Struct, now: Instant, world: World) -> list[Emit]:
    """Try again, give up, or forget."""
    if isinstance(value, ProbeSeen):
        view.probes_at_network.delete(key)
        return []
    if isinstance(value, ToldLater):
        view.words_ahead.delete(key)
        if isinstance(value.told, HandlingAsked):
            return handling_desk.step(view, value.told, now, world)
        return _asked(view, value.told, value.told.told_at, world)
    if isinstance(value, CustomerReport | Question):
        return handling_desk.come_due(view, key, value, now, world)
    if isinstance(value, SnapshotSum):
        return impact_snapshot.tell_sum(view, value, now)
    if isinstance(value, OutageSum):
        return tell_sum(view, key, value, now)
    if isinstance(value, Pursued):
        return revise(view, key, value, now, world)
    if isinstance(value, Figures):
        return figures_desk.day_due(view, key, value, now, world)
    if isinstance(value, Kin):
        if value.due == value.report_at:
            return family_report.open_(view, key, now, world)
        if value.due == value.ask_at:
            return family_report.ask(view, key, now, world)
        out, again = (review if value.due == value.review_at else judge)(view, key, value, now, world)
        return out + _act(view, again, now, world)
    if isinstance(value, Ended):
        return network_desk.forget(view, key, value, now, world)
    if isinstance(value, Audit):
        return audits.run(view, key, now, world)
    if isinstance(value, Outage):
        impaired.forget(view, key)
        return []
    if not isinstance(value, Overseen):
        getattr(view, table.replace("-", "_")).delete(key)
        return []
    out, row = expire(view, value, now, world)
    view.overseen_problems.put(key, row)
    return out


def _asked(view: View, message: ProblemTold | ActionAsked, at: Instant, world: World) -> list[Emit]:
    return ask(view, message, at, world) if isinstance(message, ActionAsked) else _problem(view, message, at, world)


def _postpone(view: View, told: ProblemTold | ActionAsked | HandlingAsked) -> list[Emit]:
    """Keep a word until the clock has come to it."""
    number = (view.arrivals.get(GUARD) or Arrivals()).count + 1
    view.arrivals.put(GUARD, Arrivals(number))
    lane = "" if isinstance(told, HandlingAsked) else told.domain
    view.words_ahead.put(f"{lane}|{number:012d}", ToldLater(told))
    return []


def _problem(view: View, told: ProblemTold, at: Instant, world: World) -> list[Emit]:
    """Fold what stage 4 says of a problem."""
    out, row = caught_up(view, told.problem, told.at, world)
    before = row.told if row is not None else None
    if row is None:
        if told.status in ENDED:
            return out
        row = Overseen(told)
    stood = row
    out += _around(view, before, told, at, world)
    more, row = _turned(view, msgspec.structs.replace(row, told=told), before, at)
    out += more
    view.overseen_problems.put(told.problem, row)
    pursued = view.pursued_problems.get(told.problem)
    out += pursue(view, told, at, world)
    figures_desk.count(view, pursued, stood, told, at, world)
    more, again = regard(view, told, at, world)
    out += more
    if told.status in ENDED:
        wait(view, row, "")
        view.overseen_problems.delete(told.problem)
    return out + _act(view, dict.fromkeys((told.problem, *again)), at, world)


def _turned(view: View, row: Overseen, before: ProblemTold | None, at: Instant) -> tuple[list[Emit], Overseen]:
    """Begin anew where the problem came back or a final test failed; take back what is not wanted any more."""
    told = row.told
    returned = before is not None and before.status == Status.RESOLVED and told.status in OPEN
    unproven = before is not None and told.unproven > before.unproven
    if (returned or unproven) and row.stand == Stand.DONE:
        row = msgspec.structs.replace(row, stand=Stand.IDLE)
    if returned and row.repair == REPAIR_OPEN and not told.is_clear:
        row = msgspec.structs.replace(row, repair="")       # The work-around holds no more: restoring comes first again.
    if told.status in ENDED or (told.status not in OPEN and not row.wants_command):
        return give_up(view, row, f"the problem is {told.status}", at)
    if told.is_clear and row.repair != REPAIR_OPEN:
        return give_up(view, row, "its alarms cleared before it began", at)
    return [], row


def _around(view: View, before: ProblemTold | None, told: ProblemTold, at: Instant, world: World) -> list[Emit]:
    """Note what the problem holds down; take back commands that what is down now forbids, where they have not begun."""
    if not world.network.looks_around:
        return []
    is_over = told.status not in OPEN
    worse = impaired.note(view, told.problem, impaired.held(before) if before is not None else {}, {} if is_over else impaired.held(told))
    return forbid(view, at, world) if worse else []


def _act(view: View, problems: Iterable[str], at: Instant, world: World) -> list[Emit]:
    """Judge the next command of problems that may act now."""
    out: list[Emit] = []
    for problem in problems:
        more, row = caught_up(view, problem, at, world)
        out += more
        if row is not None and row.wants_command and row.stand == Stand.IDLE:
            more, row = consider(view, row, at, world)
            view.overseen_problems.put(problem, row)
            out += more
    return out


def _result(view: View, message: ResultHeard, at: Instant, world: World) -> list[Emit]:
    """Fold an executor's word; one on a command nobody knows (any more) is kept and changes nothing."""
    issued = view.issued_commands.get(message.command)
    if issued is None or not issued.issued_at:
        return keep("RestorationCommand", message.command, "unknown", message.outcome, message.text, "", at, message.position)
    out, row = caught_up(view, issued.problem, message.at, world)
    issued = view.issued_commands.get(message.command)
    more, row = hear(view, message, row, issued, at, world)
    if row is not None:
        view.overseen_problems.put(issued.problem, row)
    return out + more
