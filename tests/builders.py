"""Short, readable values for tests: `an_alarm(...)`, `at("02:30")`, `a_view(...)`, `a_network(...)`."""

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from streams.domain.alarm import Alarm, Severity
from streams.domain.instant import Instant, instant
from streams.domain.level import LEVEL
from streams.domain.messages import Tick
from streams.domain.network import Dependency, Network, Node, Product, Sla
from streams.domain.policy import Policy
from streams.domain.view import Emit, World

_offsets = itertools.count()


def at(text: str) -> Instant:
    """`at("02:30")`, `at("02:30:05")` on 2026-01-01, or a full ISO time."""
    if len(text) <= 12:
        text = "2026-01-01T" + (text if text.count(":") == 2 else text + ":00")
    moment = datetime.fromisoformat(text)
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def an_alarm(obj: str = "node-1", when: str | Instant = "10:00", **but: Any) -> Alarm:
    """A major communications alarm of `obj`, raised; `but` overrides fields (severity=..., cleared=True, ...)."""
    moment = at(when) if isinstance(when, str) else when
    cause = but.pop("cause", "lossOfSignal")
    cleared = but.get("cleared", False)
    fields: dict[str, Any] = {
        "key": f"|{obj}|{cause}|{but.get('qualifier', '')}", "object": obj, "domain": "dom", "cause": cause,
        "severity": Severity.CLEARED if cleared else Severity.MAJOR, "cleared": cleared,
        "at": moment, "raised_at": moment, "alarm_type": "communicationsAlarm", "feed": "raw-alarms", "source": "ems",
    }
    return Alarm(**{**fields, **but})


class MemoryRows:
    """A table of one partition in a dict; `due_of` as the engine's tables have it."""

    def __init__(self, due_of: Callable[[Any], Instant | None] | None = None) -> None:
        self.rows: dict[str, Any] = {}
        self.due_of = due_of

    def get(self, key: str) -> Any:
        return self.rows.get(key)

    def put(self, key: str, value: Any) -> None:
        self.rows[key] = value

    def delete(self, key: str) -> None:
        self.rows.pop(key, None)

    def prefix(self, prefix: str, limit: int = 1000, after: str = "") -> list[tuple[str, Any]]:
        return [(k, self.rows[k]) for k in sorted(self.rows) if k.startswith(prefix) and k > after][:limit]


class MemoryView:
    """A view over `MemoryRows`, and the engine's order of things: what is due first, then the message."""

    def __init__(self, tables: dict[str, Callable[[Any], Instant | None] | None], ticked: frozenset[str] = frozenset()) -> None:
        """`ticked`: tables whose rows come due by ticks only."""
        self.topic, self.partition = ",".join(tables), 0
        self.ticked = ticked
        self.live = True
        self.memo: dict[str, Any] = {}
        self.clock: Instant = 0
        self.tables = {name: MemoryRows(due_of) for name, due_of in tables.items()}
        for name, rows in self.tables.items():
            setattr(self, name.replace("-", "_"), rows)

    @property
    def next_due(self) -> Instant:
        """When something is due next, 0 where nothing is."""
        return min((due for rows in self.tables.values() if rows.due_of for row in rows.rows.values() if (due := rows.due_of(row))), default=0)

    def run(self, step: Callable[..., Iterable[Emit]], come_due: Callable[..., Iterable[Emit]] | None, message: Any, world: World) -> list[Emit]:
        """Fold one message as the engine does: everything due by its clock at its due time, then the message."""
        out: list[Emit] = []
        target = max(self.clock, message.clock)
        while come_due is not None:
            ticked = message.clock if isinstance(message, Tick) else 0
            due = [
                (rows.due_of(v), n, k) for n, (name, rows) in enumerate(self.tables.items()) if rows.due_of for k, v in rows.rows.items()
                if rows.due_of(v) and rows.due_of(v) <= (ticked if name in self.ticked else target)]
            due = sorted(due)
            if not due:
                break
            when, n, key = due[0]
            self.clock = max(self.clock, when)
            table = list(self.tables)[n]
            before = self.tables[table].get(key)
            out += come_due(self, table, key, before, self.clock, world)
            after = self.tables[table].get(key)
            assert after is None or self.tables[table].due_of(after) != when, f"{table}[{key}] is due for ever at {when}"
        self.clock = target
        return out + list(step(self, message, self.clock or 1, world))        # as the engine: 0 says in a row that nothing is due


def a_network(*dependencies: tuple[str, str | list[str]] | tuple[str, list[str], int] | tuple[str, list[str], int, str], services: Iterable[str] = (), products: Iterable[tuple[str, str, str]] = (), domain: str = "dom", **but: Any) -> Network:
    """`a_network(("b", "a"), ("svc", ["p1", "p2"], 1), services=["svc"], products=[("prod", "svc", "cust")])`; types are the letters of the ids; a fourth word is the kind of the dependency."""
    depends: dict[str, list[Dependency]] = {}
    names: dict[str, None] = {}
    for dependent, on, *needs in dependencies:
        members = (on,) if isinstance(on, str) else tuple(on)
        count, kind = (needs[0], *needs[1:], "")[:2] if needs else (len(members), "")
        depends.setdefault(dependent, []).append(Dependency(dependent, members, count, count, kind))
        names |= dict.fromkeys((dependent, *members))
    names |= dict.fromkeys(services)
    carries: dict[str, set[str]] = {}
    for dependent, deps in depends.items():
        for dep in deps:
            for member in dep.on:
                carries.setdefault(member, set()).add(dependent)
    by_service: dict[str, tuple[Product, ...]] = {}
    for product, service, customer in products:
        by_service[service] = (*by_service.get(service, ()), Product(product, service, customer, "gold"))
    return Network(
        version="test", nodes={n: Node(n, n.rstrip("0123456789-"), domain, "", n in set(services)) for n in names},
        depends={n: tuple(d) for n, d in depends.items()}, carries={n: tuple(sorted(c)) for n, c in carries.items()},
        products=by_service, slas={"gold": Sla("gold", 4 * 3600 * 1_000_000)}, **but)


def a_world(network: Network | None = None, policy: Policy | None = None, trace: bool = False) -> World:
    return World(network or a_network(), policy or Policy(), trace, level=LEVEL)
