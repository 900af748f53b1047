"""`spm check --state`: whether the tables agree with one another and with what was told on the topics.

Each rule looks at one pair of places that must say the same once nothing is under way, and tells each difference with what
to do about it. What is under way differs for a moment: whoever asks of a processor that runs looks twice and keeps what
was there both times (`lasting`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from streams.domain.alarm import Effect
from streams.domain.alarm_record import Standing
from streams.domain.problem import ENDED
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_index import ever_made, reports_of
from streams.edge.records import customer_impact
from streams.state.rows import Held, newest
from streams.state.rows import held as read_tables
from streams.stored import Stored

TABLES = ("alarm-records", "alarm-lives", "groups", "located-problems", "problem-members", "problems", "reports", "overseen-problems", "watched-services")
"""What is looked at."""
IN_A_GROUP = frozenset((Standing.ACTIVE, Standing.TOGGLING))
"""Alarms that their group counts as active."""

REFOLD = "runbook rebuild-a-table: the tables are folded anew from the inboxes"
TELL_AGAIN = "`spm tables tell`, with the workers stopped, tells it again (runbook rebuild-a-table); so does the next change of its problem"
WITHDRAW = "`spm tables tell`, with the workers stopped, withdraws a problem or report (runbook rebuild-a-table); a reader takes it for open until then"


class Difference(NamedTuple):
    """Two places that do not say the same."""

    rule: str
    id: str
    """What of."""
    says: str
    """Where one place says this and the other that, in one sentence's end."""
    remedy: str


class Topics(NamedTuple):
    """Of each key the newest that was told (streams/state/rows.newest)."""

    problems: dict[str, Any]
    reports: dict[str, Any]
    alarms: dict[str, Any]
    impacts: dict[str, Any]


class Verdict(msgspec.Struct, frozen=True):
    """What was found."""

    looked_at: dict[str, int]
    """Table or topic -> rows or keys."""
    differences: list[Difference]


def look(stored: Stored) -> Verdict:
    """Read the tables, then the topics, and hold them against one another."""
    held = read_tables(stored, TABLES)
    topics = Topics(newest(stored, "problems"), newest(stored, "trouble-reports"), newest(stored, "alarm-records", b'"impliedBy":'), newest(stored, "customer-impacts"))
    counts = {table: len(held[table]) for table in TABLES} | {
        "topic problems": len(topics.problems), "topic trouble-reports": len(topics.reports), "topic alarm-records": len(topics.alarms), "topic customer-impacts": len(topics.impacts)}
    return Verdict(counts, list(differences(held, topics)))


def lasting(first: Verdict, second: Verdict) -> Verdict:
    """Return what the second look found that the first had found too."""
    known = {(each.rule, each.id) for each in first.differences}
    return Verdict(second.looked_at, [each for each in second.differences if (each.rule, each.id) in known])


def differences(held: Held, topics: Topics) -> Iterator[Difference]:
    """Apply all rules."""
    for rule in RULES:
        for ident, says, remedy in rule(held, topics):
            yield Difference(rule.__name__.removeprefix("_").replace("_", "-"), ident, says, remedy)


Found = Iterable[tuple[str, str, str]]


def _problems_are_told(held: Held, topics: Topics) -> Found:
    """Compare each problem with the newest record of it."""
    for ident, (_, row) in held["problems"].items():
        told = topics.problems.get(ident)
        if told is None:
            if row.published_at:
                yield ident, f"the table has it, {row.status}, and the topic `problems` has not", TELL_AGAIN
        elif not row.publish_at and (found := differing(row, told)):
            yield ident, f"table and topic differ in {found}", TELL_AGAIN
    for ident in topics.problems.keys() - held["problems"].keys():
        yield ident, f"the topic `problems` tells it as {topics.problems[ident].get('status')}, and no table knows it", WITHDRAW


def differing(row: ProblemRecord, told: dict[str, Any]) -> str:
    """Return in what a problem differs from what was told of it last, "" for nothing."""
    reports = [one["id"] for one in told.get("troubleTicket", ())]
    said = {"status": (row.status, told.get("status")), "priority": (row.priority, told.get("priority")), "statusChangeReason": (row.status_why, told.get("statusChangeReason")),
            "troubleTicket": (list(reports_of(row)), reports)}
    return ", ".join(f"{name} ({ours!r}, told {theirs!r})" for name, (ours, theirs) in said.items() if ours != theirs)


def _reports_are_told(held: Held, topics: Topics) -> Found:
    """Compare each problem's own report with the newest record of it, and the index of reports with the problems."""
    known: dict[str, str] = {}
    for ident, (_, row) in held["problems"].items():
        known |= dict.fromkeys(ever_made(row), ident)
        report = row.report
        if report is not None and not row.publish_at:
            told = topics.reports.get(report.id)
            if told is None:
                yield report.id, f"problem {ident} has this report, and the topic `trouble-reports` has not", TELL_AGAIN
            elif told.get("status") != report.history[-1].status:
                yield report.id, f"its problem has it {report.history[-1].status}, the topic tells {told.get('status')}", TELL_AGAIN
    for ident in topics.reports.keys() - known.keys():
        yield ident, "the topic `trouble-reports` has it, and no problem does", WITHDRAW
    for ident in known.keys() ^ held["reports"].keys():
        yield ident, f"{'a problem has it and the index does not' if ident in known else 'the index has it and no problem does'}", REFOLD


def _alarms_are_told(held: Held, topics: Topics) -> Found:
    """Compare each alarm record with its cold half, and with the newest event of it; events are kept for a while only."""
    by_id = {row.id: row for _, row in held["alarm-records"].values()}
    for ident, row in by_id.items():
        if ident not in held["alarm-lives"] and row.standing is not Standing.UNRAISED:
            yield ident, "its record has no second half (alarm-lives)", REFOLD
        told = topics.alarms.get(ident)
        if told is not None and row.standing is not Standing.UNRAISED:
            state = told["event"]["alarm"].get("state")
            if (state == "cleared") != row.is_cleared and told.get("eventType") != "alarmDeleteEvent":
                yield ident, f"the table has it {'cleared' if row.is_cleared else 'active'}, the topic tells {state}", REFOLD
    for ident in held["alarm-lives"].keys() - by_id.keys():
        yield ident, "there is a second half (alarm-lives) of no record", REFOLD
    for ident, told in topics.alarms.items():
        if ident not in by_id and told.get("eventType") != "alarmDeleteEvent" and told["event"]["alarm"].get("state") != "cleared":
            yield ident, "the topic `alarm-records` tells it as active, and no table knows it", WITHDRAW


def _groups_count_their_alarms(held: Held, topics: Topics) -> Found:
    """Count the active alarms of each group, merged ones followed, and find alarms of no group."""
    groups = {ident: row for ident, (_, row) in held["groups"].items()}
    counted: Counter[str] = Counter()
    for key, (_, row) in held["alarm-records"].items():
        if row.problem and row.standing in IN_A_GROUP:
            group = _end(groups, row.problem)
            if group not in groups:
                yield key, f"this active alarm is in group {row.problem}, which is not there", REFOLD
            counted[group] += 1
    for ident, group in groups.items():
        if not group.into and group.active != counted[ident]:
            yield ident, f"its group says that {group.active} alarms are active, {counted[ident]} are", REFOLD


def _end(groups: dict[str, Any], ident: str) -> str:
    while (group := groups.get(ident)) is not None and group.into:
        ident = group.into
    return ident


def _stages_know_the_same_problems(held: Held, topics: Topics) -> Found:
    """Compare which problems stages 2, 3, 4 and 6 have."""
    for ident, (_, group) in held["groups"].items():
        if group.open and not group.into and group.active and ident not in held["located-problems"]:
            yield ident, "stage 2 has it open, stage 3 does not know it", REFOLD
    for ident, (_, row) in held["located-problems"].items():
        if row.active and not row.planned and row.sent_at and ident not in held["problems"]:
            yield ident, "stage 3 has located it, stage 4 does not know it", REFOLD
    for ident, (_, row) in held["overseen-problems"].items():
        if row.asked is None and ident not in held["problems"]:
            yield ident, "stage 6 oversees it, stage 4 does not know it", REFOLD
    for ident, (_, row) in held["problems"].items():
        overseen = held["overseen-problems"].get(ident)
        if row.status in ENDED or row.standing:
            continue
        if overseen is None:
            yield ident, f"stage 4 has it {row.status}, stage 6 does not know it", REFOLD
        elif overseen.row.told.status != row.status:
            yield ident, f"stage 4 has it {row.status}, stage 6 {overseen.row.told.status}", REFOLD


def _members_are_alarms(held: Held, topics: Topics) -> Found:
    """Find members of problems that no table knows, and active ones whose alarm is not there."""
    alarms = {row.id for _, row in held["alarm-records"].values()}
    for key, (_, page) in held["problem-members"].items():
        problem = key.partition("|")[0]
        if problem not in held["located-problems"]:
            yield key, "there are members of a problem that stage 3 does not know", REFOLD
        for _, member in page.members:
            if not member.cleared_at and member.alarm not in alarms:
                yield member.alarm, f"problem {problem} counts this alarm as active, and there is no record of it", REFOLD


def _impacts_are_told(held: Held, topics: Topics) -> Found:
    """Compare what each service was told to do to its products with the newest record of each product; records are kept for a while only."""
    current = {one.product.id: one for _, row in held["watched-services"].values() for one in row.told}
    for product, one in current.items():
        told = topics.impacts.get(product)
        wanted = customer_impact.PLANNED if one.planned else customer_impact.WORDS[one.impact]
        if told is not None and told["impact"] != wanted:
            yield product, f"the table has its impact {wanted}, the topic tells {told['impact']}", TELL_AGAIN
    for product, told in topics.impacts.items():
        if product not in current and told["impact"] != customer_impact.WORDS[Effect.NONE]:
            yield product, f"the topic `customer-impacts` tells {told['impact']}, and no table knows it", WITHDRAW


RULES: tuple[Callable[[Held, Topics], Found], ...] = (
    _problems_are_told, _reports_are_told, _alarms_are_told, _groups_count_their_alarms, _stages_know_the_same_problems, _members_are_alarms, _impacts_are_told)
