"""What must hold after a failover, held against the truth: alarm by alarm, command by command, record by record."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from streams.domain.alarm import Effect
from streams.domain.alarm_record import Standing
from streams.domain.instant import Instant
from streams.domain.problem import ENDED
from streams.state.consistency import look
from streams.state.rows import held, newest
from streams.stored import Stored
from tests.disaster.executor import Begun

Json = dict[str, Any]
TABLES = ("alarm-records", "alarm-lives", "located-problems", "problem-members", "problems", "watched-services", "groups")


class Held(NamedTuple):
    """What the processor takes the network for."""

    raised: set[str]
    """Objects whose alarm it takes for raised."""
    toggling: set[str]
    problems: dict[str, list[str]]
    """Object with an active alarm -> the problems that count it as active."""
    down: set[str]
    """Objects whose service it takes for hurt."""
    told: dict[str, str]
    """Product -> the impact last told of it, where it is any."""
    newest: dict[str, Instant]
    """Object -> the newest time that was heard of its alarm."""


def taken_for(stored: Stored) -> Held:
    """Read it from the tables."""
    rows = held(stored, TABLES)
    objects = {ident: row.alarm.object for ident, (_, row) in rows["alarm-lives"].items()}
    records = {row.id: row for _, row in rows["alarm-records"].values() if row.standing is not Standing.UNRAISED}
    problems: dict[str, list[str]] = {}
    for key, (_, page) in rows["problem-members"].items():
        ident = key.partition("|")[0]
        problem = rows["problems"].get(ident)
        if problem is None or problem.row.status in ENDED:
            continue
        for _, member in page.members:
            if not member.cleared_at:
                problems.setdefault(objects.get(member.alarm, member.alarm), []).append(ident)
    return Held(
        {objects.get(ident, ident) for ident, row in records.items() if not row.is_cleared},
        {objects.get(ident, ident) for ident, row in records.items() if row.standing is Standing.TOGGLING}, problems,
        {service.removeprefix("svc-") for service, (_, row) in rows["watched-services"].items() if row.state is not Effect.NONE},
        {product: told["impact"] for product, told in newest(stored, "customer-impacts").items() if told["impact"] != "none"},
        {objects.get(ident, ident): max(row.heard_at, row.cleared_at) for ident, row in records.items()})


def wrong(found: Held, truth: Iterable[str]) -> list[str]:
    """Return what differs from the truth, object by object. An alarm that toggles stays in its problem for a while."""
    stand, out = set(truth), []
    for name in sorted(stand ^ found.raised):
        out.append(f"{name}: its alarm {'stands' if name in stand else 'does not stand'}, and it is taken for {'raised' if name in found.raised else 'cleared'}")
    for name in sorted(stand | set(found.problems)):
        count = len(found.problems.get(name, ()))
        if (count != 1) if name in stand else (count and name not in found.toggling):
            out.append(f"{name}: its alarm {'stands' if name in stand else 'does not stand'}, and {count} open problems count it as active: {found.problems.get(name)}")
    for name in sorted((stand ^ found.down) - found.toggling):
        out.append(f"{name}: its service is {'down' if name in stand else 'up'}, and is taken for {'hurt' if name in found.down else 'working'}")
    return out


def inconsistent(stored: Stored) -> list[str]:
    """Return what `spm check --state` tells."""
    return [f"{each.rule} {each.id}: {each.says}" for each in look(stored).differences]


def twice(begun: list[Begun], restored: list[Begun], overlapping: list[str]) -> list[str]:
    """Return commands that were carried out twice: by id, on a target that one was at work on, on one that was restored within one life of its alarm."""
    ids, targets = Counter(one.id for one in begun), Counter((one.target, one.episode) for one in restored)
    out = [f"command {ident} was begun {count} times" for ident, count in ids.items() if count > 1]
    out += [f"{target} was restored {count} times within one alarm" for (target, _), count in targets.items() if count > 1]
    return out + [f"a command was begun on {target} while another one was at work" for target in overlapping]


def doubled(stored: Stored) -> list[str]:
    """Return what the outside was told twice: open reports of one kind for one problem, impacts that began twice, one id for two things."""
    reports, owner, out = newest(stored, "trouble-reports"), dict[str, str](), list[str]()
    for problem, told in newest(stored, "problems").items():
        open_: Counter[str] = Counter()
        for one in told.get("troubleTicket", ()):
            if (before := owner.setdefault(one["id"], problem)) != problem:
                out.append(f"report {one['id']} is of problems {before} and {problem}")
            ticket = reports.get(one["id"])
            if ticket is not None and ticket["status"] not in ("closed", "cancelled", "resolved"):
                open_[ticket["ticketType"]] += 1
        out += [f"problem {problem} has {count} open reports of kind {kind}" for kind, count in open_.items() if count > 1]
    return out + list(_impacts_twice(json.loads(record.value) for _, record in stored.peek.read(stored.output("customer-impacts"), {}) if record.value))


def _impacts_twice(told: Iterable[Json]) -> Iterable[str]:
    ids, now = Counter[str](), dict[str, str]()
    for one in told:
        ids[one["id"]] += 1
        if one["kind"] == "started" and now.get(one["product"], "none") != "none":
            yield f"the impact on {one['product']['id']} began, and had begun"
        now[one["product"]] = one["impact"]
    yield from (f"impact {ident} was told {count} times" for ident, count in ids.items() if count > 1)
