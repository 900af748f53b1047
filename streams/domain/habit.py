"""What usually alarms: how often which object reported which alarm in past problems, faded, so that rare alarms tell more.

When a problem takes no more alarms its members are counted, each object's kind of alarm once (`learn`); what is under
way never counts itself. Counts halve every `habit_half_life` of event time. From them an alarm's chance is estimated:
how likely this object raises it while a problem lasts, for no reason that the problem has. Three estimates, the largest
counts: its share of past problems of several objects (shrunk towards that of its kind of alarm, and that towards
`BY_CHANCE`; where one object alarms alone there was no occasion to be in it), its share of the latest of them (`LATELY`;
shrunk towards the former: what has shifted for good, as a level of memory after a restart, alarms in each problem from
then on), and its rate over the time listened.
Without a history every alarm has the same chance: then habits say nothing.

Counted is too of which types objects said that they do not work as they should: a fibre, a duct or a splitter never
does, and whoever is silent by nature is not acquitted by his silence (`Habits.silent`).
"""

from collections import Counter
from collections.abc import Collection
from math import exp, log

import msgspec

from streams.domain import promptness
from streams.domain.instant import MINUTE, Instant, Span
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.promptness import MUTE, SILENT, Promptness
from streams.domain.strays import Strays, chance
from streams.domain.view import Rows

BY_CHANCE = 0.05
"""How likely an object raises an alarm for a reason of its own, before anything is known of it."""
KIND = 20
"""Objects that this first guess counts as, for a kind of alarm."""
LATELY = 3
"""Problems of several objects after which one counts half in what was lately so (ours; 2 to 5 are as good)."""
OWN = 2
"""Past problems that the guess from others of its kind counts as, for one object."""
AROUND = 15 * MINUTE
"""Alarms so long before or after a problem's would still have joined it, by and large."""
UNHEARD = 20
"""Problems after which it is half believed that a type of which nothing was heard cannot tell (ours)."""
LASTING = 3
"""Half-lives after which a count below 2 is forgotten; each doubling has one more."""


class Habit(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A faded count of past problems; key: `domain` (all of them), `domain|~type` (those in which one of the type told of its failure), `domain|cause|qualifier` (objects in them), `domain|object|cause|qualifier`."""

    n: float
    """Problems of several objects, as of `at`."""
    alone: float
    """Problems of one object."""
    at: Instant
    due: Instant
    """When it is forgotten."""
    since: Instant
    """When it was first counted."""
    number: int = 0
    """Problems of several objects of the domain so far; of an object's alarm: as of the latest that had it."""
    lately: float = 0
    """Problems of several objects, halved every `LATELY` of them, as of the one of that number."""


def due_of(row: Habit) -> Instant | None:
    return row.due


def learn(rows: Rows[Habit], domain: str, members: Collection[Member], now: Instant, policy: LocalizePolicy, network: Network) -> None:
    """Count the alarms of one problem that is over."""
    kinds = sorted({(m.object, m.cause, m.qualifier) for m in members})
    if not kinds:
        return
    half_life, alone = policy.habit_half_life, kinds[0][0] == kinds[-1][0]
    known = rows.get(_all(domain))
    number = (known.number if known else 0) + (not alone)
    _count(rows, _all(domain), 1, alone, now, half_life, number)
    for type_ in sorted({node.type for m in members if m.effect and (node := network.nodes.get(m.object)) is not None}):
        _count(rows, _type(domain, type_), 1, alone, now, half_life, number)
    for (cause, qualifier), objects in sorted(Counter(kind[1:] for kind in kinds).items()):
        _count(rows, _kind(domain, cause, qualifier), objects, alone, now, half_life, number)
    for object_, cause, qualifier in kinds:
        _count(rows, _own(domain, object_, cause, qualifier), 1, alone, now, half_life, number)


def _count(rows: Rows[Habit], key: str, by: int, alone: bool, now: Instant, half_life: Span, number: int) -> None:
    known = rows.get(key)
    left = _left(known, now, half_life) if known else 0.0
    n, single, lately = (left * known.n, left * known.alone, known.lately * _faded(number - known.number)) if known else (0.0, 0.0, 0.0)
    n, single, lately = (n, single + by, lately) if alone else (n + by, single, lately + by)
    rows.put(key, Habit(n, single, now, now + half_life * (LASTING + int(n + single).bit_length()), known.since if known else now, number, lately))


def _faded(problems: int) -> float:
    """Return what is left of a problem in what was lately so, after so many more."""
    return float(0.5 ** (problems / LATELY))


def _left(row: Habit, now: Instant, half_life: Span) -> float:
    """Return the share of a row's counts that is left by now."""
    return float(0.5 ** (max(0, now - row.at) / half_life))


class Habits:
    """The habits of one domain as they are now."""

    def __init__(self, rows: Rows[Habit], domain: str, now: Instant, policy: LocalizePolicy, strays: Strays | None = None, told: Rows[Promptness] | None = None) -> None:
        self._rows, self._domain, self._now, self._half_life = rows, domain, now, policy.habit_half_life
        known = rows.get(_all(domain))
        self._known = known is not None
        self._problems = known.n * _left(known, now, self._half_life) if known else 0.0
        self._alone = known.alone * _left(known, now, self._half_life) if known else 0.0
        since = max(0, now - known.since) if known else 0
        self._listened = self._half_life / log(2) * (1 - 0.5 ** (since / self._half_life))
        """Microseconds, faded as the counts are."""
        self._kinds: dict[tuple[str, str, int], float] = {}
        self._number = known.number if known else 0
        self._lately = (1 - _faded(self._number)) / (1 - _faded(1))
        """Problems of several objects lately, faded as their counts are."""
        self._told = told
        self.astray = chance(strays)
        """How likely (0..1) an object of the domain alarms beside a problem of no doing of its cause."""

    def chance(self, object_: str, cause: str, qualifier: str, population: int, lasts: Span) -> float:
        """Return how likely this object raises this alarm during a problem that lasts so long; `population`: objects of its type."""
        if not self._known:
            return BY_CHANCE
        kind = self._kinds.get((cause, qualifier, population))
        if kind is None:
            reported, *_ = self._seen(_kind(self._domain, cause, qualifier))
            kind = self._kinds[cause, qualifier, population] = (reported + KIND * BY_CHANCE) / (self._problems * population + KIND)
        among, alone, latest = self._seen(_own(self._domain, object_, cause, qualifier))
        share = (among + OWN * kind) / (self._problems + OWN)
        if not (among or alone):
            return share
        lately = (latest + OWN * share) / (self._lately + OWN)
        window = lasts + AROUND
        rate = 1 - exp(-(among + alone) * window / (self._listened + OWN * window))
        return max(share, lately, rate)

    def silent(self, type_: str, began: Instant) -> float:
        """Return how likely (0..1) an object of this type that failed has not told of it by now; `began`: when the problem's first alarm was raised."""
        guess = SILENT + (MUTE - SILENT) * self._mute(type_)
        return promptness.silent(self._told, self._domain, type_, self._now - began, guess) if self._told is not None else guess

    def _mute(self, type_: str) -> float:
        """Return how sure it is (0..1) that objects of this type cannot tell that they fail: in all the problems so far none did."""
        heard = self._problems + self._alone
        if not heard:
            return 0.0
        among, alone, _ = self._seen(_type(self._domain, type_))
        return heard / (heard + UNHEARD) * exp(-among - alone)

    def _seen(self, key: str) -> tuple[float, float, float]:
        """Return in how many problems of several objects, and of one, as faded by now; and in how many of several lately."""
        row = self._rows.get(key)
        if row is None:
            return 0.0, 0.0, 0.0
        left = _left(row, self._now, self._half_life)
        return left * row.n, left * row.alone, row.lately * _faded(self._number - row.number)


def _all(domain: str) -> str:
    return domain


def _type(domain: str, type_: str) -> str:
    return f"{domain}|~{type_}"


def _kind(domain: str, cause: str, qualifier: str) -> str:
    return f"{domain}|{cause}|{qualifier}"


def _own(domain: str, object_: str, cause: str, qualifier: str) -> str:
    return f"{domain}|{object_}|{cause}|{qualifier}"
