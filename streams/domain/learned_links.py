"""Learned links: what operators said of alarms belonging together or apart, heeded where an alarm looks for its problem.

A word stands at the alarms it was said of, object and cause, and names a few of the others; it counts while one of those
is active in a problem, or while the problem it was said of still is. Apart, the others are no reason to join: only an
object between them that alarms itself is. Together, they are reason enough, whatever the network says. Weaker, it also
stands at the kinds of alarm and how they were related; there it takes two problems to count, and only ever keeps apart.
All of it fades and is forgotten after `remember_feedback`; of two who disagree the later one counts a little more.
"""

from collections.abc import Iterable, Sequence

import msgspec

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing
from streams.domain.alarmed import Alarmed
from streams.domain.group import Sighting, reach
from streams.domain.instant import HOUR, Instant, Span, iso
from streams.domain.network import Network
from streams.domain.support import Support, supports
from streams.domain.view import View, World

DAY = 24 * HOUR
KEPT = 8
"""Words per row, the latest (ours)."""
NAMED = 4
"""Others named in one word."""
ENOUGH = 1.5
"""Words that it takes, faded, to keep kinds of alarms apart: two of some weeks ago (ours)."""
_IN_A_PROBLEM = (Standing.ACTIVE, Standing.TOGGLING)
_replace = msgspec.structs.replace


class Relation(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How two kinds of alarm were related: over which kind of node, how far from each, and whether the other was on it."""

    type: str
    is_own: bool
    distance: int
    other: int


class LinkWord(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One word on one alarm, or on one kind of alarm."""

    id: str
    """Of the feedback."""
    together: bool
    user: str
    at: Instant
    problem: str = ""
    """The problem it goes to, or is kept out of, as long as there is one."""
    others: tuple[tuple[str, str], ...] = ()
    """(object, cause) of the others."""
    relation: Relation | None = None
    """Of kinds of alarm."""


class LinkWords(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was said of one alarm (key: domain|object|cause) or of one kind (domain|~type|cause), oldest first."""

    words: tuple[LinkWord, ...]
    due: Instant
    """When the oldest has faded."""


class Heard:
    """What bears on one alarm that looks for its problem."""

    def __init__(self, view: View, words: Sequence[LinkWord], kinds: Sequence[LinkWord], at: Instant, world: World) -> None:
        self._kinds, self._at, self._network, self._remember = kinds, at, world.network, world.policy.correlate.remember_feedback
        self.brings: dict[str, str] = {}
        """Problem it belongs to -> why."""
        self._bars: dict[str, tuple[str, frozenset[str]]] = {}
        self.kept_out: dict[str, str] = {}
        """Problem it was kept out of -> why."""
        self._weigh(view, words)

    def _weigh(self, view: View, words: Sequence[LinkWord]) -> None:
        scores: dict[str, float] = {}
        last: dict[str, tuple[LinkWord, set[str]]] = {}
        for word in words:
            for problem, partners in _met(view, word).items():
                scores[problem] = scores.get(problem, 0.0) + self._left(word) * (1 if word.together else -1)
                if word.together == (scores[problem] > 0):
                    last[problem] = word, partners
        for problem, (word, partners) in last.items():
            if scores[problem] > 0:
                self.brings[problem] = _why(word, "belongs with", partners)
            elif scores[problem] < 0:
                self._bars[problem] = _why(word, "does not belong with", partners), frozenset(partners)

    def bars(self, problem: str, support: Support, sighting: Sighting) -> bool:
        """Tell whether a link to a problem counts for nothing."""
        is_own = sighting.kind in ("own", "down")
        if (barred := self._bars.get(problem)) is not None:
            why, partners = barred
            if not partners or not is_own or support.distance == 0 or support.node in partners:
                self.kept_out[problem] = why
                return True
        elif self._kinds and (why := self._against(Relation(_type(self._network, support.node), is_own, support.distance, sighting.distance))):
            self.kept_out[problem] = why
            return True
        return False

    def _against(self, relation: Relation) -> str:
        """Return why alarms that are related so are kept apart, "" where they are not; many words on one problem are one."""
        said = {word.problem: word for word in self._kinds if word.relation is not None and _covers(word.relation, relation)}
        if sum(self._left(word) * (-1 if word.together else 1) for word in said.values()) < ENOUGH:
            return ""
        word = max((w for w in said.values() if not w.together), key=lambda w: (w.at, w.id))
        return f"such alarms over a {relation.type or 'node'} do not belong together: {len(said)} words of operators, the last by {word.user} at {iso(word.at)}"

    def _left(self, word: LinkWord) -> float:
        """Return how much of a word is left, day by day."""
        return max(0.0, 1 - max(0, self._at - word.at) // DAY * DAY / self._remember)


def heard_of(view: View, alarm: Alarm, at: Instant, world: World) -> Heard | None:
    """Look up what was said of an alarm; None, at the cost of two gets, where nothing was."""
    row: LinkWords | None = view.learned_links.get(_of_alarm(alarm.domain, alarm.object, alarm.cause))
    kinds: LinkWords | None = view.learned_links.get(_of_kind(alarm.domain, _type(world.network, alarm.object), alarm.cause))
    if row is None and kinds is None:
        return None
    return Heard(view, row.words if row is not None else (), kinds.words if kinds is not None else (), at, world)


def teach(view: View, domain: str, word: LinkWord, some: Sequence[Alarm], others: Sequence[Alarm], world: World) -> tuple[str, ...]:
    """Remember a word on some alarms and others, at both; its `problem` is where the first go, or whence. Return the rows that learnt."""
    some, others, policy = some[:NAMED], others[:NAMED], world.policy.correlate
    there, here, remember = _names(others), _names(some), policy.remember_feedback
    taught: dict[str, None] = {}

    def add(key: str, said: LinkWord) -> None:
        if key not in taught or said.relation is not None:
            _add(view, key, said, remember)
            taught[key] = None

    for alarm in some:
        add(_of_alarm(domain, alarm.object, alarm.cause), _replace(word, others=tuple(name for name in there if name != (alarm.object, alarm.cause))))
    for alarm in others:
        add(_of_alarm(domain, alarm.object, alarm.cause), _replace(word, problem="", others=here))
    for one, two in ((a, o) for pair in ((some, others), (others, some)) for a in pair[0] for o in pair[1]):
        if (relation := _relation(world, one.object, two.object)) is not None:
            add(_of_kind(domain, _type(world.network, one.object), one.cause), _replace(word, relation=relation))
    return tuple(taught)


def unteach(view: View, ident: str, keys: Iterable[str], remember: Span) -> None:
    """Forget a word."""
    for key in keys:
        row: LinkWords | None = view.learned_links.get(key)
        if row is not None:
            _put(view, key, tuple(word for word in row.words if word.id != ident), remember)


def fade(view: View, key: str, row: LinkWords, now: Instant, remember: Span) -> None:
    """Forget what has faded by now."""
    _put(view, key, tuple(word for word in row.words if word.at + remember > now), remember)


def _met(view: View, word: LinkWord) -> dict[str, set[str]]:
    """Return the problems that a word is about now, each with the objects by which; none for the problem it was said of."""
    found: dict[str, set[str]] = {}
    for name, cause in word.others:
        row: Alarmed | None = view.alarmed.get(name)
        for entry in row.entries if row is not None else ():
            record: AlarmRecord | None = view.alarm_records.get(entry.key)
            if record is not None and record.standing in _IN_A_PROBLEM and record.problem:
                life: AlarmLife = view.alarm_lives.get(record.id)
                if life.alarm.cause == cause:
                    found.setdefault(reach(view, record.problem)[0], set()).add(name)
    if word.problem and (end := reach(view, word.problem))[1] is not None:
        found[end[0]] = set()
    return found


def _relation(world: World, one: str, two: str) -> Relation | None:
    """Return how an object would be linked to another: over their nearest common node, or the other itself; None where it would not."""
    network, policy = world.network, world.policy.correlate
    from_one, from_two = ({s.node: s.distance for s in supports(network, name, policy.hops, policy.chain)} for name in (one, two))
    common = [(from_one[n] + from_two[n], from_two[n], n) for n in from_one if n in from_two]
    if not common or one == two:
        return None
    _, other, node = min(common)
    return Relation(_type(network, node), other == 0, from_one[node], other)


def _covers(said: Relation, relation: Relation) -> bool:
    """Whether what was said of a relation holds for this one: the same, or a looser one over a node that does not alarm."""
    return said == relation or (not relation.is_own and relation.distance + relation.other > said.distance + said.other)


def _why(word: LinkWord, verb: str, partners: set[str]) -> str:
    return f"it {verb} {', '.join(sorted(partners)) or 'this problem'}, said {word.user} at {iso(word.at)} (feedback {word.id})"


def _names(alarms: Iterable[Alarm]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(alarm.object, alarm.cause) for alarm in alarms}))


def _type(network: Network, name: str) -> str:
    node = network.nodes.get(name)
    return node.type if node is not None else ""


def _of_alarm(domain: str, name: str, cause: str) -> str:
    return f"{domain}|{name}|{cause}"


def _of_kind(domain: str, kind: str, cause: str) -> str:
    return f"{domain}|~{kind}|{cause}"


def _add(view: View, key: str, word: LinkWord, remember: Span) -> None:
    row: LinkWords | None = view.learned_links.get(key)
    known = row.words if row is not None else ()
    _put(view, key, tuple(sorted({*known, word}, key=lambda w: (w.at, w.id)))[-KEPT:], remember)


def _put(view: View, key: str, words: tuple[LinkWord, ...], remember: Span) -> None:
    if words:
        view.learned_links.put(key, LinkWords(words, words[0].at + remember))
    elif view.learned_links.get(key) is not None:
        view.learned_links.delete(key)
